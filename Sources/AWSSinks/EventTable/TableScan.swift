// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// Reads the whole table, in parts that are read at the same time, for what no index tells.
struct TableScan: Sendable {
    let reader: EventReader

    private var store: DynamoDBEventStore { reader.store }

    /// What the statistics are made of. Of texts only whether they are there counts; DynamoDB bills whole items either way.
    private static let attributes = [
        TableLayout.id, TableLayout.name, TableLayout.sort, TableLayout.expiry, "kind", "op", "report_at", "duration_ms", "billed_ms", "init_ms",
        "memory_mb", "max_memory_mb", "problem", "problem_at", "error_type", "function_error", StoredText.reference("function_error"), "response",
        StoredText.reference("response"),
    ]

    func statistics(_ range: TimeRange) async throws -> EventStatistics {
        let segments = max(1, store.calls.concurrency)
        let tallies = await concurrently(Array(0..<segments), atOnce: segments) { segment -> Result<EventTally, any Error> in
            do {
                return .success(try await tally(segment, of: segments, range))
            } catch {
                return .failure(error)
            }
        }
        var whole = EventTally()
        for tally in tallies { whole.add(try tally.get()) }
        return whole.statistics
    }

    private func tally(_ segment: Int, of segments: Int, _ range: TimeRange) async throws -> EventTally {
        var writer = ExpressionWriter()
        let projection = Self.attributes.map { writer.name($0) }.joined(separator: ", ")
        // What is too large for a row is no row, and is not sent.
        let filter = "attribute_not_exists(\(writer.name("data")))"
        var request = DynamoDB.ScanRequest(
            table: store.table, filter: filter, projection: projection, parts: writer.parts, segment: segment, segments: segments)
        var tally = EventTally()
        let now = Timestamp(milliseconds: store.now() * 1000)
        repeat {
            let page = try await reader.calling { [request] dynamoDB, deadline throws(AWSError) in try await dynamoDB.scan(request, deadline: deadline) }
            for item in page.items where isWithin(range, item) { add(item, to: &tally, at: now) }
            request.startKey = page.lastKey
        } while request.startKey != nil
        return tally
    }

    /// Whether its time lies in the range, and it has not expired.
    private func isWithin(_ range: TimeRange, _ item: AttributeMap) -> Bool {
        if let expiry = item[TableLayout.expiry]?.intValue, Int64(expiry) <= store.now() { return false }
        // Rows of before this program have no time.
        guard let sort = item[TableLayout.sort]?.stringValue else { return range == .all }
        if let from = range.from?.description, sort.utf8.lexicographicallyPrecedes(from.utf8) { return false }
        if let until = range.until?.description, !sort.utf8.lexicographicallyPrecedes(until.utf8) { return false }
        return true
    }

    private func add(_ item: AttributeMap, to tally: inout EventTally, at now: Timestamp) {
        guard let id = item[TableLayout.id]?.stringValue, let name = item[TableLayout.name]?.stringValue else { return }
        let kind = item["kind"]?.stringValue ?? EventKind.invocation.rawValue
        if let kind = EventEntry.Kind(rawValue: kind) {
            tally.add(kind, name: name, operation: item["op"]?.stringValue)
        } else if kind == EventKind.invocation.rawValue {
            var invocation = Invocation(item, EventKey(id: id, name: name))
            func isThere(_ text: String) -> Bool { item[text] != nil || item[StoredText.reference(text)] != nil }
            if isThere("function_error") { invocation.functionError = "" }
            if isThere("response") { invocation.response = "" }
            tally.add(invocation, at: now)
        }
    }
}

#endif
