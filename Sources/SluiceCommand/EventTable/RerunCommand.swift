// SPDX-License-Identifier: Apache-2.0

#if AWS
import ArgumentParser
import AWSSinks
import EventTable
import JSONTape
import Sluice
import StreamRecords

/// `sluice rerun ID`
struct RerunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun", abstract: "Run a recorded execution again, and tell whether it answers the same.",
        discussion: """
            The recorded params go to the function as it is now. Only functions that the configuration names run: rerun: { allow: [orders, "mails-*"] }. \
            The new execution is recorded with the old one as its source. With an idempotency key, a rerun that was made before is told and not made \
            again. Exit status 1: the answer differs, the function failed, was not run, or nobody can tell.
            """)

    @Argument(help: "The request id of an execution whose params were recorded.")
    var id: String

    @Option(help: ArgumentHelp("The function, where several have an execution with this id.", valueName: "name"))
    var function: String?

    @Flag(help: "Tell what would be run, and run nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("A word of yours: with the same word nothing runs twice.", valueName: "word"))
    var idempotencyKey: String?

    @Option(help: ArgumentHelp("The configuration's file, YAML or JSON.", valueName: "file"))
    var config: String?

    @Flag(help: "Write JSON instead.")
    var json = false

    @OptionGroup var table: EventTableOptions

    func run() async throws {
        try await using(
            table, for: dryRun ? .reading : .changing, configured: { try EventTableOptions.configuration(config, $0) }
        ) { store, connections, configuration in
            let rerunner = Rerunner(
                store: store, invoker: LambdaInvoker(connections.services), permission: RerunPermission(configuration?.rerun.allow ?? []))
            do {
                let plan = try await rerunner.plan(id: id, function: function.map { FunctionName($0) })
                if dryRun { return try tell(plan) }
                try tell(try await rerunner.run(plan, key: idempotencyKey ?? EventID.new(at: .now)))
            } catch let error as RerunError {
                let isUsage = [.badKey, .ambiguous].contains(error.code)
                throw CommandFailure(isUsage ? .usage : .nothing, error.message + (error.code == .ambiguous ? " with --function" : ""))
            }
        }
    }

    private func tell(_ plan: RerunPlan) throws {
        var output = Output()
        if json {
            try output.line(RerunWriter(now: .now).text(plan))
        } else {
            try output.line("would invoke \(plan.function.description.harmless) with \(plan.params.harmless)")
        }
        try output.flush()
    }

    private func tell(_ report: RerunReport) throws {
        var output = Output()
        if json {
            try output.line(RerunWriter(now: .now).text(report))
        } else {
            for line in RerunView(paint: .standardOutput).lines(report) { try output.line(line) }
        }
        try output.flush()
        switch report.state {
        case .done where report.result?.functionError == nil && report.differences?.isEmpty ?? true: return
        case .done: throw CommandFailure(.nothing, report.result?.functionError == nil ? "the answer differs" : "the function failed")
        case .refused: throw CommandFailure(.nothing, "the function was not run: \(report.rerun.note ?? "refused")")
        case .accepted, .started: throw CommandFailure(.nothing, "it is still under way: ask again with the same --idempotency-key")
        case .unknown: throw CommandFailure(.nothing, "nobody can tell whether the function ran: \(report.rerun.note ?? "its end was never recorded")")
        }
    }
}
#endif
