// SPDX-License-Identifier: Apache-2.0

/// A JSON value of its own, for what is small and kept: settings, details, tests. Streams are read with ``JSONView``.
///
/// Members keep their order and their duplicates; numbers keep their text.
public indirect enum JSONValue: Sendable, Hashable {
    case object([JSONMember])
    case array([JSONValue])
    case string(String)
    /// The number's text as it was written.
    case number(String)
    case bool(Bool)
    case null

    /// Reads exactly one text.
    public init(parsing text: some Collection<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        let document = try JSONDocument(text, limits: limits)
        self.init(document.view(document.root))
    }

    /// Reads exactly one text.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// A copy of what a view shows. The nesting is as deep as the document's limits allowed.
    public init(_ view: borrowing JSONView) {
        switch view.kind {
        case .object:
            var members: [JSONMember] = []
            var each = view.members
            while each.next() { members.append(JSONMember(name: each.key.string ?? "", value: JSONValue(each.value))) }
            self = .object(members)
        case .array:
            var values: [JSONValue] = []
            var each = view.elements
            while each.next() { values.append(JSONValue(each.value)) }
            self = .array(values)
        case .string: self = .string(view.string ?? "")
        case .number: self = .number(view.number ?? "0")
        case .bool: self = .bool(view.bool ?? false)
        case .null: self = .null
        }
    }

    /// The value of an object's member, the last one of that name; nil where there is none.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The text without white space.
    public func write(into writer: inout JSONWriter) {
        switch self {
        case .object(let members):
            writer.write(byte: 0x7B)
            for (place, member) in members.enumerated() {
                if place > 0 { writer.write(byte: 0x2C) }
                writer.write(string: member.name)
                writer.write(byte: 0x3A)
                member.value.write(into: &writer)
            }
            writer.write(byte: 0x7D)
        case .array(let values):
            writer.write(byte: 0x5B)
            for (place, value) in values.enumerated() {
                if place > 0 { writer.write(byte: 0x2C) }
                value.write(into: &writer)
            }
            writer.write(byte: 0x5D)
        case .string(let text): writer.write(string: text)
        case .number(let text): writer.write(raw: text)
        case .bool(let value): writer.write(raw: value ? "true" : "false")
        case .null: writer.write(raw: "null")
        }
    }

    /// The text without white space.
    public var text: String {
        var writer = JSONWriter()
        write(into: &writer)
        return String(decoding: writer.array, as: UTF8.self)
    }
}

/// A name and its value in an object.
public struct JSONMember: Sendable, Hashable {
    public var name: String
    public var value: JSONValue

    public init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}
