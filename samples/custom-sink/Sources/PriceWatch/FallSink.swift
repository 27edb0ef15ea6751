// SPDX-License-Identifier: Apache-2.0

import Sluice

/// Tells the program's log when a number falls.
public struct FallSink: RecordSink {
    public struct Settings: Decodable, Sendable { var attribute: String }
    let name: String, context: SinkContext
    public init(_ settings: Settings, _ context: SinkContext) { (name, self.context) = (settings.attribute, context) }

    public func deliver(_ delivery: Delivery) async throws -> Outcome {
        let (old, new) = (delivery.record.oldImage?[name]?.numberValue, delivery.record.newImage?[name]?.numberValue)
        if let old, let new, new < old { context.logger.notice("\(delivery.record.subject ?? "?"): \(name) \(old) → \(new)") }
        return .delivered
    }
}
