// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// Saves recorded invocations: all that is told in one conditional update, or nothing.
struct InvocationSaving: Sendable {
    let store: DynamoDBEventStore

    /// How often somebody else may be at the same row meanwhile.
    private static let mostTries = 10

    /// What a save tells in a column, as the row would have it.
    private typealias Column = (column: SavedColumn, attribute: (name: String, value: AttributeValue))

    func save(_ invocation: Invocation) async throws -> SaveAnswer {
        if let flaw = TableLayout.flaw(in: invocation.key) { throw EventStoreError(.rejected, "dynamodb:\(store.table): \(flaw)") }
        let update = try InvocationUpdate(invocation)
        let columns: [Column] = try SavedColumn.allCases.compactMap { column throws(Gzip.Failure) in
            try column.value(of: invocation).map { text throws(Gzip.Failure) in
                (column: column, attribute: try StoredText(text, as: column.rawValue, of: invocation.key.id).attribute)
            }
        }
        // Parts bear their contents' hash, so those of a save that is refused stand in nobody's way.
        for part in update.parts {
            try await writingParts { writer, deadline throws(AWSError) in try await writer.put([part], deadline: deadline) }
        }
        var answer = try await save(update, columns)
        if case .conflict = answer { return answer }
        for rules in update.steps.dropFirst() where try await attempt(update, rules, nil) == nil { answer = .written }
        return answer
    }

    /// Carries out the first step, in which all is that a save must tell or not tell together.
    private func save(_ update: InvocationUpdate, _ columns: [Column]) async throws -> SaveAnswer {
        // What is told already must be the same, at the moment of writing.
        let same = InvocationRule(.all(columns.map { column, attribute in
            .any([
                .all([.absent(column.rawValue), .absent(StoredText.reference(column.rawValue))]), .equal(attribute.name, attribute.value),
            ])
        }))
        let first = update.steps.first ?? []
        var rules = first
        var life = update.partsLife
        for _ in 0..<Self.mostTries {
            guard let there = try await attempt(update, rules + (columns.isEmpty ? [] : [same]), life) else { return .written }
            if let kind = there["kind"], kind != .string(EventKind.invocation.rawValue) { return .conflict(["kind"]) }
            let differing = columns.filter { column, attribute in
                let isTold = there[column.rawValue] != nil || there[StoredText.reference(column.rawValue)] != nil
                return isTold && there[attribute.name] != attribute.value
            }
            if !differing.isEmpty { return .conflict(differing.map(\.column.rawValue)) }
            rules = first.filter { $0.condition.isMet(by: there) }
            if rules.isEmpty { return .alreadyThere }
            if let due = life?.extended(for: rules, there), let end = life?.end {
                try await writingParts { writer, deadline throws(AWSError) in
                    try await writer.extend(due, of: update.key.id, until: end, deadline: deadline)
                }
            }
        }
        throw EventStoreError(.busy, "dynamodb:\(store.table): others write the row of \(update.key.id) all the time")
    }

    /// - Returns: the row that is there, where it does not meet the conditions.
    private func attempt(
        _ update: InvocationUpdate, _ rules: [InvocationRule], _ life: PartsLife?
    ) async throws(EventStoreError) -> AttributeMap? {
        do throws(AWSError) {
            _ = try await store.dynamoDB.updateItem(update.request(rules, life, table: store.table), deadline: .now + store.calls.timeout)
            return nil
        } catch {
            guard error.isConditionFailed, let item = error.conflictingItem else { throw store.failure(error) }
            return item
        }
    }

    private func writingParts(
        _ body: (PartWriter, ContinuousClock.Instant) async throws(AWSError) -> Void
    ) async throws(EventStoreError) {
        do throws(AWSError) {
            try await body(PartWriter(store: store), .now + store.calls.timeout)
        } catch {
            throw store.failure(error)
        }
    }
}

#endif
