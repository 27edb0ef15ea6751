// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
public import StreamRecords

/// Writes plans and reports of reruns as JSON objects. What is not known is absent.
public struct RerunWriter: Sendable {
    private let rows: EventRowWriter

    public init(numbers: EventRowWriter.Numbers = .exact, now: Timestamp) { rows = EventRowWriter(numbers: numbers, now: now) }

    /// `{"id","function","params"}`: what would be run.
    public func text(_ plan: RerunPlan) -> String {
        JSONValue.object([
            JSONMember(name: "id", value: .string(plan.original.key.id)), JSONMember(name: "function", value: .string(plan.function.description)),
            JSONMember(name: "params", value: (try? JSONValue(parsing: plan.params)) ?? .string(plan.params)),
        ]).text
    }

    /// `{"key","id","function","state",…,"differs","differences","result"}`.
    public func text(_ report: RerunReport) -> String {
        var members: [JSONMember] = []
        func add(_ name: String, _ text: String?) {
            if let text { members.append(JSONMember(name: name, value: .string(text))) }
        }
        add("key", report.rerun.key)
        add("id", report.rerun.original.id)
        add("function", report.rerun.function.description)
        add("state", report.state.rawValue)
        add("started_at", report.rerun.startedAt.description)
        add("ended_at", report.rerun.endedAt?.description)
        add("new_id", report.rerun.newID)
        add("note", report.rerun.note)
        members.append(JSONMember(name: "repeated", value: .bool(report.isRepeated)))
        if let differences = report.differences {
            members.append(JSONMember(name: "differs", value: .bool(!differences.isEmpty)))
            members.append(JSONMember(name: "differences", value: .array(differences.map(Self.value))))
        }
        if let result = report.result, let row = try? JSONValue(parsing: rows.text(.invocation(result))) {
            members.append(JSONMember(name: "result", value: row))
        }
        return JSONValue.object(members).text
    }

    private static func value(_ difference: JSONDifference) -> JSONValue {
        var members = [JSONMember(name: "path", value: .string(difference.path))]
        for (name, text) in [("old", difference.old), ("new", difference.new)] {
            guard let text else { continue }
            members.append(JSONMember(name: name, value: (try? JSONValue(parsing: text)) ?? .string(text)))
        }
        return .object(members)
    }
}
