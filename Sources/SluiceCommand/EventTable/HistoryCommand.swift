// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventTable
import JSONTape

/// `sluice history SUBJECT`
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Tell what happened to an item, change by change.",
        discussion: """
            The item is named by its table and keys, Products Id=5, or as the event table does, Products#{"Id":5}. A key is \
            tried as a number, then as text.
            """)

    @Argument(help: ArgumentHelp("The item: TABLE#{\"KEY\":VALUE}, or TABLE KEY=VALUE with one or two keys.", valueName: "subject"))
    var subject: [String]

    @OptionGroup var table: EventTableOptions
    @OptionGroup var times: TimeRangeOptions

    @Flag(help: "Write the changes as JSON lines.")
    var json = false

    func run() async throws {
        try await reading(table) { store in
            let subject: Subject
            do { subject = try Subject(self.subject) } catch { throw CommandFailure(.usage, "\(error)") }
            let range = try times.range()
            for candidate in subject.candidates where try await tell(candidate, range, store) { return }
            throw CommandFailure(.nothing, "nothing is known of \(subject.candidates.joined(separator: " or ")) in this table")
        }
    }

    /// Tells a subject's history, and whether there is one.
    private func tell(_ subject: String, _ range: TimeRange, _ store: any EventStore) async throws -> Bool {
        var output = Output()
        let paint = Paint.standardOutput
        let view = ChangeView(paint: paint)
        var count = 0
        var query = EventQuery(.subject(subject), range: range)
        repeat {
            let page = try await store.page(query)
            for case .entry(let entry) in page.rows {
                if json {
                    try output.line(entry.payload)
                } else {
                    try output.line(count == 0 ? paint(subject.harmless, .bold) : "")
                    for line in view.lines(entry) { try output.line(line) }
                }
                count += 1
            }
            query.cursor = page.next
        } while query.cursor != nil
        try output.flush()
        return count > 0
    }
}
