// SPDX-License-Identifier: Apache-2.0

import EventTable
import JSONTape
import StreamRecords

/// An execution as one JSON object. The names are those of the table's columns; what is not known is absent.
enum ExecutionJSON {
    static func line(_ invocation: Invocation, _ page: LogLinePage, now: Timestamp) -> String {
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONMember(name: name, value: value)) }
        }
        func add(_ name: String, text: String?) { add(name, text.map(JSONValue.string)) }
        func add(_ name: String, number: Double?) { add(name, number.map(jsonNumber)) }
        add("kind", text: "invocation")
        add("id", text: invocation.key.id)
        add("function", text: invocation.key.name)
        add("qualifier", text: invocation.qualifier)
        add("time", text: invocation.time?.description)
        add("status", text: invocation.status(at: now).rawValue)
        if let report = invocation.report {
            add("report_at", text: report.at.description)
            add("duration_ms", number: report.durationMS)
            add("billed_ms", number: report.billedMS)
            add("init_ms", number: report.initMS)
            add("memory_mb", number: report.memoryMB.map(Double.init))
            add("max_memory_mb", number: report.maxMemoryMB.map(Double.init))
            add("report_status", text: report.status)
        }
        if let failure = invocation.failure {
            add("problem", text: failure.problem.rawValue)
            add("problem_at", text: failure.at.description)
            add("error_type", text: failure.errorType)
            add("error_message", text: failure.errorMessage)
        }
        add("function_error", text: invocation.functionError)
        add("source", text: invocation.source)
        add("params", invocation.params.map(json))
        add("response", invocation.response.map(json))
        if let verdict = invocation.verdict {
            add("validity", text: verdict.validity)
            add("validity_by", text: verdict.by)
            add("validity_at", text: verdict.at)
            add("validity_note", text: verdict.note)
        }
        add("lines", .array(page.lines.map(line)))
        if !page.isComplete { add("more_lines", .bool(true)) }
        return JSONValue.object(members).text
    }

    private static func line(_ line: LogLine) -> JSONValue {
        .object([
            JSONMember(name: "time", value: .string(line.time.description)), JSONMember(name: "id", value: .string(line.id)),
            JSONMember(name: "group", value: .string(line.stream.group)), JSONMember(name: "stream", value: .string(line.stream.name)),
            JSONMember(name: "message", value: .string(line.message)),
        ])
    }

    /// What was kept as JSON text, as JSON.
    private static func json(_ text: String) -> JSONValue { (try? JSONValue(parsing: text)) ?? .string(text) }
}

/// A number for JSON, whole ones without a point; JSON has no infinities.
func jsonNumber(_ value: Double) -> JSONValue {
    guard value.isFinite else { return .null }
    return .number(Int64(exactly: value).map(String.init) ?? "\(value)")
}
