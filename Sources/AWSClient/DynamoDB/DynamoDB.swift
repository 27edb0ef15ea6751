// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import StreamRecords

/// The calls to DynamoDB that Sluice makes.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html>
public struct DynamoDB: Sendable, JSONService {
    static let target = "DynamoDB_20120810"
    static let jsonVersion = "1.0"
    let caller: ServiceCaller

    /// Writes an item, whole, where its condition holds.
    public func putItem(_ request: PutItemRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> PutItemResult {
        PutItemResult(attributes: try await send("PutItem", deadline, body: try request.body()) { try $0.attributes("Attributes") })
    }

    /// Changes an item, or makes it, where its condition holds.
    public func updateItem(_ request: UpdateItemRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> UpdateItemResult {
        UpdateItemResult(
            attributes: try await send("UpdateItem", deadline, body: try request.body()) { try $0.attributes("Attributes") })
    }

    /// Reads one item by its key.
    public func getItem(_ request: GetItemRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> GetItemResult {
        GetItemResult(item: try await send("GetItem", deadline, body: try request.body()) { try $0.attributes("Item") })
    }

    /// One page of the items of a partition.
    public func query(_ request: QueryRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> QueryResult {
        try await send("Query", deadline, body: try request.body()) { try $0.queryResult() }
    }

    /// One page of all items, in no order.
    public func scan(_ request: ScanRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> QueryResult {
        try await send("Scan", deadline, body: try request.body()) { try $0.queryResult() }
    }

    /// Puts and deletes up to 25 items, each for itself. What is left over must be sent again by the caller; ``batchWriteItem(repeating:rounds:deadline:)``
    /// does that.
    public func batchWriteItem(
        _ request: BatchWriteItemRequest, deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> BatchWriteItemResult {
        BatchWriteItemResult(
            unprocessed: try await send("BatchWriteItem", deadline, body: try request.body()) { try $0.unprocessed() })
    }

    /// Does up to 100 writes, or none of them: then the error has ``AWSError/cancellationReasons``.
    public func transactWriteItems(_ request: TransactWriteItemsRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) {
        try await send("TransactWriteItems", deadline, body: try request.body()) { _ in }
    }
}

// MARK: - Answers

extension HTTPResponse {
    func attributes(_ name: String) throws(AnswerError) -> AttributeMap? {
        let document = try document()
        let root = document.view(document.root)
        guard let view = root.member(named: name), view.kind != .null else { return nil }
        return try AttributeReader.map(view, at: name)
    }

    fileprivate func queryResult() throws(AnswerError) -> DynamoDB.QueryResult {
        let document = try document()
        let root = document.view(document.root)
        guard let list = root.member("Items"), list.kind == .array else { throw AnswerError(at: "Items", expected: "an array") }
        var items: [AttributeMap] = []
        var elements = list.elements
        while elements.next() { items.append(try AttributeReader.map(elements.value, at: "Items[\(items.count)]")) }
        var last: AttributeMap?
        if let view = root.member("LastEvaluatedKey"), view.kind != .null { last = try AttributeReader.map(view, at: "LastEvaluatedKey") }
        let scanned = root.member("ScannedCount")?.integer ?? Int64(items.count)
        return DynamoDB.QueryResult(items: items, lastKey: last, scannedCount: Int(scanned))
    }

    fileprivate func unprocessed() throws(AnswerError) -> [String: [DynamoDB.BatchWrite]] {
        let document = try document()
        let root = document.view(document.root)
        guard let tables = root.member("UnprocessedItems"), tables.kind != .null else { return [:] }
        guard tables.kind == .object else { throw AnswerError(at: "UnprocessedItems", expected: "an object") }
        var unprocessed: [String: [DynamoDB.BatchWrite]] = [:]
        var table = tables.members
        while table.next() {
            let name = table.key.string ?? ""
            var elements = table.value.elements
            while elements.next() {
                let place = "UnprocessedItems.\(name)"
                if let put = elements.value.member("PutRequest"), let item = put.member("Item") {
                    unprocessed[name, default: []].append(.put(try AttributeReader.map(item, at: place)))
                } else if let delete = elements.value.member("DeleteRequest"), let key = delete.member("Key") {
                    unprocessed[name, default: []].append(.delete(try AttributeReader.map(key, at: place)))
                } else {
                    throw AnswerError(at: place, expected: "a PutRequest or a DeleteRequest")
                }
            }
        }
        return unprocessed
    }
}

// MARK: - Errors

extension DynamoDB {
    static func cancellationReasons(of error: AWSError) -> [CancellationReason] {
        guard error.serviceCode == "TransactionCanceledException", let document = try? JSONDocument(error.body) else { return [] }
        let root = document.view(document.root)
        guard let list = root.member("CancellationReasons") else { return [] }
        var reasons: [CancellationReason] = []
        var elements = list.elements
        while elements.next() {
            var item: AttributeMap?
            if let view = elements.value.member("Item") { item = try? AttributeReader.map(view, at: "Item") }
            reasons.append(
                CancellationReason(
                    code: elements.value.member("Code")?.string ?? "None", message: elements.value.member("Message")?.string, item: item))
        }
        return reasons
    }

    static func conflictingItem(of error: AWSError) -> AttributeMap? {
        guard error.isConditionFailed, let document = try? JSONDocument(error.body) else { return nil }
        let root = document.view(document.root)
        guard let view = root.member("Item") else { return nil }
        return try? AttributeReader.map(view, at: "Item")
    }
}

#endif
