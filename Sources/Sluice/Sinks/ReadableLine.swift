// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// Tells a record in one line for people.
///
///     15:00:00.000 MODIFY Products#{"Id":5}  price: 10 → 12, status: "open" → "paid"
struct ReadableLine: Sendable {
    var isColoured: Bool

    /// The longest a value may be before it is cut, in characters.
    private static let longestValue = 60

    private enum Colour: String {
        case dim = "2", bold = "1", red = "31", green = "32", yellow = "33", cyan = "36"
    }

    func line(for record: Record) -> String {
        let time = record.time.map { String($0.description.dropFirst(11).dropLast()) } ?? "-"
        return "\(paint(time, .dim)) \(content(of: record))"
    }

    private func content(of record: Record) -> String {
        switch record.kind {
        case .change: change(record)
        case .log: other("LOG", record, record.message ?? "")
        case .message: other("MESSAGE", record, record.body ?? "")
        case .event: other("EVENT", record, "\(record.eventSource ?? "-"): \(record.detailType ?? "-")")
        }
    }

    private func other(_ kind: String, _ record: Record, _ text: String) -> String {
        join(paint(kind, .cyan), paint(plain(record.source.name, cut: false), .bold), plain(text, cut: false))
    }

    private func join(_ parts: String...) -> String {
        parts.map { $0.trimmingSpaces }.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func change(_ record: Record) -> String {
        let operation = record.operation?.rawValue ?? "CHANGE"
        let colour: Colour = switch record.operation {
        case .insert?: .green
        case .remove?: .red
        default: .yellow
        }
        let padding = String(repeating: " ", count: max(0, 6 - operation.count))
        let subject = plain(record.subject ?? record.source.name, cut: false)
        let details = details(record) + (record.isExpired ? [paint("expired", .dim)] : [])
        let start = "\(paint(plain(operation, cut: true), colour))\(padding) \(paint(subject, .bold))"
        return join(start, details.joined(separator: ", "))
    }

    private func details(_ record: Record) -> [String] {
        let keys = record.keys.map { Set($0.attributes.map(\.name)) } ?? []
        switch (record.oldImage, record.newImage) {
        case (let old?, let new?): return differences(old.attributes, new.attributes)
        case (nil, let new?):
            return new.attributes.filter { !keys.contains($0.name) }.map { "\(name($0.name)): \(value($0.value))" }
        case (let old?, nil):
            return old.attributes.filter { !keys.contains($0.name) }
                .map { paint("\(name($0.name)): \(value($0.value))", .dim) }
        case (nil, nil): return []
        }
    }

    /// What an update did: changed, added and removed attributes. Maps are looked into.
    private func differences(_ old: AttributeMap, _ new: AttributeMap, in path: String = "") -> [String] {
        var out: [String] = []
        for (attribute, after) in new {
            let name = path + name(attribute)
            guard let before = old[attribute] else {
                out.append(paint("+\(name): \(value(after))", .green))
                continue
            }
            if before == after { continue }
            if let before = before.mapValue, let after = after.mapValue, path.utf8.count < 200 {
                out += differences(before, after, in: name + ".")
            } else {
                out.append("\(name): \(paint(value(before), .red)) → \(paint(value(after), .green))")
            }
        }
        for (attribute, before) in old where new[attribute] == nil {
            out.append(paint("-\(path)\(name(attribute)): \(value(before))", .red))
        }
        return out
    }

    private func name(_ name: String) -> String { plain(name, cut: true) }
    private func value(_ value: AttributeValue) -> String { plain(value.description, cut: true) }

    /// Text that cannot steer the terminal, on one line.
    private func plain(_ text: String, cut: Bool) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: out.append(" ")
            default: out.append(scalar)
            }
        }
        let line = String(out).trimmingSpaces
        return cut && line.count > Self.longestValue ? String(line.prefix(Self.longestValue - 1)) + "…" : line
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest.drop { $0 == " " })
    }
}
