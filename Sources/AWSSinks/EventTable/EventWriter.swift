// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords
internal import Synchronization

/// Writes one batch.
struct EventWriter: Sendable {
    let store: DynamoDBEventStore
    let deadline: ContinuousClock.Instant?

    /// What is done by calls that follow each other: the parts of something and then its head, or the updates of one row.
    private enum Work: Sendable {
        case put(parts: [AttributeMap], head: AttributeMap)
        case update(InvocationUpdate)
        /// Nothing can be done.
        case reject(String)
    }

    func write(_ writes: [EventWrite]) async throws -> [WriteAnswer] {
        let works = try prepare(writes)
        let failure = Mutex<AWSError?>(nil)
        let answers = await concurrently(works.map(\.work), atOnce: store.limits.concurrency) { work -> WriteAnswer in
            if let error = failure.withLock({ $0 }) { return .retry("\(error)", after: nil) }
            if Task.isCancelled { return .retry("the deadline came before the row was written", after: nil) }
            do throws(AWSError) {
                switch work {
                case .put(let parts, let head): return try await put(parts, head)
                case .update(let update): return try await note(update)
                case .reject(let reason): return .rejected(reason)
                }
            } catch {
                // What stands in the way of all writes need not be found out once for each.
                if error.concernsAll { failure.withLock { $0 = $0 ?? error } }
                return answer(to: error)
            }
        }
        var result = [WriteAnswer](repeating: .retry("nothing was written", after: nil), count: writes.count)
        for (work, answer) in zip(works, answers) {
            for index in work.writes { result[index] = answer }
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

    private func answer(to error: AWSError) -> WriteAnswer {
        if error.code == .invalidRequest { return .rejected("\(error)") }
        if error.concernsAll { return .retry(store.failure(error).message, after: error.retryAfter) }
        return .retry("\(error)", after: error.retryAfter)
    }

    // MARK: Puts

    /// The parts first: a head that is there has all of them. They bear their contents' hash, so they need no condition.
    private func put(_ parts: [AttributeMap], _ head: AttributeMap) async throws(AWSError) -> WriteAnswer {
        for part in parts {
            let request = DynamoDB.PutItemRequest(table: store.table, item: part)
            _ = try await store.call(by: deadline) { dynamoDB, deadline throws(AWSError) in try await dynamoDB.putItem(request, deadline: deadline) }
        }
        let request = DynamoDB.PutItemRequest(
            table: store.table, item: head, condition: "attribute_not_exists(#id)", parts: .init(names: ["#id": TableLayout.id]))
        do throws(AWSError) {
            _ = try await store.call(by: deadline) { dynamoDB, deadline throws(AWSError) in try await dynamoDB.putItem(request, deadline: deadline) }
            return .written
        } catch {
            guard error.isConditionFailed else { throw error }
            return .alreadyThere
        }
    }

    // MARK: Executions

    /// All rules in one update first, which is what a new row takes. Where a condition fails, DynamoDB tells the row that is there, and the
    /// rules that it satisfies already fall away; where somebody else is at the row too, each rule gets its own update.
    private func note(_ update: InvocationUpdate) async throws(AWSError) -> WriteAnswer {
        for part in update.parts {
            let request = DynamoDB.PutItemRequest(table: store.table, item: part)
            _ = try await store.call(by: deadline) { dynamoDB, deadline throws(AWSError) in try await dynamoDB.putItem(request, deadline: deadline) }
        }
        var rules = update.rules
        while true {
            guard let failed = try await attempt(update, rules) else { return .written }
            guard let item = failed.conflictingItem else { break }
            if let kind = item["kind"], kind != .string(EventKind.invocation.rawValue) { return .alreadyThere }
            let left = rules.filter { $0.condition.isMet(by: item) }
            if left.isEmpty { return .alreadyThere }
            if left.count == rules.count { break }
            rules = left
        }
        var answer = WriteAnswer.alreadyThere
        for rule in rules where try await attempt(update, [rule]) == nil { answer = .written }
        return answer
    }

    /// - Returns: the error of the condition that failed; absent where the row has changed.
    private func attempt(_ update: InvocationUpdate, _ rules: [InvocationRule]) async throws(AWSError) -> AWSError? {
        let request = update.request(rules, table: store.table)
        do throws(AWSError) {
            _ = try await store.call(by: deadline) { dynamoDB, deadline throws(AWSError) in try await dynamoDB.updateItem(request, deadline: deadline) }
            return nil
        } catch {
            guard error.isConditionFailed else { throw error }
            return error
        }
    }
}

#endif
