// SPDX-License-Identifier: Apache-2.0

package import StreamRecords

/// What went out of the batches of one event that its source sends again as a whole: only behind the last of them is it known whether that has to be
/// remembered. See ``Pipeline/deliver(_:of:before:)``.
///
/// Bounded as ``DeliveredMemory`` is.
package struct EventMemory: Sendable {
    private let sinks: [String]
    private var sent: DeliveredMemory
    /// What must come again. Another record of the event may have the same id, and may have gone out.
    private var awaited: Set<Delivery.ID> = []
    /// What need not be remembered any longer in any case.
    private var done: [Delivery.ID] = []

    /// - Parameter capacity: the most (record, sink) pairs it holds.
    init(capacity: Int, sinks: [String]) {
        self.sinks = sinks
        sent = DeliveredMemory(capacity: capacity)
    }

    /// - Parameter reason: why it was parked; absent where it was delivered.
    mutating func note(sent id: Delivery.ID, parkedFor reason: Reason? = nil) { sent.remember(id, parkedFor: reason) }

    mutating func note(done id: Delivery.ID) { done.append(id) }

    mutating func note(awaited id: Delivery.ID) { awaited.insert(id) }

    /// Takes notice of a batch of the event that was not begun.
    package mutating func note(untried batch: RecordBatch) {
        guard !sent.isEmpty else { return }
        for record in batch {
            for sink in sinks { sent.forget(Delivery.ID(record: record.id, sink: sink)) }
        }
    }

    /// Remembers what went out of an event that comes again, and forgets what was kept of one that is through.
    func update(_ memory: inout DeliveredMemory, comesAgain: Bool) {
        if comesAgain {
            for id in sent.ids where !awaited.contains(id) { memory.remember(id, parkedFor: sent.parkingReason(id)) }
        } else if !memory.isEmpty {
            for id in sent.ids { memory.forget(id) }
        }
        for id in done { memory.forget(id) }
    }
}
