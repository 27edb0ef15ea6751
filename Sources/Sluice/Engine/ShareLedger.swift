// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// What became of the records that one sink was given of a batch: an effect for each, settled step by step.
///
/// Nearly always everything is delivered, and then there is nothing to look at one by one: the ledger stays
/// *plain*, which is the sink's answer and nothing else.
struct ShareLedger: Sendable {
    /// How far an effect has come.
    enum State: UInt8, Sendable {
        /// Nothing is known yet.
        case open
        case delivered, alreadyThere
        /// Delivered when the batch came before.
        case remembered
        case retry
        /// Rejected, to be parked.
        case toPark
        /// To be parked since it is so old; otherwise it would be retried.
        case oldToPark
        case parked
        /// Parked when the batch came before.
        case parkedBefore
        /// Rejected, and not parked because that failed: to be retried. As it can never be delivered, no order is lost
        /// if later records of its key go on.
        case unparked
        /// Rejected, kept nowhere.
        case listed

        var isRetry: Bool { self == .retry || self == .unparked }
        var mustPark: Bool { self == .toPark || self == .oldToPark }
        var isParked: Bool { self == .parked || self == .parkedBefore }
        /// Settled when the batch came before.
        var isFromBefore: Bool { self == .remembered || self == .parkedBefore }
        /// Whether the sink need not see the record again.
        var isFinal: Bool { self == .delivered || self == .alreadyThere || isFromBefore || self == .parked }
    }

    /// One record in one sink.
    struct Effect: Sendable {
        let slot: Int
        var state = State.open
        var reason: Reason?

        /// Why it was parked; absent where it was not.
        var parkingReason: Reason? { state.isParked ? reason ?? "" : nil }
    }

    let share: Prepared.Share
    /// For each record of the share, in the order of the stream; empty while the ledger is plain.
    private(set) var effects: [Effect] = []
    /// The answer of a plain ledger.
    private(set) var plain: Outcomes?
    /// How long the sink took.
    var elapsed = Duration.zero

    init(_ share: Prepared.Share) { self.share = share }

    /// Looks at the records one by one from now on.
    mutating func spread() {
        effects = (0..<share.storage.count).map { Effect(slot: share.storage.slot($0)) }
    }

    func record(_ effect: Effect) -> Record { share.storage.records[effect.slot] }
    func key(_ effect: Effect) -> OrderingKey? {
        let records = share.storage.records
        return records.hasOrderingKey(at: effect.slot) ? records.orderingKey(at: effect.slot) : nil
    }
    func id(_ effect: Effect) -> Delivery.ID { Delivery.ID(record: record(effect).id, sink: share.storage.sink) }

    /// Of all records that the sink was given.
    var allIDs: some Sequence<Delivery.ID> {
        (0..<share.storage.count).lazy.map { [storage = share.storage] in
            Delivery.ID(record: storage.records[storage.slot($0)].id, sink: storage.sink)
        }
    }

    mutating func settle(_ place: Int, _ state: State, _ reason: Reason? = nil) {
        effects[place].state = state
        if let reason { effects[place].reason = reason }
    }

    /// Settles what went out, or was parked, when the batch came before.
    /// - Returns: the places of the rest.
    mutating func settle(_ known: DeliveredMemory) -> [Int] {
        spread()
        var places: [Int] = []
        for place in effects.indices {
            let id = id(effects[place])
            if let reason = known.parkingReason(id) {
                settle(place, .parkedBefore, reason)
            } else if known.contains(id) {
                settle(place, .remembered)
            } else {
                places.append(place)
            }
        }
        return places
    }

    /// Leaves all of it to be retried: the sink was not called.
    mutating func postpone(_ reason: Reason) {
        spread()
        for place in effects.indices { settle(place, .retry, reason) }
    }

    /// Takes a sink's answer.
    ///
    /// - Parameter places: of the effects that it is about, in order; absent for all of a ledger not yet spread.
    mutating func take(_ outcomes: Outcomes, at places: [Int]?, resolve: (Outcome, Record) -> State) {
        if places == nil {
            if outcomes.allDelivered {
                plain = outcomes
                return
            }
            spread()
        }
        for (number, place) in (places ?? Array(effects.indices)).enumerated() {
            let outcome = outcomes[number]
            switch outcome {
            case .delivered: settle(place, .delivered)
            case .alreadyThere: settle(place, .alreadyThere)
            case .retry(let reason, _), .rejected(let reason):
                settle(place, resolve(outcome, record(effects[place])), reason)
            }
        }
    }

    /// Lets the later records of a key wait where one of it must be retried, whatever the sink said of them: when the
    /// earlier one comes again, they come behind it.
    mutating func keepOrder() {
        guard effects.contains(where: { $0.state == .retry }) else { return }
        var closed: Set<OrderingKey> = []
        for place in effects.indices {
            let effect = effects[place]
            if effect.state.isFromBefore || (closed.isEmpty && effect.state != .retry) { continue }
            guard let key = key(effect) else { continue }
            if closed.contains(key) {
                // A sink that lets a record wait often says nothing about it.
                if effect.state != .retry || effect.reason == Outcomes.unansweredReason {
                    settle(place, .retry, KeyGate.waitingReason)
                }
            } else if effect.state == .retry {
                closed.insert(key)
            }
        }
    }

    /// What the sink did, in numbers.
    var counts: BatchReport.SinkCounts {
        var counts = BatchReport.SinkCounts(sink: share.storage.sink)
        counts.elapsed = elapsed
        for code in plain?.codes ?? [] {
            if code == .alreadyThere { counts.alreadyThere += 1 } else { counts.delivered += 1 }
        }
        for effect in effects {
            switch effect.state {
            case .delivered: counts.delivered += 1
            case .alreadyThere: counts.alreadyThere += 1
            case .remembered: counts.remembered += 1
            case .parked, .parkedBefore, .listed: counts.rejected += 1
            case .retry, .unparked: counts.retry += 1
            case .open, .toPark, .oldToPark: break
            }
        }
        return counts
    }
}
