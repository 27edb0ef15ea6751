// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
public import Sluice

/// Puts each record on a bus as an event, whose detail is the record in the route's envelope.
///
/// - Source and detail type come from templates: `sluice.{source}` and `{kind} {op}` unless the settings say otherwise. Events keep their own, except that
///   EventBridge leaves sources that begin with `aws.` to AWS: these get the template's source.
/// - The time is the record's, to the second; the resources are the table's or queue's ARN, or those of the event.
/// - Integers beyond 64 bits are sent as strings, since EventBridge refuses them.
/// - The bus is looked up at start: events for a bus that does not exist are taken and vanish.
///
/// Rules: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
public final class EventBridgeSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// A bus's name or ARN.
        var bus: BusReference
        /// `sluice.{source}`.
        var source: TextTemplate?
        /// `{kind} {op}`; at most 128 characters when filled in.
        var detailType: TextTemplate?
        /// Of all events of a call; 256 KiB.
        var maximumBytes: EventBytesSetting?
        /// Whether the bus is looked up at start; it is unless told otherwise, which a bus of another account may need.
        var verify: Bool?
        /// For one call, with all attempts of the client's; 20 s.
        var timeout: TimeoutSetting?
        /// How many calls may be under way at once; 4.
        var concurrency: ConcurrencySetting?
        /// How often a record is sent in all before it is handed back; 3.
        var attempts: AttemptsSetting?

        enum CodingKeys: String, CodingKey {
            case bus, source, verify, timeout, concurrency, attempts
            case detailType = "detail_type"
            case maximumBytes = "maximum_bytes"
        }
    }

    private let services: AWSServices
    /// Whether the services are this sink's own, and end with it.
    private let ownsServices: Bool
    private let composer: EventComposer
    private let courier: Courier<EventBridge.PutEventsEntry>

    public convenience init(_ settings: Settings, _ context: SinkContext) async throws {
        let services = AWSServices(AWSConfiguration(environment: context.environment, logger: context.logger))
        do {
            try await self.init(settings, context, services: services, ownsServices: true)
        } catch {
            await services.shutdown()
            throw error
        }
    }

    /// - Parameter services: shared with others; they outlive the sink.
    public convenience init(_ settings: Settings, _ context: SinkContext, services: AWSServices) async throws {
        try await self.init(settings, context, services: services, ownsServices: false)
    }

    init(
        _ settings: Settings, _ context: SinkContext, services: AWSServices, ownsServices: Bool = false,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) async throws {
        if settings.verify ?? true { try await EventBridgeSink.lookUp(settings.bus, services.eventBridge) }
        let maximumBytes = settings.maximumBytes?.bytes ?? EventBridge.Limits.bytes
        self.services = services
        self.ownsServices = ownsServices
        composer = EventComposer(
            bus: settings.bus.description, source: settings.source ?? .defaultSource, detailType: settings.detailType ?? .defaultDetailType,
            maximumBytes: maximumBytes)
        courier = Courier(
            CallSettings(timeout: settings.timeout, concurrency: settings.concurrency, attempts: settings.attempts),
            // Buses promise no order, so several records of a key may be in one call.
            Packing(maximumEntries: EventBridge.Limits.entries, maximumBytes: maximumBytes, keysShareCalls: true), pause: pause)
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

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        await courier.deliver(batch) { [composer] delivery, _ in
            composer.compose(delivery)
        } send: { [services, composer] parcels, deadline in
            await EventBridgeSink.put(parcels.map(\.entry), maximumBytes: composer.maximumBytes, services.eventBridge, deadline)
        }
    }

    public func shutdown() async throws { if ownsServices { await services.shutdown() } }

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
        register("eventbridge", settings: EventBridgeSink.Settings.self, shorthands: [SinkShorthand("eventbridge", argument: "BUS", setting: "bus")]) { settings, context in
            try await EventBridgeSink(settings, context, services: services)
        }
    }
}
#endif
