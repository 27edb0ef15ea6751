// SPDX-License-Identifier: Apache-2.0

import Sluice

/// Stands in for a sink when nothing is to be delivered: takes every record and does nothing with it.
struct DryRunSink: Sink {
    /// The lines are rendered all the same: a dry run tries all but the delivery.
    let traits: SinkTraits

    init(_ settings: NoSettings, _ context: SinkContext) async throws { traits = SinkTraits() }

    init() { traits = SinkTraits() }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes { Outcomes(.delivered, for: batch) }
}
