// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

/// What somebody means who names an item: `Products#{"Id":5}`, or `Products Id=5`.
///
/// The subject of a row has the keys in the order of their names, without spaces, numbers in their normal form. Who asks need not
/// know that, nor whether a key is a number or a text: there may be several candidates, the likeliest first.
public struct Subject: Sendable, Hashable {
    /// The subjects that may be meant, in the order in which they are to be tried.
    public let candidates: [String]

    /// Takes the words of a command line.
    /// - Throws: ``SubjectError`` with what is wrong with them.
    public init(_ words: [String]) throws(SubjectError) {
        guard let first = words.first else { throw SubjectError("no subject is given") }
        if words.count == 1 {
            self = try Subject(text: first)
        } else {
            self = try Subject(table: first, keys: words.dropFirst())
        }
    }

    private init(text: String) throws(SubjectError) {
        guard let mark = text.firstIndex(of: "#"), mark > text.startIndex else {
            throw SubjectError("“\(text)” names no item: its keys are missing")
        }
        let json = text[text.index(after: mark)...]
        guard let value = try? JSONValue(parsing: String(json)), case .object(let members) = value, !members.isEmpty else {
            throw SubjectError("in “\(text)”, what follows # is not a JSON object with the item's keys")
        }
        candidates = Self.combine(table: String(text[..<mark]), members)
    }

    /// The item with these keys, one or two, each a text or a number; nil where they are none.
    init?(table: String, keys: JSONValue) {
        guard !table.isEmpty, !table.contains("#"), case .object(let members) = keys, (1...2).contains(members.count),
            Set(members.map(\.name)).count == members.count
        else { return nil }
        for member in members {
            switch member.value {
            case .string, .number: continue
            default: return nil
            }
        }
        candidates = Self.combine(table: table, members)
    }

    /// Keys whose values are known give one candidate.
    private static func combine(table: String, _ keys: [JSONMember]) -> [String] {
        combine(table: table, keys: keys.map { ($0.name, [canonical($0.value)]) })
    }

    private init(table: String, keys words: ArraySlice<String>) throws(SubjectError) {
        var keys: [(name: String, values: [String])] = []
        for word in words {
            guard let mark = word.firstIndex(of: "="), mark > word.startIndex else {
                throw SubjectError("“\(word)” is not of the form NAME=VALUE")
            }
            let name = String(word[..<mark])
            let text = String(word[word.index(after: mark)...])
            if keys.contains(where: { $0.name == name }) { throw SubjectError("the key “\(name)” is given twice") }
            var values: [String] = []
            if let number = DynamoDBNumber(text) { values.append(number.canonical) }
            if let quoted = try? JSONValue(parsing: text), case .string = quoted { values.append(quoted.text) }
            values.append(JSONValue.string(text).text)
            keys.append((name, values))
        }
        // An item has at most two keys; more could only be a slip, and each may double the candidates.
        guard keys.count <= 2 else { throw SubjectError("an item has at most two keys, and \(keys.count) are given") }
        candidates = Self.combine(table: table, keys: keys)
    }

    private static func canonical(_ value: JSONValue) -> String {
        guard case .number(let text) = value, let number = DynamoDBNumber(text) else { return value.text }
        return number.canonical
    }

    private static func combine(table: String, keys: [(name: String, values: [String])]) -> [String] {
        var bodies = [""]
        for key in keys.sorted(by: { $0.name < $1.name }) {
            let name = JSONValue.string(key.name).text
            bodies = bodies.flatMap { body in
                key.values.map { "\(body)\(body.isEmpty ? "" : ",")\(name):\($0)" }
            }
        }
        return bodies.map { "\(table)#{\($0)}" }
    }
}

/// Why words name no item.
public struct SubjectError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
