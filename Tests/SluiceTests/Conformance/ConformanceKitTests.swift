// SPDX-License-Identifier: Apache-2.0

import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing

/// A place in memory that can be brought into any condition.
final class MemoryService: Sendable {
    struct State {
        var arrived: [String] = []
        var condition = ServiceCondition.working
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())

    var condition: ServiceCondition { state.withLock { $0.condition } }

    func bring(_ condition: ServiceCondition) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.condition = condition
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Takes a record, in the way of its condition.
    func take(_ id: String) async -> Outcome {
        if condition.isFailing { return .retry("the service is down") }
        if condition.refused.contains(id) { return .retry("throttled") }
        if let delay = condition.delay { try? await Task.sleep(for: delay / 20) }
        while condition.isStalled {
            do { try await Task.sleep(for: .seconds(60)) } catch { return .retry("cancelled") }
        }
        return state.withLock { state in
            if state.arrived.contains(id) { return .alreadyThere }
            state.arrived.append(id)
            return .delivered
        }
    }
}

/// A sink that keeps all the rules, but for those that a test lets it break.
struct MemorySink: Sink {
    enum Fault: String, CaseIterable, Sendable {
        case none, loses, shortAnswer, noAnswer, reorders, ignoresCancellation, rejectsOnFailure, deliversBehindRefused, deliversOnFailure
        case comesBackLate, deliversWhenStalled, throwsOnEmpty, deliversAfterShutdown, shutdownHangs, rejectsNothing, duplicates, forgetsKinds

        /// The rules of which one must be found broken; any of them will do.
        var broken: Set<String> {
            switch self {
            case .none: []
            case .loses, .reorders: ["order by key"]
            case .shortAnswer, .noAnswer: ["an outcome for each record"]
            case .ignoresCancellation, .comesBackLate, .deliversWhenStalled: ["deadline"]
            case .rejectsOnFailure, .deliversOnFailure: ["failing service"]
            case .deliversBehindRefused: ["partial failure"]
            case .throwsOnEmpty: ["empty batch"]
            case .deliversAfterShutdown: ["after shutdown"]
            case .shutdownHangs: ["start and shutdown"]
            case .rejectsNothing: ["rejection"]
            case .duplicates: ["the same batch again"]
            case .forgetsKinds: ["every kind of record"]
            }
        }
    }

    struct Failure: Error {}

    let service: MemoryService
    let fault: Fault
    let isOver = Ended()
    var traits: SinkTraits { SinkTraits(maximumRecords: 50, concurrency: 4) }

    init(_ service: MemoryService, _ fault: Fault) { (self.service, self.fault) = (service, fault) }
    init(_ settings: NoSettings, _ context: SinkContext) { self.init(MemoryService(), .none) }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        if isOver.value {
            if fault == .deliversAfterShutdown { return Outcomes(.delivered, for: batch) }
            throw SinkEnded()
        }
        if batch.isEmpty, fault == .throwsOnEmpty { throw Failure() }
        if fault == .forgetsKinds, batch.contains(where: { $0.record.kind == .log }) { throw Failure() }
        if service.condition.isFailing, fault == .deliversOnFailure { return Outcomes(.delivered, for: batch) }
        if service.condition.isFailing, fault == .rejectsOnFailure { return Outcomes(.rejected("it is down"), for: batch) }
        if fault == .ignoresCancellation, service.condition.isStalled {
            await withCheckedContinuation { continuation in service.state.withLock { $0.waiting.append(continuation) } }
        }
        if fault == .deliversWhenStalled, service.condition.isStalled { return Outcomes(.delivered, for: batch) }
        if fault == .comesBackLate, service.condition.isStalled {
            // Some time after the deadline, which is no cancellation to this task; well within what a call may take.
            await Task { try? await Task.sleep(for: .milliseconds(900)) }.value
            return Outcomes(.retry("the time was up"), for: batch)
        }
        if fault == .shortAnswer, batch.count > 1 { return Outcomes(.delivered, for: batch.part(1..<batch.count)) }
        if fault == .reorders {
            for delivery in batch.reversed() { _ = await service.take(delivery.record.idText) }
            return Outcomes(.delivered, for: batch)
        }
        if fault == .deliversBehindRefused {
            var outcomes = Outcomes(for: batch)
            for (index, delivery) in batch.enumerated() { outcomes[index] = await service.take(delivery.record.idText) }
            return outcomes
        }
        var outcomes = await batch.deliverEach { delivery in
            let id = delivery.record.idText
            if id.hasSuffix("-bad"), fault != .rejectsNothing { return .rejected("it is bad") }
            if id.hasSuffix("-bad") { return .retry("perhaps later") }
            if fault == .loses, id.hasSuffix("7") { return .delivered }
            let outcome = await service.take(id)
            if fault == .duplicates, outcome == .alreadyThere { service.state.withLock { $0.arrived.append(id) } }
            return outcome
        }
        if fault == .noAnswer, batch.count > 2 { outcomes = Outcomes(for: batch) }
        return outcomes
    }

    func shutdown() async throws {
        isOver.end()
        if fault == .shutdownHangs { try? await Task.sleep(for: .seconds(3600)) }
    }
}

final class Ended: Sendable {
    private let flag = Mutex(false)
    var value: Bool { flag.withLock { $0 } }
    func end() { flag.withLock { $0 = true } }
}

struct MemoryHarness: SinkHarness {
    let service = MemoryService()
    var fault = MemorySink.Fault.none
    var guarantees: SinkGuarantees { [.order, .once] }

    func makeSink(_ context: SinkContext) async throws -> any Sink { MemorySink(service, fault) }
    func arrived() async throws -> [String]? { service.state.withLock { $0.arrived } }
    func bring(_ condition: ServiceCondition) async throws -> Bool {
        service.bring(condition)
        return true
    }
    func undeliverable(_ id: String, key: Int) -> TestRecord? { .change(id, key: key) }
}

/// The kit finds what is wrong with a sink, and finds nothing wrong with one that keeps the rules.
@Suite(.timeLimit(.minutes(10))) struct ConformanceKitTests {
    @Test func aSinkThatKeepsTheRulesPasses() async {
        let report = await SinkConformance(MemoryHarness(), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty && report.skipped.isEmpty, "\(report)")
        #expect(report.checks.map(\.name) == SinkConformance.names)
        #expect(report.description.hasSuffix("\(SinkConformance.names.count) passed, 0 failed, 0 skipped"))
    }

    @Test(arguments: MemorySink.Fault.allCases.dropFirst())
    func eachFaultIsFound(_ fault: MemorySink.Fault) async {
        let report = await SinkConformance(MemoryHarness(fault: fault), patience: .milliseconds(1500), leeway: .milliseconds(300)).run(only: fault.broken)
        #expect(report.checks.count == fault.broken.count)
        #expect(report.failures.count == fault.broken.count, "\(report)")
        #expect(report.failures.allSatisfy { "\($0)".contains("FAILED") && "\($0)".contains("\n") })
    }

    @Test func howLateACallMayComeBackIsForTheTestToSay() async throws {
        for (leeway, isKept) in [(Duration.milliseconds(300), false), (.seconds(60), true)] {
            let report = await SinkConformance(MemoryHarness(fault: .comesBackLate), patience: .seconds(120), leeway: leeway).run(only: ["deadline"])
            #expect(report.failures.isEmpty == isKept, "\(report)")
            #expect("\(report)".contains("after its deadline; at most \(leeway) are allowed") == !isKept, "\(report)")
        }
    }

    /// It cannot be brought into any condition: it never comes back.
    struct HangingHarness: SinkHarness {
        func makeSink(_ context: SinkContext) async throws -> any Sink { MemorySink(MemoryService(), .none) }
        func bring(_ condition: ServiceCondition) async throws -> Bool {
            if condition == .working { return true }
            try await Task.sleep(for: .seconds(3600))
            return true
        }
    }

    @Test func aHarnessThatHangsIsNotWaitedForWithoutEnd() async {
        let report = await SinkConformance(HangingHarness(), patience: .milliseconds(300)).run(only: ["failing service"])
        #expect("\(report)".contains("making the service failing did not come back within"), "\(report)")
    }

    struct BareHarness: SinkHarness {
        func makeSink(_ context: SinkContext) async throws -> any Sink { MemorySink(MemoryService(), .none) }
    }

    @Test func whatCannotBeSeenIsSkippedAndTold() async {
        let report = await SinkConformance(BareHarness(), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(Set(report.skipped.map(\.name)) == ["partial failure", "rejection", "failing service", "slow service", "deadline", "shutdown while the service fails"])
        #expect("\(report)".contains("skipped  rejection: the harness knows no record"))
    }

    struct UnstartableHarness: SinkHarness {
        func makeSink(_ context: SinkContext) async throws -> any Sink { throw MemorySink.Failure() }
    }

    @Test func aSinkThatDoesNotStartFailsEverywhereAndTheRunEnds() async {
        let report = await SinkConformance(UnstartableHarness()).run()
        #expect(report.failures.count == SinkConformance.names.count)
    }
}

@Suite struct TestRecordTests {
    @Test func recordsOfAllKindsAreWhatTheySay() throws {
        let records = try RecordBatch(testing: [
            .change("c1", table: "Orders", keys: ["A": "x"], old: ["A": "x", "n": .number(1)], new: ["A": "x", "b": .binary([1, 2, 3])]),
            .change("c2", key: 4, operation: .remove),
            .change("c3", key: 4, old: ["Id": 4]),
            .change("c4", key: 4),
            .log("l1", message: "hello\n", group: "g", stream: "s"),
            .message("m1", body: "text", queue: "q", group: "tomasz"),
            .event("e1", type: "T", source: "src", detail: #"{"a":[1]}"#),
        ])
        #expect(records.map(\.idText) == ["c1", "c2", "c3", "c4", "l1", "m1", "e1"])
        #expect(records.map { $0.kind.rawValue } == ["change", "change", "change", "change", "log", "message", "event"])
        #expect(records.compactMap(\.operation) == [.modify, .remove, .remove, .insert])
        #expect(records[0].table == "Orders" && records[0].oldImage?["n"] == .number(1) && records[0].newImage?["b"] == .binary([1, 2, 3]))
        #expect(records[1].orderingKey == records[2].orderingKey && records[0].orderingKey != records[1].orderingKey)
        #expect(records[4].message == "hello\n" && records[4].logGroup == "g" && records[4].logStream == "s")
        #expect(records[5].messageGroup == "tomasz" && records[5].body == "text" && records[5].orderingKey != nil)
        #expect(records[6].detailType == "T" && records[6].eventSource == "src" && records[6].time == TestRecord.defaultTime)
        #expect(throws: TestRecordError.self) { try RecordBatch(testing: [TestRecord(id: "x", json: #"{"no":"record"}"#)]) }
    }

    @Test func aBatchOfThemIsOneASinkCanBeGiven() throws {
        let batch = try DeliveryBatch(testing: [.event("a"), .event("b"), .change("c", key: 1)], to: "mine")
        #expect(batch.count == 3 && batch.sink == "mine" && batch[0].route == "all")
        #expect(try batch.map { try JSONText(batch: $0).id } == ["a", "b", "c"])
        #expect(batch.part(1..<3).map(\.record.idText) == ["b", "c"])
        let empty = try DeliveryBatch(testing: [])
        #expect(empty.isEmpty && empty.lineBytes == 0)
        let bare = try DeliveryBatch(testing: [.event("a")], in: nil)
        #expect(bare.lineBytes == 0 && bare[0].payloadBytes.isEmpty)
    }

    struct JSONText {
        let id: String?
        init(batch delivery: Delivery) throws { id = try ids(inLines: String(decoding: delivery.payloadBytes, as: UTF8.self)).first }
    }
}
