// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// One partition of an index, read page by page in the order of a query.
struct IndexScan: Sendable {
    let index: DynamoDB.GlobalIndex
    let partition: String
    let query: EventQuery
    /// What was read and not taken yet, in the query's order.
    var found: [(place: SortPlace, item: AttributeMap)] = []
    private(set) var isAtEnd = false
    private var lastKey: AttributeMap?

    init(index: DynamoDB.GlobalIndex, partition: String, query: EventQuery) {
        self.index = index
        self.partition = partition
        self.query = query
    }

    /// Whether its next row comes before the other's.
    func comesBefore(_ other: IndexScan) -> Bool {
        guard let mine = found.first?.place, let its = other.found.first?.place else { return !found.isEmpty }
        return query.descending ? its.precedes(mine) : mine.precedes(its)
    }

    /// Reads the next page.
    mutating func read(_ count: Int, _ store: DynamoDBEventStore) async throws {
        guard let request = request(count, table: store.table) else {
            isAtEnd = true
            return
        }
        let page = try await EventReader(store: store).calling { dynamoDB, deadline throws(AWSError) in
            try await dynamoDB.query(request, deadline: deadline)
        }
        for item in page.items {
            guard let id = item[TableLayout.id]?.stringValue, let name = item[TableLayout.name]?.stringValue,
                let sort = item[TableLayout.sort]?.stringValue
            else { continue }
            // Every index has the table's keys, so rows of others need not be got.
            if let wanted = query.filter.name, wanted != name { continue }
            let place = SortPlace(sort: sort, key: EventKey(id: id, name: name))
            if let cursor = query.cursor.map({ SortPlace(sort: $0.sort, key: $0.key) }),
                query.descending ? !place.precedes(cursor) : !cursor.precedes(place)
            {
                continue
            }
            found.append((place, item))
        }
        // Rows of one sort key come in an order of the index's own.
        found.sort { query.descending ? $1.place.precedes($0.place) : $0.place.precedes($1.place) }
        lastKey = page.lastKey
        isAtEnd = page.lastKey == nil
    }

    /// The query for the next page; absent where the range holds nothing.
    private func request(_ count: Int, table: String) -> DynamoDB.QueryRequest? {
        var from = query.range.from?.description
        var until = query.range.until?.description
        // A row's place is its sort key and then its key; the row that the cursor names is passed over when it is read.
        if let cursor = query.cursor?.sort {
            if query.descending {
                until = until.map { $0.utf8.lexicographicallyPrecedes(cursor.utf8) ? $0 : cursor } ?? cursor
            } else {
                from = from.map { cursor.utf8.lexicographicallyPrecedes($0.utf8) ? $0 : cursor } ?? cursor
            }
        }
        var writer = ExpressionWriter()
        var condition = "\(writer.name(index.key.partition)) = \(writer.value(.string(partition)))"
        // No sort key equals a bare time, so it makes no difference that the ends are included.
        switch (from, until) {
        case (let from?, let until?):
            if until.utf8.lexicographicallyPrecedes(from.utf8) { return nil }
            condition += " AND \(writer.name(TableLayout.sort)) BETWEEN \(writer.value(.string(from))) AND \(writer.value(.string(until)))"
        case (let from?, nil): condition += " AND \(writer.name(TableLayout.sort)) >= \(writer.value(.string(from)))"
        case (nil, let until?): condition += " AND \(writer.name(TableLayout.sort)) <= \(writer.value(.string(until)))"
        case (nil, nil): break
        }
        return DynamoDB.QueryRequest(
            table: table, index: index.name, keyCondition: condition, parts: writer.parts, isForward: !query.descending, limit: count,
            startKey: lastKey)
    }
}

#endif
