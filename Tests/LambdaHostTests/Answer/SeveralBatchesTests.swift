// SPDX-License-Identifier: Apache-2.0

import JSONTape
import RuntimeServer
import Sluice
import StreamRecords
import Synchronization
import Testing

@testable import LambdaHost

/// Events whose payloads hold so much that they are delivered in parts.
@Suite("Events of several batches")
struct EventPartsTests {
    /// Records of a Kinesis stream with a log subscription in each, more than eight megabytes of them in all: nine or ten make a batch.
    private static let records = {
        let text = String(repeating: "x", count: 900_000)
        return (1...12).map { number in
            let document = #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g-\#(number)","logStream":"s","subscriptionFilters":[],"logEvents":[{"id":"\#(number)","timestamp":1795000000000,"message":"\#(text)"}]}"#
            return #"{"kinesis":{"data":"\#(Events.base64(document))","sequenceNumber":"\#(Events.sequence(number))"},"eventSource":"aws:kinesis","eventSourceARN":"a"}"#
        }
    }()
    private static let event = Events.records(records)
    private static let all = (1...12).map { "\($0)" }

    /// Retries a record of the last batch the first times that it comes.
    private func sink(failing times: Int) -> TestSink {
        let left = Mutex(times)
        return TestSink { delivery, _ in
            guard delivery.record.id.id == "12" else { return .delivered }
            return left.withLock { left in
                left -= 1
                return left >= 0
            } ? .retry("not today") : .delivered
        }
    }

    @Test("a batch that went well is not sent again with an event that fails as a whole, however often", arguments: [false, true])
    func cleanBatchFirst(_ partial: Bool) async throws {
        let sink = sink(failing: 2)
        let other = TestSink()
        let host = try Host(["things": sink, "others": other], environment: partial ? ["SLUICE_PARTIAL_RESPONSES": "1"] : [:])
        for round in 0..<2 {
            let answer = try await host.invoke("failing-\(round)", Self.event)
            if partial {
                #expect(answer.body == failures(Events.sequence(12)))
            } else {
                #expect(answer.kind == .error && answer.errorType == "Sluice.RecordsToRetry")
            }
            #expect(sink.delivered == Array(Self.all.dropLast()))
        }
        #expect(sink.calls >= 3)
        #expect(try await host.invoke("last", Self.event).body == failures())
        #expect(sink.delivered == Self.all && other.delivered == Self.all)
        // It is through: the same event again is another one.
        #expect(try await host.invoke("again", Self.event).body == failures())
        #expect(other.delivered == Self.all + Self.all)
        await host.end()
    }

    @Test("nor is it where the time ran out before the next one was begun")
    func timeUp() async throws {
        let calls = Mutex(0)
        let release = AsyncStream<Void>.makeStream()
        let slow = TestSink(before: {
            // The second call is that of the second batch. It takes too long, and does not care that it is cancelled.
            if calls.withLock({ $0 += 1; return $0 }) == 2 { await Task { for await _ in release.stream {} }.value }
        })
        let host = try Host(["slow": slow], environment: ["SLUICE_DEADLINE_MARGIN": "100ms"])
        let answer = try await host.invoke("a", Self.event, time: .seconds(8))
        #expect(answer.kind == .error && answer.body.contains("of 12 records must come again"))
        let before = slow.delivered
        #expect(before == Array(Self.all.prefix(before.count)) && before.count >= 9 && before.count < 12)
        release.continuation.finish()
        // The call that was given up may still be on its way, and takes its records along when it ends.
        var rounds = 0
        while try await host.invoke("again-\(rounds)", Self.event).kind == .error, rounds < 500 { rounds += 1 }
        #expect(slow.delivered.sorted() == Self.all.sorted())
        await host.end()
    }

    @Test("nor where a later batch must not be taken at all")
    func broken() async throws {
        let sink = TestSink()
        let pipeline = try Pipeline(sinks: [("things", sink)], routes: [Route(name: "all", to: ["things"])])
        var loops = LoopGuard(Configuration(sinks: [], routes: []), logGroup: "g-12")
        let event = JSONBytes(Array(Self.event.utf8))
        let shape = try EventShape(event)
        func deliver() async throws {
            _ = try await EventDelivery(pipeline: pipeline, limits: RecordLimits(), loops: loops).deliver(event, shape, before: nil)
        }
        await #expect(throws: FunctionError.self) { try await deliver() }
        let before = sink.delivered
        #expect(before.count >= 9 && before.count < 12)
        loops.logGroup = nil
        try await deliver()
        #expect(sink.delivered == Self.all)
    }

    @Test("an event of one batch is known to be that", arguments: [Events.changes(1...3), Events.records([Events.message("a")]), Events.logs(), Events.busEvent()])
    func oneBatch(_ event: String) throws {
        var reader = RecordReader(MemorySource(Array(event.utf8)), chunkSize: event.utf8.count + 1)
        let next = try reader.next()
        var chunk = try #require(next)
        #expect(!chunk.isExhausted)
        let batch = chunk.nextBatch()
        #expect(batch != nil && chunk.isExhausted && chunk.byteCount >= event.utf8.count)
    }

    @Test("of an event that fails as a whole all that went out is remembered, in each sink", arguments: [
        Events.logs(messages: ["a", "b", "c"]), Events.busEvent(), Events.changes(1...3), Events.records(["a", "b", "c"].map { Events.message($0) }),
    ])
    func oneRetry(_ event: String) async throws {
        let failing = TestSink { _, call in call == 1 ? .retry("not today") : .delivered }
        let some = Mutex(0)
        let partly = TestSink { _, _ in some.withLock { $0 += 1; return $0 } == 2 ? .retry("nor this") : .delivered }
        let whole = TestSink()
        let host = try Host(["failing": failing, "partly": partly, "whole": whole])
        #expect(try await host.invoke("a", event).errorType == "Sluice.RecordsToRetry")
        #expect(try await host.invoke("b", event).kind == .response)
        for sink in [failing, partly, whole] { #expect(sink.delivered.count == Set(sink.delivered).count && sink.delivered.count == whole.delivered.count) }
        await host.end()
    }
}
