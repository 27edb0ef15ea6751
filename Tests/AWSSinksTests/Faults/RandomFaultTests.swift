// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSSinks
import AWSTestSupport
import Foundation
import JSONTape
import Sluice
import StreamRecords
import Testing
import TestSupport

/// The seeds of the random schedules of faults that each test goes through; `SLUICE_TEST_SCHEDULES` makes them more or fewer.
let randomSchedules: ClosedRange<UInt64> = 1...max(1, UInt64(ProcessInfo.processInfo.environment["SLUICE_TEST_SCHEDULES"] ?? "") ?? 300)

@Suite("The sinks, whatever fails on the way") struct RandomFaultTests {
    /// Runs `body` with a sink whose calls go through a schedule of faults to a service in memory.
    private func with(
        _ service: @escaping @Sendable (ProxiedRequest) -> ProxiedAnswer, _ schedule: FaultSchedule, _ sink: (SinkClient) async throws -> any Sink,
        _ body: (Pipeline, FaultTransport) async throws -> Void
    ) async throws {
        let transport = FaultTransport(service, schedule.whileSending)
        try await withServices(transport: transport) { services in
            try await body(Pipeline.into(sink(SinkClient(services, pause: noPause))), transport)
        }
    }

    private func read<S: Decodable>(_ type: S.Type, _ random: inout SeededRandom, _ own: String) throws -> S {
        try settings(
            type,
            "{\"concurrency\":\(Int.random(in: 1...4, using: &random)),\"attempts\":\(Int.random(in: 1...4, using: &random)),\(own)}")
    }

    @Test("FIFO queue: nothing is lost, sent twice, or out of order") func fifoQueue() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            var run = Redelivery(using: &random)
            let refused = Set(run.changes.map(\.id).filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
            let queue = FakeQueue(isFIFO: true, limits: .init(refused: refused))
            let own = try read(SQSSink.Settings.self, &random, #""queue":"\#(queue.url)""#)
            let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.allCases.filter { $0 != .faultyEntries })
            try await with(queue.answer, schedule, { try await SQSSink(own, .test, $0) }) { pipeline, transport in
                try await run.run(pipeline)
                let taken = queue.messages.compactMap(\.deduplicationID)
                #expect(Set(run.rejected.map { run.changes[$0].id }) == refused, "seed \(seed)")
                check(run, taken: taken, transport, seed, refused: refused)
                #expect(Set(taken).count == taken.count && run.keepsOrder(taken), "seed \(seed)")
                let lines = try batch(run.changes).lines
                #expect(queue.messages.allSatisfy { $0.body == lines[$0.deduplicationID ?? ""] }, "seed \(seed)")
                #expect(queue.messages.allSatisfy { $0.group?.contains("#{\"Id\":") == true }, "seed \(seed)")
            }
        }
    }

    @Test("Standard queue: nothing is lost, and no failure taken for a success") func standardQueue() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            var run = Redelivery(using: &random)
            let queue = FakeQueue()
            let own = try read(SQSSink.Settings.self, &random, #""queue":"\#(queue.url)""#)
            try await with(queue.answer, .random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.allCases), { try await SQSSink(own, .test, $0) }) { pipeline, transport in
                try await run.run(pipeline)
                check(run, taken: queue.messages.compactMap { id(in: $0.body) }, transport, seed)
            }
        }
    }

    @Test("Bus: nothing is lost, and no failure taken for a success") func bus() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            var run = Redelivery(using: &random)
            let bus = FakeBus()
            let own = try read(EventBridgeSink.Settings.self, &random, #""bus":"orders""#)
            try await with(bus.answer, .random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.allCases), { try await EventBridgeSink(own, .test, $0) }) { pipeline, transport in
                try await run.run(pipeline)
                check(run, taken: bus.events.compactMap { $0["Detail"]?.stringValue.flatMap(id(in:)) }, transport, seed)
            }
        }
    }

    @Test("Function: nothing is lost, and the records of a key come in order") func function() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            var run = Redelivery(using: &random)
            let mode = Bool.random(using: &random) ? #""payload":"record""# : "\"batch\":\(Int.random(in: 1...9, using: &random))"
            let function = FakeFunction()
            let own = try read(LambdaSink.Settings.self, &random, #""function":"worker","# + mode)
            try await with(function.answer, .random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.allCases), { try await LambdaSink(own, .test, $0) }) { pipeline, _ in
                try await run.run(pipeline)
                #expect(run.delivered.count == run.changes.count, "seed \(seed): \(run.reasons)")
                let ids = function.ids
                #expect(Set(ids) == Set(run.changes.map(\.id)) && run.keepsOrder(ids), "seed \(seed)")
            }
        }
    }

    /// That each record is accounted for by what the client was told.
    private func check(_ run: Redelivery, taken: [String], _ transport: FaultTransport, _ seed: UInt64, refused: Set<String> = []) {
        #expect(run.isSettled, "seed \(seed): after \(run.rounds) rounds")
        let taken = Set(taken)
        #expect(run.delivered.allSatisfy { taken.contains(run.changes[$0].id) }, "seed \(seed)")
        #expect(taken.isSubset(of: run.changes.map(\.id)), "seed \(seed)")
        var told: Set<String> = []
        var refused = refused
        for exchange in transport.exchanges {
            for (place, entry) in (exchange.request.json?["Entries"]?.elements ?? []).enumerated() {
                guard let id = (entry["MessageBody"] ?? entry["Detail"])?.stringValue.flatMap(id(in:)) else { continue }
                if exchange.tellsSuccess(at: place) { told.insert(id) }
                if exchange.tellsRejection(at: place) { refused.insert(id) }
            }
        }
        #expect(run.delivered.allSatisfy { told.contains(run.changes[$0].id) }, "seed \(seed)")
        #expect(run.rejected.allSatisfy { refused.contains(run.changes[$0].id) }, "seed \(seed)")
    }

    /// The id in a record's plain line.
    private func id(in line: String) -> String? { (try? JSONValue(parsing: line))?["id"]?.stringValue }
}

extension FaultSchedule {
    /// Nothing goes wrong at the start.
    var whileSending: FaultSchedule {
        FaultSchedule { request in
            let isStart = ["GetQueueAttributes", "GetQueueUrl", "DescribeEventBus"].contains(request.operation)
                || request.header("x-amz-invocation-type") == "DryRun"
            return isStart ? .none : next(request)
        }
    }
}
#endif
