// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Sluice
internal import StreamRecords
internal import Synchronization

/// What one check works with: sinks that are not waited for without end, records that nobody else has, and a list of
/// what went wrong.
final class Examination: Sendable {
    let harness: any SinkHarness
    /// How long any call may take.
    let patience: Duration
    /// How long after its deadline a call may come back.
    let leeway: Duration
    private let logger: Logger
    /// Begins the id of each record, so that those of earlier checks and runs are told apart.
    let prefix: String
    private let state = Mutex(State())

    private struct State {
        var reasons: [String] = []
        var records = 0
        /// Records called delivered by some sink.
        var delivered: Set<String> = []
        /// In the order of the stream, with their keys.
        var made: [(id: String, key: Int)] = []
    }

    init(_ harness: any SinkHarness, prefix: String, patience: Duration, leeway: Duration, logger: Logger) {
        self.harness = harness
        self.prefix = prefix
        self.patience = patience
        self.leeway = leeway
        self.logger = logger
    }

    var reasons: [String] { state.withLock { $0.reasons } }

    func fail(_ reason: String) { state.withLock { $0.reasons.append(reason) } }

    func expect(_ condition: Bool, _ reason: @autoclosure () -> String) {
        if !condition { fail(reason()) }
    }

    // MARK: Records

    /// New records of the stream, one for each key.
    func changes(_ keys: [Int]) -> [TestRecord] { keys.map { record(key: $0) { [harness] in harness.record($0, key: $1, sequence: $2) } } }

    func changes(_ count: Int, keys: Int) -> [TestRecord] { changes((0..<count).map { $0 % keys }) }

    /// A new record of the stream.
    /// - Parameter make: makes it, of its id, its key and its sequence number.
    func record(key: Int, _ make: (String, Int, String) -> TestRecord) -> TestRecord {
        state.withLock { state in
            state.records += 1
            let id = "\(prefix)-\(state.records)"
            let record = make(id, key, "\(1_000_000_000_000_000_000_000 as Int128 + Int128(state.records))")
            if harness.sends(record) { state.made.append((id, key)) }
            return record
        }
    }

    func batch(
        _ records: [TestRecord], for sink: any Sink, deadline: ContinuousClock.Instant? = nil
    ) throws(TestRecordError) -> DeliveryBatch {
        try DeliveryBatch(
            testing: records, in: sink.traits.needsPayloads ? harness.envelope : nil, deadline: deadline)
    }

    // MARK: Sinks

    func makeSink() async throws -> any Sink {
        let harness = harness
        let context = SinkContext(name: "sink", logger: logger)
        return try await within("making the sink") { try await harness.makeSink(context) }
    }

    /// Runs `body` with a new sink, and shuts it down.
    func withSink(_ body: (any Sink) async throws -> Void) async throws {
        let sink = try await makeSink()
        do {
            try await body(sink)
        } catch {
            try? await bring(.working)
            try? await shutdown(sink)
            throw error
        }
        try await shutdown(sink)
    }

    func shutdown(_ sink: any Sink) async throws {
        try await within("shutdown") { try await sink.shutdown() }
    }

    func abandon(_ sink: any Sink) async throws {
        try await within("abandon") { try await sink.abandon() }
    }

    /// One call, as the engine makes it: a throw is an answer too.
    func call(_ sink: any Sink, _ records: [TestRecord], deadline: ContinuousClock.Instant? = nil) async throws -> [Outcome] {
        let batch = try batch(records, for: sink, deadline: deadline)
        return try await within("deliver of \(records.count) records") { [self] in
            do {
                let outcomes = try await sink.deliver(batch)
                expect(outcomes.count == batch.count, "an answer for \(outcomes.count) records of a batch of \(batch.count)")
                let all = (0..<min(outcomes.count, batch.count)).map { outcomes[$0] }
                note(all, records, batch)
                return all
            } catch {
                expect(!batch.isEmpty, "a throw for a batch without records: \(error)")
                expect(!"\(error)".isEmpty, "what was thrown says nothing")
                return records.map { _ in .retry("thrown: \(error)") }
            }
        }
    }

    /// Hands over all records, in as many calls as the sink's traits ask for.
    func send(_ sink: any Sink, _ records: [TestRecord]) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        var rest = records[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(sink.traits.maximumRecords))
            rest = rest.dropFirst(part.count)
            outcomes += try await call(sink, part)
        }
        return outcomes
    }

    /// Does what a host does: hands over, and hands over again what must come again, until nothing must.
    func settle(_ sink: any Sink, _ records: [TestRecord], rounds: Int = 20) async throws {
        let deliveries = records
        let pipeline = try Pipeline(
            sinks: [("sink", sink)], routes: [Route(name: "all", envelope: harness.envelope, to: ["sink"])],
            options: PipelineOptions(unparked: .list, logger: logger))
        var delay = Duration.milliseconds(10)
        for _ in 0..<rounds {
            let records = try RecordBatch(testing: deliveries)
            let report = try await within("delivery through the engine") {
                try await pipeline.deliver(pipeline.prepare(records))
            }
            for (fate, record) in zip(report.fates, deliveries) where fate == .delivered {
                _ = state.withLock { $0.delivered.insert(record.id) }
            }
            if report.counts.retry == 0 {
                expect(report.counts.rejected == 0, "records that can be delivered were rejected: \(report.rejections.first.map { "\($0)" } ?? "")")
                return
            }
            try await Task.sleep(for: max(delay, min(report.retryAfter ?? .zero, .seconds(1))))
            delay = min(delay * 2, .milliseconds(500))
        }
        fail("records were still to be retried after \(rounds) rounds, with a service that works")
    }

    private func note(_ outcomes: [Outcome], _ records: [TestRecord], _ batch: DeliveryBatch) {
        state.withLock { state in
            var waiting: Set<OrderingKey> = []
            for ((outcome, record), delivery) in zip(zip(outcomes, records), batch) {
                if outcome.isDelivered { state.delivered.insert(record.id) }
                if let reason = outcome.reason, reason.description.isEmpty { state.reasons.append("a reason that says nothing") }
                let key = delivery.orderingKey
                // Nothing need be said of a record that waits for an earlier one.
                if outcome.reason == Outcomes.unansweredReason, !(key.map(waiting.contains) ?? false) {
                    state.reasons.append("no answer for the record \(record.id)")
                }
                if outcome.isRetry, let key { waiting.insert(key) }
            }
        }
    }

    /// What did not come back in time.
    struct TooLong: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter what: for the message.
    func within<Value: Sendable>(_ what: String, _ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let result = await race(until: .now + patience) { try await body() } late: { _ in }
        guard let result else { throw TooLong(description: "\(what) did not come back within \(patience)") }
        return try result.get()
    }

    // MARK: The place

    /// What the place cannot be brought to.
    struct Unavailable: Error {
        var reason: String
    }

    func bring(_ condition: ServiceCondition) async throws {
        let harness = harness
        guard try await within("making the service \(condition.description)", { try await harness.bring(condition) }) else {
            throw Unavailable(reason: "the harness cannot make the service \(condition.description)")
        }
    }

    /// What has arrived of this check's records; absent where that cannot be seen.
    func arrived() async throws -> [String]? {
        let harness = harness, prefix = prefix
        return try await within("looking at what arrived") { try await harness.arrived() }?.filter { $0.hasPrefix(prefix + "-") }
    }

    /// What holds at the end of each check, when no sink is open: all that was called delivered is there, in order, and
    /// once if that is promised.
    func lookAtWhatArrived() async throws {
        guard let arrived = try await arrived() else { return }
        let (delivered, made) = state.withLock { ($0.delivered, $0.made) }
        let there = Set(arrived)
        let missing = made.map(\.id).filter { delivered.contains($0) && !there.contains($0) }
        expect(missing.isEmpty, "\(missing.count) records were called delivered and are not there, the first: \(missing.first ?? "")")
        if harness.guarantees.contains(.once) {
            expect(there.count == arrived.count, "\(arrived.count - there.count) records are there twice")
        }
        if harness.guarantees.contains(.order) {
            let keys = Dictionary(made.map { ($0.id, $0.key) }) { first, _ in first }
            let places = Dictionary(made.enumerated().map { ($1.id, $0) }) { first, _ in first }
            var last: [Int: Int] = [:]
            var seen: Set<String> = []
            for id in arrived where seen.insert(id).inserted {
                guard let key = keys[id], let place = places[id] else { continue }
                if let before = last[key], before > place { return fail("\(id) arrived behind a later record of its key") }
                last[key] = place
            }
        }
    }
}
