// SPDX-License-Identifier: Apache-2.0

import EventTable

/// Shows statistics as tables with bars.
struct StatisticsView {
    let paint: Paint

    private static let barWidth = 20

    func lines(_ statistics: EventStatistics) -> [String] {
        let parts = [
            functions(statistics.functions), tables(statistics.tables), counts("Messages", "queue", statistics.queues),
            counts("Events", "bus or source", statistics.buses),
        ]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func functions(_ functions: [FunctionStatistics]) -> [String] {
        guard !functions.isEmpty else { return [] }
        let most = functions.map(\.executions).max() ?? 0
        let header = [
            "function", "runs", "errors", "timeouts", "unfinished", "cold", "p50 ms", "p90 ms", "p99 ms", "max ms", "memory MB", "",
        ]
        let rows = functions.map { function in
            let figures = [
                String(function.executions), String(function.errors), String(function.timeouts), String(function.unfinished),
                String(function.coldStarts),
            ]
            let quantiles = function.duration.map { [$0.p50, $0.p90, $0.p99, $0.max].map(readable) } ?? ["-", "-", "-", "-"]
            let memory = function.maxMemoryMB.map { "\($0)" + (function.memoryMB.map { " of \($0)" } ?? "") } ?? "-"
            return [function.name.harmless] + figures + quantiles + [memory, bar(function.executions, of: most)]
        }
        let failing = functions.filter { !$0.errorTypes.isEmpty }.map { function in
            let types = function.errorTypes.prefix(5).map { "\($0.name.harmless.cut(to: 60)) \($0.count)" }
            let more = function.errorTypes.count > 5 ? ", and \(function.errorTypes.count - 5) more" : ""
            return "  \(function.name.harmless): \(paint(types.joined(separator: ", ") + more, .red))"
        }
        return [paint("Executions", .bold)] + grid(header, rows) + (failing.isEmpty ? [] : ["", paint("Failures", .bold)] + failing)
    }

    private func tables(_ tables: [TableStatistics]) -> [String] {
        guard !tables.isEmpty else { return [] }
        let most = tables.map(\.changes).max() ?? 0
        let usual = ["INSERT", "MODIFY", "REMOVE"]
        let others = Set(tables.flatMap { $0.operations.map(\.name) }).subtracting(usual).sorted()
        let operations = usual + others
        let rows = tables.map { table in
            let counts = operations.map { name in String(table.operations.first { $0.name == name }?.count ?? 0) }
            return [table.name.harmless] + counts + [String(table.changes), bar(table.changes, of: most)]
        }
        let header = ["table"] + operations.map { $0.isEmpty ? "other" : $0.harmless } + ["changes", ""]
        return [paint("Changes", .bold)] + grid(header, rows)
    }

    private func counts(_ title: String, _ name: String, _ counts: [NamedCount]) -> [String] {
        guard !counts.isEmpty else { return [] }
        let most = counts.map(\.count).max() ?? 0
        let rows = counts.map { [$0.name.harmless, String($0.count), bar($0.count, of: most)] }
        return [paint(title, .bold)] + grid([name, "count", ""], rows)
    }

    /// Columns as wide as they must be: the first and the last flush left, numbers flush right.
    private func grid(_ header: [String], _ rows: [[String]]) -> [String] {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String], _ decorate: (Int, String) -> String) -> String {
            let padded = cells.enumerated().map { column, text in
                let isLast = column == cells.count - 1
                return decorate(column, isLast ? text : text.padded(to: widths[column], right: column > 0))
            }
            var text = "  " + padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        return [paint(line(header) { $1 }, .dim)]
            + rows.map { row in line(row) { column, text in column == row.count - 1 ? paint(text, .cyan) : text } }
    }

    /// A bar to the eighth of a character; what occurred has at least the thinnest one.
    private func bar(_ count: Int, of most: Int) -> String {
        guard most > 0, count > 0 else { return "" }
        let eighths = max(1, Int((Double(count) / Double(most) * Double(Self.barWidth) * 8).rounded()))
        let rests = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + rests[eighths % 8]
    }
}
