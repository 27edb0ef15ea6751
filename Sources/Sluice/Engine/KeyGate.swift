// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// Keeps order per key while a batch is worked off: when a record must be retried, the later ones of its ordering key
/// wait with it.
///
///     var gate = KeyGate()
///     for (index, delivery) in batch.enumerated() where gate.isOpen(for: delivery) {
///         outcomes[index] = await send(delivery)
///         gate.note(outcomes[index], of: delivery)
///     }
public struct KeyGate: Sendable {
    private var closed: Set<OrderingKey> = []

    /// What is said of a record that waits for an earlier one of its key.
    public static let waiting = Outcome.retry(waitingReason)
    static let waitingReason: Reason = "waits for an earlier record of its key"

    public init() {}

    /// Whether no earlier record of this one's key must be retried. Records without a key never wait.
    public func isOpen(for delivery: Delivery) -> Bool {
        if closed.isEmpty { return true }
        return delivery.orderingKey.map { !closed.contains($0) } ?? true
    }

    /// Closes the record's key if it must be retried. A rejected one closes it only where the configuration says that
    /// rejected records block.
    public mutating func note(_ outcome: Outcome, of delivery: Delivery) {
        switch outcome {
        case .delivered, .alreadyThere: break
        case .retry: close(delivery)
        case .rejected: if delivery.storage.rejectionBlocks { close(delivery) }
        }
    }

    mutating func close(_ delivery: Delivery) {
        if let key = delivery.orderingKey { closed.insert(key) }
    }

    var isEmpty: Bool { closed.isEmpty }
}
