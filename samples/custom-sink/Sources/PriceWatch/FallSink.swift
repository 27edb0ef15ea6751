// SPDX-License-Identifier: Apache-2.0

import Sluice

/// Tells the program's log when a number falls.
public struct FallSink: Sink {
    public struct Settings: Decodable, Sendable { var attribute: String }
    let name: String, context: SinkContext

    public init(_ settings: Settings, _ context: SinkContext) { (name, self.context) = (settings.attribute, context) }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        await batch.deliverEach { delivery in
            let record = delivery.record
            if let old = record.oldImage?[name]?.numberValue, let new = record.newImage?[name]?.numberValue, new < old {
                context.logger.notice("\(record.subject ?? "?"): \(name) \(old) → \(new)")
            }
            return .delivered
        }
    }
}
