// SPDX-License-Identifier: Apache-2.0

import Sluice
import StreamRecords

/// What became of everything that a run received.
struct RunTally: Sendable {
    /// Records of one table, log group, queue or bus.
    struct SourceKey: Hashable, Sendable {
        var kind: Record.Kind
        var name: String
    }

    private(set) var counts = BatchReport.Counts()
    private(set) var controlMessages = 0
    private(set) var sinks: [BatchReport.SinkCounts] = []
    private(set) var sources: [SourceKey: BatchReport.Counts] = [:]
    /// The first rejections and records still to be delivered, to be shown.
    private(set) var problems: [String] = []
    private(set) var unlistedProblems = 0
    /// How many rejections went into each sink that takes them; absent where none did.
    private(set) var parked: [String: Int] = [:]
    private let parking: [String]
    /// How many problems are shown one by one.
    private let listed: Int

    /// - Parameters:
    ///   - sinks: the names of all sinks.
    ///   - parking: the sinks that rejected records are parked in, each in all of them.
    init(sinks: [String], parking: [String] = [], listed: Int = 20) {
        self.sinks = sinks.map { BatchReport.SinkCounts(sink: $0) }
        self.parking = parking
        self.listed = listed
    }

    /// Adds what became of a batch, when it will not be tried again.
    mutating func add(_ report: BatchReport, input: String) {
        counts += report.counts
        controlMessages += report.controlMessages
        addSinks(report)
        for (source, counts) in report.sources {
            sources[SourceKey(kind: source.kind, name: source.name), default: BatchReport.Counts()] += counts
        }
        let parkedNow = report.rejections.count { $0.isParked }
        if parkedNow > 0 {
            for sink in parking { parked[sink, default: 0] += parkedNow }
        }
        for rejection in report.rejections {
            let what = rejection.record.map { "record \($0.id)" } ?? rejection.position.map(Self.name) ?? "what could not be decoded"
            let sink = rejection.sink.map { " by \($0)" } ?? ""
            list("\(input): rejected\(sink)\(rejection.isParked ? " and parked" : ""): \(what): \(rejection.reason)")
        }
        if report.counts.retry > 0 {
            list("\(input): \(Figures.records(report.counts.retry)) not delivered: \(Self.reasons(report))")
        }
    }

    /// Why records were not delivered. There may be as many reasons as records: some name the record.
    private static func reasons(_ report: BatchReport) -> String {
        let reasons = Set((report.fates + report.undecodableFates).compactMap { fate -> String? in
            if case .retry(let reason) = fate { reason.description } else { nil }
        }).sorted()
        let more = reasons.count > listedReasons ? "; … and \(Figures.count(reasons.count - listedReasons)) more" : ""
        return reasons.prefix(listedReasons).joined(separator: "; ") + more
    }

    private static let listedReasons = 3

    /// A record that could not be decoded, by its place in its source.
    private static func name(_ position: Position) -> String {
        switch position.kind {
        case .sequenceNumber: "the record with sequence number \(position.text)"
        case .messageID: "the record with message id \(position.text)"
        }
    }

    private mutating func addSinks(_ report: BatchReport) {
        for sink in report.sinks {
            guard let place = sinks.firstIndex(where: { $0.sink == sink.sink }) else { continue }
            sinks[place] += sink
        }
    }

    private mutating func list(_ problem: String) {
        if problems.count < listed { problems.append(problem) } else { unlistedProblems += 1 }
    }
}
