// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice

/// Sends each record as a message to a queue, standard or FIFO.
///
/// - The body is the record in the route's envelope; `kind`, `table` and `op` are message attributes where the record has them.
/// - In a FIFO queue the group is the record's ordering key and the deduplication id the record's id, each hashed where SQS would not take it. The ids of
///   messages and events are unique only within their queue or bus, so theirs is the SHA-256 of source and id. A record without an ordering key is a group of
///   its own. SQS takes a message once within five minutes.
/// - SQS can refuse one entry of a call and take the next one of the same group, so a call to a FIFO queue holds one record of a group at most, unless
///   `pack_groups` says otherwise. Standard queues promise no order.
/// - Entries that failed are sent again, as long as there are attempts; those at whose failure the sender is at fault are rejected.
///
/// Rules: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
final class SQSSink: AWSSink {
    struct Own: Decodable, Sendable {
        /// A queue's URL, ARN or name.
        var queue: QueueReference
        /// Whether messages have the attributes `kind`, `table` and `op`; they do unless told otherwise.
        var attributes: Bool?
        /// Whether several records of one group may go into one call. Fewer calls; but when SQS refuses one of them and takes a later one, their order is lost.
        var packGroups: Bool?
        /// Whether the queue is looked up at start; it is unless told otherwise.
        var verify: Bool?

        enum CodingKeys: String, CodingKey {
            case queue, attributes, verify
            case packGroups = "pack_groups"
        }
    }

    typealias Settings = CallingSettings<Own>

    let client: SinkClient
    private let queueURL: String
    private let composer: MessageComposer
    private let courier: Courier<SQS.SendEntry>

    init(_ settings: Settings, _ context: SinkContext, _ client: SinkClient) async throws {
        let services = client.services
        let queue = try await QueueLookup(sqs: services.sqs, logger: context.logger).find(settings.queue, services, verify: settings.verify ?? true)
        self.client = client
        queueURL = queue.url
        composer = MessageComposer(isFIFO: queue.isFIFO, hasAttributes: settings.attributes ?? true, maximumBytes: queue.maximumBytes)
        courier = Courier(
            .packed.with(settings.calls),
            Packing(
                maximumEntries: SQS.Limits.entries, maximumBytes: SQS.Limits.bytes, keysShareCalls: !queue.isFIFO || settings.packGroups ?? false),
            pause: client.pause)
    }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        let sqs = client.services.sqs
        return await courier.deliver(batch) { [composer] delivery, index in
            composer.compose(delivery, id: String(index))
        } send: { [queueURL] parcels, deadline in
            await SQSSink.send(parcels, to: queueURL, sqs, deadline)
        }
    }

    // MARK: One call

    // Each by the names of the query protocol and of JSON's, where some end in Exception: SQS sends both, other servers one of them.
    private static let sizeCodes: Set<String> = [
        "AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong", "BatchRequestTooLongException",
    ]
    private static let contentCodes: Set<String> = [
        "InvalidMessageContents", "InvalidMessageContentsException", "InvalidParameterValue", "InvalidParameterValueException",
    ]

    private static func send(
        _ parcels: [Parcel<SQS.SendEntry>], to queueURL: String, _ sqs: SQS, _ deadline: ContinuousClock.Instant
    ) async -> CallResult {
        do throws(AWSError) {
            let result = try await sqs.sendMessageBatch(.init(queueURL: queueURL, entries: parcels.map(\.entry)), deadline: deadline)
            return .answered(result.entries.map(fate))
        } catch {
            return CallResult(error, sizeCodes: sizeCodes, contentCodes: contentCodes)
        }
    }

    /// Throttling and what a key's service answers pass by themselves, whoever SQS says is at fault.
    private static func fate(_ result: Result<SQS.SentMessage, SQS.EntryFailure>) -> EntryFate {
        switch result {
        case .success: .settled(.delivered)
        case .failure(let failure):
            failure.isSenderFault && !failure.code.contains("Throttl") && !failure.code.lowercased().hasPrefix("kms")
                ? .settled(.rejected(Reason("SQS: \(failure)"))) : .again(Reason("SQS: \(failure)"))
        }
    }
}

extension SinkRegistry {
    /// Adds the sink `sqs`, also as `sqs:QUEUE_URL`.
    mutating func registerSQS(_ services: AWSServices) {
        register("sqs", SQSSink.self, services, SinkShorthand("sqs", argument: "QUEUE_URL", setting: "queue"))
    }
}
#endif
