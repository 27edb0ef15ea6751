// SPDX-License-Identifier: Apache-2.0

import Logging
import Sluice
import StreamRecords

/// Tells the program's log when a number falls.
struct FallSink: Sink {
    struct Settings: Decodable, Sendable { var attribute: String }
    private let attribute: String
    private let logger: Logger

    init(_ settings: Settings, _ context: SinkContext) { (attribute, logger) = (settings.attribute, context.logger) }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        for record in batch.map(\.record) {
            guard let old = record.oldImage?[attribute]?.numberValue, let new = record.newImage?[attribute]?.numberValue,
                new < old
            else { continue }
            logger.notice("\(record.subject ?? "?"): \(attribute) \(old) → \(new)")
        }
        return Outcomes(.delivered, for: batch)
    }
}
