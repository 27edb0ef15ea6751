// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// Remembers what went out of batches that will come again, so that it is not sent twice by one process.
///
/// Bounded: of two generations, the older one is forgotten when the younger one is full. What is forgotten is sent
/// again, which at-least-once allows.
struct DeliveredMemory: Sendable {
    private struct Generation: Sendable {
        var ids: Set<Delivery.ID> = []
        /// Those among them that the sink rejected and that were parked, with the reason.
        var parked: [Delivery.ID: Reason] = [:]
    }

    private var young = Generation()
    private var old = Generation()
    private let generation: Int

    /// - Parameter capacity: the most (record, sink) pairs it holds.
    init(capacity: Int) { generation = max(1, capacity / 2) }

    var isEmpty: Bool { young.ids.isEmpty && old.ids.isEmpty }
    var count: Int { young.ids.count + old.ids.count }
    /// All that it holds, the older ones first.
    var ids: some Sequence<Delivery.ID> { [old.ids, young.ids].joined() }

    func contains(_ id: Delivery.ID) -> Bool { young.ids.contains(id) || old.ids.contains(id) }

    /// Why it was parked; absent where it was delivered, or is not known.
    func parkingReason(_ id: Delivery.ID) -> Reason? { young.parked[id] ?? old.parked[id] }

    /// - Parameter reason: why it was parked; absent where it was delivered. Of two records with one id, the parked one counts.
    mutating func remember(_ id: Delivery.ID, parkedFor reason: Reason? = nil) {
        if old.ids.contains(id) {
            if let reason { old.parked[id] = reason }
            return
        }
        if !young.ids.contains(id) {
            if young.ids.count >= generation {
                old = young
                young = Generation()
            }
            young.ids.insert(id)
        }
        if let reason { young.parked[id] = reason }
    }

    mutating func forget(_ id: Delivery.ID) {
        young.ids.remove(id)
        young.parked[id] = nil
        old.ids.remove(id)
        old.parked[id] = nil
    }
}
