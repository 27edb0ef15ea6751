// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// Keeps judgements: each in a row of the execution's history, the latest in the execution's row, both in one transaction.
struct VerdictWriter: Sendable {
    let store: DynamoDBEventStore

    /// How often somebody else may be at the same row meanwhile.
    private static let mostTries = 10

    func judge(_ key: EventKey, _ judgement: Judgement) async throws -> JudgeAnswer {
        // What is no key of this table is in no row of it.
        guard TableLayout.flaw(in: key) == nil else { return .notFound }
        var isLatest = true
        for _ in 0..<Self.mostTries {
            let head: DynamoDB.TransactWrite = isLatest ? .update(verdict(key, judgement)) : check(key)
            let request = DynamoDB.TransactWriteItemsRequest(writes: [head, .put(history(key, judgement))])
            do throws(AWSError) {
                try await store.dynamoDB.transactWriteItems(request, deadline: .now + store.calls.timeout)
                return .judged
            } catch {
                let reasons = error.cancellationReasons
                guard reasons.count == 2 else { throw store.failure(error) }
                if reasons[1].code == "ConditionalCheckFailed" { return .alreadyThere }
                if reasons[0].code == "ConditionalCheckFailed" {
                    guard isLatest, let row = reasons[0].item, isExecution.isMet(by: row) else { return .notFound }
                    // A later judgement is there: this one goes into the history alone.
                    isLatest = false
                } else if !reasons.contains(where: { ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"].contains($0.code) }) {
                    throw store.failure(error)
                }
            }
        }
        throw EventStoreError(.busy, "dynamodb:\(store.table): others write the row of \(key.id) all the time")
    }

    /// Rows of before this program have no kind: they are executions.
    private var isExecution: Condition {
        .all([
            .not(.absent(TableLayout.id)), .any([.absent("kind"), .equal("kind", .string(EventKind.invocation.rawValue))]),
            .any([.absent(TableLayout.expiry), .greater(TableLayout.expiry, than: .number(DynamoDBNumber(store.now())))]),
        ])
    }

    private func verdict(_ key: EventKey, _ judgement: Judgement) -> DynamoDB.UpdateItemRequest {
        let at = AttributeValue.string(judgement.at.description)
        var writer = ExpressionWriter()
        var sets: [String] = []
        var removes: [String] = []
        let columns: [(name: String, value: AttributeValue?)] = [
            ("validity", .string(judgement.validity.rawValue)), ("validity_at", at), ("validity_by", judgement.by.map { .string($0) }),
            ("validity_note", judgement.note.map { .string($0) }),
            ("verdict_key", .string(TableLayout.sharded(judgement.validity.rawValue, by: key.id))),
        ]
        for (name, value) in columns {
            if let value { sets.append("\(writer.name(name)) = \(writer.value(value))") } else { removes.append(writer.name(name)) }
        }
        let update = "SET " + sets.joined(separator: ", ") + (removes.isEmpty ? "" : " REMOVE " + removes.joined(separator: ", "))
        let condition = writer.condition(
            .all([isExecution, .any([.absent("validity_at"), .less("validity_at", than: at), .equal("validity_at", at)])]))
        return .init(
            table: store.table, key: item(key), update: update, condition: condition, parts: writer.parts, returnsConflictingItem: true)
    }

    private func check(_ key: EventKey) -> DynamoDB.TransactWrite {
        var writer = ExpressionWriter()
        let condition = writer.condition(isExecution)
        return .check(table: store.table, key: item(key), condition: condition, parts: writer.parts)
    }

    private func item(_ key: EventKey) -> AttributeMap { [TableLayout.id: .string(key.id), TableLayout.name: .string(key.name)] }

    // MARK: History

    /// The partition of an execution's judgements.
    private static func partition(_ id: String) -> String { "\(id)#verdict" }

    private func history(_ key: EventKey, _ judgement: Judgement) -> DynamoDB.PutItemRequest {
        var row: AttributeMap = [
            TableLayout.id: .string(Self.partition(key.id)), TableLayout.name: .string("\(judgement.at)#\(judgement.id)".cut(toBytes: TableLayout.longestSortKey)),
            "kind": "verdict", "function": .string(key.name), "validity": .string(judgement.validity.rawValue),
            "validity_at": .string(judgement.at.description), "verdict_id": .string(judgement.id),
        ]
        if let by = judgement.by { row["validity_by"] = .string(by) }
        if let note = judgement.note { row["validity_note"] = .string(note) }
        var writer = ExpressionWriter()
        let condition = writer.condition(.absent(TableLayout.id))
        return .init(table: store.table, item: row, condition: condition, parts: writer.parts)
    }

    func judgements(of key: EventKey) async throws -> [Judgement] {
        guard TableLayout.flaw(in: key) == nil else { return [] }
        var writer = ExpressionWriter()
        let condition = "\(writer.name(TableLayout.id)) = \(writer.value(.string(Self.partition(key.id))))"
        let request = DynamoDB.QueryRequest(table: store.table, keyCondition: condition, parts: writer.parts, isConsistent: true)
        return try await EventReader(store: store).items(request).compactMap { item in
            guard item["function"]?.stringValue == key.name, let validity = item["validity"]?.stringValue.flatMap({ Judgement.Validity(rawValue: $0) }),
                let at = item["validity_at"]?.stringValue.flatMap({ Timestamp(iso8601: $0) }), let id = item["verdict_id"]?.stringValue
            else { return nil }
            return Judgement(
                id: id, validity: validity, note: item["validity_note"]?.stringValue, by: item["validity_by"]?.stringValue, at: at)
        }
    }
}

#endif
