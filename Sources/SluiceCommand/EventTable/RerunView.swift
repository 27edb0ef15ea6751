// SPDX-License-Identifier: Apache-2.0

import EventTable
import StreamRecords

/// Shows what became of a rerun: the new execution, and where its answer differs from the old one's.
struct RerunView {
    let paint: Paint

    /// Longer values are cut; `--json` has them whole.
    private static let longestValue = 100

    func lines(_ report: RerunReport) -> [String] {
        let rerun = report.rerun
        let colour: Paint.Colour = report.state == .done ? .green : .yellow
        var head = "\(paint(rerun.function.description.harmless, .bold))  \(paint(report.state.rawValue, colour))"
        if report.isRepeated { head += "  " + paint("of before, nothing was run now", .dim) }
        var lines = [head, "    old  \(rerun.original.id.harmless)"]
        if let newID = rerun.newID { lines.append("    new  \(newID.harmless)") }
        guard let differences = report.differences else {
            if report.state == .done { lines.append("    the old response was not recorded, so there is nothing to compare with") }
            return lines
        }
        if differences.isEmpty { return lines + ["    the same response"] }
        for difference in differences {
            let old = difference.old.map { paint(value($0), .red) } ?? "-"
            let new = difference.new.map { paint(value($0), .green) } ?? "-"
            lines.append("    \(difference.path.harmless.cut(to: 80))  \(old) → \(new)")
        }
        return lines
    }

    private func value(_ text: String) -> String { text.harmless.cut(to: Self.longestValue) }
}
