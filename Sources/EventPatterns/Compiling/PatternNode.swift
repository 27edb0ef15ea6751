// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A pattern before it is understood: JSON values with the places they were read from, so that an error can point there.
///
/// ``EventPattern/init(_:numbers:)`` reads JSON text. Whoever has a pattern in another form, such as a configuration's tree, makes these.
public struct PatternNode: Sendable, Hashable {
    public indirect enum Value: Sendable, Hashable {
        /// The members in the order written; one name may come several times.
        case object([Member])
        case array([PatternNode])
        case string(String)
        /// The number's text as it was written.
        case number(String)
        case bool(Bool)
        case null
    }

    public struct Member: Sendable, Hashable {
        public var name: String
        /// Where the name stands.
        public var place: Int
        public var node: PatternNode

        public init(name: String, place: Int, node: PatternNode) {
            self.name = name
            self.place = place
            self.node = node
        }
    }

    public var value: Value
    /// Where it was read from: an offset in bytes, or whatever number means a place to its maker.
    public var place: Int

    public init(_ value: Value, place: Int) {
        self.value = value
        self.place = place
    }

    /// Reads one JSON text; places are offsets in bytes.
    public init(json text: String) throws(PatternError) {
        let document: JSONDocument
        do {
            document = try JSONDocument(text, limits: JSONLimits(maximumDepth: 200, maximumBytes: 16 << 20))
        } catch {
            throw PatternError(
                .syntax, path: "", place: error.offset, found: "a text that is not JSON (\(error.code.rawValue))", expected: error.expected)
        }
        self.init(document.view(document.root))
    }

    private init(_ view: borrowing JSONView) {
        let value: Value
        switch view.kind {
        case .object:
            var members: [Member] = []
            var each = view.members
            while each.next() {
                members.append(Member(name: each.key.string ?? "", place: each.key.offset, node: PatternNode(each.value)))
            }
            value = .object(members)
        case .array:
            var nodes: [PatternNode] = []
            var each = view.elements
            while each.next() { nodes.append(PatternNode(each.value)) }
            value = .array(nodes)
        case .string: value = .string(view.string ?? "")
        case .number: value = .number(view.number ?? "0")
        case .bool: value = .bool(view.bool ?? false)
        case .null: value = .null
        }
        self.init(value, place: view.offset)
    }

    /// What a message says was found.
    var found: String {
        switch value {
        case .object(let members): members.isEmpty ? "an empty object" : "an object"
        case .array(let nodes): nodes.isEmpty ? "an empty list" : "a list"
        case .string(let text): "the text \(text.quoted)"
        case .number(let text): "the number \(text.prefix(60))"
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        }
    }

    /// The JSON text without white space.
    func write(into writer: inout JSONWriter) {
        switch value {
        case .object(let members):
            writer.write(byte: 0x7B)
            for (number, member) in members.enumerated() {
                if number > 0 { writer.write(byte: 0x2C) }
                writer.write(string: member.name)
                writer.write(byte: 0x3A)
                member.node.write(into: &writer)
            }
            writer.write(byte: 0x7D)
        case .array(let nodes):
            writer.write(byte: 0x5B)
            for (number, node) in nodes.enumerated() {
                if number > 0 { writer.write(byte: 0x2C) }
                node.write(into: &writer)
            }
            writer.write(byte: 0x5D)
        case .string(let text): writer.write(string: text)
        case .number(let text): writer.write(raw: text)
        case .bool(let value): writer.write(raw: value ? "true" : "false")
        case .null: writer.write(raw: "null")
        }
    }

    /// The JSON text without white space.
    var text: String {
        var writer = JSONWriter()
        write(into: &writer)
        return String(decoding: writer.array, as: UTF8.self)
    }
}

extension String {
    /// As a JSON string, cut where it is long.
    var quoted: String {
        var writer = JSONWriter()
        writer.write(string: count <= 60 ? self : prefix(57) + "…")
        return String(decoding: writer.array, as: UTF8.self)
    }
}
