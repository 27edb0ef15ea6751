// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

/// The built command as its users meet it: a process with arguments, an environment, a folder, and what it says.
struct Command {
    /// What a run ended with.
    struct Result: Sendable {
        /// The exit status, or 128 and the number of the signal that ended it.
        var status: Int32
        var output: [UInt8]
        var errors: String
        /// The largest resident set in bytes, where it was watched and the system tells it.
        var peak: Int?

        var text: String { String(decoding: output, as: UTF8.self) }

        /// The lines of standard output, without their ends.
        var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }
    }

    /// Why there was no result.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The folder it runs in.
    var folder: String
    /// Set or, where the value is nil, taken out of the environment.
    var environment: [String: String?] = [:]
    /// After this long it is killed and the test fails.
    var patience: Duration = .seconds(120)

    static let executable = BuiltExecutable.find("sluice", orNamedBy: "SLUICE_TEST_COMMAND")

    /// Runs it to its end.
    /// - Parameters:
    ///   - input: what it finds on standard input.
    ///   - together: standard error goes where standard output goes, as on a terminal.
    ///   - watched: measures its memory.
    func callAsFunction(_ arguments: String..., input: [UInt8]? = nil, together: Bool = false, watched: Bool = false) async throws -> Result {
        try await run(arguments, input: input, together: together, watched: watched)
    }

    func run(_ arguments: [String], input: [UInt8]? = nil, together: Bool = false, watched: Bool = false) async throws -> Result {
        let running = try start(arguments, input: input, together: together)
        return try await running.end(within: patience, watched: watched)
    }

    /// Starts it and comes back while it runs.
    /// - Parameter output: where standard output goes, if not into the result.
    func start(
        _ arguments: [String], input: [UInt8]? = nil, inputHandle: FileHandle? = nil, together: Bool = false, output: FileHandle? = nil
    ) throws -> RunningCommand {
        try RunningCommand(
            Self.executable.get().path, arguments, folder: folder, environment: environment, input: input, inputHandle: inputHandle,
            together: together, output: output)
    }

    /// Another program in the same place, for what only it can do.
    func program(_ path: String, _ arguments: [String]) async throws -> Result {
        let running = try RunningCommand(
            path, arguments, folder: folder, environment: environment, input: nil, inputHandle: nil, together: false, output: nil)
        return try await running.end(within: patience, watched: false)
    }
}

/// A child that runs.
final class RunningCommand: Sendable {
    private let process: Process
    private let ended: Ended
    private let files: TemporaryFolder
    let identifier: Int32

    fileprivate init(
        _ executable: String, _ arguments: [String], folder: String, environment: [String: String?], input: [UInt8]?,
        inputHandle: FileHandle?, together: Bool, output: FileHandle?
    ) throws {
        files = try TemporaryFolder()
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var variables = ProcessInfo.processInfo.environment
        // The crash handler asks questions of a terminal, and what the caller's shell is set to must not change a result.
        variables["SWIFT_BACKTRACE"] = "enable=no"
        for name in ["SLUICE_CONFIG", "NO_COLOR", "TERM", "COLUMNS"] { variables[name] = nil }
        for (name, value) in environment { variables[name] = value }
        process.environment = variables

        if let input {
            try files.write("in", input)
            process.standardInput = FileHandle(forReadingAtPath: files.path("in"))
        } else {
            process.standardInput = inputHandle ?? FileHandle.nullDevice
        }
        // Files, since a pipe that nobody empties would stop the child.
        try files.write("out", [])
        try files.write("err", [])
        let kept = FileHandle(forWritingAtPath: files.path("out"))
        process.standardOutput = output ?? kept
        process.standardError = together ? kept : FileHandle(forWritingAtPath: files.path("err"))
        let state = Ended()
        ended = state
        process.terminationHandler = { _ in state.end() }
        // Foundation's own tables are not made for several starts at once.
        let process = process
        try RunningCommand.starting.withLock { _ in try process.run() }
        identifier = process.processIdentifier
    }

    private static let starting = Mutex(())

    /// Whether it runs on.
    var isRunning: Bool { status == nil }

    /// Its exit status, or 128 and the signal that ended it; absent while it runs.
    ///
    /// Foundation is told by a socket that the child closes, and hears nothing of it while another child lives that was started at the same moment and
    /// has the socket too. So the system is asked as well.
    private var status: Int32? {
        if ended.isOver { return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus }
        // Invariant: what is read of it is what waitid has filled in for a child; it was all zeros before.
        var end = unsafe siginfo_t()
        guard unsafe waitid(P_PID, id_t(identifier), &end, WEXITED | WNOHANG | WNOWAIT) == 0 else { return nil }
        #if os(Linux)
        let (child, value) = unsafe (end._sifields._sigchld.si_pid, end._sifields._sigchld.si_status)
        #else
        let (child, value) = unsafe (end.si_pid, end.si_status)
        #endif
        return child == 0 ? nil : unsafe end.si_code == Int32(CLD_EXITED) ? value : 128 + value
    }

    /// Sends it a signal; does nothing once it has ended.
    func signal(_ number: Int32) {
        if isRunning { kill(identifier, number) }
    }

    /// What it has written to standard output by now.
    func outputSoFar() throws -> String { try files.text("out") }

    /// What it has said on standard error by now.
    func errorsSoFar() throws -> String { try files.text("err") }

    /// Waits for its end.
    func end(within patience: Duration, watched: Bool = false) async throws -> Command.Result {
        // On a thread of its own, since tests that work hard leave none of the others for looking often.
        let watch = await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in continuation.resume(returning: self.watch(for: patience, measuring: watched)) }
        }
        guard let status = watch.status else {
            throw Command.Failure(
                description: "\(process.arguments ?? []) did not end within \(patience); it said:\n\(try files.text("err"))")
        }
        return Command.Result(status: status, output: try files.bytes("out"), errors: try files.text("err"), peak: watch.peak)
    }

    /// Looks after it until it ends; kills it when that takes too long.
    /// - Returns: no status where it did.
    private func watch(for patience: Duration, measuring: Bool) -> (peak: Int?, status: Int32?) {
        let deadline = ContinuousClock.now + patience
        var peak: Int?
        while true {
            if let status { return (peak, status) }
            if measuring, let now = residentPeak() { peak = max(peak ?? 0, now) }
            if ContinuousClock.now > deadline {
                kill(identifier, SIGKILL)
                return (peak, nil)
            }
            usleep(2000)
        }
    }

    /// The high-water mark of its resident set, in bytes.
    private func residentPeak() -> Int? {
        guard let content = FileManager.default.contents(atPath: "/proc/\(identifier)/status") else { return nil }
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }
}

/// Whether a child has ended.
private final class Ended: Sendable {
    private let over = Atomic<Bool>(false)

    func end() { over.store(true, ordering: .releasing) }

    var isOver: Bool { over.load(ordering: .acquiring) }
}
