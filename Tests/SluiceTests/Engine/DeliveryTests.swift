// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Sluice
import StreamRecords
import Synchronization
import Testing

/// The rules of delivery, one by one.
@Suite(.timeLimit(.minutes(10))) struct DeliveryTests {
    let now = Timestamp(milliseconds: 1_790_000_600_000)

    func pipeline(
        _ sinks: [(name: String, sink: any Sink)], routes: [Route]? = nil, rejected: Configuration.Rejected = .init(),
        unparked: PipelineOptions.Unparked = .retry
    ) throws -> Pipeline {
        try Pipeline(
            sinks: sinks, routes: routes ?? [Route(name: "all", to: sinks.map(\.name))], rejected: rejected,
            options: PipelineOptions(unparked: unparked, now: { now }))
    }

    func changes(_ keys: Int...) -> [Change] { keys.enumerated().map { Change(number: $0.offset, key: $0.element) } }

    @Test func everySinkGetsEveryRecordOnceInOrderWithItsLine() async throws {
        let a = ScriptedSink()
        let b = ScriptedSink(traits: SinkTraits(needsPayloads: false))
        let pipeline = try pipeline([("a", a), ("b", b)])
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 2, 1))))
        #expect(a.ids == ["event-0", "event-1", "event-2"])
        #expect(b.ids == a.ids)
        #expect(a.lines.count == 3)
        #expect(a.delivered.map(\.payload) == a.lines)
        #expect(a.lines[1].hasPrefix(#"{"kind":"change","id":"event-1","op":"MODIFY","table":"Products""#))
        #expect(b.lines.isEmpty)
        #expect(b.delivered.allSatisfy { $0.payload.isEmpty })
        #expect(report.fates == [.delivered, .delivered, .delivered])
        #expect(report.counts.received == 3)
        #expect(report.isClean)
        #expect(report.retryPositions.isEmpty)
        #expect(report.sinks.map(\.delivered) == [3, 3])
    }

    @Test func theFirstRouteThatNamesASinkCountsAndTheRestIsFiltered() async throws {
        let a = ScriptedSink()
        let b = ScriptedSink()
        let pipeline = try pipeline([("a", a), ("b", b)], routes: [
            Route(name: "typed", conditions: [.operation([NamePattern("INSERT")])], envelope: .typed, to: ["a"]),
            Route(name: "todo", conditions: [.source(.change, [NamePattern("Todo*")])], to: ["a", "b"]),
            Route(name: "logs", conditions: [.kind([.log])], to: ["b"]),
        ])
        let records = try batch([
            Change(number: 0, table: "Products", key: 1, operation: "INSERT"),
            Change(number: 1, table: "Products", key: 1, operation: "MODIFY"),
            Change(number: 2, table: "Todos", key: 1, operation: "INSERT"),
            Change(number: 3, table: "Todos", key: 1, operation: "ARCHIVE"),
            Change(number: 4, table: "Todos", key: 1, operation: "REPLACE"),
        ])
        let report = try await pipeline.deliver(pipeline.prepare(records))
        #expect(a.ids == ["event-0", "event-2", "event-3", "event-4"])
        #expect(a.lines.map { $0.hasPrefix(#"{"eventID""#) } == [true, true, false, false])
        #expect(b.ids == ["event-2", "event-3", "event-4"])
        #expect(b.lines.allSatisfy { $0.hasPrefix(#"{"kind":"change""#) })
        #expect(report.fates == [.delivered, .filtered, .delivered, .delivered, .delivered])
        let table = Dictionary(uniqueKeysWithValues: report.sources.map { ($0.source.name, $0.counts) })
        #expect(table["Products"]?.filtered == 1)
        #expect(table["Todos"]?.delivered == 3)
    }

    @Test func laterRecordsOfAKeyWaitAndOthersGoOn() async throws {
        let sink = ScriptedSink { $0.record.id.id == "event-1" ? .retry("throttled", after: .seconds(3)) : .delivered }
        let other = ScriptedSink()
        let pipeline = try pipeline([("a", sink), ("b", other)])
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 2, 1, 2, 3))))
        #expect(sink.ids == ["event-0", "event-2", "event-4"])
        #expect(other.ids.count == 5)
        #expect(report.fates == [
            .delivered, .retry("throttled"), .delivered, .retry("waits for an earlier record of its key"), .delivered,
        ])
        #expect(report.retryPositions.map(\.text) == [changes(0, 0)[1].sequence, changes(0, 0, 0, 0)[3].sequence])
        #expect(report.retryAfter == .seconds(3))
        #expect(!report.mustRetryWhole)
    }

    @Test func whatWentOutIsNotSentAgainWhenTheBatchComesAgain() async throws {
        let fails = Mutex(true)
        let sink = ScriptedSink { delivery in
            fails.withLock { $0 } && delivery.record.id.id == "event-1" ? .retry("throttled") : .delivered
        }
        let other = ScriptedSink()
        let pipeline = try pipeline([("a", sink), ("b", other)])
        let records = try batch(changes(1, 2, 1, 2))
        _ = try await pipeline.deliver(pipeline.prepare(records))
        fails.withLock { $0 = false }
        let second = try await pipeline.deliver(pipeline.prepare(records))
        #expect(second.isClean)
        #expect(second.sinks.map(\.remembered) == [2, 4])
        #expect(sink.ids == ["event-0", "event-2", "event-1", "event-3"])
        #expect(sink.lines.suffix(2).map { $0.contains("event-1") } == [true, false])
        #expect(other.ids.count == 4)
        // Nothing is remembered of a batch that is through.
        _ = try await pipeline.deliver(pipeline.prepare(records))
        #expect(other.ids.count == 8)
    }

    @Test func aSinkThatDoesNotWaitIsGivenTheLaterOnesAgain() async throws {
        let fails = Mutex(true)
        let sink = ScriptedSink(keepsOrder: false) { delivery in
            fails.withLock { $0 } && delivery.record.id.id == "event-0" ? .retry("throttled") : .delivered
        }
        let pipeline = try pipeline([("a", sink)])
        let records = try batch(changes(1, 1, 2))
        let first = try await pipeline.deliver(pipeline.prepare(records))
        #expect(first.counts.retry == 2)
        fails.withLock { $0 = false }
        _ = try await pipeline.deliver(pipeline.prepare(records))
        #expect(sink.ids == ["event-1", "event-2", "event-0", "event-1"])
    }

    @Test func rejectedRecordsAreParkedWithAllThatIsNeeded() async throws {
        let sink = ScriptedSink { $0.record.id.id == "event-1" ? .rejected("too \"large\"") : .delivered }
        let parked = ScriptedSink()
        let pipeline = try pipeline(
            [("a", sink), ("parked", parked)], routes: [Route(name: "all", to: ["a"])], rejected: .init(to: ["parked"]))
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 1, 1), extra: [#"{"dynamodb": [1,"x"]}"#])))
        #expect(sink.ids == ["event-0", "event-2"])
        #expect(report.fates == [.delivered, .parked("too \"large\""), .delivered])
        #expect(report.counts.parked == 2)
        #expect(report.counts.received == 4)
        #expect(report.rejections.map(\.isParked) == [true, true])
        #expect(parked.lines.count == 2)

        let line = try JSONValue(parsing: parked.lines[0])
        #expect(line["kind"] == .string("rejected"))
        #expect(line["reason"] == .string("too \"large\""))
        #expect(line["route"] == .string("all"))
        #expect(line["sink"] == .string("a"))
        #expect(line["source"]?["name"] == .string("Products"))
        #expect(line["position"]?["value"] == .string(changes(0, 0)[1].sequence))
        #expect(line["time"] == .string(now.description))
        #expect(try line["record"] == JSONValue(parsing: changes(1, 1)[1].json))

        let broken = try JSONValue(parsing: parked.lines[1])
        #expect(broken["record"]?["dynamodb"] == .array([.number("1"), .string("x")]))
        #expect(broken["sink"] == nil)
        #expect(parked.delivered.map(\.record.kind) == [.event, .event])
        #expect(Set(parked.ids).count == 2)
    }

    @Test func whatIsNotJSONIsParkedAsBase64() async throws {
        let parked = ScriptedSink()
        let pipeline = try pipeline(
            [("a", ScriptedSink()), ("parked", parked)], routes: [Route(name: "all", to: ["a"])],
            rejected: .init(to: ["parked"]))
        for records in RecordBatch.decode(Array("{\"eventID\": \u{1}\n".utf8)) {
            let report = try await pipeline.deliver(pipeline.prepare(records))
            #expect(report.counts.isConserved)
        }
        let line = try JSONValue(parsing: #require(parked.lines.first))
        #expect(line["record"] == nil)
        #expect(line["record_base64"]?.stringValue?.hasPrefix("eyJldmVudElEIjog") == true)
    }

    @Test func aRecordIsParkedOncePerSinkAndOnlyIfThatSucceeds() async throws {
        let works = Mutex(false)
        let sinks = (0..<2).map { _ in ScriptedSink { $0.record.id.id == "event-1" ? .rejected("no") : .delivered } }
        let first = ScriptedSink()
        let second = ScriptedSink { _ in works.withLock { $0 } ? .delivered : .retry("full") }
        let pipeline = try pipeline(
            [("a", sinks[0]), ("b", sinks[1]), ("one", first), ("two", second)], routes: [Route(name: "all", to: ["a", "b"])],
            rejected: .init(to: ["one", "two"]))
        let records = try batch(changes(1, 1, 1))
        let report = try await pipeline.deliver(pipeline.prepare(records))
        #expect(report.fates == [.delivered, .retry("rejected (no) and not parked: two: full"), .delivered])
        #expect(report.counts.retry == 1)
        works.withLock { $0 = true }
        let again = try await pipeline.deliver(pipeline.prepare(records))
        #expect(again.fates[1] == .parked("no"))
        #expect(again.counts.retry == 0)
        #expect(first.ids.count == 2)
        #expect(second.ids.count == 2)
        #expect(sinks.map(\.ids) == [["event-0", "event-2"], ["event-0", "event-2"]], "each of the two sinks got them once")
    }

    /// What was parked is no delivery when its batch comes again for another record.
    @Test func whatIsParkedStaysParkedWhenTheBatchComesAgain() async throws {
        let fails = Mutex(2)
        let sink = ScriptedSink { delivery in
            switch delivery.record.id.id {
            case "event-0": .rejected("no")
            case "event-1": fails.withLock { $0 -= 1; return $0 >= 0 } ? .retry("throttled") : .delivered
            default: .delivered
            }
        }
        let parked = ScriptedSink()
        let pipeline = try pipeline(
            [("a", sink), ("parked", parked)], routes: [Route(name: "all", to: ["a"])], rejected: .init(to: ["parked"]))
        // The third one is of the rejected one's key.
        let records = try batch(changes(1, 2, 1))
        for waiting in [true, true, false] {
            let report = try await pipeline.deliver(pipeline.prepare(records))
            #expect(report.fates == [.parked("no"), waiting ? .retry("throttled") : .delivered, .delivered])
            #expect(report.counts.parked == 1 && report.counts.delivered == (waiting ? 1 : 2))
            #expect(report.sinks[0].rejected == 1)
            #expect(report.rejections.map(\.isParked) == [true] && report.rejections.first?.reason == "no")
            #expect(parked.ids.count == 1)
        }
        #expect(sink.calls == [3, 1, 1])
        // Nothing is remembered of a batch that is through.
        _ = try await pipeline.deliver(pipeline.prepare(records))
        #expect(sink.calls.last == 3 && parked.ids.count == 2)
    }

    @Test func blockHoldsTheLaterOnesOfTheKeyBack() async throws {
        let sink = ScriptedSink { $0.record.id.id == "event-0" ? .rejected("no") : .delivered }
        let pipeline = try pipeline([("a", sink)], rejected: .init(block: true), unparked: .list)
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 1, 2))))
        #expect(sink.ids == ["event-2"])
        #expect(report.counts.retry == 2)
        #expect(report.fates[0] == .retry("no"))
    }

    @Test func withNothingConfiguredTheHostDecides() async throws {
        for (unparked, expected) in [(PipelineOptions.Unparked.retry, 3), (.list, 0)] {
            let sink = ScriptedSink { $0.record.id.id == "event-0" ? .rejected("no") : .delivered }
            let pipeline = try pipeline([("a", sink)], unparked: unparked)
            let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 1, 2), extra: ["{}"])))
            #expect(report.counts.retry == expected)
            #expect(report.counts.rejected == (unparked == .list ? 2 : 0))
            #expect(report.mustRetryWhole == (unparked == .retry))
            #expect(report.rejections.count == (unparked == .list ? 2 : 0))
        }
    }

    @Test func whatStillFailsWhenItIsOldIsParked() async throws {
        let sink = ScriptedSink { _ in .retry("down") }
        let parked = ScriptedSink()
        let pipeline = try pipeline(
            [("a", sink), ("parked", parked)], routes: [Route(name: "all", to: ["a"])],
            rejected: .init(to: ["parked"], parkAfter: .seconds(600)))
        let old = Change(number: 0, key: 1, time: 1_790_000_000)
        let young = Change(number: 1, key: 2, time: 1_790_000_001)
        let report = try await pipeline.deliver(pipeline.prepare(batch([old, young])))
        #expect(report.fates == [.parked("down"), .retry("down")])
        #expect(parked.ids.count == 1)
    }

    @Test func aThrowAndAWrongAnswerAreRetries() async throws {
        struct Down: Error {}
        let throwing = ScriptedSink(whole: { _ in throw Down() })
        let kept = Mutex<DeliveryBatch?>(nil)
        let confused = ScriptedSink(whole: { batch in
            let other = kept.withLock { kept in
                defer { kept = batch }
                return kept
            }
            return Outcomes(.delivered, for: other ?? batch)
        })
        let pipeline = try pipeline([("a", throwing), ("b", confused)])
        let first = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 2))))
        #expect(first.counts.retry == 2)
        #expect(first.sinks.map(\.retry) == [2, 0])
        let second = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 2, 3))))
        #expect(second.sinks[1].retry + second.sinks[1].remembered == 3)
    }

    @Test func batchesComeInPartsAsTheTraitsSay() async throws {
        let sink = ScriptedSink(traits: SinkTraits(maximumRecords: 2)) {
            $0.record.id.id == "event-1" ? .retry("throttled") : .delivered
        }
        let pipeline = try pipeline([("a", sink)])
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 2, 2, 1, 2, 3, 2))))
        // The third part has only its record of another key, the fourth none at all.
        #expect(sink.calls == [2, 1, 1])
        #expect(sink.ids == ["event-0", "event-3", "event-5"])
        #expect(sink.lines.map { $0.contains("event-5") } == [false, false, false, true])
        #expect(report.counts.retry == 4)
    }

    @Test func concurrentCallsNeverShareAKey() async throws {
        let sink = ScriptedSink(traits: SinkTraits(maximumRecords: 1, concurrency: 4), whole: { _ in
            try await Task.sleep(for: .milliseconds(1))
            return nil
        })
        let pipeline = try pipeline([("a", sink)])
        let all = (0..<40).map { Change(number: $0, key: $0 % 8) }
        let report = try await pipeline.deliver(pipeline.prepare(batch(all)))
        #expect(report.isClean)
        #expect(sink.snapshot.mostAtOnce > 1)
        #expect(sink.snapshot.mostAtOnce <= 4)
        for (key, ofKey) in Dictionary(grouping: sink.delivered, by: \.key) {
            let numbers = ofKey.compactMap { Int($0.id.dropFirst(6)) }
            #expect(numbers == numbers.sorted(), "\(key ?? "")")
        }
        #expect(Set(sink.ids).count == 40)
    }

    @Test func nobodyWaitsForASinkThatIgnoresTheDeadline() async throws {
        let release = AsyncStream<Void>.makeStream()
        let isStuck = Mutex(true)
        let sink = ScriptedSink(whole: { batch in
            guard isStuck.withLock({ $0 }) else { return nil }
            // Deaf to cancellation: waits in a task of its own.
            await Task { for await _ in release.stream { return } }.value
            return Outcomes(.delivered, for: batch)
        })
        let other = ScriptedSink()
        let pipeline = try pipeline([("a", sink), ("b", other)])
        let records = try batch(changes(1, 2))
        let start = ContinuousClock.now
        let first = try await pipeline.deliver(pipeline.prepare(records), before: .now + .seconds(10))
        #expect(ContinuousClock.now - start < .seconds(100))
        #expect(first.fates == Array(repeating: .retry("the deadline came before the sink's answer"), count: 2))
        #expect(other.ids.count == 2)

        // While its call is out it is not called again.
        let second = try await pipeline.deliver(pipeline.prepare(records), before: .now + .seconds(300))
        #expect(second.fates[0] == .retry("the sink is still busy with an earlier batch"))
        #expect(sink.calls == [2])

        // It comes back, and what it delivered is not sent again.
        isStuck.withLock { $0 = false }
        release.continuation.yield()
        let report = try await deliverAgain(records, pipeline)
        #expect(report.sinks.map(\.remembered) == [2, 2])
        #expect(sink.calls == [2])
        #expect(other.calls == [2])
    }

    /// Delivers until nothing has to come again.
    private func deliverAgain(_ records: RecordBatch, _ pipeline: Pipeline) async throws -> BatchReport {
        while true {
            let report = try await pipeline.deliver(pipeline.prepare(records), before: .now + .seconds(300))
            if report.counts.retry == 0 { return report }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What a sink delivered too late is not sent again, but for what has to follow an earlier record of its key.
    @Test(arguments: [Outcome.retry("throttled"), .rejected("no")], [false, true])
    func whatWasDeliveredTooLateKeepsItsOrder(_ outcome: Outcome, blocks: Bool) async throws {
        let release = AsyncStream<Void>.makeStream()
        let isStuck = Mutex(true)
        let sink = ScriptedSink(whole: { batch in
            guard isStuck.withLock({ $0 }) else { return nil }
            // Deaf to cancellation, and without regard to keys.
            await Task { for await _ in release.stream { return } }.value
            var outcomes = Outcomes(.delivered, for: batch)
            outcomes[0] = outcome
            return outcomes
        })
        let parked = ScriptedSink()
        let pipeline = try pipeline(
            [("a", sink), ("parked", parked)], routes: [Route(name: "all", to: ["a"])], rejected: blocks ? .init(block: true) : .init(to: ["parked"]))
        let records = try batch(changes(1, 1, 2))
        let first = try await pipeline.deliver(pipeline.prepare(records), before: .now + .milliseconds(100))
        #expect(first.counts.retry == 3)

        isStuck.withLock { $0 = false }
        release.continuation.yield()
        let report = try await deliverAgain(records, pipeline)
        let waits = outcome.isRetry || blocks
        #expect(sink.ids == (waits ? ["event-0", "event-1"] : ["event-0"]))
        #expect(report.sinks.first?.remembered == (waits ? 1 : 2))
    }

    @Test func aDeadlineThatHasPassedSendsNothing() async throws {
        let sink = ScriptedSink()
        let pipeline = try pipeline([("a", sink)])
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes(1, 2))), before: .now - .seconds(1))
        #expect(report.counts.retry == 2)
        #expect(sink.calls.isEmpty)
    }

    @Test func overlappingDeliveriesKeepTheirOrder() async throws {
        let sink = ScriptedSink(whole: { _ in
            try await Task.sleep(for: .milliseconds(2))
            return nil
        })
        let pipeline = try pipeline([("a", sink)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                let records = try batch([Change(number: number, key: 1)])
                group.addTask { _ = try await pipeline.deliver(pipeline.prepare(records)) }
            }
            try await group.waitForAll()
        }
        #expect(sink.snapshot.mostAtOnce == 1)
        #expect(Set(sink.ids).count == 10)
    }

    @Test func controlMessagesAreNotRecords() async throws {
        let pipeline = try pipeline([("a", ScriptedSink())])
        let control = """
            {"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],\
            "logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}]}
            """
        var controlMessages = 0
        for records in RecordBatch.decode(Array(control.utf8)) {
            let report = try await pipeline.deliver(pipeline.prepare(records))
            #expect(report.counts.received == 0)
            controlMessages += report.controlMessages
        }
        #expect(controlMessages == 1)
    }

    @Test func shutdownReachesEverySink() async throws {
        let a = ScriptedSink()
        let b = ScriptedSink()
        try await pipeline([("a", a)]).shutdown()
        try await pipeline([("b", b)]).abandon()
        #expect(a.snapshot.isShutDown && !a.snapshot.isAbandoned)
        #expect(!b.snapshot.isShutDown && b.snapshot.isAbandoned)
    }

    @Test func sinksThatDoNotStartAreToldWithTheirPlace() async throws {
        let node = try ConfigurationNode(
            json: #"{"sinks":{"f":{"type":"file","path":"/dev/null/x"}},"routes":[{"to":"f"}]}"#, file: "s.json")
        let configuration = try Configuration(reading: node, registry: .standard())
        await #expect {
            _ = try await Pipeline(configuration, sinks: .standard())
        } throws: { error in
            let mistakes = (error as? ConfigurationErrors)?.mistakes ?? []
            return mistakes.count == 1 && mistakes[0].code == .cannotStart
                && mistakes[0].description.hasPrefix("s.json:1:15: sinks.f: /dev/null/x")
        }
    }
}
