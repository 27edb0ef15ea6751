// SPDX-License-Identifier: Apache-2.0

@testable import Sluice
import StreamRecords
import Synchronization
import Testing
import TestSupport

/// Events that come in several batches, and come again as a whole.
@Suite(.timeLimit(.minutes(10))) struct SeveralBatchesTests {
    private func changes(_ numbers: ClosedRange<Int>) -> [Change] { numbers.map { Change(number: $0, key: $0) } }

    /// One time that a source sends an event.
    /// - Parameter standsAlone: a batch is begun though an earlier one must come again.
    /// - Returns: whether it comes again.
    private func send(_ batches: [RecordBatch], _ pipeline: Pipeline, breaksBefore end: Int = .max, standsAlone: Bool = false) async throws -> Bool {
        var memory: EventMemory? = pipeline.eventMemory()
        var comesAgain = false
        for (number, batch) in batches.enumerated() {
            if number >= end {
                comesAgain = true
                break
            }
            if comesAgain, !standsAlone {
                memory?.note(untried: batch)
                continue
            }
            let report = try await pipeline.deliver(pipeline.prepare(batch), of: &memory, before: nil)
            #expect(report.counts.isConserved)
            if report.counts.retry > 0 { comesAgain = true }
        }
        await pipeline.end(try #require(memory), comesAgain: comesAgain)
        return comesAgain
    }

    @Test func whatWentOutOfACleanBatchIsNotSentAgainForAnother() async throws {
        let fails = Mutex(2)
        let sink = ScriptedSink { delivery in
            guard delivery.record.id.id == "event-4" else { return .delivered }
            return fails.withLock { $0 -= 1; return $0 >= 0 } ? .retry("throttled") : .delivered
        }
        let other = ScriptedSink()
        let pipeline = try Pipeline(sinks: [("a", sink), ("b", other)], routes: [Route(name: "all", to: ["a", "b"])])
        let batches = try [batch(changes(1...3)), batch(changes(4...5)), batch(changes(6...7))]
        // The second time nothing of the first batch goes out, and still it must not be forgotten.
        #expect(try await send(batches, pipeline))
        #expect(try await send(batches, pipeline))
        #expect(other.ids.sorted() == (1...5).map { "event-\($0)" })
        #expect(try await !send(batches, pipeline))
        for each in [sink, other] { #expect(each.ids.sorted() == (1...7).map { "event-\($0)" }) }
        // Nothing is remembered of an event that is through.
        #expect(try await !send(batches, pipeline))
        #expect(other.ids.count == 14)
    }

    @Test func whatWentOutBeforeAnEventBrokeOffIsNotSentAgain() async throws {
        let sink = ScriptedSink()
        let pipeline = try Pipeline(sinks: [("a", sink)], routes: [Route(name: "all", to: ["a"])])
        let batches = try [batch(changes(1...2)), batch(changes(3...4))]
        #expect(try await send(batches, pipeline, breaksBefore: 1))
        #expect(try await !send(batches, pipeline))
        #expect(sink.ids == (1...4).map { "event-\($0)" })
    }

    /// A record of the id of one that went out, in another batch of the event, is not taken for it.
    @Test(arguments: [true, false]) func anIDThatIsThereTwiceStandsForBoth(_ standsAlone: Bool) async throws {
        let calls = Mutex(0)
        let sink = ScriptedSink { _ in calls.withLock { $0 += 1; return $0 == 2 } ? .retry("throttled") : .delivered }
        let pipeline = try Pipeline(sinks: [("a", sink)], routes: [Route(name: "all", to: ["a"])])
        // Delivered, to be retried; the last one is delivered where it stands alone, and otherwise not begun.
        let batches = try [batch(changes(1...1)), batch(changes(2...2)), batch(changes(standsAlone ? 2...2 : 1...1))]
        #expect(try await send(batches, pipeline, standsAlone: standsAlone))
        #expect(try await !send(batches, pipeline, standsAlone: standsAlone))
        // At least once each: what could be either is sent again.
        let wanted = standsAlone ? ["event-1", "event-2", "event-2", "event-2"] : ["event-1", "event-1", "event-1", "event-2"]
        #expect(sink.ids.sorted() == wanted)
    }

    @Test func whatIsKeptOfAnEventIsBounded() async throws {
        let sink = ScriptedSink()
        let pipeline = try Pipeline(
            sinks: [("a", sink)], routes: [Route(name: "all", to: ["a"])], options: PipelineOptions(rememberedDeliveries: 10))
        let batches = try (0..<10).map { try batch(changes($0 * 10 + 1...$0 * 10 + 10)) }
        #expect(try await send(batches, pipeline, breaksBefore: 9))
        #expect(try await !send(batches, pipeline))
        // Of the ninety at least five, and at most ten, are known; what is forgotten is sent again.
        #expect((180...185).contains(sink.ids.count))
        #expect(Set(sink.ids).count == 100)
    }

    /// A sink that never takes the first record, and the third one not as long as it fails; and one for what is rejected.
    private func parking(_ fails: @escaping @Sendable () -> Bool) throws -> (Pipeline, ScriptedSink, ScriptedSink) {
        let sink = ScriptedSink { delivery in
            switch delivery.record.id.id {
            case "event-1": .rejected("never")
            case "event-3": fails() ? .retry("throttled") : .delivered
            default: .delivered
            }
        }
        let parked = ScriptedSink()
        let pipeline = try Pipeline(
            sinks: [("a", sink), ("parked", parked)], routes: [Route(name: "all", to: ["a"])], rejected: .init(to: ["parked"]))
        return (pipeline, sink, parked)
    }

    @Test func whatIsParkedIsParkedOnceAndForgottenInTheEnd() async throws {
        let fails = Mutex(true)
        let (pipeline, sink, parked) = try parking { fails.withLock { $0 } }
        let batches = try [batch(changes(1...2), extra: [#"{"dynamodb":5,"eventSource":"aws:dynamodb"}"#]), batch(changes(3...3))]
        #expect(try await send(batches, pipeline))
        #expect(parked.ids.count == 2)
        fails.withLock { $0 = false }
        #expect(try await !send(batches, pipeline))
        #expect(parked.ids.count == 2)
        #expect(try await !send(batches, pipeline))
        #expect(parked.ids.count == 4 && sink.ids.count == 4)
    }

    @Test func whatIsParkedStaysParkedWhenTheEventComesAgain() async throws {
        let fails = Mutex(true)
        let (pipeline, _, parked) = try parking { fails.withLock { $0 } }
        let batches = try [batch(changes(1...2)), batch(changes(3...3))]
        for comesAgain in [true, false] {
            var memory: EventMemory? = pipeline.eventMemory()
            fails.withLock { $0 = comesAgain }
            let first = try await pipeline.deliver(pipeline.prepare(batches[0]), of: &memory, before: nil)
            #expect(first.fates == [.parked("never"), .delivered])
            let second = try await pipeline.deliver(pipeline.prepare(batches[1]), of: &memory, before: nil)
            #expect(second.counts.retry == (comesAgain ? 1 : 0))
            await pipeline.end(try #require(memory), comesAgain: comesAgain)
        }
        #expect(parked.ids.count == 1)
    }

    /// For random events and failures each record goes out once into each sink, and nothing stays remembered.
    @Test func randomEvents() async throws {
        let seed = SeededRandom.announcedSeed(for: "events in several batches")
        var random = SeededRandom(seed: seed)
        for round in 0..<150 {
            var number = 0
            let batches = try (0..<Int.random(in: 1...4, using: &random)).map { _ in
                try batch((0..<Int.random(in: 1...5, using: &random)).map { _ in
                    number += 1
                    return Change(number: number, key: Int.random(in: 1...3, using: &random))
                })
            }
            let rejected = Set((1...number).filter { _ in Int.random(in: 0..<8, using: &random) == 0 }.map { "event-\($0)" })
            let dice = Mutex((random: SeededRandom(seed: random.next()), rate: 0.4))
            func sink(_ rejects: Set<String>) -> ScriptedSink {
                ScriptedSink { delivery in
                    if rejects.contains(delivery.record.id.id) { return .rejected("never") }
                    return dice.withLock { dice in
                        dice.rate *= 0.99
                        return Double.random(in: 0..<1, using: &dice.random) < dice.rate ? .retry("not now") : .delivered
                    }
                }
            }
            let sinks = [sink(rejected), sink([])]
            let parked = ScriptedSink()
            let pipeline = try Pipeline(
                sinks: [("a", sinks[0]), ("b", sinks[1]), ("parked", parked)], routes: [Route(name: "all", to: ["a", "b"])],
                rejected: .init(to: ["parked"]), options: PipelineOptions(logsOutcomes: false))
            let standsAlone = Bool.random(using: &random)
            var attempts = 0
            var comesAgain = true
            while comesAgain {
                attempts += 1
                try #require(attempts < 500, "seed \(seed), round \(round): no end")
                let end = Int.random(in: 0..<6, using: &random) == 0 ? Int.random(in: 0...batches.count, using: &random) : .max
                comesAgain = try await send(batches, pipeline, breaksBefore: end, standsAlone: standsAlone)
            }
            let all = (1...number).map { "event-\($0)" }
            #expect(sinks[0].ids.sorted() == all.filter { !rejected.contains($0) }.sorted(), "seed \(seed), round \(round)")
            #expect(sinks[1].ids.sorted() == all.sorted(), "seed \(seed), round \(round)")
            #expect(parked.ids.count == rejected.count, "seed \(seed), round \(round)")
            // Were anything remembered, a batch of its own would not go out whole.
            dice.withLock { $0.rate = 0 }
            for batch in batches {
                let report = try await pipeline.deliver(pipeline.prepare(batch))
                #expect(report.sinks.allSatisfy { $0.remembered == 0 }, "seed \(seed), round \(round)")
            }
            #expect(sinks[1].ids.count == all.count * 2, "seed \(seed), round \(round)")
            #expect(parked.ids.count == rejected.count * 2, "seed \(seed), round \(round)")
        }
    }
}

/// Batches that wait for an earlier one.
@Suite(.timeLimit(.minutes(10))) struct WaitingTests {
    private func changes(_ numbers: Int...) -> [Change] { numbers.map { Change(number: $0, key: $0) } }

    @Test func nobodyWaitsBeyondHisDeadline() async throws {
        let begun = AsyncStream<Void>.makeStream()
        let release = AsyncStream<Void>.makeStream()
        let parked = ScriptedSink()
        let sink = ScriptedSink { (batch: DeliveryBatch) -> Outcomes? in
            begun.continuation.yield()
            // Whoever is cancelled while it waits here stays.
            await Task { for await _ in release.stream { break } }.value
            return nil
        }
        let pipeline = try Pipeline(
            sinks: [("a", sink), ("parked", parked)], routes: [
                Route(name: "some", conditions: [.source(.change, [NamePattern("Products")])], to: ["a"])
            ], rejected: .init(to: ["parked"], parkAfter: .seconds(1)))
        let first = Task { try await pipeline.deliver(pipeline.prepare(batch(changes(1)))) }
        for await _ in begun.stream { break }
        let records = try batch(
            changes(2, 3) + [Change(number: 4, table: "Todos", key: 4)], extra: [#"{"dynamodb":5,"eventSource":"aws:dynamodb"}"#])
        // Somebody without a deadline is in front, and goes on waiting.
        let patient = Task { try await pipeline.deliver(pipeline.prepare(batch(changes(5)))) }
        let start = ContinuousClock.now
        let report = try await pipeline.deliver(pipeline.prepare(records), before: start + .milliseconds(200))
        #expect(ContinuousClock.now - start < .seconds(20))
        // Nothing is lost, and nothing parked, however old it is.
        #expect(report.counts.isConserved && report.counts.received == 4 && report.counts.retry == 3 && report.counts.filtered == 1)
        #expect(report.fates.first == .retry(Pipeline.notBegun) && report.undecodableFates == [.retry(Pipeline.notBegun)])
        #expect(report.retryPositions.count + (report.mustRetryWhole ? 1 : 0) >= 3)
        #expect(report.sinks.map(\.retry) == [2])
        #expect(parked.calls.isEmpty && sink.calls.count == 1)
        // A part of an event that was not begun is not taken for one that went out.
        var event: EventMemory? = pipeline.eventMemory()
        #expect(try await pipeline.deliver(pipeline.prepare(batch(changes(2))), of: &event, before: .now).counts.retry == 1)
        await pipeline.end(try #require(event), comesAgain: true)

        release.continuation.finish()
        #expect(try await first.value.isClean)
        #expect(try await patient.value.isClean)
        #expect(try await pipeline.deliver(pipeline.prepare(batch(changes(2, 3))), before: .now + .seconds(600)).counts.delivered == 2)
        #expect(sink.ids == [1, 5, 2, 3].map { "event-\($0)" })
        try await pipeline.shutdown()
    }

    @Test func whoComesInTimeIsLetInInHisTurn() async throws {
        let sink = ScriptedSink { (batch: DeliveryBatch) -> Outcomes? in
            try await Task.sleep(for: .milliseconds(1))
            return nil
        }
        let pipeline = try Pipeline(sinks: [("a", sink)], routes: [Route(name: "all", to: ["a"])])
        let reports = try await withThrowingTaskGroup(of: BatchReport.self) { group in
            for number in 0..<50 {
                group.addTask { try await pipeline.deliver(pipeline.prepare(batch(changes(number))), before: .now + .seconds(600)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reports.allSatisfy(\.isClean) && Set(sink.ids).count == 50 && sink.snapshot.mostAtOnce == 1)
    }
}
