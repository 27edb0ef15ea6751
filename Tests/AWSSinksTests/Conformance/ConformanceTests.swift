// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import EventTable
import JSONTape
@testable import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing

/// How the service behind the proxy is doing; a schedule that a harness can change at any time.
final class ChangingCondition: Sendable {
    private let state = Mutex(ServiceCondition.working)

    var refused: Set<String> { state.withLock { $0.refused } }

    func set(_ condition: ServiceCondition) { state.withLock { $0 = condition } }

    var schedule: FaultSchedule {
        FaultSchedule { [self] request in
            let now = state.withLock { $0 }
            if now.isFailing { return .error(status: 500, code: "InternalFailure") }
            if now.isStalled { return .stall(isDone: false) }
            if let delay = now.delay { return .slow(delay) }
            if now.refused.isEmpty { return .none }
            // An object or an item is put by itself.
            if request.method == "PUT" || request.operation == "PutItem" {
                let text = String(decoding: request.body, as: UTF8.self)
                return now.refused.contains { text.contains("\"\($0)\"") } ? .error(status: 500, code: "InternalFailure") : .none
            }
            var faults: [Int: EntryFault] = [:]
            for (place, entry) in (request.json?["Entries"]?.elements ?? []).enumerated() {
                let text = entry["MessageBody"]?.stringValue ?? entry["Detail"]?.stringValue ?? ""
                if now.refused.contains(where: { text.contains("\"\($0)\"") }) { faults[place] = .failed(code: "InternalFailure", senderFault: false) }
            }
            return faults.isEmpty ? .none : .entries(faults)
        }
    }
}

/// A sink for AWS in front of a service that can be made to fail.
struct AWSHarness: SinkHarness {
    var guarantees: SinkGuarantees
    var condition: ChangingCondition
    /// A text in a record that the service never takes.
    var badText: String?
    /// Whether log lines can be found again by their ids.
    var findsLogLines = true
    var make: @Sendable () async throws -> any Sink
    var ids: @Sendable () async throws -> [String]

    func makeSink(_ context: SinkContext) async throws -> any Sink { try await make() }
    func arrived() async throws -> [String]? { try await ids() }
    func sends(_ record: TestRecord) -> Bool { findsLogLines || !record.json.contains("logEvents") }

    func bring(_ condition: ServiceCondition) async throws -> Bool {
        self.condition.set(condition)
        return true
    }

    func undeliverable(_ id: String, key: Int) -> TestRecord? {
        badText.map { .change(id, key: key, new: ["Id": .number(DynamoDBNumber(key)), "text": .string($0)]) }
    }
}

@Suite("The rules of delivery", .timeLimit(.minutes(10))) struct ConformanceTests {
    /// - Parameter skipped: the rules that cannot be checked: a sink here takes one call at a time, and few have a record that can never be delivered.
    private func examine(_ harness: AWSHarness, skipped: [String], sourceLocation: SourceLocation = #_sourceLocation) async {
        let report = await SinkConformance(harness, patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)", sourceLocation: sourceLocation)
        #expect(report.skipped.map(\.name) == skipped, "\(report)", sourceLocation: sourceLocation)
    }

    /// The id in a plain line.
    private static func id(_ text: String?) -> String? { text.flatMap { try? JSONValue(parsing: $0) }?["id"]?.stringValue }

    @Test("sqs", arguments: [false, true]) func sqs(isFIFO: Bool) async throws {
        let queue = FakeQueue(isFIFO: isFIFO)
        let condition = ChangingCondition()
        try await FaultProxy.with(.service { queue.answer($0) }, condition.schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                await examine(AWSHarness(
                    guarantees: isFIFO ? [.order, .once] : [], condition: condition, badText: "a\u{FFFF}b",
                    make: { try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue.url)"}"#), .test, SinkClient(services, pause: noPause)) },
                    ids: { queue.messages.compactMap { Self.id($0.body) } }), skipped: ["concurrent calls"])
            }
        }
    }

    @Test("eventbridge") func eventBridge() async throws {
        let bus = FakeBus()
        let condition = ChangingCondition()
        try await FaultProxy.with(.service { bus.answer($0) }, condition.schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                await examine(AWSHarness(
                    guarantees: [], condition: condition,
                    make: { try await EventBridgeSink(settings(EventBridgeSink.Settings.self, #"{"bus":"orders"}"#), .test, SinkClient(services, pause: noPause)) },
                    ids: { bus.events.compactMap { Self.id($0["Detail"]?.stringValue) } }), skipped: ["concurrent calls", "rejection"])
            }
        }
    }

    @Test("lambda") func lambda() async throws {
        let condition = ChangingCondition()
        let taken = Mutex<[String]>([])
        // It does what it is asked for but for the records that are refused and the later ones of their items, and names these.
        let function = FakeFunction { event in
            var waiting: Set<JSONValue> = []
            var failures: [JSONValue] = []
            for record in event["records"]?.elements ?? [] {
                let (id, key) = (record["id"]?.stringValue ?? "", record["keys"])
                if condition.refused.contains(id) || key.map(waiting.contains) ?? false {
                    if let key { waiting.insert(key) }
                    failures.append(["itemIdentifier": .string(id)])
                } else {
                    taken.withLock { $0.append(id) }
                }
            }
            return .success(["batchItemFailures": .array(failures)])
        }
        try await FaultProxy.with(.service { function.answer($0) }, condition.schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                await examine(AWSHarness(
                    guarantees: [.order], condition: condition,
                    make: { try await LambdaSink(settings(LambdaSink.Settings.self, #"{"function":"worker"}"#), .test, SinkClient(services, pause: noPause)) },
                    ids: { taken.withLock { $0 } }), skipped: ["concurrent calls", "rejection"])
            }
        }
    }

    @Test("s3-json") func s3() async throws {
        let bucket = try await Bucket.make()
        let condition = ChangingCondition()
        try await FaultedServices.with(condition.schedule) { services, _ in
            await examine(AWSHarness(
                guarantees: [.once], condition: condition,
                make: {
                    var registry = SinkRegistry()
                    registry.registerAWSSinks(services)
                    let node = try ConfigurationNode(json: #"{"bucket":"\#(bucket)","key":"{id}.json"}"#, file: "settings.json")
                    return try await #require(registry["s3-json"]).make(node, .test)
                },
                ids: { try await Bucket.keys(bucket).map { String($0.dropLast(".json".count)) } }), skipped: ["concurrent calls", "rejection"])
        }
    }

    @Test("event-table") func eventTable() async throws {
        let condition = ChangingCondition()
        try await EventTableFixture.with { fixture in
            try await FaultedServices.with(condition.schedule) { services, _ in
                await examine(AWSHarness(
                    guarantees: [.once], condition: condition, findsLogLines: false,
                    make: { EventTableSink(store: try DynamoDBEventStore(services, table: fixture.table)) },
                    ids: { try await fixture.items().compactMap { $0["kind"] == "part" ? nil : $0["aws_request_id"]?.stringValue } }), skipped: ["concurrent calls", "rejection"])
            }
        }
    }
}
#endif
