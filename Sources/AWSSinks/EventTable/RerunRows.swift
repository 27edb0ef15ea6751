// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// Keeps what was run again: rows `rerun#KEY`, the original's id.
struct RerunRows: Sendable {
    let store: DynamoDBEventStore

    func begin(_ rerun: Rerun) async throws -> RerunStart {
        let free = Condition.any([
            .absent(TableLayout.id), .equal("state", .string(Rerun.State.refused.rawValue)),
            .less(TableLayout.expiry, than: .number(DynamoDBNumber(store.now()))), .equal(TableLayout.expiry, .number(DynamoDBNumber(store.now()))),
        ])
        guard let there = try await put(rerun, where: free) else { return .begun }
        guard let known = Self.rerun(there, key: rerun.key) else {
            throw EventStoreError(.notAnEventTable, "dynamodb:\(store.table): the row of the rerun \(rerun.key) cannot be read")
        }
        return .alreadyThere(known)
    }

    func advance(_ rerun: Rerun, from state: Rerun.State) async throws -> Bool {
        let condition = Condition.all([.equal("state", .string(state.rawValue)), .equal("original", .string(rerun.original.name))])
        return try await put(rerun, where: condition) == nil
    }

    func rerun(key: String, of id: String) async throws -> Rerun? {
        guard Rerun.flaw(inKey: key) == nil, (1...TableLayout.longestSortKey).contains(id.utf8.count) else { return nil }
        let request = DynamoDB.GetItemRequest(table: store.table, key: Self.key(key, id), isConsistent: true)
        let item = try await EventReader(store: store).calling { dynamoDB, deadline throws(AWSError) in
            try await dynamoDB.getItem(request, deadline: deadline).item
        }
        guard let item else { return nil }
        if let expiry = item[TableLayout.expiry]?.intValue, Int64(expiry) <= store.now() { return nil }
        return Self.rerun(item, key: key)
    }

    /// A call whose answer is lost is made again, and then finds the row that it has written itself. What it wrote there of its own tells it that.
    ///
    /// - Returns: the row that is there, where it does not meet the condition; an empty one where none is.
    private func put(_ rerun: Rerun, where condition: Condition) async throws(EventStoreError) -> AttributeMap? {
        guard (1...TableLayout.longestSortKey).contains(rerun.original.id.utf8.count) else {
            throw EventStoreError(.rejected, "dynamodb:\(store.table): the id of an execution that is run again has 1 to \(TableLayout.longestSortKey) bytes")
        }
        var item = Self.key(rerun.key, rerun.original.id)
        item["kind"] = "rerun"
        item["attempt"] = .string(EventID.new(at: Timestamp(milliseconds: store.now() * 1000)))
        item["original"] = .string(rerun.original.name)
        item["function"] = .string(rerun.function.description)
        item["state"] = .string(rerun.state.rawValue)
        item["started_at"] = .string(rerun.startedAt.description)
        if let endedAt = rerun.endedAt { item["ended_at"] = .string(endedAt.description) }
        if let newID = rerun.newID { item["new_id"] = .string(newID) }
        if let note = rerun.note { item["note"] = .string(note.cut(toBytes: InvocationUpdate.longestErrorMessage)) }
        if let expiresAt = rerun.expiresAt { item[TableLayout.expiry] = .number(DynamoDBNumber(expiresAt)) }
        var writer = ExpressionWriter()
        let text = writer.condition(condition)
        do throws(AWSError) {
            _ = try await store.dynamoDB.putItem(
                .init(table: store.table, item: item, condition: text, parts: writer.parts, returnsConflictingItem: true),
                deadline: .now + store.calls.timeout)
            return nil
        } catch {
            guard error.isConditionFailed else { throw store.failure(error) }
            let there = error.conflictingItem ?? [:]
            return there["attempt"] == item["attempt"] ? nil : there
        }
    }

    private static func key(_ key: String, _ id: String) -> AttributeMap {
        [TableLayout.id: .string("rerun#\(key)"), TableLayout.name: .string(id)]
    }

    private static func rerun(_ item: AttributeMap, key: String) -> Rerun? {
        guard let id = item[TableLayout.name]?.stringValue, let name = item["original"]?.stringValue,
            let function = item["function"]?.stringValue, let state = item["state"]?.stringValue,
            let startedAt = item["started_at"]?.stringValue.flatMap({ Timestamp(iso8601: $0) })
        else { return nil }
        // A state that a later version has written says nothing to this one.
        return Rerun(
            key: key, original: EventKey(id: id, name: name), function: FunctionName(function), state: Rerun.State(rawValue: state) ?? .unknown,
            startedAt: startedAt, endedAt: item["ended_at"]?.stringValue.flatMap { Timestamp(iso8601: $0) }, newID: item["new_id"]?.stringValue,
            note: item["note"]?.stringValue, expiresAt: item[TableLayout.expiry]?.intValue.map(Int64.init))
    }
}

#endif
