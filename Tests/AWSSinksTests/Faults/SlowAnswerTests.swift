// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import EventTable
import Sluice
import Testing
import TestSupport

@Suite("Answers that don't come") struct SlowAnswerTests {
    @Test("What was not answered in time is sent again, and a FIFO queue takes it once", arguments: 1...6 as ClosedRange<UInt64>)
    func whatWasNotAnsweredInTime(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var run = Redelivery(using: &random)
        let queue = FakeQueue(isFIFO: true)
        let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 4, kinds: [.stall]).whileSending
        try await FaultProxy.with(.service { queue.answer($0) }, schedule) { proxy in
            try await withServices(url: proxy.url, attemptTimeout: .milliseconds(300)) { services in
                let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue.url)"}"#), .test, SinkClient(services, pause: noPause))
                try await run.run(Pipeline.into(sink))
            }
        }
        let taken = queue.messages.compactMap(\.deduplicationID)
        #expect(run.delivered.count == run.changes.count && taken.count == run.changes.count && run.keepsOrder(taken))
    }

    @Test("Objects and rows are written once, whatever is not answered in time", arguments: 1...3 as ClosedRange<UInt64>)
    func objectsAndRows(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let run = Redelivery(using: &random)
        let bucket = FakeBucket()
        let table = FakeTable()
        func go(_ service: @escaping @Sendable (ProxiedRequest) -> ProxiedAnswer, _ sink: (AWSServices) async throws -> any Sink) async throws {
            var run = run
            let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 4, kinds: [.stall])
            try await FaultProxy.with(.service { service($0) }, schedule) { proxy in
                try await withServices(url: proxy.url, attemptTimeout: .milliseconds(300)) { try await run.run(Pipeline.into(sink($0))) }
            }
            #expect(run.delivered.count == run.changes.count, "\(run.reasons)")
        }
        try await go(bucket.answer) {
            try await S3JSONSink(settings(S3JSONSink.Settings.self, #"{"bucket":"archive","key":"{table}/{id}"}"#), .test, SinkClient($0, pause: noPause))
        }
        try await go(table.answer) { EventTableSink(store: try DynamoDBEventStore($0, table: "events", pause: noPause)) }
        #expect(bucket.puts.count == run.changes.count && bucket.objects.count == run.changes.count)
        #expect(run.changes.allSatisfy { table.writes(of: $0.id) == 1 })
    }

    @Test("A function has as long as its call may take, and is not started anew before") func aFunctionHasAsLong() async throws {
        let function = FakeFunction()
        let schedule = FaultSchedule { $0.header("x-amz-invocation-type") == "DryRun" ? .none : .stall(isDone: true) }
        try await FaultProxy.with(.service { function.answer($0) }, schedule) { proxy in
            // The client's own limit for an attempt is shorter than that of the sink.
            try await withServices(url: proxy.url, attemptTimeout: .seconds(1)) { services in
                let sink = try await LambdaSink(settings(LambdaSink.Settings.self, #"{"function":"worker","timeout":"3s"}"#), .test, SinkClient(services))
                let report = try await Pipeline.into(sink).deliver(batch([Change(number: 0, key: 0)]))
                #expect(report.fates[0].isRetry)
                #expect(function.events.count == 1)
            }
        }
    }
}
#endif
