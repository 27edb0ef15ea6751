// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import JSONTape
internal import StreamRecords

/// Log lines of one stream that follow each other, compressed into one row.
///
/// The key of the row tells the time and id of the last line, the id of the first, and a hash of what is between, so the same lines give the same
/// row. Lines that came in different company stand in several chunks; readers drop the doubles by their ids.
struct LogChunk: Sendable {
    let head: AttributeMap
    let parts: [AttributeMap]
    /// The places of its lines among all writes.
    let writes: [Int]

    /// The most bytes of compressed lines in a chunk's own row.
    static let mostBytes = 300 << 10
    /// The most bytes of lines before they are compressed.
    static let mostLineBytes = 4 << 20
    /// Between the first and the last line of a chunk there is no more than this, so that a range of time can be read by the last lines' times.
    static let longestSpan: Int64 = 15 * 60 * 1000

    /// Chunks for the lines among some writes.
    static func chunks(of writes: [(index: Int, line: LogLine)]) throws(Gzip.Failure) -> [LogChunk] {
        var streams: [LogLine.Stream: [(index: Int, line: LogLine)]] = [:]
        var order: [LogLine.Stream] = []
        for write in writes {
            if streams[write.line.stream] == nil { order.append(write.line.stream) }
            streams[write.line.stream, default: []].append(write)
        }
        var chunks: [LogChunk] = []
        for stream in order {
            let lines = (streams[stream] ?? []).sorted { $0.line.precedes($1.line) }
            var start = 0
            var bytes = 0
            for (place, write) in lines.enumerated() {
                let isApart = write.line.time.milliseconds.subtractingReportingOverflow(lines[start].line.time.milliseconds)
                if place > start, isApart.overflow || isApart.partialValue > longestSpan || bytes + write.line.message.utf8.count > mostLineBytes {
                    try append(lines[start..<place], of: stream, to: &chunks)
                    start = place
                    bytes = 0
                }
                bytes += write.line.message.utf8.count
            }
            try append(lines[start...], of: stream, to: &chunks)
        }
        return chunks
    }

    /// Appends one chunk, or, where the lines are too many, several.
    private static func append(
        _ lines: ArraySlice<(index: Int, line: LogLine)>, of stream: LogLine.Stream, to chunks: inout [LogChunk]
    ) throws(Gzip.Failure) {
        guard let first = lines.first?.line, let last = lines.last?.line else { return }
        var distinct: [LogLine] = []
        for (_, line) in lines where distinct.last?.isSame(as: line) != true { distinct.append(line) }
        let compressed = try Gzip.compress(Array(text(distinct).utf8))
        if compressed.count > mostBytes, distinct.count > 1 {
            let middle = lines.startIndex + lines.count / 2
            try append(lines[..<middle], of: stream, to: &chunks)
            try append(lines[middle...], of: stream, to: &chunks)
            return
        }
        let partition = partition(stream)
        let hash = Digest.hexadecimal(distinct.map(\.id).joined(separator: "\0"), bytes: 8)
        var place = "\(digits(last.time))#\(last.id)#\(first.id)#\(hash)"
        if place.utf8.count > TableLayout.longestSortKey { place = "\(digits(last.time))#sha256:\(Digest.hexadecimal(place))" }
        let expiresAt = lines.compactMap(\.line.expiresAt).max()
        var head: AttributeMap = [
            TableLayout.id: .string(partition), TableLayout.name: .string(place), "kind": .string(EventKind.log.rawValue),
            "first_ms": .number(DynamoDBNumber(first.time.milliseconds)),
        ]
        if let expiresAt { head[TableLayout.expiry] = .number(DynamoDBNumber(expiresAt)) }
        let stored = StoredText(
            compressed: compressed, as: "lines", of: "log#sha256:" + Digest.hexadecimal(partition), expiresAt: expiresAt, mostInHead: mostBytes)
        head[stored.attribute.name] = stored.attribute.value
        chunks.append(LogChunk(head: head, parts: stored.parts, writes: lines.map(\.index)))
    }

    // MARK: Keys

    /// The partition of a stream: `log#account#group#stream`, or a hash of it where that is too long.
    static func partition(_ stream: LogLine.Stream) -> String {
        let text = "log#\(stream.account)#\(stream.group)#\(stream.name)"
        guard text.utf8.count > TableLayout.longestPartitionKey else { return text }
        return "log#sha256:" + Digest.hexadecimal(TextList.json([stream.account, stream.group, stream.name]))
    }

    /// Thirteen digits and more, so that text order is order in time.
    static func digits(_ time: Timestamp) -> String {
        let digits = String(max(0, time.milliseconds))
        return String(repeating: "0", count: max(0, 13 - digits.utf8.count)) + digits
    }

    // MARK: Lines

    /// JSON lines.
    private static func text(_ lines: [LogLine]) -> String {
        var text = ""
        for line in lines {
            var members = [
                JSONMember(name: "ms", value: .number(String(line.time.milliseconds))), JSONMember(name: "id", value: .string(line.id)),
            ]
            if let requestID = line.requestID { members.append(JSONMember(name: "request_id", value: .string(requestID))) }
            members.append(JSONMember(name: "message", value: .string(line.message)))
            text += JSONValue.object(members).text + "\n"
        }
        return text
    }

    /// The lines of a chunk; absent where these are none.
    static func lines(_ bytes: [UInt8], of stream: LogLine.Stream) -> [LogLine]? {
        var lines: [LogLine] = []
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let value = try? JSONValue(parsing: text), case .number(let digits)? = value["ms"], let ms = Int64(digits),
                let id = value["id"]?.stringValue, let message = value["message"]?.stringValue
            else { return nil }
            lines.append(
                LogLine(
                    stream: stream, time: Timestamp(milliseconds: ms), id: id, requestID: value["request_id"]?.stringValue, message: message))
        }
        return lines
    }
}

extension LogLine {
    /// Order within a stream: by time, then by id.
    func precedes(_ other: LogLine) -> Bool {
        time != other.time ? time < other.time : id.utf8.lexicographicallyPrecedes(other.id.utf8)
    }

    /// Both are one line, which was told twice.
    func isSame(as other: LogLine) -> Bool { time == other.time && id.utf8.elementsEqual(other.id.utf8) }
}

#endif
