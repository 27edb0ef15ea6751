// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// Reads the log lines of an execution: the chunks of the streams and minutes that its row names.
struct LogReader: Sendable {
    let reader: EventReader

    func lines(requestID: String, limit: Int) async throws -> LogLinePage {
        var minutes: [LogLine.Stream: (first: LogMinute, last: LogMinute)] = [:]
        for case .invocation(let invocation) in try await reader.rows(id: requestID) {
            for minute in invocation.logMinutes {
                guard let known = minutes[minute.stream] else {
                    minutes[minute.stream] = (minute, minute)
                    continue
                }
                minutes[minute.stream] = (
                    minute.minute < known.first.minute ? minute : known.first, minute.minute > known.last.minute ? minute : known.last
                )
            }
        }
        var lines: [LogLine] = []
        for (stream, range) in minutes {
            lines += Self.select(
                try await self.lines(of: stream, from: range.first.start.milliseconds, to: range.last.start.milliseconds + 60_000), requestID)
        }
        lines.sort { a, b in
            if a.time != b.time { return a.time < b.time }
            for (a, b) in [(a.stream.group, b.stream.group), (a.stream.name, b.stream.name), (a.id, b.id)] where !a.utf8.elementsEqual(b.utf8) {
                return a.utf8.lexicographicallyPrecedes(b.utf8)
            }
            return false
        }
        let limit = max(0, limit)
        return LogLinePage(lines: Array(lines.prefix(limit)), isComplete: lines.count <= limit)
    }

    /// The lines of a stream around an execution, in order, each once.
    private func lines(of stream: LogLine.Stream, from: Int64, to: Int64) async throws -> [LogLine] {
        // Lines without the id may follow those that name it, for as long as an execution can take; a chunk that they are in may end later by
        // as much as a chunk can span.
        let end = to + Invocation.longest
        let partition = LogChunk.partition(stream)
        var writer = ExpressionWriter()
        let first = LogChunk.digits(Timestamp(milliseconds: from))
        let last = LogChunk.digits(Timestamp(milliseconds: end + LogChunk.longestSpan)) + "$"
        let condition =
            "\(writer.name(TableLayout.id)) = \(writer.value(.string(partition))) AND \(writer.name(TableLayout.name)) BETWEEN "
            + "\(writer.value(.string(first))) AND \(writer.value(.string(last)))"
        let filter = "\(writer.name("first_ms")) <= \(writer.value(.number(DynamoDBNumber(end))))"
        var lines: [LogLine] = []
        let request = DynamoDB.QueryRequest(
            table: reader.store.table, keyCondition: condition, filter: filter, parts: writer.parts, isConsistent: true)
        for item in try await reader.items(request) {
            if let expiry = item[TableLayout.expiry]?.intValue, Int64(expiry) <= reader.store.now() { continue }
            let bytes = try await reader.compressed("lines", of: "log#sha256:" + Digest.hexadecimal(partition), in: item)
            // Its parts have expired.
            if bytes == nil, item[StoredText.reference("lines")] != nil { continue }
            guard let bytes, let text = try? Gzip.decompress(bytes, limit: StoredText.mostWhenRead), let some = LogChunk.lines(text, of: stream)
            else { throw EventStoreError(.notAnEventTable, "dynamodb:\(reader.store.table): the lines of a row of \(partition) cannot be read") }
            lines += some
        }
        lines.sort { $0.precedes($1) }
        var distinct: [LogLine] = []
        for line in lines where distinct.last?.isSame(as: line) != true { distinct.append(line) }
        return distinct
    }

    /// Those of a stream's lines that belong to an execution.
    private static func select(_ lines: [LogLine], _ requestID: String) -> [LogLine] {
        guard let first = lines.firstIndex(where: { $0.requestID == requestID }), let last = lines.lastIndex(where: { $0.requestID == requestID }) else {
            return []
        }
        let end = lines[last].time.milliseconds + Invocation.longest
        var execution = ExecutionLines(of: requestID)
        var selected: [LogLine] = []
        // Lines of the first one's millisecond come before it by their ids only; they have no open execution, and are not taken.
        for (place, line) in lines[first...].enumerated() where line.time.milliseconds <= end {
            if execution.take(line) {
                selected.append(line)
            } else if first + place > last, !execution.isOpen {
                break
            }
        }
        return selected
    }
}

#endif
