// SPDX-License-Identifier: Apache-2.0

import EventTable
import JSONTape
import StreamRecords

/// Shows a change: when, what, and each attribute that differs, old → new. Of a message or an event about an item it shows what it tells.
///
///     2026-11-20 15:02:10.000  MODIFY
///         price  24.5 → 19.99
///       + sale   true
///
///     2026-11-20 15:03:00.000  READ  by products-events
///         user  "mira"
struct ChangeView {
    let paint: Paint

    /// Longer values are cut; `--json` has them whole.
    private static let longestValue = 100

    func lines(_ entry: EventEntry) -> [String] {
        let payload = (try? JSONValue(parsing: entry.payload)) ?? .null
        let operation = entry.operation ?? entry.kind.rawValue.uppercased()
        let colour: Paint.Colour =
            switch operation {
            case "INSERT": .green
            case "REMOVE": .red
            default: .yellow
            }
        var head = "\(paint(readableTime(of: entry.sort), .dim))  \(paint(operation.harmless, colour))"
        if payload["expired"] == .bool(true) { head += "  " + paint("expired", .dim) }
        if entry.kind == .change { return [head] + attributes(payload) }
        head += "  " + paint("by \(entry.key.name.harmless)", .dim)
        let content = payload["body"] ?? payload["detail"] ?? .null
        return [head] + (content["old"] == nil && content["new"] == nil ? told(by: content) : attributes(content))
    }

    /// What a message tells besides the item and what was done to it.
    private func told(by content: JSONValue) -> [String] {
        lines((members(content) ?? []).filter { !["table", "keys", "op"].contains($0.name) }.map { (" ", $0.name, value($0.value)) })
    }

    private func attributes(_ payload: JSONValue) -> [String] {
        let old = members(payload["old"])
        let new = members(payload["new"])
        var rows: [(sign: String, name: String, text: String)] = []
        switch (old, new) {
        case (let old?, let new?):
            let changed = Set(names(payload["changed"]))
            for member in new where changed.contains(member.name) {
                if let before = old.last(where: { $0.name == member.name }) {
                    rows.append((" ", member.name, "\(paint(value(before.value), .red)) → \(paint(value(member.value), .green))"))
                } else {
                    rows.append(("+", member.name, paint(value(member.value), .green)))
                }
            }
            for member in old where !new.contains(where: { $0.name == member.name }) {
                rows.append(("-", member.name, paint(value(member.value), .red)))
            }
            if rows.isEmpty { return ["      " + paint("no attribute differs", .dim)] }
        case (nil, let new?): rows = new.map { ("+", $0.name, paint(value($0.value), .green)) }
        case (let old?, nil): rows = old.map { ("-", $0.name, paint(value($0.value), .red)) }
        case (nil, nil): return ["      " + paint("the stream told the keys only", .dim)]
        }
        return lines(rows)
    }

    private func lines(_ rows: [(sign: String, name: String, text: String)]) -> [String] {
        let width = rows.map { $0.name.harmless.cut(to: 40).count }.max() ?? 0
        return rows.map { "    \($0.sign) \($0.name.harmless.cut(to: 40).padded(to: width))  \($0.text)" }
    }

    private func members(_ value: JSONValue?) -> [JSONMember]? {
        if case .object(let members)? = value { members } else { nil }
    }

    private func names(_ value: JSONValue?) -> [String] {
        if case .array(let names)? = value { names.compactMap(\.stringValue) } else { [] }
    }

    private func value(_ value: JSONValue) -> String { value.text.harmless.cut(to: Self.longestValue) }
}

/// The time that a sort key begins with, for people.
func readableTime(of sort: String) -> String {
    guard let time = SortKey.time(of: sort) else { return "at an unknown time".padded(to: 23) }
    return String(time.description.dropLast().map { $0 == "T" ? " " : $0 })
}
