// SPDX-License-Identifier: Apache-2.0

import Foundation
import RuntimeServer
import Synchronization
import TestSupport

/// The built function as Lambda runs it: a process with an environment, and a Runtime API that it talks to.
final class Function: Sendable {
    /// What it ended with.
    struct Ending: Sendable {
        /// The exit status, or 128 and the number of the signal that ended it.
        var status: Int32
        var output: String
        var errors: String

        /// The lines of standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    struct Failure: Error, CustomStringConvertible { let description: String }

    static let everythingToTheLog = #"{"sinks":{"console":{"type":"log"}},"routes":[{"to":["console"]}],"rejected":{"block":true}}"#

    let server: RuntimeServer
    private let ownsServer: Bool
    private let process: Process
    private let ended = DispatchSemaphore(value: 0)
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - configuration: the text in SLUICE_CONFIG; nil for none.
    ///   - files: put beside the executable, by their names.
    ///   - server: a Runtime API that outlives the process; one of its own where absent.
    ///   - output: where standard output goes, if not into the ending.
    init(
        configuration: String? = everythingToTheLog, environment: [String: String] = [:], files: [String: String] = [:], output: FileHandle? = nil,
        server: RuntimeServer? = nil
    ) throws {
        ownsServer = server == nil
        self.server = try server ?? RuntimeServer()
        folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(name, text) }
        process = Process()
        process.executableURL = URL(fileURLWithPath: try Function.executable.get().path)
        var variables = [
            "AWS_LAMBDA_RUNTIME_API": self.server.address, "AWS_LAMBDA_FUNCTION_NAME": "stream-consumer", "LAMBDA_TASK_ROOT": folder.path,
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/stream-consumer", "SWIFT_BACKTRACE": "enable=no", "PATH": "/usr/bin:/bin",
        ]
        if let configuration { variables["SLUICE_CONFIG"] = configuration }
        for name in ["TSAN_OPTIONS", "ASAN_OPTIONS", "LD_LIBRARY_PATH"] { variables[name] = ProcessInfo.processInfo.environment[name] }
        variables.merge(environment) { $1 }
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        for name in ["out", "err"] { try folder.write(name, "") }
        process.standardOutput = output ?? FileHandle(forWritingAtPath: folder.path("out"))
        process.standardError = FileHandle(forWritingAtPath: folder.path("err"))
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        // Foundation's own tables are not made for several starts at once.
        let process = process
        try Function.started(process)
    }

    /// Starts a process, one at a time.
    static func started(_ process: Process) throws { try starting.withLock { _ in try process.run() } }

    deinit {
        if ownsServer { server.stop() }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private static let starting = Mutex(())

    var identifier: Int32 { process.processIdentifier }

    /// Everything it wrote to standard output so far.
    var output: String { text("out") }

    /// Everything it said so far.
    var errors: String { text("err") }

    private func text(_ name: String) -> String { (try? folder.text(name)) ?? "" }

    func invoke(_ id: String, _ event: String, time: Duration? = .seconds(30)) async throws -> TestAnswer {
        try await server.invoke(TestInvocation(id, event, time: time))
    }

    /// Asks it to end, as Lambda does.
    func terminate() { kill(process.processIdentifier, SIGTERM) }

    /// Waits for its end; kills it where that takes too long.
    func end(within patience: TimeInterval = 60) async throws -> Ending {
        let inTime = await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in continuation.resume(returning: ended.wait(timeout: .now() + patience) == .success) }
        }
        guard inTime else {
            kill(process.processIdentifier, SIGKILL)
            throw Failure(description: "it did not end within \(patience) s; it said: \(errors)")
        }
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Ending(status: status, output: output, errors: errors)
    }

    /// Its resident memory now, in bytes; nil where the system does not tell.
    var resident: Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) else { return nil }
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }

    /// Whether its memory is a sanitizer's too.
    static let isSanitized = (try? executable.get().isSanitized) == true

    /// How many file descriptors it has open.
    var descriptors: Int? { try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count }

    private static let executable = BuiltExecutable.find("sluice-lambda")
}

/// Events as Lambda hands them over.
enum Events {
    static func change(_ number: Int, padding: Int = 0, sound: Bool = true) -> String {
        let key = sound ? #"{"N":"\#(number)"}"# : "5"
        return #"{"eventID":"event-\#(number)","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1","#
            + #""dynamodb":{"ApproximateCreationDateTime":\#(1_795_000_000 + number),"Keys":{"Id":\#(key)},"#
            + #""NewImage":{"Id":{"N":"\#(number)"},"text":{"S":"\#(String(repeating: "x", count: padding))"}},"SequenceNumber":"\#(sequence(number))","#
            + #""SizeBytes":59,"StreamViewType":"NEW_AND_OLD_IMAGES"},"#
            + #""eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Things/stream/2026-11-01T00:00:00.000"}"#
    }

    static func sequence(_ number: Int) -> String { "4521600000\(1_000_000_000 + number)" }

    static func changes(_ numbers: some Sequence<Int>, padding: Int = 0) -> String {
        #"{"Records":[\#(numbers.map { change($0, padding: padding) }.joined(separator: ","))]}"#
    }
}
