// SPDX-License-Identifier: Apache-2.0

import PriceWatch
import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing

/// A label service in memory.
final class FakeLabels: Sendable {
    struct Failure: Error {}

    let written = Mutex<[String]>([])
    let condition = Mutex(ServiceCondition.working)

    final class Client: LabelService {
        let labels: FakeLabels
        let isClosed = Mutex(false)

        init(_ labels: FakeLabels) { self.labels = labels }

        func write(_ labels: [Label]) async throws -> [LabelAnswer] {
            if isClosed.withLock({ $0 }) { throw Failure() }
            return try await self.labels.write(labels)
        }

        func close() async { isClosed.withLock { $0 = true } }
    }

    private func write(_ labels: [Label]) async throws -> [LabelAnswer] {
        let now = condition.withLock { $0 }
        if now.isFailing { throw Failure() }
        if let delay = now.delay { try await Task.sleep(for: delay) }
        while condition.withLock({ $0.isStalled }) { try await Task.sleep(for: .milliseconds(5)) }
        var answers: [LabelAnswer] = []
        for label in labels {
            if now.refused.contains(label.id) { return answers + [.busy(retryAfter: .milliseconds(10))] }
            if label.text.count > 20 {
                answers.append(.tooLong)
                continue
            }
            let isNew = written.withLock { written in
                if written.contains(label.id) { return false }
                written.append(label.id)
                return true
            }
            answers.append(isNew ? .written : .knownAlready)
        }
        return answers
    }
}

struct LabelHarness: SinkHarness {
    let labels = FakeLabels()
    var guarantees: SinkGuarantees { [.order, .once] }

    func makeSink(_ context: SinkContext) async throws -> any Sink { LabelSink(LabelSink.Options(), FakeLabels.Client(labels)) }

    func record(_ id: String, key: Int, sequence: String) -> TestRecord {
        .change(id, keys: ["Id": .number(DynamoDBNumber(key))], new: ["price": 49], sequence: sequence)
    }

    func sends(_ record: TestRecord) -> Bool { record.json.contains("price") }

    func arrived() async throws -> [String]? { labels.written.withLock { $0 } }

    func bring(_ condition: ServiceCondition) async throws -> Bool {
        labels.condition.withLock { $0 = condition }
        return true
    }

    func undeliverable(_ id: String, key: Int) -> TestRecord? {
        .change(id, key: key, new: ["price": 123_456_789_012_345_678_901_234_567])
    }
}

@Suite struct LabelSinkTests {
    @Test func itKeepsTheRulesOfDelivery() async {
        let report = await SinkConformance(LabelHarness()).run()
        #expect(report.failures.isEmpty, "\(report)")
    }

    @Test func itIsMadeByTheClosure() async throws {
        var registry = SinkRegistry.standard()
        let labels = FakeLabels()
        registry.registerLabels { FakeLabels.Client(labels) }
        let text = #"{ "sinks": { "shelf": { "type": "labels", "currency": "CHF", "pause": "2s" } }, "routes": [ { "to": "shelf" } ] }"#
        let configuration = try Configuration(reading: ConfigurationNode(json: text, file: "labels.json"), registry: registry)
        let pipeline = try await Pipeline(configuration, sinks: registry)
        let batch = try RecordBatch(testing: [.change("1", key: 5, new: ["price": 49])])
        #expect(try await pipeline.deliver(pipeline.prepare(batch)).counts.delivered == 1)
        try await pipeline.shutdown()
        #expect(labels.written.withLock { $0 } == ["1"])
        let wrong = text.replacing("CHF", with: "EURO")
        #expect(throws: ConfigurationErrors.self) {
            try Configuration(reading: ConfigurationNode(json: wrong, file: "labels.json"), registry: registry)
        }
    }
}
