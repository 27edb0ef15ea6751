// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords

/// Invokes a function with the records.
///
/// The event is `{"records":[…]}`, each record in the route's envelope and in the order of the stream; with `payload: record` it is the one record itself.
///
/// - `invocation: request-response` waits for the function. What it answers counts for all records as a success, unless it is an object with
///   `batchItemFailures`: a list of `{"itemIdentifier": …}`, each naming a record of the event by its place in `records`, from 0, or by its id.
///   These are to be retried, and with them the later ones of the same ordering key in the event. An identifier that names no record, a list of another
///   form, and an answer that is not empty and no JSON hand back all of them. An error of the function's hands back all of them too.
/// - `invocation: event` queues the event; Lambda's taking it is the success.
/// - A function is invoked as often as `attempts` says, which is once unless told otherwise: after an error or a broken connection it may have run. A call
///   that Lambda refuses for too many requests did not reach the function, and is made up to three times.
///
/// Rules: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
final class LambdaSink: AWSSink {
    struct Own: Decodable, Sendable {
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
    }

    /// The time-out is to be at least as long as the function may take.
    typealias Settings = CallingSettings<Own>

    let client: SinkClient
    private let invoker: RecordInvoker
    private let courier: Courier<FunctionRecord>

    init(_ settings: Settings, _ context: SinkContext, _ client: SinkClient) async throws {
        let calls = CallSettings.function.with(settings.calls)
        invoker = RecordInvoker(
            // A function may take long: it has all the time of its call. It is invoked as often as the sink says, so the client adds no attempts of its own.
            lambda: client.services.with(attempts: 1, attemptTimeout: calls.timeout).lambda, function: settings.function.description,
            isQueued: settings.invocation == .event, sendsSingly: settings.payload == .record, pause: client.pause)
        if settings.verify ?? true { try await invoker.lookUp(client.services.lambda) }
        self.client = client
        courier = Courier(
            calls,
            Packing(
                maximumEntries: invoker.sendsSingly ? 1 : settings.batch?.value ?? 100, maximumBytes: invoker.maximumBytes,
                keysShareCalls: !invoker.sendsSingly),
            pause: client.pause)
    }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        await courier.deliver(batch) { [invoker] delivery, _ in
            invoker.compose(delivery)
        } send: { [invoker] parcels, deadline in
            await invoker.invoke(parcels, deadline)
        }
    }
}

/// How many records a call may have.
struct BatchSetting: BoundedSetting {
    static let bounds = 1...10_000
    static let expected = "the most records of a call, 1 to 10000"
    var value: Int
}

/// A function as a configuration names it.
struct FunctionReference: Decodable, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) throws(ConfigurationValueError) {
        let isSound = (1...170).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isAlphanumeric || "-_.$:".utf8.contains($0) }
        guard isSound, !text.hasPrefix("arn:") || text.split(separator: ":").dropFirst(2).first == "lambda" else {
            throw ConfigurationValueError(expected: "a function's name or ARN, with :VERSION or :ALIAS behind it if that is meant")
        }
        description = text
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
}

extension SinkRegistry {
    /// Adds the sink `lambda`.
    mutating func registerLambda(_ services: AWSServices) { register("lambda", LambdaSink.self, services) }
}
#endif
