// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// An item's attributes, or its keys, as they stand in a record: nothing is decoded before it is asked for.
public struct Image: Sendable {
    let document: JSONDocument
    let node: JSONNode

    /// One attribute, decoded; nil where the item has none of this name.
    public subscript(name: String) -> AttributeValue? {
        guard let view = document.view(node).member(named: name) else { return nil }
        return AttributeValue(view)
    }

    /// All attributes, decoded, in the order they were received.
    public var attributes: AttributeMap { AttributeMap(document.view(node)) }

    /// The names of the attributes, in the order they were received.
    public var names: [String] {
        var names: [String] = []
        var members = document.view(node).members
        while members.next() { names.append(members.key.string ?? "") }
        return names
    }

    /// The item as a type of one's own: sets into `Set` or arrays, binary into `[UInt8]`, numbers exact or an error.
    public func decode<T: Decodable>(_ type: T.Type = T.self, with decoder: AttributeDecoder = AttributeDecoder()) throws -> T {
        try decoder.decode(type, fromAttributes: attributes)
    }

    /// Plain JSON, with the names in order and numbers in their normal form: the same for the same attributes, however they were written.
    var canonicalJSON: String {
        var writer = JSONWriter()
        writeCanonical(into: &writer)
        return writer.text
    }

    /// Writes ``canonicalJSON``.
    func writeCanonical(into writer: inout JSONWriter) {
        let start = writer.count
        if writeKeys(into: &writer) { return }
        writer.truncate(to: start)
        AttributeValue.map(attributes).writeCanonical(into: &writer)
    }

    /// The same for what most keys are: one or two attributes, with names in order and without escapes.
    ///
    /// - Returns: whether this is one; else something else was written.
    private func writeKeys(into writer: inout JSONWriter) -> Bool {
        var last: String?
        var count = 0
        writer.write(byte: 0x7B)
        var members = document.view(node).members
        while members.next() {
            guard count < 2, !members.key.rawText.isEscaped, let name = members.key.string, last.map({ $0 < name }) ?? true else { return false }
            if count > 0 { writer.write(byte: 0x2C) }
            writer.copyName(members.key)
            var wrapper = members.value.members
            if wrapper.next(), wrapper.key.string == "S", !wrapper.value.rawText.isEscaped {
                writer.copyQuoted(wrapper.value)
            } else {
                AttributeValue(members.value).writeCanonical(into: &writer)
            }
            last = name
            count += 1
        }
        writer.write(byte: 0x7D)
        return true
    }
}

extension AttributeMap {
    init(_ object: borrowing JSONView) {
        var map = AttributeMap()
        var members = object.members
        while members.next() { map[members.key.string ?? ""] = AttributeValue(members.value) }
        self = map
    }
}

extension AttributeValue {
    /// The value that a checked view shows.
    init(_ view: borrowing JSONView) {
        var wrapper = view.members
        guard wrapper.next() else {
            self = .null
            return
        }
        let value = wrapper.value
        switch wrapper.key.string {
        case "S": self = .string(value.string ?? "")
        case "N": self = AttributeValue.number(of: value)
        case "B": self = .binary(AttributeValue.bytes(of: value))
        case "BOOL": self = .bool(value.bool ?? false)
        case "M": self = .map(AttributeMap(value))
        case "L":
            var list: [AttributeValue] = []
            var elements = value.elements
            while elements.next() { list.append(AttributeValue(elements.value)) }
            self = .list(list)
        case "SS":
            var set: [String] = []
            var elements = value.elements
            while elements.next() { set.append(elements.value.string ?? "") }
            self = .stringSet(set)
        case "NS":
            var set: [DynamoDBNumber] = []
            var elements = value.elements
            while elements.next() {
                if let number = DynamoDBNumber(elements.value.string ?? "") { set.append(number) }
            }
            self = .numberSet(set)
        case "BS":
            var set: [[UInt8]] = []
            var elements = value.elements
            while elements.next() { set.append(AttributeValue.bytes(of: elements.value)) }
            self = .binarySet(set)
        default: self = .null
        }
    }

    private static func number(of view: borrowing JSONView) -> AttributeValue {
        // A record's numbers were checked when it was decoded.
        DynamoDBNumber(view.string ?? "").map { .number($0) } ?? .null
    }

    private static func bytes(of view: borrowing JSONView) -> [UInt8] {
        var text = JSONBuffer()
        text.append(contentOf: view)
        var bytes = JSONBuffer()
        _ = bytes.append(base64: text.bytes)
        return bytes.copy(of: 0..<bytes.count)
    }

    func writeCanonical(into writer: inout JSONWriter) {
        func list<T>(_ values: [T], _ write: (T, inout JSONWriter) -> Void) {
            writer.write(byte: 0x5B)
            for (place, value) in values.enumerated() {
                if place > 0 { writer.write(byte: 0x2C) }
                write(value, &writer)
            }
            writer.write(byte: 0x5D)
        }
        switch self {
        case .string(let text): writer.write(string: text)
        case .number(let number): writer.write(raw: number.canonical)
        case .binary(let bytes): writer.write(string: Base64.encodeToString(bytes))
        case .bool(let value): writer.write(raw: value ? "true" : "false")
        case .null: writer.write(raw: "null")
        case .list(let values): list(values) { $0.writeCanonical(into: &$1) }
        case .stringSet(let texts): list(texts.sorted()) { $1.write(string: $0) }
        case .numberSet(let numbers): list(numbers.sorted()) { $1.write(raw: $0.canonical) }
        case .binarySet(let sets): list(sets.map { Base64.encodeToString($0) }.sorted()) { $1.write(string: $0) }
        case .map(let map):
            writer.write(byte: 0x7B)
            for (place, member) in map.sorted(by: { $0.name < $1.name }).enumerated() {
                if place > 0 { writer.write(byte: 0x2C) }
                writer.write(string: member.name)
                writer.write(byte: 0x3A)
                member.value.writeCanonical(into: &writer)
            }
            writer.write(byte: 0x7D)
        }
    }
}
