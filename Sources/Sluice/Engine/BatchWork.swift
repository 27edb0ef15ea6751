// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// What becomes of rejected records, decided by configuration and host.
struct RejectionPolicy: Sendable {
    /// The sinks that they are parked in.
    var parking: [SinkRunner]
    /// They count as to be retried.
    var rejectionBlocks: Bool
    /// A record of at least this age that must be retried is parked instead.
    var parkAfter: Duration?
    /// Routes redact. Of what could not be decoded nobody knows where in it something is that must not be seen, so it is not parked as it came,
    /// and its reason does not quote it.
    var withholdsUndecodable = false
    var now: @Sendable () -> Timestamp

    func state(of outcome: Outcome, _ record: Record) -> ShareLedger.State {
        switch outcome {
        case .delivered: return .delivered
        case .alreadyThere: return .alreadyThere
        case .rejected:
            if rejectionBlocks { return .retry }
            return parking.isEmpty ? .listed : .toPark
        case .retry:
            guard let parkAfter, !parking.isEmpty, let time = record.time else { return .retry }
            return .milliseconds(now().milliseconds - time.milliseconds) >= parkAfter ? .oldToPark : .retry
        }
    }
}

/// The delivery of one batch: hands each sink its share, settles what the sinks say, parks what was rejected, and
/// accounts for every record.
struct BatchWork: Sendable {
    let records: RecordBatch
    let plans: RoutingTable.Plans
    let runners: [SinkRunner]
    let policy: RejectionPolicy
    let deadline: ContinuousClock.Instant?
    private(set) var ledgers: [ShareLedger]
    /// What becomes of the records that could not be decoded.
    private(set) var undecodable: [(state: ShareLedger.State, reason: Reason)]
    private var retryAfter: Duration?
    /// What is parked in some sinks, to be remembered if the batch comes again.
    private var parkings: [Delivery.ID] = []
    /// What was remembered of records that are parked in all of them now, and are themselves remembered as that.
    private var doneParkings: [Delivery.ID] = []

    init(
        records: RecordBatch, plans: RoutingTable.Plans, shares: [Prepared.Share], runners: [SinkRunner],
        policy: RejectionPolicy, deadline: ContinuousClock.Instant?
    ) {
        self.records = records
        self.plans = plans
        self.runners = runners
        self.policy = policy
        self.deadline = deadline
        ledgers = shares.map { ShareLedger($0) }
        let state: ShareLedger.State = policy.rejectionBlocks ? .retry : policy.parking.isEmpty ? .listed : .toPark
        undecodable = records.undecodable.map { broken in
            let reason = policy.withholdsUndecodable
                ? "could not be decoded (\(broken.error.code.rawValue)); what it holds is withheld, since routes redact" : broken.reason
            return (state, Reason(reason))
        }
    }

    /// - Parameter known: what went out already, when the batch came before.
    mutating func run(known: DeliveredMemory) async {
        await deliver(known)
        for number in ledgers.indices { ledgers[number].keepOrder() }
        await park(known)
    }

    // MARK: delivering

    private mutating func deliver(_ known: DeliveredMemory) async {
        var calls: [(ledger: Int, places: [Int]?, batch: DeliveryBatch)] = []
        for number in ledgers.indices {
            let storage = ledgers[number].share.storage
            guard !known.isEmpty else {
                calls.append((number, nil, DeliveryBatch(storage, deadline: deadline)))
                continue
            }
            let places = ledgers[number].settle(known)
            let part = places.count == storage.count ? storage : storage.selecting(places)
            calls.append((number, places, DeliveryBatch(part, deadline: deadline)))
        }
        calls.removeAll { $0.batch.isEmpty }
        let policy = policy
        let blocks: @Sendable (Outcome, Delivery) -> Bool = { policy.state(of: $0, $1.record) == .retry }
        if calls.count == 1 {
            let call = calls[0]
            take(await runner(call.ledger).timed(call.batch, blocks: blocks), call.ledger, call.places)
            return
        }
        let answers = await withTaskGroup(of: (Int, SinkRunner.Timed).self) { group in
            for (number, call) in calls.enumerated() {
                let runner = runner(call.ledger)
                group.addTask { (number, await runner.timed(call.batch, blocks: blocks)) }
            }
            return await group.reduce(into: [(Int, SinkRunner.Timed)]()) { $0.append($1) }
        }
        for (number, answer) in answers { take(answer, calls[number].ledger, calls[number].places) }
    }

    private func runner(_ ledger: Int) -> SinkRunner { runners[ledgers[ledger].share.sink] }

    private mutating func take(_ answer: SinkRunner.Timed, _ ledger: Int, _ places: [Int]?) {
        let policy = policy
        var longest = retryAfter
        ledgers[ledger].elapsed = answer.elapsed
        ledgers[ledger].take(answer.outcomes, at: places) { outcome, record in
            if case .retry(_, let delay?) = outcome { longest = max(longest ?? delay, delay) }
            return policy.state(of: outcome, record)
        }
        retryAfter = longest
    }

    // MARK: parking

    /// Where something that must be parked came from.
    private enum Origin: Sendable {
        case effect(ledger: Int, place: Int)
        case undecodable(Int)
    }

    private mutating func park(_ known: DeliveredMemory) async {
        var origins: [Origin] = []
        for (number, ledger) in ledgers.enumerated() {
            for (place, effect) in ledger.effects.enumerated() where effect.state.mustPark {
                origins.append(.effect(ledger: number, place: place))
            }
        }
        origins += undecodable.indices.filter { undecodable[$0].state.mustPark }.map { .undecodable($0) }
        if origins.isEmpty { return }

        let time = policy.now()
        let items = origins.enumerated().map { number, origin in item(origin, number, time) }
        var failures = [Reason?](repeating: nil, count: items.count)
        var parked = [[Delivery.ID]](repeating: [], count: items.count)
        for runner in policy.parking {
            let ids = items.map { $0.parking(in: runner.name) }
            let open = items.indices.filter { !known.contains(ids[$0]) }
            for index in items.indices where known.contains(ids[index]) { parked[index].append(ids[index]) }
            let answers = await park(open.map { items[$0] }, in: runner)
            for (index, answer) in zip(open, answers) {
                switch answer {
                case .delivered, .alreadyThere: parked[index].append(ids[index])
                case .retry(let reason, _), .rejected(let reason):
                    failures[index] = "rejected (\(items[index].reason)) and not parked: \(runner.name): \(reason)"
                }
            }
        }
        for (origin, failure) in zip(origins, failures) { settle(origin, failure) }
        for number in ledgers.indices { ledgers[number].keepOrder() }
        for (origin, ids) in zip(origins, parked) {
            if case .effect(let ledger, let place) = origin, ledgers[ledger].effects[place].state == .parked {
                doneParkings += ids.filter(known.contains)
            } else {
                parkings += ids
            }
        }
    }

    private mutating func settle(_ origin: Origin, _ failure: Reason?) {
        switch origin {
        case .effect(let ledger, let place):
            let wasOld = ledgers[ledger].effects[place].state == .oldToPark
            let failed: ShareLedger.State = wasOld ? .retry : .unparked
            ledgers[ledger].settle(place, failure == nil ? .parked : failed, failure)
        case .undecodable(let index):
            undecodable[index].state = failure == nil ? .parked : .unparked
            if let failure { undecodable[index].reason = failure }
        }
    }

    private func item(_ origin: Origin, _ number: Int, _ time: Timestamp) -> RejectedItem {
        switch origin {
        case .effect(let number, let place):
            let ledger = ledgers[number]
            let effect = ledger.effects[place]
            // As the sink was given it, redacted where the route redacts.
            let record = ledger.share.storage.record(place)
            let sink = ledger.share.storage.sink
            return RejectedItem(
                id: "\(record.id.id)/\(sink)/\(time.milliseconds)", recordID: record.id, isDecoded: true,
                source: record.source, position: record.position, route: ledger.share.storage.route(slot: effect.slot),
                sink: sink, reason: effect.reason ?? "", time: time, rawBytes: record.rawBytes)
        case .undecodable(let index):
            let broken = records.undecodable[index]
            // It has no id of its own: its position or place in the input tells it from others, and its bytes do.
            let place = broken.position?.text ?? "\(broken.offset)"
            let name = "undecodable/\(place)"
            let id = Record.ID(source: "", id: "\(name)/\(fingerprint(broken.rawBytes))")
            // The bytes' hash is not told where they are withheld: it would show a right guess at them.
            return RejectedItem(
                id: "\(policy.withholdsUndecodable ? name : id.id)/\(number)/\(time.milliseconds)", recordID: id, isDecoded: false, source: nil,
                position: broken.position, route: nil, sink: nil, reason: undecodable[index].reason, time: time,
                rawBytes: broken.rawBytes, isWithheld: policy.withholdsUndecodable)
        }
    }

    private func park(_ items: [RejectedItem], in runner: SinkRunner) async -> [Outcome] {
        guard !items.isEmpty else { return [] }
        guard let batches = parkingBatches(items, sink: runner.name, needsPayloads: runner.traits.needsPayloads) else {
            return items.map { _ in .retry("the envelope for the rejected record could not be made") }
        }
        var answers: [Outcome] = []
        for storage in batches {
            let outcomes = await runner.deliver(DeliveryBatch(storage, deadline: deadline)) { outcome, _ in
                outcome.hasDetail
            }
            answers += (0..<outcomes.count).map { outcomes[$0] }
        }
        return answers
    }

    // MARK: afterwards

    /// Nothing is tried: all of it must come again.
    mutating func postpone(_ reason: Reason) {
        for number in ledgers.indices { ledgers[number].postpone(reason) }
        for index in undecodable.indices { undecodable[index] = (.retry, reason) }
    }

    /// Notes what went out of a batch that is one of several of its event, and what must come again.
    func note(in event: inout EventMemory) {
        for id in parkings { event.note(sent: id) }
        for id in doneParkings { event.note(done: id) }
        for ledger in ledgers {
            if ledger.plain != nil { for id in ledger.allIDs { event.note(sent: id) } }
            for effect in ledger.effects {
                if effect.state.isFinal {
                    event.note(sent: ledger.id(effect), parkedFor: effect.parkingReason)
                } else if effect.state.isRetry {
                    event.note(awaited: ledger.id(effect))
                }
            }
        }
    }

    /// Remembers what went out of a batch that will come again, and forgets what was kept of one that won't.
    func update(_ memory: inout DeliveredMemory) {
        let mustComeAgain = undecodable.contains { $0.state.isRetry }
            || ledgers.contains { $0.effects.contains { $0.state.isRetry } }
        if !mustComeAgain, memory.isEmpty { return }
        for id in parkings { if mustComeAgain { memory.remember(id) } else { memory.forget(id) } }
        for id in doneParkings { memory.forget(id) }
        for ledger in ledgers {
            if ledger.plain != nil {
                if mustComeAgain { for id in ledger.allIDs { memory.remember(id) } }
                continue
            }
            // Two records of one batch may have the same id; what must come again must not be taken for the other.
            let retried = Set(ledger.effects.filter(\.state.isRetry).map(ledger.id))
            for effect in ledger.effects where effect.state.isFinal {
                let id = ledger.id(effect)
                if mustComeAgain, !retried.contains(id) {
                    memory.remember(id, parkedFor: effect.parkingReason)
                } else if effect.state.isFromBefore {
                    memory.forget(id)
                }
            }
        }
    }

    /// The account of the batch; throws where it does not come out even.
    func report() throws(ConservationError) -> BatchReport {
        try BatchAccount(work: self, retryAfter: retryAfter).report()
    }
}
