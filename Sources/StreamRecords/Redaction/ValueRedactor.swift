// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Writes attribute values, and other JSON, without what must not be seen.
struct ValueRedactor {
    let key: Redaction.Key?

    private static let mask = "***"

    // MARK: Attributes

    /// An object of attribute values.
    func writeMap(_ map: borrowing JSONView, _ paths: RedactionPaths, into writer: inout JSONWriter) {
        var members = map.members
        var separator: UInt8 = 0x7B
        while members.next() {
            let inner = paths.inside(members.key)
            if inner.method == .removed || (inner.method == .hashed && key == nil) { continue }
            writer.write(byte: separator)
            separator = 0x2C
            writer.copyName(members.key)
            writeAttribute(members.value, inner, into: &writer)
        }
        if separator == 0x7B { writer.write(byte: separator) }
        writer.write(byte: 0x7D)
    }

    private func writeAttribute(_ value: borrowing JSONView, _ paths: RedactionPaths, into writer: inout JSONWriter) {
        if let method = paths.method {
            writer.write(raw: "{\"S\":")
            writer.write(string: method == .hashed ? hash(AttributeValue(value)) : ValueRedactor.mask)
            writer.write(byte: 0x7D)
            return
        }
        guard !paths.isEmpty else { return writer.copy(value) }
        var wrapper = value.members
        guard wrapper.next() else { return writer.copy(value) }
        if wrapper.key.isString("M") {
            writer.write(raw: "{\"M\":")
            writeMap(wrapper.value, paths, into: &writer)
            writer.write(byte: 0x7D)
        } else if wrapper.key.isString("L") {
            writer.write(raw: "{\"L\":[")
            var elements = wrapper.value.elements
            var (place, isFirst) = (0, true)
            while elements.next() {
                let inner = paths.inside(element: place)
                place += 1
                if inner.method == .removed || (inner.method == .hashed && key == nil) { continue }
                if !isFirst { writer.write(byte: 0x2C) }
                isFirst = false
                writeAttribute(elements.value, inner, into: &writer)
            }
            writer.write(raw: "]}")
        } else {
            writer.copy(value)
        }
    }

    private func hash(_ value: AttributeValue) -> String {
        guard let key else { return "" }
        switch value {
        case .string(let text): return key.code.text(for: text.utf8)
        case .number(let number): return key.code.text(for: number.canonical.utf8)
        case .binary(let bytes): return key.code.text(for: bytes)
        default:
            var writer = JSONWriter()
            value.writeCanonical(into: &writer)
            return key.code.text(for: writer.array)
        }
    }

    // MARK: Other JSON

    /// A JSON value. What is removed as a whole is an empty text.
    func write(_ view: borrowing JSONView, _ paths: RedactionPaths, into writer: inout JSONWriter) {
        if let method = paths.method {
            switch method {
            case .hashed where key != nil: writer.write(string: hash(view))
            case .masked: writer.write(string: ValueRedactor.mask)
            default: writer.write(raw: "\"\"")
            }
            return
        }
        guard !paths.isEmpty else { return writer.copy(view) }
        switch view.kind {
        case .object:
            var members = view.members
            var separator: UInt8 = 0x7B
            while members.next() {
                let inner = paths.inside(members.key)
                if inner.method == .removed || (inner.method == .hashed && key == nil) { continue }
                writer.write(byte: separator)
                separator = 0x2C
                writer.copyName(members.key)
                write(members.value, inner, into: &writer)
            }
            if separator == 0x7B { writer.write(byte: separator) }
            writer.write(byte: 0x7D)
        case .array:
            writer.write(byte: 0x5B)
            var elements = view.elements
            var (place, isFirst) = (0, true)
            while elements.next() {
                let inner = paths.inside(element: place)
                place += 1
                if inner.method == .removed || (inner.method == .hashed && key == nil) { continue }
                if !isFirst { writer.write(byte: 0x2C) }
                isFirst = false
                write(elements.value, inner, into: &writer)
            }
            writer.write(byte: 0x5D)
        default: writer.copy(view)
        }
    }

    func hash(_ view: borrowing JSONView) -> String {
        guard let key else { return "" }
        switch view.kind {
        case .string: return key.code.text(for: (view.string ?? "").utf8)
        case .number:
            let text = view.number ?? ""
            return key.code.text(for: (DynamoDBNumber(text)?.canonical ?? text).utf8)
        default: return key.code.text(for: JSONValue(view).text.utf8)
        }
    }

    /// A text that may be JSON: hidden as a whole, or inside, where it is JSON. One that begins as JSON does and goes on otherwise (a line that
    /// was cut) is hidden as a whole, since nobody can tell what is in it.
    ///
    /// - Returns: the text as a JSON string; nil where nothing of it is to be hidden.
    func text(_ view: borrowing JSONView, _ paths: RedactionPaths) -> [UInt8]? {
        guard let first = paths.open.first else { return nil }
        var writer = JSONWriter()
        if paths.method != nil {
            write(view, paths, into: &writer)
            return writer.array
        }
        if let inner = RecordRenderer.json(of: view) {
            write(inner.view(inner.root), paths, into: &writer)
            return Array(JSONValue.string(String(decoding: writer.array, as: UTF8.self)).text.utf8)
        }
        let start = (view.string ?? "").first { !$0.isWhitespace }
        guard start == "{" || start == "[" else { return nil }
        write(view, RedactionPaths(open: [RedactionPaths.Open(rule: first.rule, done: first.rule.path.parts.count)]), into: &writer)
        return writer.array
    }
}
