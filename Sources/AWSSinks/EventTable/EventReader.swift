// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import JSONTape
internal import StreamRecords

/// Reads rows: by id from the table, all others by an index.
struct EventReader: Sendable {
    let store: DynamoDBEventStore

    // MARK: Rows

    /// All rows of an id, in order.
    func rows(id: String) async throws -> [EventRow] {
        guard !id.isEmpty, id.utf8.count <= TableLayout.longestPartitionKey else { return [] }
        var writer = ExpressionWriter()
        let condition = "\(writer.name(TableLayout.id)) = \(writer.value(.string(id)))"
        let request = DynamoDB.QueryRequest(table: store.table, keyCondition: condition, parts: writer.parts, isConsistent: true)
        var rows: [EventRow] = []
        for item in try await items(request) {
            if let row = try await row(item) { rows.append(row) }
        }
        return rows.sorted { SortPlace($0).precedes(SortPlace($1)) }
    }

    /// A page of an index, those that are spread over shards merged.
    func page(_ query: EventQuery) async throws -> EventPage {
        let limit = max(1, query.limit)
        var scans = partitions(query.selection).map { IndexScan(index: $0.index, partition: $0.value, query: query) }
        var rows: [EventRow] = []
        var last: SortPlace?
        var examined = 0
        while true {
            // One more than is asked for tells whether there is a next page.
            let wanted = min(limit - rows.count, 1000) + 1
            var candidates: [(place: SortPlace, item: AttributeMap)] = []
            while candidates.count < wanted {
                scans = try await refilled(scans, atLeast: min(wanted, 256))
                guard let next = scans.indices.filter({ !scans[$0].found.isEmpty }).min(by: { a, b in
                    scans[a].comesBefore(scans[b])
                }) else { break }
                candidates.append(scans[next].found.removeFirst())
            }
            if candidates.isEmpty { return EventPage(rows: rows, next: nil) }
            for (place, row) in zip(candidates.map(\.place), try await self.rows(of: candidates.map(\.item))) {
                if rows.count == limit { return EventPage(rows: rows, next: last.map { EventCursor(sort: $0.sort, key: $0.key) }) }
                last = place
                examined += 1
                if let row, query.filter.admits(row, at: Timestamp(milliseconds: store.now() * 1000)) { rows.append(row) }
            }
            // A filter that passes few rows ends a page early, rather than have it read a whole index.
            if rows.count < limit, examined >= max(1000, limit * 4) {
                return EventPage(rows: rows, next: last.map { EventCursor(sort: $0.sort, key: $0.key) })
            }
        }
    }

    private func partitions(_ selection: EventQuery.Selection) -> [(index: DynamoDB.GlobalIndex, value: String)] {
        func shards(_ index: DynamoDB.GlobalIndex, _ value: String) -> [(index: DynamoDB.GlobalIndex, value: String)] {
            (0..<TableLayout.shards).map { (index, TableLayout.sharded(value, $0)) }
        }
        return switch selection {
        case .subject(let subject): [(TableLayout.bySubject, TableLayout.subject(subject))]
        case .function(let function): shards(TableLayout.byFunction, function.name)
        case .problem(let problem): shards(TableLayout.byProblem, problem.rawValue)
        case .verdict(let verdict): shards(TableLayout.byVerdict, verdict)
        }
    }

    /// The scans with the next pages of those that have nothing left and are not at their ends.
    private func refilled(_ scans: [IndexScan], atLeast count: Int) async throws -> [IndexScan] {
        guard scans.contains(where: { $0.found.isEmpty && !$0.isAtEnd }) else { return scans }
        let results = await concurrently(scans, atOnce: store.calls.concurrency) { scan -> Result<IndexScan, any Error> in
            var scan = scan
            do {
                while scan.found.isEmpty, !scan.isAtEnd { try await scan.read(count, store) }
                return .success(scan)
            } catch {
                return .failure(error)
            }
        }
        return try results.map { try $0.get() }
    }

    /// The rows of an index's items. Where the index does not have all of a row, the row is got from the table; one that is gone or has expired
    /// is absent.
    private func rows(of items: [AttributeMap]) async throws -> [EventRow?] {
        let results = await concurrently(items, atOnce: store.calls.concurrency) { item -> Result<EventRow?, any Error> in
            do {
                if item["payload"] != nil || item[StoredText.reference("payload")] != nil { return .success(try await row(item)) }
                guard let id = item[TableLayout.id], let name = item[TableLayout.name] else { return .success(nil) }
                let request = DynamoDB.GetItemRequest(table: store.table, key: [TableLayout.id: id, TableLayout.name: name])
                let whole = try await calling { dynamoDB, deadline throws(AWSError) in try await dynamoDB.getItem(request, deadline: deadline).item }
                guard let whole else { return .success(nil) }
                return .success(try await row(whole))
            } catch {
                return .failure(error)
            }
        }
        return try results.map { try $0.get() }
    }

    // MARK: Items

    /// All pages of a query.
    func items(_ request: DynamoDB.QueryRequest) async throws -> [AttributeMap] {
        var request = request
        var items: [AttributeMap] = []
        repeat {
            let page = try await calling { [request] dynamoDB, deadline throws(AWSError) in try await dynamoDB.query(request, deadline: deadline) }
            items += page.items
            request.startKey = page.lastKey
        } while request.startKey != nil
        return items
    }

    func calling<Value>(
        _ body: (DynamoDB, ContinuousClock.Instant) async throws(AWSError) -> Value
    ) async throws(EventStoreError) -> Value {
        do throws(AWSError) {
            return try await body(store.dynamoDB, .now + store.calls.timeout)
        } catch {
            throw store.failure(error)
        }
    }

    /// The compressed bytes that an attribute or its parts hold; absent where neither is there, or not all parts are: these may have expired, and
    /// what else the row tells is still true.
    func compressed(_ name: String, of id: String, in item: AttributeMap) async throws -> [UInt8]? {
        if let bytes = item[name]?.binaryValue { return bytes }
        guard let reference = item[StoredText.reference(name)]?.stringValue else { return nil }
        guard let (hash, count) = StoredText.parse(reference: reference) else {
            throw EventStoreError(.notAnEventTable, "dynamodb:\(store.table): “\(reference)” tells no parts")
        }
        var writer = ExpressionWriter()
        let partition = "\(writer.name(TableLayout.id)) = \(writer.value(.string(StoredText.partition(name, of: id))))"
        let condition = "\(partition) AND begins_with(\(writer.name(TableLayout.name)), \(writer.value(.string(hash + "#"))))"
        let parts = try await items(.init(table: store.table, keyCondition: condition, parts: writer.parts, isConsistent: true))
        guard parts.count == count else { return nil }
        return parts.flatMap { $0["data"]?.binaryValue ?? [] }
    }

    /// A text however it is kept.
    private func text(_ name: String, of id: String, in item: AttributeMap) async throws -> String? {
        switch item[name] {
        case .string(let text): return text
        case nil, .binary:
            guard let bytes = try await compressed(name, of: id, in: item) else { return nil }
            do throws(Gzip.Failure) {
                return String(decoding: try Gzip.decompress(bytes, limit: StoredText.mostWhenRead), as: UTF8.self)
            } catch {
                throw EventStoreError(.notAnEventTable, "dynamodb:\(store.table): \(name) of \(id): \(error)")
            }
        case .some(let value): return JSONValue(plain: value).text
        }
    }

    /// An item as a row; absent where it has expired.
    private func row(_ item: AttributeMap) async throws -> EventRow? {
        if let expiry = item[TableLayout.expiry]?.intValue, Int64(expiry) <= store.now() { return nil }
        guard let id = item[TableLayout.id]?.stringValue, let name = item[TableLayout.name]?.stringValue else {
            throw EventStoreError(.notAnEventTable, "dynamodb:\(store.table): a row without \(TableLayout.id) and \(TableLayout.name)")
        }
        // What stands beside the rows under keys of its own is no row: parts, log chunks, verdicts of the past, reruns.
        if item["data"] != nil || ["log", "verdict", "rerun"].contains(item["kind"]?.stringValue) { return nil }
        // Rows of before this program have no kind: they are executions.
        let kindText = item["kind"]?.stringValue ?? EventKind.invocation.rawValue
        let key = EventKey(id: id, name: name)
        if kindText == EventKind.invocation.rawValue {
            var invocation = Invocation(item, key)
            invocation.params = try await text("params", of: id, in: item)
            invocation.response = try await text("response", of: id, in: item)
            invocation.source = try await text("source", of: id, in: item)
            invocation.functionError = try await text("function_error", of: id, in: item)
            return .invocation(invocation)
        }
        guard let kind = EventEntry.Kind(rawValue: kindText) else {
            throw EventStoreError(.notAnEventTable, "dynamodb:\(store.table): a row of kind “\(kindText)” is not known to this version of Sluice")
        }
        var entry = EventEntry(
            key: key, kind: kind, sort: item[TableLayout.sort]?.stringValue ?? SortKey.text(time: nil, id: id),
            payload: try await text("payload", of: id, in: item) ?? JSONValue.object([
                JSONMember(name: "kind", value: .string(kindText)), JSONMember(name: "id", value: .string(id)),
            ]).text)
        entry.operation = item["op"]?.stringValue
        entry.keys = try await text("keys", of: id, in: item)
        entry.changed = try await text("changed", of: id, in: item)
        entry.causedBy = item["caused_by"]?.stringValue
        entry.expiresAt = item[TableLayout.expiry]?.intValue.map(Int64.init)
        entry.subject = item["subject"]?.stringValue
        // A hash stands for keys that are too long for an index; the row has them.
        if let keys = entry.keys, let subject = entry.subject, subject.contains("#sha256:") { entry.subject = "\(subject.prefix { $0 != "#" })#\(keys)" }
        return .entry(entry)
    }
}

/// Where a row stands in a listing.
struct SortPlace: Sendable, Hashable {
    let sort: String
    let key: EventKey

    init(sort: String, key: EventKey) {
        self.sort = sort
        self.key = key
    }

    init(_ row: EventRow) { self.init(sort: row.sort, key: row.key) }

    func precedes(_ other: SortPlace) -> Bool {
        for (a, b) in [(sort, other.sort), (key.id, other.key.id), (key.name, other.key.name)] where !a.utf8.elementsEqual(b.utf8) {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return false
    }
}

#endif
