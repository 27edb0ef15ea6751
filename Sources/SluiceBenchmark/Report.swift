// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a run of the suite found.
struct Report: Codable {
    /// One command over one input, the median of its rounds.
    struct Row: Codable {
        var name: String
        /// Bytes of JSON read: for logs, those of the decompressed documents.
        var bytes: Int
        var rounds: Int
        var median: Measurement
        /// Millions of bytes of JSON in a second of the wall's clock, and of the processor's.
        var megabytesPerSecond: Double
        var megabytesPerProcessorSecond: Double
        var recordsPerSecond: Double?
    }

    /// A figure that there is an aim for.
    struct Target: Codable {
        var name: String
        var value: Double
        var floor: Double
        var aim: Double
        var unit: String
        var lessIsBetter = false

        var verdict: String {
            let reaches = { (limit: Double) in lessIsBetter ? value <= limit : value >= limit }
            return reaches(aim) ? "reaches the aim" : reaches(floor) ? "reaches the floor" : "below the floor"
        }
    }

    var rows: [Row] = []
    var targets: [Target] = []
    var checks: [String] = []
    var notes: [String] = []

    /// For people.
    var text: String {
        var lines: [String] = []
        lines.append(
            Self.columns(["command", "MB in", "MB/s", "MB/s of cpu", "records/s", "wall s", "cpu s", "peak MiB"]))
        for row in rows {
            lines.append(
                Self.columns([
                    row.name, Self.number(Double(row.bytes) / 1e6, 1), Self.number(row.megabytesPerSecond, 1),
                    Self.number(row.megabytesPerProcessorSecond, 1), row.recordsPerSecond.map { Self.number($0, 0) } ?? "–",
                    Self.number(row.median.wall, 3), Self.number(row.median.cpu, 3),
                    Self.number(Double(row.median.peak) / Double(1 << 20), 1),
                ]))
        }
        if !targets.isEmpty {
            lines.append("")
        }
        for target in targets {
            lines.append(
                Self.pad(target.name, 46) + " " + Self.number(target.value, 2) + " " + target.unit
                    + "   floor \(Self.number(target.floor, 2)), aim \(Self.number(target.aim, 2)): \(target.verdict)")
        }
        if !checks.isEmpty || !notes.isEmpty {
            lines.append("")
        }
        lines += checks
        lines += notes.map { "note: " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func columns(_ cells: [String]) -> String {
        var line = pad(cells[0], 34)
        for cell in cells.dropFirst() {
            line += String(repeating: " ", count: max(1, 12 - cell.count)) + cell
        }
        return line
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        value.formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}

extension [Measurement] {
    /// Each figure's median by itself, and the largest peak.
    var median: Measurement {
        var result = Measurement()
        result.wall = median(\.wall)
        result.user = median(\.user)
        result.system = median(\.system)
        result.peak = map(\.peak).max() ?? 0
        result.status = map(\.status).max() ?? 0
        return result
    }

    private func median(_ figure: (Measurement) -> Double) -> Double {
        let sorted = map(figure).sorted()
        return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

/// The middle one of some ratios.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
