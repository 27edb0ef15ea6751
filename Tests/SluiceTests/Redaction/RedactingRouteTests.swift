// SPDX-License-Identifier: Apache-2.0

import JSONTape
@testable import Sluice
import StreamRecords
import Testing

/// What redaction leaves as it was: order, ids, accounts, and other routes.
@Suite(.timeLimit(.minutes(10))) struct RedactingRouteTests {
    private func redaction(_ paths: String...) throws -> Redaction { Redaction(try paths.map { try Redaction.Rule(RecordPath($0)) }) }

    private func pipeline(
        _ sinks: [(name: String, sink: any Sink)], _ routes: [Route], rejected: Configuration.Rejected = .init()
    ) throws -> Pipeline {
        try Pipeline(sinks: sinks, routes: routes, rejected: rejected)
    }

    @Test func onlyTheRouteThatRedactsDoes() async throws {
        let (all, some) = (ScriptedSink(), ScriptedSink())
        let pipeline = try pipeline([("all", all), ("some", some)], [
            Route(name: "all", to: ["all"]),
            Route(name: "some", conditions: [.operation([NamePattern("INSERT")])], redaction: try redaction("new.status", "old"), to: ["some"]),
            Route(name: "typed", envelope: .typed, to: ["some"]),
        ])
        let records = try batch([
            Change(number: 0, key: 1), Change(number: 1, key: 2, operation: "INSERT"), Change(number: 2, key: 3), Change(number: 3, key: 4, operation: "INSERT"),
        ])
        let report = try await pipeline.deliver(pipeline.prepare(records))
        #expect(report.isClean && report.counts.delivered == 4)
        #expect(all.ids == some.ids && all.ids == ["event-0", "event-1", "event-2", "event-3"])
        #expect(all.lines.allSatisfy { $0.contains(#""status":"paid""#) })
        #expect(some.lines.map { $0.contains("paid") } == [true, false, true, false])
        #expect(some.lines.map { $0.hasPrefix(#"{"eventID""#) } == [true, false, true, false])
        #expect(some.delivered.map { $0.record.newImage?["status"] == nil } == [false, true, false, true])
        #expect(some.delivered.map(\.payload) == some.lines)
    }

    /// A key that is hidden still keeps its records in order, between routes as well.
    @Test func orderIsKeptByHiddenKeys() async throws {
        let sink = ScriptedSink { $0.record.id.id == "event-0" ? .retry("throttled") : .delivered }
        let pipeline = try pipeline([("a", sink)], [
            Route(name: "inserts", conditions: [.operation([NamePattern("INSERT")])], redaction: try redaction("keys.Id"), to: ["a"]),
            Route(name: "rest", to: ["a"]),
        ])
        let records = try batch([
            Change(number: 0, key: 1, operation: "INSERT"), Change(number: 1, key: 2, operation: "INSERT"), Change(number: 2, key: 1), Change(number: 3, key: 2),
        ])
        let report = try await pipeline.deliver(pipeline.prepare(records))
        #expect(sink.ids == ["event-1", "event-3"])
        #expect(report.fates.map(\.isRetry) == [true, false, true, false])
        let keys = sink.delivered.compactMap(\.key)
        #expect(keys.count == 2 && keys[0] == keys[1])
        // Another delivery of the batch: what went out does not go again.
        let again = try await pipeline.deliver(pipeline.prepare(records))
        #expect(sink.ids == ["event-1", "event-3"] && again.sinks[0].remembered == 2)
    }

    /// A FIFO queue puts items into groups by their ordering keys: an item must not change its group with what else is in a batch.
    @Test func anItemKeepsItsOrderingKeyFromBatchToBatch() async throws {
        let (both, open, logs) = (ScriptedSink(), ScriptedSink(), ScriptedSink())
        let pipeline = try pipeline([("both", both), ("open", open), ("logs", logs)], [
            Route(name: "logs", conditions: [.kind([.log])], redaction: try redaction("message"), to: ["logs"]),
            Route(name: "rest", conditions: [.operation([NamePattern("MODIFY")])], to: ["both", "open", "logs"]),
            Route(name: "inserts", conditions: [.operation([NamePattern("INSERT")])], redaction: try redaction("new.status"), to: ["both"]),
        ])
        let batches = [
            [Change(number: 0, key: 1, operation: "INSERT"), Change(number: 1, key: 1)], [Change(number: 2, key: 1)],
            [Change(number: 3, key: 1, operation: "INSERT")], [Change(number: 4, key: 2)],
        ]
        for changes in batches {
            let report = try await pipeline.deliver(pipeline.prepare(batch(changes)))
            #expect(report.isClean)
        }
        let keys = both.delivered.map { $0.key ?? "" }
        #expect(keys.count == 5 && Set(keys[..<4]).count == 1 && keys[4] != keys[0] && !keys[0].contains("Id"))
        // Sinks whose routes hide no item have the keys themselves, also where they get the same records.
        for sink in [open, logs] {
            let keys = sink.delivered.map { $0.key ?? "" }
            #expect(keys.count == 3 && keys[0] == keys[1] && keys[0] != keys[2] && keys.allSatisfy { $0.contains("Id") })
        }
    }

    /// What went out after the deadline is known by the id that the record came with, not by the one that hides its parts.
    @Test func lateDeliveriesOfRecordsWithHiddenIDsAreRemembered() async throws {
        // It does not heed that it is broken off at the deadline, which is late enough for a machine with much else to do.
        let slow = ScriptedSink(whole: { batch in
            await Task.detached { try? await Task.sleep(for: .seconds(3)) }.value
            return Outcomes(.delivered, for: batch)
        })
        let keyed = Redaction([try Redaction.Rule(RecordPath("keys.Id"))], key: Redaction.Key(Array("sixteen bytes...".utf8)))
        let pipeline = try pipeline([("a", slow)], [Route(name: "a", redaction: keyed, to: ["a"])])
        let export = #"{"Metadata":{"WriteTimestampMicros":{"N":"1790000003000000"}},"Keys":{"Id":{"N":"5"}},"NewImage":{"Id":{"N":"5"}}}"#
        let records = try #require(RecordBatch.decode(Array(export.utf8)).first)
        let first = try await pipeline.deliver(pipeline.prepare(records), before: .now + .seconds(1))
        #expect(first.counts.retry == 1)
        var second = first
        for _ in 0..<100 where second.sinks[0].remembered == 0 {
            try await Task.sleep(for: .milliseconds(50))
            second = try await pipeline.deliver(pipeline.prepare(records), before: .now + .seconds(1))
        }
        #expect(second.sinks[0].remembered == 1)
    }

    @Test func reportsNameRecordsByTheIDsThatSinksAreGiven() async throws {
        let sink = ScriptedSink { _ in .rejected("no") }
        let keyed = Redaction([try Redaction.Rule(RecordPath("keys.Id"))], key: Redaction.Key(Array("sixteen bytes...".utf8)))
        let pipeline = try pipeline(
            [("a", sink), ("parked", ScriptedSink())], [Route(name: "a", redaction: keyed, to: ["a"])], rejected: .init(to: ["parked"]))
        let export = #"{"Metadata":{"WriteTimestampMicros":{"N":"1790000003000000"}},"Keys":{"Id":{"N":"5"}},"NewImage":{"Id":{"N":"5"}}}"#
        let records = try #require(RecordBatch.decode(Array(export.utf8)).first)
        let report = try await pipeline.deliver(pipeline.prepare(records))
        #expect(report.rejections.map { $0.record?.id } == [records.redacted([(0, keyed)])[0].idText])
        #expect(!"\(report)".contains(records[0].idText))
    }

    @Test func parkedRecordsAreRedacted() async throws {
        let parked = ScriptedSink()
        let sink = ScriptedSink { $0.record.id.id == "event-1" ? .rejected("no") : .delivered }
        let pipeline = try pipeline(
            [("a", sink), ("parked", parked)],
            [Route(name: "inserts", redaction: try redaction("new.status", "old.status"), to: ["a"])],
            rejected: .init(to: ["parked"]))
        let broken = #"{"eventID":"x","dynamodb":{"Keys":{"Id":{"N":"hunter2"}},"SequenceNumber":"77"}}"#
        let report = try await pipeline.deliver(pipeline.prepare(batch([Change(number: 0, key: 1), Change(number: 1, key: 2)], extra: [broken])))
        #expect(report.counts.parked == 2)
        try #require(parked.lines.count == 2)
        let first = try JSONValue(parsing: parked.lines[0])
        #expect(first["record"]?["dynamodb"]?["NewImage"]?.text == #"{"Id":{"N":"2"},"n":{"N":"1"}}"# && first["position"] != nil)
        let second = try JSONValue(parsing: parked.lines[1])
        #expect(second["withheld_bytes"] == .number("\(broken.utf8.count)") && second["record"] == nil && second["position"]?["value"] == .string("77"))
        // Nor is a hash of the bytes told, which would show a right guess.
        #expect(!parked.lines[1].contains(fingerprint(broken.utf8)) && !parked.ids[1].contains(fingerprint(broken.utf8)))
        #expect(!parked.lines[1].contains("hunter2") && second["reason"]?.stringValue?.contains("withheld") == true)
    }

    @Test func readyMadeLinesAreNotUsed() async throws {
        let sink = ScriptedSink()
        let pipeline = try pipeline([("a", sink)], [Route(name: "a", redaction: try redaction("new.status", "old.status"), to: ["a"])])
        #expect(pipeline.rendering == nil)
        let text = (0..<3).map { Change(number: $0, key: $0).json }.joined(separator: ",")
        var reader = RecordReader(MemorySource(Array("{\"Records\":[\(text)]}".utf8)), rendering: .plain)
        while var chunk = try reader.next() {
            while let batch = chunk.nextBatch() { _ = try await pipeline.deliver(pipeline.prepare(batch)) }
        }
        #expect(sink.lines.count == 3 && sink.lines.allSatisfy { !$0.contains("paid") })
    }
}
