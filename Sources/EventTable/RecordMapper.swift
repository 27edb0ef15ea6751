// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
public import StreamRecords

/// Turns records into what is written into the event table. Every sink that keeps the table uses it, whatever its store.
///
/// Of an exception in Python the log tells no request id. Such a line belongs to the execution that the stream named last, so the mapper
/// remembers that one for each stream: use one mapper for all records, and give it the records of a stream in order.
public struct RecordMapper: Sendable {
    /// The execution that is under way in each stream.
    private var underWay: [LogLine.Stream: EventKey] = [:]

    /// How many streams are remembered. Where there are more, all are forgotten: lines that name their execution never need this.
    private static let mostStreams = 10_000

    /// How long rows are kept after the time that they tell of, in seconds; absent: for ever. Counted from the records' own times, so that
    /// the same records always give the same rows.
    private let retention: Int64?

    /// The attribute that names the execution which caused a change: in the item, in a message's body or in an event's detail.
    private let causeAttribute: String?

    public init(retention: Int64? = nil, causeAttribute: String? = nil) {
        self.retention = retention
        self.causeAttribute = causeAttribute
    }

    /// Appends what a record has to say. The first write is the record itself; its answer tells whether the record was there.
    public mutating func map(_ record: Record, into writes: inout [EventWrite]) {
        switch record.kind {
        case .change: writes.append(.put(change(record)))
        case .message: writes.append(.put(naming("body", entry(record, .message, name: record.queue))))
        case .event: writes.append(.put(naming("detail", entry(record, .event, name: record.bus ?? record.eventSource))))
        case .log: log(record, into: &writes)
        }
    }

    // MARK: Changes, messages, events

    private func change(_ record: Record) -> EventEntry {
        var entry = entry(record, .change, name: record.table)
        entry.operation = record.operation?.rawValue
        // The subject is the table's name, which has no #, and behind a # the keys.
        if let subject = record.subject, let mark = subject.utf8.firstIndex(of: UInt8(ascii: "#")) {
            let keys = String(subject[subject.utf8.index(after: mark)...])
            entry.keys = keys
            entry.subject = "\(entry.key.name)#\(keys)"
        }
        if record.operation == .modify { entry.changed = Self.changedNames(in: entry.payload) }
        return entry
    }

    /// Puts what tells the `table` and the `keys` of an item into that item's history: a change that was sent on in the plain envelope does, and
    /// whatever an application sends in the same form.
    private func naming(_ content: String, _ entry: EventEntry) -> EventEntry {
        guard let document = try? JSONDocument(entry.payload) else { return entry }
        let root = document.view(document.root)
        guard let content = root.member(named: content), content.kind == .object, let table = content.member("table")?.string,
            let keys = content.member("keys"), keys.kind == .object
        else { return entry }
        guard let subject = Subject(table: table, keys: JSONValue(keys)) else { return entry }
        var entry = entry
        entry.subject = subject.candidates.first
        entry.keys = entry.subject.map { String($0.dropFirst(table.count + 1)) }
        entry.operation = content.member("op")?.string
        return entry
    }

    private func entry(_ record: Record, _ kind: EventEntry.Kind, name: String?) -> EventEntry {
        let id = record.idText
        var payload = JSONWriter()
        record.write(.plain, into: &payload)
        let text = String(decoding: payload.array, as: UTF8.self)
        return EventEntry(
            key: EventKey(id: id, name: name ?? Self.unknownName), kind: kind,
            sort: SortKey.text(time: record.time, sequenceNumber: record.sequenceNumber, id: id), payload: text,
            causedBy: causeAttribute.flatMap { Self.cause($0, in: text) }, expiresAt: record.time.flatMap(expiry))
    }

    /// The execution that a record in the plain envelope names: of a change the new image tells it, and the old one where there is no new one.
    private static func cause(_ attribute: String, in payload: String) -> String? {
        guard let document = try? JSONDocument(payload) else { return nil }
        let root = document.view(document.root)
        for place in ["new", "old", "body", "detail"] {
            guard let part = root.member(named: place), part.kind == .object else { continue }
            return part.member(named: attribute)?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        return nil
    }

    /// When what happened at a time may go.
    private func expiry(of time: Timestamp) -> Int64? {
        guard let retention else { return nil }
        let (sum, overflow) = (time.milliseconds / 1000).addingReportingOverflow(retention)
        return overflow ? nil : sum
    }

    /// Stands for the table, queue or bus that a record does not tell: a key must not be empty.
    static let unknownName = "unknown"

    /// The member `changed` of a change in the plain envelope: finding it there is cheaper than comparing the images again.
    private static func changedNames(in payload: String) -> String? {
        guard let document = try? JSONDocument(payload) else { return nil }
        guard let names = document.view(document.root).member("changed") else { return nil }
        var text = JSONWriter()
        text.copy(names)
        return String(decoding: text.array, as: UTF8.self)
    }

    // MARK: Log lines

    private mutating func log(_ record: Record, into writes: inout [EventWrite]) {
        let stream = Self.stream(of: record)
        let message = record.message ?? ""
        let lambda = LambdaLogLine(message, group: stream.group, stream: stream.name)
        let time = record.time ?? Timestamp(milliseconds: 0)
        writes.append(
            .line(LogLine(stream: stream, time: time, id: record.idText, requestID: lambda.requestID, message: message, expiresAt: expiry(of: time))))
        guard let function = lambda.function else { return }
        let key: EventKey
        if let requestID = lambda.requestID {
            key = EventKey(requestID: requestID, function: FunctionName(function))
            note(key, isUnderWay: lambda.kind == .start || lambda.kind == .message, in: stream)
        } else {
            guard lambda.isFailure, let current = underWay[stream] else { return }
            key = current
        }
        var facts = Self.facts(key, at: time, lambda, qualifier: Self.version(in: stream.name))
        facts.logMinutes = [LogMinute(stream: stream, at: time)]
        facts.expiresAt = expiry(of: time)
        writes.append(.note(facts))
    }

    private static func stream(of record: Record) -> LogLine.Stream {
        let source = record.source
        return LogLine.Stream(account: source.account ?? "", group: source.name, name: source.logStream ?? "")
    }

    /// Forgets what a log record's stream has told since an earlier mapper: its records come again.
    mutating func goBack(in record: Record, to earlier: RecordMapper) {
        let stream = Self.stream(of: record)
        underWay[stream] = earlier.underWay[stream]
    }

    private mutating func note(_ key: EventKey, isUnderWay: Bool, in stream: LogLine.Stream) {
        guard isUnderWay else {
            underWay[stream] = nil
            return
        }
        if underWay.count >= Self.mostStreams, underWay[stream] == nil { underWay.removeAll(keepingCapacity: true) }
        underWay[stream] = key
    }

    private static func facts(_ key: EventKey, at time: Timestamp, _ line: LambdaLogLine, qualifier: String?) -> Invocation {
        var facts = Invocation(key: key, seen: time)
        facts.qualifier = qualifier
        if let report = line.report {
            facts.report = Invocation.Report(
                at: time, durationMS: report.duration, billedMS: report.billedDuration, initMS: report.initDuration,
                memoryMB: report.memorySize, maxMemoryMB: report.maxMemoryUsed, status: report.status)
        }
        if line.isFailure {
            facts.failure = Invocation.Failure(
                line.isTimeout ? .timeout : .error, at: time, errorType: line.errorType ?? line.report?.errorType,
                errorMessage: line.errorMessage)
        }
        return facts
    }

    /// The version that a stream's name tells: `2026/11/20/[$LATEST]0123…`.
    private static func version(in stream: String) -> String? {
        let bytes = stream.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "[")), let close = bytes[open...].firstIndex(of: UInt8(ascii: "]")) else {
            return nil
        }
        let version = stream[bytes.index(after: open)..<close]
        return version.isEmpty ? nil : String(version)
    }
}
