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

    func set(_ condition: ServiceCondition) { state.withLock { $0 = condition } }

    var schedule: FaultSchedule {
        FaultSchedule { [self] request in
            let now = state.withLock { $0 }
            if now.isFailing { return .error(status: 500, code: "InternalFailure") }
            if now.isStalled { return .stall(isDone: false) }
            if now.refused.isEmpty { return .none }
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
    /// Whether single entries of a call can be refused.
    var hasEntries = false
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
        if condition.delay != nil || (!condition.refused.isEmpty && !hasEntries) { return false }
        self.condition.set(condition)
        return true
    }

    func undeliverable(_ id: String, key: Int) -> TestRecord? {
        badText.map { .change(id, key: key, new: ["Id": .number(DynamoDBNumber(key)), "text": .string($0)]) }
    }
}

@Suite("The rules of delivery", .timeLimit(.minutes(10))) struct ConformanceTests {
    private func examine(_ harness: AWSHarness, sourceLocation: SourceLocation = #_sourceLocation) async {
        let report = await SinkConformance(harness, patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)", sourceLocation: sourceLocation)
        #expect(report["failing service"]?.verdict == .passed && report["deadline"]?.verdict == .passed, "\(report)", sourceLocation: sourceLocation)
    }

    /// The id in a plain line.
    private static func id(_ text: String?) -> String? { text.flatMap { try? JSONValue(parsing: $0) }?["id"]?.stringValue }

    @Test("sqs", arguments: [false, true]) func sqs(isFIFO: Bool) async throws {
        let queue = FakeQueue(isFIFO: isFIFO)
        let condition = ChangingCondition()
        try await FaultProxy.with(.service { queue.answer($0) }, condition.schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                await examine(AWSHarness(
                    guarantees: isFIFO ? [.order, .once] : [], condition: condition, hasEntries: true, badText: "a\u{FFFF}b",
                    make: { try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue.url)"}"#), .test, SinkClient(services, pause: noPause)) },
                    ids: { queue.messages.compactMap { Self.id($0.body) } }))
            }
        }
    }

    @Test("eventbridge") func eventBridge() async throws {
        let bus = FakeBus()
        let condition = ChangingCondition()
        try await FaultProxy.with(.service { bus.answer($0) }, condition.schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                await examine(AWSHarness(
                    guarantees: [], condition: condition, hasEntries: true,
                    make: { try await EventBridgeSink(settings(EventBridgeSink.Settings.self, #"{"bus":"orders"}"#), .test, SinkClient(services, pause: noPause)) },
                    ids: { bus.events.compactMap { Self.id($0["Detail"]?.stringValue) } }))
            }
        }
    }

    @Test("lambda") func lambda() async throws {
        let function = FakeFunction()
        let condition = ChangingCondition()
        try await FaultProxy.with(.service { function.answer($0) }, condition.schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                await examine(AWSHarness(
                    guarantees: [.order], condition: condition,
                    make: { try await LambdaSink(settings(LambdaSink.Settings.self, #"{"function":"worker"}"#), .test, SinkClient(services, pause: noPause)) },
                    ids: { function.ids }))
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
                ids: { try await Bucket.keys(bucket).map { String($0.dropLast(".json".count)) } }))
        }
    }

    @Test("event-table") func eventTable() async throws {
        let condition = ChangingCondition()
        try await EventTableFixture.with { fixture in
            try await FaultedServices.with(condition.schedule) { services, _ in
                await examine(AWSHarness(
                    guarantees: [.once], condition: condition, findsLogLines: false,
                    make: { EventTableSink(store: try DynamoDBEventStore(services, table: fixture.table)) },
                    ids: { try await fixture.items().compactMap { $0["kind"] == "part" ? nil : $0["aws_request_id"]?.stringValue } }))
            }
        }
    }
}
#endif
