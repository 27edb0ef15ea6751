// SPDX-License-Identifier: Apache-2.0

@testable import Sluice
import StreamRecords
import Synchronization
import Testing
import TestSupport

/// Random streams into random sinks that fail at random, retried as Lambda's event source mapping does it: from the
/// lowest position that was reported, until nothing is.
@Suite(.timeLimit(.minutes(10))) struct ScheduleTests {
    /// What a sink does, decided by seed; it fails less and less often, so that every run ends.
    final class Moods: Sendable {
        private let state: Mutex<(random: SeededRandom, patience: Double)>
        private let rejects: Set<String>

        init(seed: UInt64, rejects: Set<String>) {
            state = Mutex((SeededRandom(seed: seed), 0.4))
            self.rejects = rejects
        }

        func decide(_ delivery: Delivery) -> Outcome {
            if rejects.contains(delivery.record.id.id) { return .rejected("never") }
            return state.withLock { state in
                state.patience *= 0.995
                let roll = Double.random(in: 0..<1, using: &state.random)
                return roll < state.patience ? .retry("not now") : roll < 0.9 ? .delivered : .alreadyThere
            }
        }

        func throwsNow() -> Bool {
            state.withLock { Double.random(in: 0..<1, using: &$0.random) < $0.patience / 4 }
        }
    }

    /// A sink that keeps what it took, in order.
    final class Keeper: Sink {
        struct Failure: Error {}
        let traits: SinkTraits
        let moods: Moods
        let keepsOrder: Bool
        let taken = Mutex<[(id: String, key: String?)]>([])

        init(traits: SinkTraits, moods: Moods, keepsOrder: Bool) {
            self.traits = traits
            self.moods = moods
            self.keepsOrder = keepsOrder
        }

        convenience init(_ settings: NoSettings, _ context: SinkContext) async throws {
            self.init(traits: SinkTraits(), moods: Moods(seed: 0, rejects: []), keepsOrder: true)
        }

        func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
            if moods.throwsNow() { throw Failure() }
            await Task.yield()
            var outcomes = Outcomes(for: batch)
            var gate = KeyGate()
            for (index, delivery) in batch.enumerated() where !keepsOrder || gate.isOpen(for: delivery) {
                outcomes[index] = moods.decide(delivery)
                gate.note(outcomes[index], of: delivery)
                if outcomes[index].code == .delivered || outcomes[index].code == .alreadyThere {
                    taken.withLock { $0.append((delivery.record.id.id, delivery.orderingKey?.text)) }
                }
            }
            return outcomes
        }
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func nothingIsLostAndOrderIsKept(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let tables = ["Products", "Todos"]
        let stream = (0..<Int.random(in: 1...60, using: &random)).map { number in
            Change(number: number, table: tables.randomElement(using: &random) ?? "", key: Int.random(in: 1...6, using: &random))
        }
        let rejected = Set(stream.filter { _ in Int.random(in: 0..<20, using: &random) == 0 }.map(\.id))
        let keepsOrder = Bool.random(using: &random)
        let sinks = ["a", "b"].map { name in
            let traits = SinkTraits(
                needsPayloads: Bool.random(using: &random), maximumRecords: [1, 3, 7, .max].randomElement(using: &random) ?? 1,
                concurrency: Int.random(in: 1...3, using: &random))
            let moods = Moods(seed: random.next(), rejects: name == "a" ? rejected : [])
            return (name: name, sink: Keeper(traits: traits, moods: moods, keepsOrder: keepsOrder))
        }
        let parked = Keeper(traits: SinkTraits(), moods: Moods(seed: random.next(), rejects: []), keepsOrder: true)
        let pipeline = try Pipeline(
            sinks: sinks + [("parked", parked)],
            routes: [
                Route(name: "products", conditions: [.source(.change, [NamePattern("Products")])], to: ["a", "b"]),
                Route(name: "todos", conditions: [.source(.change, [NamePattern("Todos")])], to: ["b"]),
            ],
            rejected: .init(to: ["parked"]), options: PipelineOptions(now: { Timestamp(milliseconds: 1) }))

        var first = 0
        var rounds = 0
        while first < stream.count {
            rounds += 1
            try #require(rounds < 2000, "seed \(seed): no end")
            let part = first..<min(stream.count, first + Int.random(in: 1...20, using: &random))
            let report = try await pipeline.deliver(pipeline.prepare(batch(Array(stream[part]))))
            #expect(report.counts.isConserved && report.counts.received == part.count, "seed \(seed)")
            let positions = Set(report.retryPositions.map(\.text))
            #expect(positions.count == report.counts.retry, "seed \(seed)")
            first = part.first { positions.contains(stream[$0].sequence) } ?? part.upperBound
        }

        for (name, sink) in sinks {
            let meant = stream.filter { $0.table == "Products" || name == "b" }.map(\.id)
            let expected = name == "a" ? meant.filter { !rejected.contains($0) } : meant
            let taken = sink.taken.withLock { $0 }
            #expect(Set(taken.map(\.id)) == Set(expected), "seed \(seed), sink \(name)")
            if keepsOrder {
                #expect(taken.count == expected.count, "seed \(seed): \(name) was given something twice")
            }
            // The last time that each record went out, a key's records came in the order of the stream.
            for (key, ofKey) in Dictionary(grouping: taken, by: \.key) {
                var last: [String] = []
                for (id, _) in ofKey {
                    last.removeAll { $0 == id }
                    last.append(id)
                }
                let numbers = last.compactMap { Int($0.dropFirst(6)) }
                #expect(numbers == numbers.sorted(), "seed \(seed), sink \(name), key \(key ?? "-")")
            }
        }
        let toPark = stream.filter { $0.table == "Products" && rejected.contains($0.id) }.count
        #expect(parked.taken.withLock { $0.count } == toPark, "seed \(seed)")
    }
}

/// The engine notices when it loses count.
@Suite struct ConservationTests {
    func work(_ tamper: (inout RoutingTable.Plans, inout [Prepared.Share]) -> Void) throws -> BatchWork {
        let runner = SinkRunner(name: "a", sink: ScriptedSink())
        let records = try batch([Change(number: 0, key: 1), Change(number: 1, key: 2)])
        let table = RoutingTable([Route(name: "all", to: ["a"])], sinks: ["a"])
        let prepared = Prepared(records, table: table, sinks: [("a", true, false)], rejectionBlocks: false, memory: nil)
        var plans = prepared.plans
        var shares = prepared.shares
        tamper(&plans, &shares)
        let policy = RejectionPolicy(parking: [], rejectionBlocks: true, parkAfter: nil, now: { WallClock.now })
        return BatchWork(
            records: records, plans: plans, shares: shares, runners: [runner], policy: policy, deadline: nil)
    }

    @Test func aWholeBatchIsAccountedFor() async throws {
        var work = try work { _, _ in }
        await work.run(known: DeliveredMemory(capacity: 10))
        #expect(try work.report().counts.delivered == 2)
    }

    @Test func aShareThatNeverGoesOutIsNoticed() async throws {
        var work = try work { _, shares in shares = [] }
        await work.run(known: DeliveredMemory(capacity: 10))
        #expect(throws: ConservationError.self) { try work.report() }
    }

    @Test func aRecordThatIsMissingFromAShareIsNoticed() async throws {
        var work = try work { _, shares in shares[0].storage = shares[0].storage.selecting([1]) }
        await work.run(known: DeliveredMemory(capacity: 10))
        #expect(throws: ConservationError.self) { try work.report() }
    }

    @Test func anEffectThatIsNotSettledIsNoticed() throws {
        var work = try work { _, _ in }
        // Nothing was run: every effect is open.
        #expect(throws: ConservationError.self) { try work.report() }
        work = try self.work { plans, _ in plans.all[0] = [] }
        #expect(throws: ConservationError.self) { try work.report() }
    }

    @Test func theMemoryIsBounded() {
        var memory = DeliveredMemory(capacity: 100)
        let ids = (0..<10_000).map { Delivery.ID(record: Record.ID(source: "t", id: "\($0)"), sink: "a") }
        for id in ids {
            memory.remember(id)
            #expect(memory.count <= 100)
        }
        #expect(ids.suffix(50).allSatisfy { memory.contains($0) })
        memory.forget(ids[9_999])
        #expect(!memory.contains(ids[9_999]))
    }
}
