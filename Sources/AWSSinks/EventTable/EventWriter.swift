// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import Sluice
internal import StreamRecords

/// Writes one batch.
struct EventWriter: Sendable {
    let store: DynamoDBEventStore

    /// How often somebody else may be at the same row meanwhile.
    private static let mostTries = 20

    private var partWriter: PartWriter { PartWriter(store: store) }

    /// What is done by calls that follow each other: the parts of something and then its head, or the updates of one row.
    enum Work: Sendable {
        case put(parts: [AttributeMap], head: AttributeMap)
        case update(InvocationUpdate)
        /// Nothing can be done.
        case reject(String)
    }

    func write(_ writes: [EventWrite], deadline: ContinuousClock.Instant?) async throws -> [WriteAnswer] {
        let works = try prepare(writes)
        let outcomes = await store.courier.carry(Cargo(works.map(\.work), deadline: deadline)) { parcels, deadline in
            guard let parcel = parcels.first else { return .answered([]) }
            return await self.result(of: parcel.entry, by: deadline)
        }
        var result = [WriteAnswer](repeating: .retry("nothing was written", after: nil), count: writes.count)
        for (work, outcome) in zip(works, outcomes) {
            for index in work.writes { result[index] = WriteAnswer(outcome) }
        }
        return result
    }

    /// What is to be done, and the places of the writes that each part of it answers.
    private func prepare(_ writes: [EventWrite]) throws(Gzip.Failure) -> [(work: Work, writes: [Int])] {
        var works: [(work: Work, writes: [Int])] = []
        var lines: [(index: Int, line: LogLine)] = []
        var notes: [EventKey: Int] = [:]
        var facts: [(facts: Invocation, writes: [Int])] = []
        for (index, write) in writes.enumerated() {
            switch write {
            case .put(let entry):
                if let flaw = TableLayout.flaw(in: entry.key) {
                    works.append((.reject(flaw), [index]))
                } else {
                    let item = try EntryItem(entry)
                    works.append((.put(parts: item.parts, head: item.head), [index]))
                }
            case .line(let line): lines.append((index, line))
            case .note(let invocation):
                if let place = notes[invocation.key] {
                    facts[place].facts.merge(invocation)
                    facts[place].writes.append(index)
                } else {
                    notes[invocation.key] = facts.count
                    facts.append((invocation, [index]))
                }
            }
        }
        for (invocation, indexes) in facts {
            if let flaw = TableLayout.flaw(in: invocation.key) {
                works.append((.reject(flaw), indexes))
            } else {
                works.append((.update(try InvocationUpdate(invocation)), indexes))
            }
        }
        for chunk in try LogChunk.chunks(of: lines) { works.append((.put(parts: chunk.parts, head: chunk.head), chunk.writes)) }
        return works
    }

    private func result(of work: Work, by deadline: ContinuousClock.Instant) async -> CallResult {
        do throws(AWSError) {
            switch work {
            case .put(let parts, let head): return .answered([.settled(try await put(parts, head, deadline))])
            case .update(let update): return .answered([.settled(try await note(update, deadline))])
            case .reject(let reason): return .answered([.settled(.rejected(Reason(reason)))])
            }
        } catch {
            return CallResult(ofSingle: error, reason: error.concernsAll ? store.failure(error).message : nil)
        }
    }

    // MARK: Puts

    /// The parts first: a head that is there has all of them.
    private func put(_ parts: [AttributeMap], _ head: AttributeMap, _ deadline: ContinuousClock.Instant) async throws(AWSError) -> Outcome {
        try await partWriter.put(parts, deadline: deadline)
        let request = DynamoDB.PutItemRequest(
            table: store.table, item: head, condition: "attribute_not_exists(#id)", parts: .init(names: ["#id": TableLayout.id]))
        do throws(AWSError) {
            _ = try await store.dynamoDB.putItem(request, deadline: deadline)
            return .delivered
        } catch {
            guard error.isConditionFailed else { throw error }
            return .alreadyThere
        }
    }

    // MARK: Executions

    private func note(_ update: InvocationUpdate, _ deadline: ContinuousClock.Instant) async throws(AWSError) -> Outcome {
        try await partWriter.put(update.parts, deadline: deadline)
        var outcome = Outcome.alreadyThere
        for rules in update.steps where try await note(update, rules, deadline) { outcome = .delivered }
        return outcome
    }

    /// All rules in one update first, which is what a new row takes. Where a condition fails, DynamoDB tells the row that is there, and the
    /// rules that it satisfies already fall away, or its parts are extended; where that leads nowhere, each rule gets its own update.
    ///
    /// - Returns: whether the row has changed.
    private func note(
        _ update: InvocationUpdate, _ rules: [InvocationRule], _ deadline: ContinuousClock.Instant
    ) async throws(AWSError) -> Bool {
        var rules = rules
        var life = update.partsLife
        for _ in 0..<Self.mostTries {
            guard let failed = try await attempt(update, rules, life, deadline) else { return true }
            guard let item = failed.conflictingItem else { break }
            if let kind = item["kind"], kind != .string(EventKind.invocation.rawValue) { return false }
            let left = rules.filter { $0.condition.isMet(by: item) }
            if left.isEmpty { return false }
            let due = life?.extended(for: left, item)
            if due == nil, left.count == rules.count { break }
            if let due, let life { try await partWriter.extend(due, of: update.key.id, until: life.end, deadline: deadline) }
            rules = left
        }
        var isChanged = false
        for rule in rules where try await attempt(update, [rule], nil, deadline) == nil { isChanged = true }
        return isChanged
    }

    /// - Returns: the error of the condition that failed; absent where the row has changed.
    private func attempt(
        _ update: InvocationUpdate, _ rules: [InvocationRule], _ life: PartsLife?, _ deadline: ContinuousClock.Instant
    ) async throws(AWSError) -> AWSError? {
        do throws(AWSError) {
            _ = try await store.dynamoDB.updateItem(update.request(rules, life, table: store.table), deadline: deadline)
            return nil
        } catch {
            guard error.isConditionFailed else { throw error }
            return error
        }
    }
}

extension WriteAnswer {
    init(_ outcome: Outcome) {
        switch outcome {
        case .delivered: self = .written
        case .alreadyThere: self = .alreadyThere
        case .retry(let reason, let after): self = .retry(reason.description, after: after)
        case .rejected(let reason): self = .rejected(reason.description)
        }
    }
}

#endif
