// SPDX-License-Identifier: Apache-2.0

internal import Logging

extension Logger {
    /// How many reasons of one batch are told one by one.
    private static let mostReasons = 5

    /// Says what became of a batch. Records themselves, and what is in them, are never told; reasons are the sinks' own words.
    func tell(_ report: BatchReport) {
        if !report.rejections.isEmpty {
            let reasons = report.rejections.map { Problem(sink: $0.sink, reason: $0.reason.description) }
            tell(reasons, .warning, "records were rejected")
        }
        if report.counts.retry > 0 {
            let reasons = (report.fates + report.undecodableFates).compactMap { fate -> Problem? in
                if case .retry(let reason) = fate { Problem(sink: nil, reason: reason.description) } else { nil }
            }
            tell(reasons, .notice, "records must come again")
        }
        debug(
            "batch done",
            metadata: [
                "received": "\(report.counts.received)", "delivered": "\(report.counts.delivered)", "filtered": "\(report.counts.filtered)",
                "rejected": "\(report.counts.rejected + report.counts.parked)", "retried": "\(report.counts.retry)",
            ])
    }

    private struct Problem: Hashable {
        var sink: String?
        var reason: String
    }

    private func tell(_ problems: [Problem], _ level: Level, _ text: String) {
        var counts: [Problem: Int] = [:]
        var order: [Problem] = []
        for problem in problems {
            if counts[problem] == nil { order.append(problem) }
            counts[problem, default: 0] += 1
        }
        for problem in order.prefix(Self.mostReasons) {
            var metadata: Metadata = ["count": "\(counts[problem] ?? 0)", "reason": "\(problem.reason)"]
            if let sink = problem.sink { metadata["sink"] = "\(sink)" }
            log(level: level, "\(text)", metadata: metadata)
        }
        let rest = order.dropFirst(Self.mostReasons).reduce(0) { $0 + (counts[$1] ?? 0) }
        if rest > 0 { log(level: level, "\(text)", metadata: ["count": "\(rest)", "reason": "other reasons"]) }
    }
}
