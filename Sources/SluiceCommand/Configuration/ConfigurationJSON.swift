// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Sluice

extension ConfigurationNode {
    /// The tree as JSON, indented, with a line feed at its end.
    var json: String {
        var writer = JSONWriter()
        write(into: &writer, depth: 0)
        writer.write(raw: "\n")
        return String(decoding: writer.array, as: UTF8.self)
    }

    private func write(into writer: inout JSONWriter, depth: Int) {
        switch value {
        case .null: writer.write(raw: "null")
        case .bool(let value): writer.write(raw: value ? "true" : "false")
        case .number(let text): writer.write(raw: text)
        // A variable's value may be a secret, and is for the place where the configuration is used.
        case .string(let text): writer.write(string: template ?? text)
        case .list(let elements):
            writer.write(raw: "[")
            for (place, element) in elements.enumerated() {
                separate(place, depth, &writer)
                element.write(into: &writer, depth: depth + 1)
            }
            close(elements.isEmpty, depth, "]", &writer)
        case .object(let members):
            writer.write(raw: "{")
            for (place, member) in members.enumerated() {
                separate(place, depth, &writer)
                writer.write(string: member.name)
                writer.write(raw: ": ")
                member.node.write(into: &writer, depth: depth + 1)
            }
            close(members.isEmpty, depth, "}", &writer)
        }
    }

    private func separate(_ place: Int, _ depth: Int, _ writer: inout JSONWriter) {
        if place > 0 { writer.write(raw: ",") }
        writer.write(raw: "\n" + String(repeating: "  ", count: depth + 1))
    }

    private func close(_ isEmpty: Bool, _ depth: Int, _ bracket: StaticString, _ writer: inout JSONWriter) {
        if !isEmpty { writer.write(raw: "\n" + String(repeating: "  ", count: depth)) }
        writer.write(raw: bracket)
    }
}
