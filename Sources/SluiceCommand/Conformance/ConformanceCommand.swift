// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import Sluice
import SluiceTesting

/// `sluice conformance`
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance", abstract: "Hold a sink of your own against the rules of delivery.",
        subcommands: [ConformanceExecCommand.self])
}

/// `sluice conformance exec COMMAND…`
struct ConformanceExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Start a program as an exec sink does, and check what it answers.",
        discussion: """
            The program is given records of its own making: changes, log lines, messages and events, whose ids begin with run-. They go where \
            it sends them, so let it send them to a place for tests.

              sluice conformance exec python3 samples/exec-sink/sink.py records.db
              sluice conformance exec --arrived "python3 samples/exec-sink/sink.py --list records.db" --once \\
                  python3 samples/exec-sink/sink.py records.db

            With --arrived it is checked as well that what was called delivered is there, and in order. What cannot be checked is told as \
            skipped. Exit status: 0 no rule is broken, 1 some are, 2 the command line is wrong or the program does not start.
            """)

    @Option(help: ArgumentHelp("A command that writes the ids of the records that have arrived, a line each, in the order of their arrival.", valueName: "command"))
    var arrived: String?

    @Flag(help: "The program promises that a record arrives once, however often it comes (with --arrived).")
    var once = false

    @Flag(help: "The program promises no order (with --arrived).")
    var unordered = false

    @Option(help: ArgumentHelp("How long the program may take for a batch.", valueName: "duration"))
    var timeout: String = "10s"

    @Flag(help: "Show what the program writes to standard error, and its log lines.")
    var verbose = false

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func run() async throws {
        guard let command = ExecCommand(words: command.first == "--" ? Array(command.dropFirst()) : command) else {
            throw ValidationError("Name the program: sluice conformance exec COMMAND…")
        }
        guard let timeout = Duration(configuration: timeout) else {
            throw ValidationError("--timeout \(timeout) is no duration such as 500ms or 10s")
        }
        var lister: ExecCommand?
        if let arrived {
            lister = ExecCommand(text: arrived)
            if lister == nil { throw ValidationError("--arrived \(arrived) is no command") }
        }
        var logger = Logger(label: "sluice.conformance") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .critical
        var guarantees = SinkGuarantees.order
        if unordered { guarantees.remove(.order) }
        if once { guarantees.insert(.once) }
        let harness = ProgramHarness(
            settings: ExecSink.Settings(command: command, timeout: timeout, startTimeout: timeout, stopTimeout: timeout), lister: lister,
            guarantees: guarantees)
        do {
            let sink = try await harness.makeSink(SinkContext(name: "conformance", logger: logger, environment: ProcessInfo.processInfo.environment))
            try await sink.abandon()
        } catch {
            say("sluice: \(error)")
            throw ExitStatus.usage.code
        }
        let report = await SinkConformance(harness, patience: timeout * 4, logger: logger).run()
        try FileHandle.standardOutput.write(contentsOf: Data("\(report)\n".utf8))
        if !report.failures.isEmpty { throw ExitStatus.undelivered.code }
    }
}

/// A program that the command line names.
private struct ProgramHarness: SinkHarness {
    let settings: ExecSink.Settings
    let lister: ExecCommand?
    let guarantees: SinkGuarantees

    func makeSink(_ context: SinkContext) async throws -> any Sink {
        var context = context
        context.environment = ProcessInfo.processInfo.environment
        return try await ExecSink(settings, context)
    }

    func arrived() async throws -> [String]? {
        guard let lister else { return nil }
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try Self.lines(of: lister) }) }
        }
    }

    private static func lines(of command: ExecCommand) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command.words
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ListerFailure(description: "\(command) ended with status \(process.terminationStatus)") }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    struct ListerFailure: Error, CustomStringConvertible {
        var description: String
    }
}
