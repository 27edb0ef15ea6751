// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// Remembers what went out of batches that will come again, so that it is not sent twice by one process.
///
/// Bounded: of two generations, the older one is forgotten when the younger one is full. What is forgotten is sent
/// again, which at-least-once allows.
struct DeliveredMemory: Sendable {
    private var young: Set<Delivery.ID> = []
    private var old: Set<Delivery.ID> = []
    private let generation: Int

    /// - Parameter capacity: the most (record, sink) pairs it holds.
    init(capacity: Int) { generation = max(1, capacity / 2) }

    var isEmpty: Bool { young.isEmpty && old.isEmpty }
    var count: Int { young.count + old.count }
    /// All that it holds, the older ones first.
    var ids: some Sequence<Delivery.ID> { [old, young].joined() }

    func contains(_ id: Delivery.ID) -> Bool { young.contains(id) || old.contains(id) }

    mutating func remember(_ id: Delivery.ID) {
        if contains(id) { return }
        if young.count >= generation {
            old = young
            young = []
        }
        young.insert(id)
    }

    mutating func forget(_ id: Delivery.ID) {
        young.remove(id)
        old.remove(id)
    }
}
