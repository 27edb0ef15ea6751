// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import FoundationEssentials
import GRDB
import StreamRecords

/// The columns of a row, called as they are in the table, in the order in which they are selected: a value is found by its column's place, since
/// GRDB's search by name costs more than the query.
enum EventColumn: Int, CaseIterable {
    case aws_request_id, FunctionName, sort, op, qualifier, source, caused_by, function_error, report_status, error_type, error_message
    case validity_by, validity_note
    case kind, subject, report_at, duration_ms, billed_ms, init_ms, memory_mb, max_memory_mb, problem, problem_at, validity, validity_at
    case expires_at, keys, changed, params, response, payload

    /// Whether the text may hold a NUL, so that it is selected as bytes.
    var mayHoldNUL: Bool { rawValue <= Self.validity_note.rawValue }

    /// What stands behind `SELECT`.
    static let list = allCases.map { $0.mayHoldNUL ? "CAST(\($0) AS BLOB) AS \($0)" : "\($0)" }.joined(separator: ", ")
}

/// A row as it is selected with ``EventColumn/list``.
struct SQLiteRow {
    private let row: Row

    init(_ row: Row) { self.row = row }

    private subscript(text column: EventColumn) -> String? {
        guard column.mayHoldNUL else { return row[column.rawValue] }
        guard let data: Data = row[column.rawValue] else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private subscript(number column: EventColumn) -> Double? { row[column.rawValue] }

    private subscript(whole column: EventColumn) -> Int64? { row[column.rawValue] }

    private subscript(time column: EventColumn) -> Timestamp? { self[text: column].flatMap { Timestamp(iso8601: $0) } }

    func eventRow() throws(EventStoreError) -> EventRow {
        let key = EventKey(id: self[text: .aws_request_id] ?? "", name: self[text: .FunctionName] ?? "")
        let kind = self[text: .kind] ?? ""
        if kind == EventKind.invocation.rawValue { return .invocation(invocation(key)) }
        guard let kind = EventEntry.Kind(rawValue: kind) else {
            throw EventStoreError(.notAnEventTable, "a row of kind “\(kind)” is not known to this version of Sluice")
        }
        return .entry(
            EventEntry(
                key: key, kind: kind, sort: self[text: .sort] ?? "", operation: self[text: .op], subject: self[text: .subject],
                keys: self[text: .keys], changed: self[text: .changed], payload: self[text: .payload] ?? "{}",
                causedBy: self[text: .caused_by], expiresAt: self[whole: .expires_at]))
    }

    private func invocation(_ key: EventKey) -> Invocation {
        var invocation = Invocation(key: key, sort: self[text: .sort] ?? "")
        invocation.qualifier = self[text: .qualifier]
        invocation.params = self[text: .params]
        invocation.response = self[text: .response]
        invocation.source = self[text: .source]
        invocation.functionError = self[text: .function_error]
        invocation.expiresAt = self[whole: .expires_at]
        if let at = self[time: .report_at] {
            invocation.report = Invocation.Report(
                at: at, durationMS: self[number: .duration_ms], billedMS: self[number: .billed_ms], initMS: self[number: .init_ms],
                memoryMB: self[whole: .memory_mb].map(Int.init), maxMemoryMB: self[whole: .max_memory_mb].map(Int.init),
                status: self[text: .report_status])
        }
        if let problem = self[text: .problem].flatMap(Invocation.Problem.init), let at = self[time: .problem_at] {
            invocation.failure = Invocation.Failure(problem, at: at, errorType: self[text: .error_type], errorMessage: self[text: .error_message])
        }
        if let validity = self[text: .validity] {
            invocation.verdict = Invocation.Verdict(
                validity: validity, by: self[text: .validity_by], at: self[text: .validity_at], note: self[text: .validity_note])
        }
        return invocation
    }
}

#endif
