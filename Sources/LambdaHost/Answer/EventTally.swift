// SPDX-License-Identifier: Apache-2.0

internal import Sluice
internal import StreamRecords

/// What became of all batches of one event.
struct EventTally: Sendable {
    var counts = BatchReport.Counts()
    var sinks: [BatchReport.SinkCounts] = []
    /// What the source must be told, each once, in the event's order.
    private(set) var retryPositions: [Position] = []
    /// Something must come again that has no position.
    private(set) var mustRetryWhole = false
    var controlMessages = 0
    /// The time of the last record, as its data tells it.
    var lastTime: Timestamp?
    /// Why records must come again: how many for each reason.
    private(set) var retryReasons: [(reason: String, count: Int)] = []
    /// Why records were rejected, parked or not.
    private(set) var rejections: [(reason: String, count: Int)] = []

    var mustRetry: Bool { counts.retry > 0 }

    mutating func add(_ report: BatchReport) {
        counts += report.counts
        controlMessages += report.controlMessages
        for sink in report.sinks {
            if let place = sinks.firstIndex(where: { $0.sink == sink.sink }) { sinks[place] += sink } else { sinks.append(sink) }
        }
        mustRetryWhole = mustRetryWhole || report.mustRetryWhole
        let known = Set(retryPositions)
        retryPositions += report.retryPositions.filter { !known.contains($0) }
        if report.counts.retry > 0 {
            for fate in report.fates + report.undecodableFates {
                if case .retry(let reason) = fate { EventTally.count(reason.description, in: &retryReasons) }
            }
        }
        for rejection in report.rejections {
            let place = rejection.sink.map { "\($0): " } ?? ""
            EventTally.count(place + rejection.reason.description, in: &rejections)
        }
    }

    /// Counts a batch that was not tried, since an earlier one of the event has to come again first.
    mutating func add(untried batch: RecordBatch) {
        let received = batch.count + batch.undecodable.count
        counts.received += received
        counts.retry += received
        controlMessages += batch.controlMessages
        var known = Set(retryPositions)
        for position in batch.map(\.position) + batch.undecodable.map(\.position) {
            guard let position else {
                mustRetryWhole = true
                continue
            }
            if known.insert(position).inserted { retryPositions.append(position) }
        }
        if received > 0 {
            EventTally.count("waits for an earlier record", in: &retryReasons, received)
        }
    }

    private static let maximumReasons = 20

    private static func count(_ reason: String, in list: inout [(reason: String, count: Int)], _ number: Int = 1) {
        if let place = list.firstIndex(where: { $0.reason == reason }) {
            list[place].count += number
        } else if list.count < maximumReasons {
            list.append((reason, number))
        } else {
            // The list stays short; what it leaves out is counted at its end.
            list[maximumReasons - 1] = ("other reasons", list[maximumReasons - 1].count + number)
        }
    }

    /// `2 of 100 records must come again: orders: throttled (2)`.
    var retryText: String {
        let reasons = retryReasons.prefix(3).map { $0.count > 1 ? "\($0.reason) (\($0.count) records)" : $0.reason }
        let more = retryReasons.count > 3 ? "; and \(retryReasons.count - 3) other reasons" : ""
        return "\(counts.retry) of \(counts.received) records must come again: \(reasons.joined(separator: "; "))\(more)"
    }
}
