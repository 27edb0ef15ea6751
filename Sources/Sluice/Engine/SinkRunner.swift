// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Synchronization

/// One started sink, with what the engine keeps about it: it is called within its traits, keys keep their order over
/// several calls, and nobody waits for it beyond the deadline.
final class SinkRunner: Sendable {
    let name: String
    let sink: any Sink
    let traits: SinkTraits
    /// How many calls were given up at a deadline, less those that have returned since. The two may be noted in
    /// either order.
    private let lateCalls = Mutex(0)
    /// What those calls have delivered after all.
    private let lateDeliveries = Mutex<[Delivery.ID]>([])

    init(name: String, sink: any Sink) {
        self.name = name
        self.sink = sink
        traits = sink.traits
    }

    var isBusy: Bool { lateCalls.withLock { $0 > 0 } }

    /// What calls that were given up have delivered after all, each told once.
    func takeLateDeliveries() -> [Delivery.ID] {
        lateDeliveries.withLock { ids in
            defer { ids = [] }
            return ids
        }
    }

    static let busy = Outcome.retry("the sink is still busy with an earlier batch")
    static let tooLate = Outcome.retry("the deadline came before the sink's answer")

    /// A sink's answer, and how long it took.
    struct Timed: Sendable {
        var outcomes: Outcomes
        var elapsed: Duration
    }

    /// The same as ``deliver(_:blocks:)``, measured.
    func timed(_ batch: DeliveryBatch, blocks: @escaping @Sendable (Outcome, Delivery) -> Bool) async -> Timed {
        let start = ContinuousClock.now
        let outcomes = await deliver(batch, blocks: blocks)
        return Timed(outcomes: outcomes, elapsed: .now - start)
    }

    /// Delivers a batch in as many calls as the sink's traits ask for.
    ///
    /// - Parameter blocks: whether the later records of a key wait for a record with that outcome.
    func deliver(
        _ batch: DeliveryBatch, blocks: @escaping @Sendable (Outcome, Delivery) -> Bool
    ) async -> Outcomes {
        if batch.isEmpty { return Outcomes(count: 0) }
        if isBusy { return Outcomes(Self.busy, count: batch.count) }
        guard traits.concurrency > 1, batch.count > 1 else {
            return await deliverLane(batch, blocks: blocks)
        }
        let lanes = lanes(of: batch)
        return await withTaskGroup(of: ([Int], Outcomes).self) { group in
            for lane in lanes {
                group.addTask {
                    let part = DeliveryBatch(batch.storage.selecting(lane), deadline: batch.deadline)
                    return (lane, await self.deliverLane(part, blocks: blocks))
                }
            }
            var outcomes = Outcomes(count: batch.count)
            for await (lane, answer) in group {
                for (place, index) in lane.enumerated() { outcomes[index] = answer[place] }
            }
            return outcomes
        }
    }

    /// Distributes a batch over as many lanes as calls may run at once; all records of one key share a lane.
    private func lanes(of batch: DeliveryBatch) -> [[Int]] {
        var lanes = [[Int]](repeating: [], count: min(traits.concurrency, batch.count))
        for (index, delivery) in batch.enumerated() {
            let lane = delivery.orderingKey.map { $0.hashValue.magnitude } ?? UInt(index)
            lanes[Int(lane % UInt(lanes.count))].append(index)
        }
        return lanes.filter { !$0.isEmpty }
    }

    /// One call after another.
    private func deliverLane(
        _ batch: DeliveryBatch, blocks: @escaping @Sendable (Outcome, Delivery) -> Bool
    ) async -> Outcomes {
        if batch.count <= traits.maximumRecords { return await call(batch, blocks) }
        var outcomes = Outcomes(count: batch.count)
        var gate = KeyGate()
        var start = 0
        while start < batch.count {
            let part = start..<min(start + traits.maximumRecords, batch.count)
            start = part.upperBound
            let open = gate.isEmpty ? Array(part) : part.filter { gate.isOpen(for: batch[$0]) }
            for index in part where !gate.isEmpty { outcomes[index] = KeyGate.waiting }
            if open.isEmpty { continue }
            let call = open.count == part.count
                ? batch.part(part) : DeliveryBatch(batch.storage.selecting(open), deadline: batch.deadline)
            let answer = await self.call(call, blocks)
            for (place, index) in open.enumerated() {
                outcomes[index] = answer[place]
                if !answer.allDelivered, blocks(answer[place], batch[index]) { gate.close(batch[index]) }
            }
        }
        return outcomes
    }

    private func call(_ batch: DeliveryBatch, _ blocks: @escaping @Sendable (Outcome, Delivery) -> Bool) async -> Outcomes {
        guard let deadline = batch.deadline else {
            do {
                return checked(try await sink.deliver(batch), batch)
            } catch {
                return failed(error, batch)
            }
        }
        if deadline <= .now { return Outcomes(Self.tooLate, count: batch.count) }
        if isBusy { return Outcomes(Self.busy, count: batch.count) }
        let sink = sink
        let result = await race(until: deadline) {
            try await sink.deliver(batch)
        } late: { [self] result in
            if case .success(let outcomes) = result { note(late: checked(outcomes, batch), batch, blocks) }
            lateCalls.withLock { $0 -= 1 }
        }
        switch result {
        case nil:
            lateCalls.withLock { $0 += 1 }
            return Outcomes(Self.tooLate, count: batch.count)
        case .success(let outcomes)?: return checked(outcomes, batch)
        case .failure(let error)?: return failed(error, batch)
        }
    }

    /// Notes what was delivered, but for the later records of a key of which an earlier one must come again: they have to follow it once more, or the
    /// destination ends with the older one.
    private func note(late outcomes: Outcomes, _ batch: DeliveryBatch, _ blocks: (Outcome, Delivery) -> Bool) {
        var ids: [Delivery.ID] = []
        // Two records of one batch may have the same id; what must come again must not be taken for the other.
        var awaited: Set<Delivery.ID> = []
        var gate = KeyGate()
        for (index, delivery) in batch.enumerated() {
            if outcomes[index].isDelivered, gate.isOpen(for: delivery) {
                ids.append(delivery.accountID)
            } else {
                awaited.insert(delivery.accountID)
                if blocks(outcomes[index], delivery) { gate.close(delivery) }
            }
        }
        if !awaited.isEmpty { ids.removeAll { awaited.contains($0) } }
        lateDeliveries.withLock { $0 += ids }
    }

    /// An answer for another number of records is no answer.
    private func checked(_ outcomes: Outcomes, _ batch: DeliveryBatch) -> Outcomes {
        if outcomes.count == batch.count { return outcomes }
        return Outcomes(
            .retry("the sink answered for \(outcomes.count) records, but was given \(batch.count)"), count: batch.count)
    }

    private func failed(_ error: any Error, _ batch: DeliveryBatch) -> Outcomes {
        Outcomes(.retry(Reason("\(error)")), count: batch.count)
    }
}
