// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventTable
import JSONTape

/// `sluice stats`
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count what happened: executions by function, changes by table, messages, events.")

    @OptionGroup var table: EventTableOptions
    @OptionGroup var times: TimeRangeOptions

    @Flag(help: "Write JSON lines, one for each function, table, queue and bus.")
    var json = false

    @Flag(help: "Read the whole table, payloads and log lines included, where the table is DynamoDB's, which bills it: half a read unit for each 4 KB.")
    var scan = false

    func run() async throws {
        try await reading(table) { store in
            let statistics = try await store.statistics(try times.range(), scanning: scan)
            let lines = json ? StatisticsJSON.lines(statistics) : StatisticsView(paint: .standardOutput).lines(statistics)
            if lines.isEmpty { throw CommandFailure(.nothing, "nothing happened in this time, as far as this table tells") }
            var output = Output()
            for line in lines { try output.line(line) }
            try output.flush()
        }
    }
}
