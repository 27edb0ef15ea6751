// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import EventTable
import JSONTape
import StreamRecords

extension Invocation.Status: ExpressibleByArgument {}

/// `sluice list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List executions by function, status or verdict, the latest first.",
        discussion: """
            At least one of --function, --status error, --status timeout and --verdict is needed: by these the table has indexes, and no listing \
            reads all of it.
            """)

    @Option(help: ArgumentHelp("Executions of this function: its name or ARN.", valueName: "name"))
    var function: String?

    @Option(help: ArgumentHelp("Executions that stand so: ok, error, timeout, running or unknown.", valueName: "status"))
    var status: Invocation.Status?

    @Option(help: ArgumentHelp("Executions with this verdict: valid or invalid.", valueName: "verdict"))
    var verdict: Judgement.Validity?

    @OptionGroup var times: TimeRangeOptions

    @Flag(help: "The earliest first.")
    var ascending = false

    @Option(help: ArgumentHelp("List this many at most.", valueName: "count"))
    var limit = 100

    @Option(help: ArgumentHelp("Go on where a listing with --limit has ended; it says the word on standard error.", valueName: "word"))
    var after: String?

    @Flag(help: "Write JSON lines instead.")
    var json = false

    @OptionGroup var table: EventTableOptions

    func run() async throws {
        try await reading(table) { store in
            var query = try query()
            var output = Output()
            var left = limit
            let now = Timestamp.now
            repeat {
                query.limit = min(left, 500)
                let page = try await store.page(query)
                for case .invocation(let invocation) in page.rows {
                    try output.line(json ? ExecutionJSON.line(invocation, nil, now: now) : Self.line(invocation, now))
                }
                left -= page.rows.count
                query.cursor = page.next
            } while query.cursor != nil && left > 0
            try output.flush()
            if left == limit { throw CommandFailure(.nothing, "no such execution in this table") }
            if let next = query.cursor { say("There are more: --after \(next.token)") }
        }
    }

    private func query() throws -> EventQuery {
        guard limit > 0 else { throw CommandFailure(.usage, "--limit \(limit) is not a number of executions") }
        var cursor: EventCursor?
        if let after {
            cursor = EventCursor(token: after)
            if cursor == nil { throw CommandFailure(.usage, "--after “\(after.cut(to: 60))” is no place in a listing") }
        }
        let range = try times.range()
        do throws(EventQueryError) {
            return try EventQuery.executions(
                function: function.map { FunctionName($0) }, status: status, verdict: verdict, range: range, descending: !ascending,
                after: cursor)
        } catch {
            throw CommandFailure(.usage, "\(error) (--function, --status, --verdict)")
        }
    }

    private static func line(_ invocation: Invocation, _ now: Timestamp) -> String {
        let paint = Paint.standardOutput
        let status = invocation.status(at: now)
        let colour: Paint.Colour =
            switch status {
            case .ok: .green
            case .error, .timeout: .red
            case .running, .unknown: .yellow
            }
        let duration = (invocation.report?.durationMS).map { "\(readable($0)) ms" } ?? "-"
        var line = "\(paint(readableTime(of: invocation.sort), .dim))  \(invocation.key.id.harmless)  \(paint(invocation.key.name.harmless, .bold))"
        line += "  \(paint(status.rawValue, colour))  \(duration)"
        if let verdict = invocation.verdict { line += "  \(verdict.validity.harmless)" }
        if let error = invocation.failure?.errorType { line += "  \(error.harmless.cut(to: 60))" }
        return line
    }
}
