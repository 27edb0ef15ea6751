// SPDX-License-Identifier: Apache-2.0

import Sluice
import StreamRecords

/// The lines at the end of a run.
struct Summary {
    let result: RecordingRun.Result
    let inputs: Int
    let passedOver: Int
    let duration: Duration
    let isDryRun: Bool

    var text: String {
        var lines = problems
        lines.append(headline)
        lines += table(of: sinkRows)
        lines += table(of: sourceRows)
        lines += notes
        // Names and reasons come out of recordings, and must not be able to steer a terminal.
        return lines.map(\.harmless).joined(separator: "\n")
    }

    private var counts: BatchReport.Counts { result.tally.counts }

    private var problems: [String] {
        var lines = result.tally.problems
        if result.tally.unlistedProblems > 0 { lines.append("… and \(Figures.count(result.tally.unlistedProblems)) more like these") }
        lines += result.failures.map { "\($0.path): \($0.reason)" }
        if let error = result.internalError { lines.append(error) }
        return lines
    }

    private var headline: String {
        let seconds = max(Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18, 1e-6)
        var parts = ["\(Figures.count(counts.delivered)) \(isDryRun ? "would be delivered" : "delivered")"]
        parts.append("\(Figures.count(counts.filtered)) filtered")
        parts.append("\(Figures.count(counts.parked + counts.rejected)) rejected\(counts.parked > 0 ? " (\(Figures.count(counts.parked)) parked)" : "")")
        if counts.retry > 0 { parts.append("\(Figures.count(counts.retry)) not delivered") }
        let speed = "\(Figures.count(Int(Double(counts.received) / seconds))) records/s, \(Figures.megabytes(Double(result.bytes) / seconds)) MB/s"
        return "\(Figures.records(counts.received)) received from \(inputs == 1 ? "1 input" : "\(Figures.count(inputs)) inputs")"
            + " in \(Figures.seconds(duration)) (\(speed)): \(parts.joined(separator: ", "))"
    }

    private var sinkRows: [[String]] {
        result.tally.sinks.map { sink in
            var parts = ["\(Figures.count(sink.delivered + sink.remembered)) \(isDryRun ? "would be delivered" : "delivered")"]
            if sink.alreadyThere > 0 { parts.append("\(Figures.count(sink.alreadyThere)) already there") }
            if let parked = result.tally.parked[sink.sink] { parts.append("\(Figures.count(parked)) parked") }
            if sink.rejected > 0 { parts.append("\(Figures.count(sink.rejected)) rejected") }
            if sink.retry > 0 { parts.append("\(Figures.count(sink.retry)) not delivered") }
            return ["to", sink.sink, parts.joined(separator: ", ")]
        }
    }

    private var sourceRows: [[String]] {
        let order: [Record.Kind] = [.change, .log, .message, .event]
        // A queue whose messages were a bus's events has given nothing of its own.
        let sorted = result.tally.sources.filter { $0.value.received > 0 }.sorted { a, b in
            let (first, second) = (order.firstIndex(of: a.key.kind) ?? 0, order.firstIndex(of: b.key.kind) ?? 0)
            return first == second ? a.key.name < b.key.name : first < second
        }
        return sorted.map { key, counts in
            var parts = [Figures.count(counts.received) + " received"]
            if counts.filtered > 0 { parts.append("\(Figures.count(counts.filtered)) filtered") }
            if counts.parked + counts.rejected > 0 { parts.append("\(Figures.count(counts.parked + counts.rejected)) rejected") }
            if counts.retry > 0 { parts.append("\(Figures.count(counts.retry)) not delivered") }
            return ["from", "\(place(key.kind)) \(key.name.isEmpty ? "(not named)" : key.name)", parts.joined(separator: ", ")]
        }
    }

    private func place(_ kind: Record.Kind) -> String {
        switch kind {
        case .change: "table"
        case .log: "log group"
        case .message: "queue"
        case .event: "bus"
        }
    }

    private var notes: [String] {
        var lines: [String] = []
        if result.tally.controlMessages > 0 {
            lines.append("\(Figures.count(result.tally.controlMessages)) control message\(result.tally.controlMessages == 1 ? "" : "s") skipped")
        }
        if passedOver > 0 { lines.append("\(Figures.count(passedOver)) file\(passedOver == 1 ? "" : "s") passed over: their names are not those of recordings") }
        let sinks = result.tally.sinks
        let isComplete = !isDryRun && counts.parked + counts.rejected + counts.retry == 0
        if isComplete, sinks.contains(where: { $0.alreadyThere > 0 }), sinks.allSatisfy({ $0.delivered + $0.remembered == 0 }) {
            lines.append("nothing has changed: everything was there already")
        }
        return lines
    }

    /// Rows with their columns one below the other.
    private func table(of rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            "  " + row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }
    }
}
