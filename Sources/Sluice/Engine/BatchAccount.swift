// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// Adds up what became of a batch, and checks that every record and every effect is accounted for.
struct BatchAccount {
    let work: BatchWork
    let retryAfter: Duration?

    func report() throws(ConservationError) -> BatchReport {
        try checkShares()
        var fates = baseFates()
        for ledger in work.ledgers {
            for effect in ledger.effects { try worsen(&fates[effect.slot], by: effect, in: ledger) }
        }
        let undecodableFates = try undecodableFates()
        var report = BatchReport(
            fates: fates, undecodableFates: undecodableFates, counts: BatchReport.Counts(), sinks: work.ledgers.map(\.counts),
            sources: [], rejections: rejections(), retryPositions: [], mustRetryWhole: false, retryAfter: retryAfter,
            controlMessages: work.records.controlMessages)
        count(&report)
        findRetries(&report)
        try check(report)
        return report
    }

    /// Each sink has answered for exactly the records that the routes meant for it.
    private func checkShares() throws(ConservationError) {
        var recordsOfPlan = [Int](repeating: 0, count: work.plans.all.count)
        if recordsOfPlan.count == 1 {
            recordsOfPlan[0] = work.records.count
        } else {
            for plan in work.plans.ofRecord { recordsOfPlan[Int(plan)] += 1 }
        }
        var meant: [Int: Int] = [:]
        for (plan, count) in zip(work.plans.all, recordsOfPlan) where count > 0 {
            for target in plan { meant[target.sink, default: 0] += count }
        }
        for ledger in work.ledgers {
            let expected = meant.removeValue(forKey: ledger.share.sink) ?? 0
            let found = ledger.plain?.count ?? ledger.effects.count
            if expected != found {
                throw ConservationError(
                    "\(ledger.share.storage.sink): \(expected) records were meant for it, \(found) are accounted for")
            }
        }
        if let (sink, count) = meant.first {
            throw ConservationError("\(count) records never reached the sink \(work.runners[sink].name)")
        }
    }

    /// As if every sink had delivered everything.
    private func baseFates() -> [BatchReport.Fate] {
        let plans = work.plans
        if plans.all.allSatisfy({ !$0.isEmpty }) {
            return Array(repeating: .delivered, count: work.records.count)
        }
        return plans.ofRecord.map { plans.all[Int($0)].isEmpty ? .filtered : .delivered }
    }

    private func worsen(
        _ fate: inout BatchReport.Fate, by effect: ShareLedger.Effect, in ledger: ShareLedger
    ) throws(ConservationError) {
        let reason = effect.reason ?? ""
        let other: BatchReport.Fate
        switch effect.state {
        case .delivered, .alreadyThere, .remembered: return
        case .retry, .unparked: other = .retry(reason)
        case .parked, .parkedBefore: other = .parked(reason)
        case .listed: other = .rejected(reason)
        case .open, .toPark, .oldToPark:
            throw ConservationError("\(ledger.share.storage.sink): record \(effect.slot) of the batch was not settled")
        }
        if other.severity > fate.severity { fate = other }
    }

    private func undecodableFates() throws(ConservationError) -> [BatchReport.Fate] {
        var fates: [BatchReport.Fate] = []
        for (index, (state, reason)) in work.undecodable.enumerated() {
            switch state {
            case .parked: fates.append(.parked(reason))
            case .listed: fates.append(.rejected(reason))
            case .retry, .unparked: fates.append(.retry(reason))
            case .open, .delivered, .alreadyThere, .remembered, .parkedBefore, .toPark, .oldToPark:
                throw ConservationError("undecodable record \(index) of the batch was not settled")
            }
        }
        return fates
    }

    private func count(_ report: inout BatchReport) {
        let sources = work.records.sources
        var perSource = [BatchReport.Counts](repeating: BatchReport.Counts(), count: sources.count)
        let isUniform = work.ledgers.allSatisfy { $0.plain != nil } && work.plans.all.count == 1
        if isUniform, sources.count == 1, let fate = report.fates.first {
            perSource[0].count(fate, report.fates.count)
        } else {
            for (index, fate) in report.fates.enumerated() {
                perSource[work.records.sourceIndex(at: index)].count(fate)
            }
        }
        for counts in perSource { report.counts += counts }
        for fate in report.undecodableFates { report.counts.count(fate) }
        report.sources = zip(sources, perSource).map { (source: $0, counts: $1) }
    }

    private func findRetries(_ report: inout BatchReport) {
        guard report.counts.retry > 0 else { return }
        var seen: Set<Position> = []
        let ofRecords = report.fates.enumerated().lazy.filter { $1.isRetry }.map { work.records[$0.offset].position }
        let ofUndecodable = report.undecodableFates.enumerated().lazy.filter { $1.isRetry }
            .map { work.records.undecodable[$0.offset].position }
        for position in Array(ofRecords) + Array(ofUndecodable) {
            guard let position else {
                report.mustRetryWhole = true
                continue
            }
            if seen.insert(position).inserted { report.retryPositions.append(position) }
        }
    }

    private func rejections() -> [BatchReport.Rejection] {
        var rejections: [(slot: Int, rejection: BatchReport.Rejection)] = []
        for ledger in work.ledgers {
            for (place, effect) in ledger.effects.enumerated() where effect.state.isParked || effect.state == .listed {
                let record = ledger.record(effect)
                // The id is the one that the sink was given: reports are shown, and an id may be made of what is to be hidden.
                rejections.append((effect.slot, BatchReport.Rejection(
                    record: ledger.share.storage.record(place).id, source: record.source, position: record.position,
                    route: ledger.share.storage.route(slot: effect.slot), sink: ledger.share.storage.sink,
                    reason: effect.reason ?? "", isParked: effect.state.isParked)))
            }
        }
        var all = rejections.sorted { $0.slot < $1.slot }.map(\.rejection)
        for (index, (state, reason)) in work.undecodable.enumerated() where state == .parked || state == .listed {
            let broken = work.records.undecodable[index]
            all.append(BatchReport.Rejection(
                record: nil, source: nil, position: broken.position, route: nil, sink: nil, reason: reason,
                isParked: state == .parked))
        }
        return all
    }

    private func check(_ report: BatchReport) throws(ConservationError) {
        let received = work.records.count + work.records.undecodable.count
        guard report.counts.received == received, report.counts.isConserved, report.fates.count == work.records.count
        else {
            throw ConservationError("\(received) records were received, but the account is \(report.counts)")
        }
        for (ledger, counts) in zip(work.ledgers, report.sinks) where counts.total != ledger.share.storage.count {
            throw ConservationError("\(counts.sink): \(ledger.share.storage.count) records went in, \(counts.total) came out")
        }
    }
}

extension BatchReport.Fate {
    var isRetry: Bool { if case .retry = self { true } else { false } }

    /// The worst of several effects is the record's outcome: retry, then rejected, then delivered.
    var severity: Int {
        switch self {
        case .filtered: 0
        case .delivered: 1
        case .parked: 2
        case .rejected: 3
        case .retry: 4
        }
    }
}
