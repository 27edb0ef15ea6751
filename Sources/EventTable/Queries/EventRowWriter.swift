// SPDX-License-Identifier: Apache-2.0

public import JSONTape
public import StreamRecords

/// Writes rows as JSON objects. Names are those of the table's columns; what is not known is absent.
///
/// A change, a message or an event is the record in the plain envelope, as it was received, with `caused_by` behind it where that is known.
public struct EventRowWriter: Sendable {
    /// How numbers in items, params and responses are written. DynamoDB's numbers have up to 38 digits, which many programs cannot read.
    public enum Numbers: String, Sendable, Hashable, CaseIterable, Decodable {
        /// Digit for digit.
        case exact
        /// As the nearest double; what is too large for one becomes a string.
        case double
        /// In quotes, digit for digit.
        case string
    }

    private let numbers: Numbers
    private let now: Timestamp

    /// - Parameter now: the time at which an execution's status is told.
    public init(numbers: Numbers = .exact, now: Timestamp) {
        self.numbers = numbers
        self.now = now
    }

    /// Writes a row.
    /// - Parameter lines: an execution's log lines; absent where they were not asked for.
    public func write(_ row: EventRow, lines: LogLinePage? = nil, into writer: inout JSONWriter) {
        switch row {
        case .entry(let entry): write(entry, into: &writer)
        case .invocation(let invocation): write(invocation, lines: lines, into: &writer)
        }
    }

    /// The text of a row.
    public func text(_ row: EventRow, lines: LogLinePage? = nil) -> String {
        var writer = JSONWriter()
        write(row, lines: lines, into: &writer)
        return String(decoding: writer.array, as: UTF8.self)
    }

    private func write(_ entry: EventEntry, into writer: inout JSONWriter) {
        guard let causedBy = entry.causedBy, entry.payload.utf8.count > 2, entry.payload.utf8.last == UInt8(ascii: "}") else {
            return json(entry.payload, into: &writer)
        }
        var text = entry.payload
        text.removeLast()
        json(text + ",\"caused_by\":" + JSONValue.string(causedBy).text + "}", into: &writer)
    }

    private func write(_ invocation: Invocation, lines page: LogLinePage?, into writer: inout JSONWriter) {
        writer.write(raw: #"{"kind":"invocation""#)
        func add(_ name: StaticString, _ text: String?, into writer: inout JSONWriter) {
            guard let text else { return }
            writer.write(raw: name)
            writer.write(string: text)
        }
        func add(_ name: StaticString, _ number: Double?, into writer: inout JSONWriter) {
            guard let number, number.isFinite else { return }
            writer.write(raw: name)
            writer.write(raw: Int64(exactly: number).map(String.init) ?? "\(number)")
        }
        add(",\"id\":", invocation.key.id, into: &writer)
        add(",\"function\":", invocation.key.name, into: &writer)
        add(",\"qualifier\":", invocation.qualifier, into: &writer)
        add(",\"time\":", invocation.time?.description, into: &writer)
        add(",\"status\":", invocation.status(at: now).rawValue, into: &writer)
        if let report = invocation.report {
            add(",\"report_at\":", report.at.description, into: &writer)
            add(",\"duration_ms\":", report.durationMS, into: &writer)
            add(",\"billed_ms\":", report.billedMS, into: &writer)
            add(",\"init_ms\":", report.initMS, into: &writer)
            add(",\"memory_mb\":", report.memoryMB.map(Double.init), into: &writer)
            add(",\"max_memory_mb\":", report.maxMemoryMB.map(Double.init), into: &writer)
            add(",\"report_status\":", report.status, into: &writer)
        }
        if let failure = invocation.failure {
            add(",\"problem\":", failure.problem.rawValue, into: &writer)
            add(",\"problem_at\":", failure.at.description, into: &writer)
            add(",\"error_type\":", failure.errorType, into: &writer)
            add(",\"error_message\":", failure.errorMessage, into: &writer)
        }
        add(",\"function_error\":", invocation.functionError, into: &writer)
        add(",\"source\":", invocation.source, into: &writer)
        if let params = invocation.params {
            writer.write(raw: ",\"params\":")
            json(params, into: &writer)
        }
        if let response = invocation.response {
            writer.write(raw: ",\"response\":")
            json(response, into: &writer)
        }
        if let verdict = invocation.verdict {
            add(",\"validity\":", verdict.validity, into: &writer)
            add(",\"validity_by\":", verdict.by, into: &writer)
            add(",\"validity_at\":", verdict.at, into: &writer)
            add(",\"validity_note\":", verdict.note, into: &writer)
        }
        if let page { write(page, into: &writer) }
        writer.write(byte: UInt8(ascii: "}"))
    }

    private func write(_ page: LogLinePage, into writer: inout JSONWriter) {
        writer.write(raw: ",\"lines\":[")
        for (place, line) in page.lines.enumerated() {
            writer.write(raw: place > 0 ? ",{\"time\":" : "{\"time\":")
            writer.write(string: line.time.description)
            for (name, text) in [
                (",\"id\":", line.id), (",\"group\":", line.stream.group), (",\"stream\":", line.stream.name), (",\"message\":", line.message),
            ] {
                writer.write(raw: name)
                writer.write(string: text)
            }
            writer.write(byte: UInt8(ascii: "}"))
        }
        writer.write(raw: page.isComplete ? "]" : "],\"more_lines\":true")
    }

    /// What was kept as JSON text, as JSON; a text that is none, which other programs may have left in a table, as a string.
    private func json(_ text: String, into writer: inout JSONWriter) {
        if numbers == .exact {
            if (try? JSONDocument(text)) != nil { writer.write(raw: text) } else { writer.write(string: text) }
            return
        }
        guard let value = try? JSONValue(parsing: text) else { return writer.write(string: text) }
        converted(value).write(into: &writer)
    }

    private func converted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): return .object(members.map { JSONMember(name: $0.name, value: converted($0.value)) })
        case .array(let values): return .array(values.map(converted))
        case .number(let digits):
            guard numbers == .double, let double = Double(digits), double.isFinite else { return .string(digits) }
            return .number(Int64(exactly: double).map(String.init) ?? "\(double)")
        default: return value
        }
    }
}
