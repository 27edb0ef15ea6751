// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice

/// Puts each record on a bus as an event, whose detail is the record in the route's envelope.
///
/// - Source and detail type come from templates: `sluice.{source}` and `{kind} {op}` unless the settings say otherwise. Events keep their own, except that
///   EventBridge leaves sources that begin with `aws.` to AWS: these get the template's source.
/// - The time is the record's, to the second; the resources are the table's or queue's ARN, or those of the event.
/// - Integers beyond 64 bits are sent as strings, since EventBridge refuses them.
/// - The bus is looked up at start: events for a bus that does not exist are taken and vanish.
///
/// Rules: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
final class EventBridgeSink: AWSSink {
    struct Own: Decodable, Sendable {
        /// A bus's name or ARN.
        var bus: BusReference
        /// `sluice.{source}`.
        var source: SourceTemplate?
        /// `{kind} {op}`; at most 128 characters when filled in.
        var detailType: DetailTypeTemplate?
        /// Of all events of a call; 256 KiB.
        var maximumBytes: EventBytesSetting?
        /// Whether the bus is looked up at start; it is unless told otherwise, which a bus of another account may need.
        var verify: Bool?

        enum CodingKeys: String, CodingKey {
            case bus, source, verify
            case detailType = "detail_type"
            case maximumBytes = "maximum_bytes"
        }
    }

    typealias Settings = CallingSettings<Own>

    let client: SinkClient
    private let composer: EventComposer
    private let courier: Courier<EventBridge.PutEventsEntry>

    init(_ settings: Settings, _ context: SinkContext, _ client: SinkClient) async throws {
        if settings.verify ?? true { try await EventBridgeSink.lookUp(settings.bus, client.services.eventBridge) }
        let maximumBytes = settings.maximumBytes?.bytes ?? EventBridge.Limits.bytes
        self.client = client
        composer = EventComposer(
            bus: settings.bus.description, source: settings.source?.template ?? .defaultSource,
            detailType: settings.detailType?.template ?? .defaultDetailType, maximumBytes: maximumBytes)
        courier = Courier(
            .packed.with(settings.calls),
            // Buses promise no order, so several records of a key may be in one call.
            Packing(maximumEntries: EventBridge.Limits.entries, maximumBytes: maximumBytes, keysShareCalls: true), pause: client.pause)
    }

    private static func lookUp(_ bus: BusReference, _ events: EventBridge) async throws {
        do throws(AWSError) {
            _ = try await events.describeEventBus(bus.description)
        } catch {
            if error.isNotFound {
                throw AWSSinkError(.notFound, "there is no bus \(bus), and EventBridge would take events for it and drop them: \(error)", underlying: error)
            }
            if error.isAccessDenied {
                throw AWSSinkError(
                    .accessDenied, "the bus \(bus) cannot be looked up: allow events:DescribeEventBus, or set verify: false where it is sure to exist: \(error)",
                    underlying: error)
            }
            throw AWSSinkError(.unavailable, "the bus \(bus) cannot be looked up: \(error)", underlying: error)
        }
    }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        let events = client.services.eventBridge
        return await courier.deliver(batch) { [composer] delivery, _ in
            composer.compose(delivery)
        } send: { [composer] parcels, deadline in
            await EventBridgeSink.put(parcels.map(\.entry), maximumBytes: composer.maximumBytes, events, deadline)
        }
    }

    // MARK: One call

    /// What an event can never get rid of. Everything else may pass: throttling, or a permission that somebody gives.
    private static let lastingFailures: Set<String> = [
        "InvalidArgument", "InvalidParameter", "InvalidParameterValue", "MalformedDetail", "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSourceException", "ValidationException",
    ]

    private static func put(
        _ entries: [EventBridge.PutEventsEntry], maximumBytes: Int, _ events: EventBridge, _ deadline: ContinuousClock.Instant
    ) async -> CallResult {
        do throws(AWSError) {
            let result = try await events.putEvents(.init(entries: entries, maximumBytes: maximumBytes), deadline: deadline)
            return .answered(
                result.entries.map { entry in
                    switch entry {
                    case .success: .settled(.delivered)
                    case .failure(let failure):
                        lastingFailures.contains(failure.code)
                            ? .settled(.rejected(Reason("EventBridge: \(failure)"))) : .again(Reason("EventBridge: \(failure)"))
                    }
                })
        } catch {
            if error.serviceCode == "ValidationException", error.message.contains("Total size") { return .refused(Reason("\(error)"), bySize: true) }
            return CallResult(error, contentCodes: ["ValidationException"])
        }
    }
}

extension SinkRegistry {
    /// Adds the sink `eventbridge`, also as `eventbridge:BUS`.
    mutating func registerEventBridge(_ services: AWSServices) {
        register("eventbridge", EventBridgeSink.self, services, SinkShorthand("eventbridge", argument: "BUS", setting: "bus"))
    }
}
#endif
