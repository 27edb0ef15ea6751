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

            With --arrived it is checked as well that what was called delivered is there, and in order.

            With --service it is checked what the program does while the service behind it is slow, fails, hangs or refuses some records. The command is a \
            script of yours. It is started with one more argument, the condition that it is to bring the service into, and has done so when it ends:

              {"condition":"working"}                       all is well again, whatever was before
              {"condition":"failing"}                       it takes nothing, and says so or is not there
              {"condition":"stalled"}                       it gives no answer, until the next condition
              {"condition":"slow","delay_ms":60}            it works, and takes so long for a call
              {"condition":"refusing","ids":["run-1-2"]}    it works, but cannot take these records now

            Exit status of the script: 0 it is so, \(ProgramHarness.cannot) that cannot be done and the rule is skipped; any other is a failure. \
            What it leaves running must end with the next condition, and write nothing. samples/exec-sink/service.py is such a script.

            With --undeliverable it is checked that a record which can never be delivered is rejected and holds up no other.

              sluice conformance exec --service "python3 samples/exec-sink/service.py records.db" --undeliverable '{"price":"cheap"}' \\
                  python3 my-sink.py records.db

            What cannot be checked is told as skipped. Exit status: 0 no rule is broken, 1 some are, 2 the command line is wrong or the program does not start.
            """)

    @Option(help: ArgumentHelp("A command that writes the ids of the records that have arrived, a line each, in the order of their arrival.", valueName: "command"))
    var arrived: String?

    @Flag(help: "The program promises that a record arrives once, however often it comes (with --arrived).")
    var once = false

    @Flag(help: "The program promises no order (with --arrived).")
    var unordered = false

    @Option(help: ArgumentHelp("A command that brings the service behind the program into the condition it is told: slow, failing, stalled, refusing some records, or working.", valueName: "command"))
    var service: String?

    @Option(help: ArgumentHelp("A record that the program must reject: one as AWS sends it, or any other JSON, which becomes the detail of an event.", valueName: "json"))
    var undeliverable: String?

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
        let lister = try Self.command("--arrived", arrived)
        let script = try Self.command("--service", service)
        var bad: UndeliverableRecord?
        if let undeliverable {
            bad = UndeliverableRecord(undeliverable)
            if bad == nil { throw ValidationError("--undeliverable \(undeliverable) is neither a record as AWS sends it nor JSON that an event may hold") }
        }
        var logger = Logger(label: "sluice.conformance") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .critical
        var guarantees = SinkGuarantees.order
        if unordered { guarantees.remove(.order) }
        if once { guarantees.insert(.once) }
        let harness = ProgramHarness(
            settings: ExecSink.Settings(command: command, timeout: timeout, startTimeout: timeout, stopTimeout: timeout),
            guarantees: guarantees, lister: lister, service: script, bad: bad, patience: timeout * 4)
        do {
            let sink = try await harness.makeSink(SinkContext(name: "conformance", logger: logger, environment: ProcessInfo.processInfo.environment))
            try await sink.abandon()
        } catch {
            say("sluice: \(error)")
            throw ExitStatus.usage.code
        }
        let report = await SinkConformance(harness, patience: harness.patience, logger: logger).run()
        // A rule that was broken may have left it in another condition.
        _ = try? await harness.bring(.working)
        try Output.whole("\(report)\n")
        if !report.failures.isEmpty { throw ExitStatus.undelivered.code }
    }

    private static func command(_ option: String, _ text: String?) throws -> ExecCommand? {
        guard let text else { return nil }
        guard let command = ExecCommand(text: text) else { throw ValidationError("\(option) \(text) is no command") }
        return command
    }
}
