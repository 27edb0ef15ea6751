// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Logging
import MetricsTestSupport
@testable import Sluice
import StreamRecords
import Synchronization
import Testing

/// The engine's numbers as a program's own backend sees them.
@Suite(.timeLimit(.minutes(10))) struct PipelineMetricsTests {
    private let now = Timestamp(milliseconds: 1_790_000_060_000)

    @Test func everyNumberIsTold() async throws {
        let metrics = KeptMetrics()
        let sink = ScriptedSink { delivery in
            switch delivery.record.id.id {
            case "event-1": .rejected("no")
            case "event-2": .retry("throttled")
            case "event-3": .alreadyThere
            default: .delivered
            }
        }
        let pipeline = try Pipeline(
            sinks: [("a", sink), ("b", ScriptedSink()), ("parked", ScriptedSink())],
            routes: [Route(name: "products", conditions: [.source(.change, [NamePattern("Products")])], to: ["a", "b"])],
            rejected: .init(to: ["parked"]), options: PipelineOptions(metrics: metrics, now: { now }))
        let records = try batch((0..<5).map { Change(number: $0, table: $0 == 4 ? "Todos" : "Products", key: $0) })
        _ = try await pipeline.deliver(pipeline.prepare(records))
        let values = metrics.values
        #expect(values["sluice_records_received"] == 5 && values["sluice_records_delivered"] == 2 && values["sluice_records_filtered"] == 1)
        #expect(values["sluice_records_rejected"] == 1 && values["sluice_records_parked"] == 1 && values["sluice_records_retried"] == 1)
        #expect(values["sluice_sink_delivered{sink=a}"] == 2 && values["sluice_sink_rejected{sink=a}"] == 1 && values["sluice_sink_retried{sink=a}"] == 1)
        #expect(values["sluice_sink_delivered{sink=b}"] == 4)
        #expect((values["sluice_sink_latency{sink=a}"] ?? 0) > 0)
        #expect(values["sluice_lag{kind=change,source=Todos}"] == 60)
        _ = try await pipeline.deliver(pipeline.prepare(batch([Change(number: 7, key: 7)])))
        #expect(metrics.values["sluice_records_received"] == 6 && metrics.values["sluice_lag{kind=change,source=Products}"] == 60)
    }

    @Test func theLagIsKnownOfReadyMadeLinesToo() async throws {
        let metrics = KeptMetrics()
        let pipeline = try Pipeline(
            sinks: [("a", ScriptedSink())], routes: [Route(name: "all", to: ["a"])], options: PipelineOptions(metrics: metrics, now: { now }))
        let text = (0..<3).map { Change(number: $0, key: $0, time: 1_790_000_000 + $0 * 10).json }.joined(separator: ",")
        var reader = RecordReader(MemorySource(Array("{\"Records\":[\(text)]}".utf8)), rendering: .plain)
        while var chunk = try reader.next() {
            while let batch = chunk.nextBatch() {
                #expect(batch.lines(in: .plain) != nil || batch.isEmpty)
                _ = try await pipeline.deliver(pipeline.prepare(batch))
            }
        }
        #expect(metrics.values["sluice_lag{kind=change,source=Products}"] == 40)
    }

    @Test func withoutABackendThereIsNothingToTell() {
        #expect(PipelineMetrics(NOOPMetricsHandler.instance, sinks: ["a"]) == nil)
    }

    @Test func theLogTellsWhatWentWrong() async throws {
        let gossip = Gossip()
        let logger = Logger(label: "test") { _ in GossipLog(gossip: gossip) }
        let sink = ScriptedSink { $0.record.id.id == "event-1" ? .rejected("too large") : .retry("throttled") }
        func deliver(_ options: PipelineOptions) async throws {
            let pipeline = try Pipeline(sinks: [("a", sink)], routes: [Route(name: "all", to: ["a"])], options: options)
            _ = try await pipeline.deliver(pipeline.prepare(batch((0..<4).map { Change(number: $0, key: $0) })))
        }
        try await deliver(PipelineOptions(unparked: .list, logger: logger, logsOutcomes: false))
        #expect(gossip.all.isEmpty)
        try await deliver(PipelineOptions(unparked: .list, logger: logger))
        #expect(gossip.all.contains("warning records were rejected") && gossip.all.contains("too large"))
        #expect(gossip.all.contains("notice records must come again") && gossip.all.contains("throttled") && gossip.all.contains("\"count\": 3"))
        #expect(gossip.all.contains("debug batch done"))
    }
}
