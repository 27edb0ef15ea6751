// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Logging
@testable import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing

/// The sink `exec` with programs that do what they should not.
@Suite(.timeLimit(.minutes(10))) struct ExecFaultTests {
    private func text(_ outcome: Outcome) -> String { outcome.reason?.description ?? "" }

    // MARK: It dies

    @Test(arguments: ["dies-once", "killed-once"])
    func whatItHadNotAnsweredForIsHandedToTheNextOne(_ behaviour: String) async throws {
        let fixture = try ExecFixture(behaviour)
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).all == Array(repeating: .delivered, count: 6))
        try await sink.shutdown()
        // The first record was answered for, and is not sent again.
        #expect(try fixture.lines("arrived") == (0..<6).map { "r\($0)" })
        #expect(try fixture.lines("batches") == ["6", "5"])
        #expect(fixture.told.contains(.error, behaviour == "dies-once" ? "ended with status 3" : "was ended by signal 9"))
        #expect(fixture.told.contains(.notice, "started again"))
    }

    @Test func aProgramThatAlwaysDiesIsGivenUpForThisTime() async throws {
        let fixture = try ExecFixture("dies")
        let sink = try await fixture.sink { $0.attempts = 3 }
        let outcomes = try await sink.deliver(changes()).all
        // Each of the three has answered for one record.
        #expect(outcomes.map(\.isDelivered) == [true, true, true, false, false, false])
        #expect(outcomes.suffix(3).allSatisfy { $0.isRetry && text($0).contains("ended with status 3") })
        #expect(try fixture.lines("starts").count == 3)
        let later = try await sink.deliver(changes(2, from: 3)).all
        #expect(later.allSatisfy { $0.isDelivered })
        #expect(try fixture.lines("starts").count == 5)
        // The last one has died behind its answer, so nobody has finished the run.
        await #expect(throws: ExecError.self) { try await sink.shutdown() }
        #expect(try fixture.areAllGone())
    }

    @Test func aProgramThatDoesNotStartAgainLeavesAllToBeRetried() async throws {
        let fixture = try ExecFixture("does-not-restart")
        let sink = try await fixture.sink { $0.attempts = 2 }
        let outcomes = try await sink.deliver(changes()).all
        #expect(outcomes.allSatisfy { $0.isRetry && text($0).contains("ended with status 1; it said: not again") })
        #expect(fixture.told.contains(.warning, "not again"))
        try await sink.shutdown()
    }

    @Test func itIsStartedAgainWithAGrowingPauseAndADeadlineDoesNotWaitForIt() async throws {
        let fixture = try ExecFixture("does-not-restart")
        let sink = try await ExecSink(
            fixture.settings, fixture.context, pauses: RetryPolicy(attempts: .max, base: .seconds(3600), cap: .seconds(7200)))
        let batch = try DeliveryBatch(testing: [.event("a")], deadline: .now + .seconds(30))
        // The pause is longer than the time that there is, so the answer comes at once, with how long to wait.
        let outcome = try await sink.deliver(batch)[0]
        guard case .retry(let reason, let after?) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.description.contains("not started again yet"))
        #expect(after > .zero && after <= .seconds(7200))
        #expect(try fixture.lines("starts").count == 1)
        try await sink.shutdown()
    }

    @Test func whenTheRunIsToEndItIsNotStartedAgain() async throws {
        let fixture = try ExecFixture("dies")
        var context = fixture.context
        context.end.isNear = { true }
        let sink = try await ExecSink(fixture.settings, context, pauses: RetryPolicy(attempts: .max, base: .milliseconds(1), cap: .milliseconds(20)))
        let outcomes = try await sink.deliver(changes()).all
        // What it answered for stands.
        #expect(outcomes.map(\.isDelivered) == [true, false, false, false, false, false])
        #expect(outcomes.suffix(5).allSatisfy { $0.isRetry && text($0).contains("ended with status 3") })
        let later = try await sink.deliver(changes(2, from: 6)).all
        #expect(later.allSatisfy { $0.isRetry && text($0).contains("is not started again, since the run ends") })
        #expect(try fixture.lines("starts").count == 1)
        try await sink.shutdown()
    }

    @Test func whenTheRunIsToEndNobodyWaitsUntilItMayStartAgain() async throws {
        let fixture = try ExecFixture("dies")
        let isNear = Mutex(false)
        var context = fixture.context
        context.end.isNear = { isNear.withLock { $0 } }
        let sink = try await ExecSink(
            fixture.settings, context, pauses: RetryPolicy(attempts: .max, base: .seconds(36_000), cap: .seconds(72_000)))
        let start = ContinuousClock.now
        async let answer = sink.deliver(changes()).all
        while try fixture.lines("batches").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(300))
        isNear.withLock { $0 = true }
        let outcomes = try await answer
        #expect(outcomes.suffix(5).allSatisfy { $0.isRetry })
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(try fixture.lines("starts").count == 1)
        try await sink.shutdown()
    }

    // MARK: It does not greet

    @Test(arguments: [
        ("does-not-start", "ended with status 1"), ("silent", "did not greet within"), ("other-version", "speaks version 2"),
        ("answers-early", "answered before it greeted"),
    ])
    func aProgramThatDoesNotGreetEndsTheStart(_ behaviour: String, _ message: String) async throws {
        let fixture = try ExecFixture(behaviour)
        let error = await #expect(throws: ExecError.self) {
            _ = try await fixture.sink { if behaviour == "silent" { $0.startTimeout = .milliseconds(300) } }
        }
        #expect(error?.code == .cannotStart)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(try fixture.areAllGone())
    }

    @Test func aProgramThatIsNotThereEndsTheStart() async throws {
        let command = try #require(ExecCommand(text: "/no/such/program --x"))
        let error = await #expect(throws: ExecError.self) {
            _ = try await ExecSink(.init(command: command), SinkContext(name: "p", logger: Logger(label: "t")))
        }
        #expect(error?.message.contains("/no/such/program cannot be started: No such file") == true, "\(error?.message ?? "")")
    }

    // MARK: It hangs

    @Test func aLateAnswerCostsItItsLife() async throws {
        let fixture = try ExecFixture("late-once")
        let sink = try await fixture.sink {
            $0.timeout = .seconds(3)
            $0.attempts = 20
        }
        #expect(try await sink.deliver(changes()).allDelivered)
        #expect(fixture.told.contains(.error, "did not answer within"))
        // Two, unless the machine is so busy that the second one is late as well.
        #expect(try fixture.lines("starts").count >= 2)
        try await sink.shutdown()
        #expect(try fixture.areAllGone())
    }

    @Test(arguments: ["deaf", "closes-input", "late"])
    func aProgramThatReadsOrAnswersNothingIsGivenUp(_ behaviour: String) async throws {
        let fixture = try ExecFixture(behaviour)
        let sink = try await fixture.sink {
            $0.timeout = .milliseconds(1500)
            $0.attempts = 2
        }
        // More than a pipe holds.
        let large = (0..<3).map { TestRecord.event("large-\($0)", detail: "\"\(String(repeating: "x", count: 300_000))\"") }
        let outcomes = try await sink.deliver(DeliveryBatch(testing: large)).all
        #expect(outcomes.allSatisfy { $0.isRetry })
        #expect(text(outcomes[0]).contains(behaviour == "closes-input" ? "reads no more" : "did not answer within"), "\(outcomes[0])")
        #expect(try fixture.lines("starts").count == 2)
        try await sink.shutdown()
        #expect(try fixture.areAllGone())
    }

    @Test func aDeadlineIsKeptAndTheNextBatchWaitsForTheOneBefore() async throws {
        let fixture = try ExecFixture("each")
        try fixture.set(#"{"kind":"stalled"}"#)
        let sink = try await fixture.sink()
        let late = try await sink.deliver(
            DeliveryBatch(testing: [.change("a", key: 1), .change("b", key: 1)], deadline: .now + .milliseconds(200)))
        #expect(late.all.allSatisfy { text($0).contains("time was up") })
        let again = try await sink.deliver(DeliveryBatch(testing: [.change("a", key: 1)], deadline: .now + .milliseconds(200)))
        #expect(again.all.allSatisfy { $0.isRetry })
        try fixture.set(#"{"kind":"working"}"#)
        #expect(try await sink.deliver(DeliveryBatch(testing: [.change("a", key: 1), .change("b", key: 1)])).all == [.alreadyThere, .alreadyThere])
        #expect(try fixture.lines("starts").count == 1)
        #expect(try fixture.lines("arrived") == ["a", "b"])
        try await sink.shutdown()
    }

    // MARK: It says what it should not

    @Test func theFirstOfTwoAnswersCounts() async throws {
        let fixture = try ExecFixture("twice")
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).allDelivered)
        #expect(try await sink.deliver(changes(3, from: 6)).allDelivered)
        try await sink.shutdown()
        #expect(fixture.told.contains(.warning, "it answered for record 1 again; the first answer counts"))
        #expect(fixture.told.lines.filter { $0.level == .warning }.count == 5)
        #expect(try fixture.lines("starts").count == 1)
    }

    @Test(arguments: [
        ("unknown-record", "answered for record 7, which it was not given"), ("unknown-batch", "answered for batch 2, which it was not given"),
        ("garbage", #"is no JSON"#), ("wrong-outcome", #"the outcome "done""#), ("error", "it says: the licence has run out"),
        ("long-line", "a line of more than"), ("closes-output", "closed its standard output"),
    ])
    func whatItSaysIsNotBelievedAnyMore(_ behaviour: String, _ message: String) async throws {
        let fixture = try ExecFixture(behaviour)
        let sink = try await fixture.sink { $0.attempts = 1 }
        let outcomes = try await sink.deliver(changes()).all
        #expect(outcomes.allSatisfy { $0.isRetry && text($0).contains(message) }, "\(outcomes[0])")
        #expect(!text(outcomes[0]).contains("\u{1B}"))
        #expect(fixture.told.contains(.error, message))
        try await sink.shutdown()
        #expect(try fixture.areAllGone())
    }

    @Test func greetingTwiceIsAMistake() async throws {
        let fixture = try ExecFixture("greets-twice")
        let sink = try await fixture.sink { $0.attempts = 1 }
        // The second greeting may come before the batch or behind it.
        let outcomes = try await sink.deliver(changes()).all
        #expect(outcomes.allSatisfy { $0.isRetry || $0.isDelivered })
        try? await sink.shutdown()
        #expect(try fixture.areAllGone())
    }

    // MARK: It does not end

    @Test func aProgramThatDoesNotEndIsKilled() async throws {
        let fixture = try ExecFixture("ignores-term")
        let sink = try await fixture.sink { $0.stopTimeout = .milliseconds(300) }
        #expect(try await sink.deliver(changes()).allDelivered)
        let error = await #expect(throws: ExecError.self) { try await sink.shutdown() }
        #expect(error?.message.contains("did not end when it was told to") == true, "\(error?.message ?? "")")
        #expect(try fixture.areAllGone())
    }

    @Test func anEndWithAnotherStatusIsTold() async throws {
        let fixture = try ExecFixture("fails-at-the-end")
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).allDelivered)
        let error = await #expect(throws: ExecError.self) { try await sink.shutdown() }
        #expect(error?.message.contains("ended with status 7") == true, "\(error?.message ?? "")")
    }

    @Test func whatItHasStartedEndsWithIt() async throws {
        let fixture = try ExecFixture("grandchild")
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).allDelivered)
        try await sink.shutdown()
        let grandchild = try #require(Int32(fixture.lines("grandchild").first ?? ""))
        // It is a child of nobody here; whoever looks after it takes it away in its own time.
        let deadline = ContinuousClock.now + .seconds(20)
        while isAlive(grandchild), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(!isAlive(grandchild))
    }

    /// Whether it runs: a process that has ended and waits to be reaped does not.
    private func isAlive(_ process: Int32) -> Bool {
        guard Files.isRunning(process) else { return false }
        guard let file = try? OpenFile("/proc/\(process)/stat", .read), let bytes = try? file.read(upTo: 512) else { return false }
        return !String(decoding: bytes[0..<bytes.count], as: UTF8.self).contains(") Z ")
    }

    @Test func aRunThatIsBrokenOffSaysNothingOfAnEnd() async throws {
        let fixture = try ExecFixture("each")
        let sink = try await fixture.sink()
        #expect(try await sink.deliver(changes()).allDelivered)
        try await sink.abandon()
        #expect(try fixture.lines("ends").isEmpty)
        #expect(try fixture.areAllGone())
        await #expect(throws: SinkEnded.self) { try await sink.deliver(changes()) }
    }
}
