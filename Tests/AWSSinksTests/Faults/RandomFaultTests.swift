// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSSinks
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Testing

/// How many random schedules of faults a test goes through.
let randomSchedules: ClosedRange<UInt64> = 1...500

@Suite("The sinks, whatever fails on the way") struct RandomFaultTests {
    @Test("FIFO queue: nothing is lost, sent twice, or out of order") func fifoQueue() async throws {
        for seed in randomSchedules {
            var random = SplitMix64(state: seed)
            var run = Redelivery(using: &random)
            let refused = Set(run.changes.map(\.id).filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
            let queue = FakeQueue(isFIFO: true, limits: .init(refused: refused))
            let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.quick.filter { $0 != .faultyEntries }).whileSending
            try await withQueue(queue, schedule, settings: settings(&random)) { pipeline, proxy in
                try await run.run(pipeline)
                let taken = queue.messages.compactMap(\.deduplicationID)
                #expect(Set(run.rejected.map { run.changes[$0].id }) == refused, "seed \(seed)")
                check(run, taken: taken, proxy, seed, refused: refused)
                #expect(Set(taken).count == taken.count && run.keepsOrder(taken), "seed \(seed)")
                let lines = try batch(run.changes).lines
                #expect(queue.messages.allSatisfy { $0.body == lines[$0.deduplicationID ?? ""] }, "seed \(seed)")
                #expect(queue.messages.allSatisfy { $0.group?.contains("#{\"Id\":") == true }, "seed \(seed)")
            }
        }
    }

    @Test("Standard queue: nothing is lost, and no failure taken for a success") func standardQueue() async throws {
        for seed in randomSchedules {
            var random = SplitMix64(state: seed)
            var run = Redelivery(using: &random)
            let queue = FakeQueue()
            try await withQueue(queue, .random(seed: seed, rate: 0.4, limit: 25).whileSending, settings: settings(&random)) { pipeline, proxy in
                try await run.run(pipeline)
                check(run, taken: queue.messages.compactMap { id(in: $0.body) }, proxy, seed)
            }
        }
    }

    @Test("Bus: nothing is lost, and no failure taken for a success") func bus() async throws {
        for seed in randomSchedules {
            var random = SplitMix64(state: seed)
            var run = Redelivery(using: &random)
            let bus = FakeBus()
            let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 25).whileSending
            try await withBus(bus, schedule, settings: settings(&random)) { pipeline, proxy in
                try await run.run(pipeline)
                check(run, taken: bus.events.compactMap { $0["Detail"]?.stringValue.flatMap(id(in:)) }, proxy, seed)
            }
        }
    }

    @Test("Function: nothing is lost, and the records of a key come in order") func function() async throws {
        for seed in randomSchedules {
            var random = SplitMix64(state: seed)
            var run = Redelivery(using: &random)
            let mode = Bool.random(using: &random) ? #","payload":"record""# : ",\"batch\":\(Int.random(in: 1...9, using: &random))"
            let function = FakeFunction()
            let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.quick).whileSending
            try await withFunction(function, schedule, settings: "{" + settings(&random).dropFirst().dropLast() + mode + "}") { pipeline, _ in
                try await run.run(pipeline)
                #expect(run.delivered.count == run.changes.count, "seed \(seed)")
                let ids = function.ids
                #expect(Set(ids) == Set(run.changes.map(\.id)) && run.keepsOrder(ids), "seed \(seed)")
            }
        }
    }

    /// That each record is accounted for by what the client was told.
    private func check(_ run: Redelivery, taken: [String], _ proxy: FaultProxy, _ seed: UInt64, refused: Set<String> = []) {
        #expect(run.isSettled, "seed \(seed): after \(run.rounds) rounds")
        let taken = Set(taken)
        #expect(run.delivered.allSatisfy { taken.contains(run.changes[$0].id) }, "seed \(seed)")
        #expect(taken.isSubset(of: run.changes.map(\.id)), "seed \(seed)")
        var told: Set<String> = []
        var refused = refused
        for exchange in proxy.exchanges {
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

    private func settings(_ random: inout SplitMix64) -> String {
        "{\"concurrency\":\(Int.random(in: 1...4, using: &random)),\"attempts\":\(Int.random(in: 1...4, using: &random))}"
    }
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
