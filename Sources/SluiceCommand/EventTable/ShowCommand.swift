// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventTable
import JSONTape
import StreamRecords

/// `sluice show ID`
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an execution with its log lines and figures, or a change, a message, an event.")

    @Argument(help: "The request id of an execution, or the id of a change, a message or an event.")
    var id: String

    @OptionGroup var table: EventTableOptions

    @Option(help: ArgumentHelp("Show this many log lines at most.", valueName: "count"))
    var lines = 10_000

    @Flag(help: "Write JSON lines instead.")
    var json = false

    func run() async throws {
        try await reading(table) { store in
            guard lines >= 0 else { throw CommandFailure(.usage, "--lines \(lines) is not a number of lines") }
            var rows = try await store.rows(id: id)
            let page = try await store.logLines(requestID: id, limit: lines)
            let isExecution = rows.contains { $0.kind == .invocation }
            if !isExecution, let first = page.lines.first {
                // Lines that name an execution of which the table cannot tell the function: shown under the name of their log group.
                let key = EventKey(id: id, name: first.stream.group)
                rows.append(.invocation(Invocation(key: key, seen: first.time)))
            }
            if rows.isEmpty { throw CommandFailure(.nothing, "nothing is known of \(id) in this table") }
            var output = Output()
            for (place, row) in rows.enumerated() {
                if place > 0, !json { try output.line() }
                try show(row, page, &output)
            }
            try output.flush()
        }
    }

    private func show(_ row: EventRow, _ page: LogLinePage, _ output: inout Output) throws {
        let now = Timestamp.now
        let paint = Paint.standardOutput
        switch row {
        case .invocation(let invocation):
            if json {
                try output.line(ExecutionJSON.line(invocation, page, now: now))
            } else {
                for line in ExecutionView(paint: paint).lines(invocation, page, now: now) { try output.line(line) }
            }
        case .entry(let entry):
            if json {
                try output.line(entry.payload)
            } else if entry.kind == .change {
                try output.line(paint((entry.subject ?? entry.key.name).harmless, .bold))
                for line in ChangeView(paint: paint).lines(entry) { try output.line(line) }
            } else {
                let head = "\(entry.kind.rawValue) of \(entry.key.name.harmless)"
                try output.line("\(paint(readableTime(of: entry.sort), .dim))  \(paint(head, .bold))")
                for line in Self.pretty(entry.payload) { try output.line("    " + line) }
            }
        }
    }

    /// A JSON object with each member on a line of its own.
    private static func pretty(_ payload: String) -> [String] {
        guard case .object(let members)? = try? JSONValue(parsing: payload) else { return [payload.harmless] }
        let width = members.map(\.name.count).max() ?? 0
        return members.map { "\($0.name.harmless.padded(to: width))  \($0.value.text.harmless)" }
    }
}
