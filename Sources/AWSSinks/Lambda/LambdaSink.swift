// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
public import Sluice

/// Invokes a function with the records.
///
/// The event is `{"records":[…]}`, each record in the route's envelope and in the order of the stream; with `payload: record` it is the one record itself.
///
/// - `invocation: request-response` waits for the function. What it answers counts for all records as a success, unless it is an object with
///   `batchItemFailures`: a list of `{"itemIdentifier": …}`, each naming a record of the event by its place in `records`, from 0, or by its id.
///   These are to be retried, and with them the later ones of the same ordering key in the event. An identifier that names no record, and a list of
///   another form, hand back all of them. An error of the function's hands back all of them too.
/// - `invocation: event` queues the event; Lambda's taking it is the success.
///
/// Rules: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
public final class LambdaSink: Sink {
    public struct Settings: Decodable, Sendable {
        enum Invocation: String, Decodable, Sendable, CaseIterable {
            case requestResponse = "request-response"
            case event
        }

        enum Payload: String, Decodable, Sendable, CaseIterable {
            case batch, record
        }

        /// Name, partial ARN or ARN, with or without version or alias.
        var function: FunctionReference
        /// `request-response` or `event`.
        var invocation: Invocation?
        /// Whether a call has many records or one.
        var payload: Payload?
        /// The most records of a call; 100.
        var batch: BatchSetting?
        /// Whether the function is looked up at start; it is unless told otherwise.
        var verify: Bool?
        /// For one call, with all attempts of the client's; 60 s. At least as long as the function may take.
        var timeout: TimeoutSetting?
        /// How many calls may be under way at once; 4.
        var concurrency: ConcurrencySetting?
        /// How often a record is sent in all before it is handed back; 1.
        var attempts: AttemptsSetting?
    }

    private let services: AWSServices
    /// Whether the services are this sink's own, and end with it.
    private let ownsServices: Bool
    private let invoker: FunctionInvoker
    private let courier: Courier<FunctionRecord>

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
        let calls = CallSettings(
            timeout: settings.timeout, concurrency: settings.concurrency, attempts: settings.attempts, defaultTimeout: .seconds(60), defaultAttempts: 1)
        let invoker = FunctionInvoker(
            // A function may take long: it has all the time of its call, and is not started anew before.
            lambda: services.with(attemptTimeout: calls.timeout).lambda, function: settings.function.description,
            isQueued: settings.invocation == .event, sendsSingly: settings.payload == .record)
        if settings.verify ?? true { try await invoker.lookUp() }
        self.services = services
        self.ownsServices = ownsServices
        self.invoker = invoker
        courier = Courier(
            calls,
            Packing(
                maximumEntries: invoker.sendsSingly ? 1 : settings.batch?.value ?? 100, maximumBytes: invoker.maximumBytes,
                keysShareCalls: !invoker.sendsSingly),
            pause: pause)
    }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        await courier.deliver(batch) { [invoker] delivery, _ in
            invoker.compose(delivery)
        } send: { [invoker] parcels, deadline in
            await invoker.invoke(parcels, deadline)
        }
    }

    public func shutdown() async throws { if ownsServices { await services.shutdown() } }
}

/// How many records a call may have.
struct BatchSetting: BoundedSetting, Hashable {
    static let bounds = 1...10_000
    static let what = "the most records of a call"
    var value: Int
}

/// A function as a configuration names it.
struct FunctionReference: Decodable, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) throws(ConfigurationValueError) {
        let isSound = (1...170).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x3A).contains(byte) || "-_.$".utf8.contains(byte)
            }
        guard isSound, !text.hasPrefix("arn:") || text.split(separator: ":").dropFirst(2).first == "lambda" else {
            throw ConfigurationValueError(expected: "a function's name or ARN, with :VERSION or :ALIAS behind it if that is meant")
        }
        description = text
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
}

extension SinkRegistry {
    /// Adds the sink `lambda`.
    mutating func registerLambda(_ services: AWSServices) {
        register("lambda", settings: LambdaSink.Settings.self) { settings, context in try await LambdaSink(settings, context, services: services) }
    }
}
#endif
