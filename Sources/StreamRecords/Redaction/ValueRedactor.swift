// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Writes attribute values, and other JSON, without what must not be seen.
struct ValueRedactor {
    let key: Redaction.Key?
    /// How many texts are open around what is written, each a value of the JSON in the one before.
    private var depth = 0

    private static let mask = "***"
    /// How many texts inside one another are followed; and how deep the JSON in the inner ones may be, lest it fill the stack.
    private static let mostTexts = 3
    private static let innerLimits = JSONLimits(maximumDepth: 64)

    init(key: Redaction.Key?) { self.key = key }

    // MARK: Attributes

    /// An object of attribute values.
    func writeMap(_ map: borrowing JSONView, _ paths: RedactionPaths, into writer: inout JSONWriter) {
        writeMembers(map, paths, areAttributes: true, into: &writer)
    }

    private func writeAttribute(_ value: borrowing JSONView, _ paths: RedactionPaths, into writer: inout JSONWriter) {
        if let method = paths.method { return writeHidden(value, method, into: &writer) }
        guard !paths.isEmpty else { return writer.copy(value) }
        var wrapper = value.members
        guard wrapper.next() else { return writer.copy(value) }
        if wrapper.key.isString("M") {
            writer.write(raw: "{\"M\":")
            writeMap(wrapper.value, paths, into: &writer)
            writer.write(byte: 0x7D)
        } else if wrapper.key.isString("L") {
            writer.write(raw: "{\"L\":")
            writeElements(wrapper.value, paths, areAttributes: true, into: &writer)
            writer.write(byte: 0x7D)
        } else if wrapper.key.isString("S") {
            guard let text = inside.text(wrapper.value, paths) else { return writer.copy(value) }
            writer.write(raw: "{\"S\":")
            writer.write(raw: text)
            writer.write(byte: 0x7D)
        } else if let first = paths.open.first, ValueRedactor.mayHoldJSON(AttributeValue(value)) {
            writeHidden(value, first.rule.method, into: &writer)
        } else {
            writer.copy(value)
        }
    }

    /// What stands for an attribute that is hidden as a whole; a removed one, where something has to be, is an empty text.
    private func writeHidden(_ value: borrowing JSONView, _ method: Redaction.Method, into writer: inout JSONWriter) {
        writer.write(raw: "{\"S\":")
        switch method {
        case .hashed where key != nil: writer.write(string: hash(AttributeValue(value)))
        case .masked: writer.write(string: ValueRedactor.mask)
        default: writer.write(raw: "\"\"")
        }
        writer.write(byte: 0x7D)
    }

    /// Whether paths may hide something of an attribute that is neither a map nor a list, or all of it.
    func mayHide(_ value: borrowing JSONView, _ paths: RedactionPaths) -> Bool {
        paths.method != nil || (!paths.isEmpty && ValueRedactor.mayHoldJSON(AttributeValue(value)))
    }

    private static func mayHoldJSON(_ value: AttributeValue) -> Bool {
        switch value {
        case .string(let text): beginsAsJSON(text)
        case .stringSet(let texts): texts.contains(where: beginsAsJSON)
        case .binary(let bytes): beginsAsJSON(String(decoding: bytes, as: UTF8.self))
        case .binarySet(let all): all.contains { beginsAsJSON(String(decoding: $0, as: UTF8.self)) }
        default: false
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
        case .object: writeMembers(view, paths, areAttributes: false, into: &writer)
        case .array: writeElements(view, paths, areAttributes: false, into: &writer)
        case .string:
            if let text = inside.text(view, paths) { writer.write(raw: text) } else { writer.copy(view) }
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

    // MARK: Both

    /// Whether a member or an element is not written at all.
    private func isLeftOut(_ paths: RedactionPaths) -> Bool { paths.method == .removed || (paths.method == .hashed && key == nil) }

    private func writeMembers(_ object: borrowing JSONView, _ paths: RedactionPaths, areAttributes: Bool, into writer: inout JSONWriter) {
        var members = object.members
        var separator: UInt8 = 0x7B
        while members.next() {
            let inner = paths.inside(members.key)
            if isLeftOut(inner) { continue }
            writer.write(byte: separator)
            separator = 0x2C
            writer.copyName(members.key)
            write(members.value, inner, isAttribute: areAttributes, into: &writer)
        }
        if separator == 0x7B { writer.write(byte: separator) }
        writer.write(byte: 0x7D)
    }

    private func writeElements(_ array: borrowing JSONView, _ paths: RedactionPaths, areAttributes: Bool, into writer: inout JSONWriter) {
        var elements = array.elements
        var separator: UInt8 = 0x5B
        var place = 0
        while elements.next() {
            let inner = paths.inside(element: place)
            place += 1
            if isLeftOut(inner) { continue }
            writer.write(byte: separator)
            separator = 0x2C
            write(elements.value, inner, isAttribute: areAttributes, into: &writer)
        }
        if separator == 0x5B { writer.write(byte: separator) }
        writer.write(byte: 0x5D)
    }

    private func write(_ value: borrowing JSONView, _ paths: RedactionPaths, isAttribute: Bool, into writer: inout JSONWriter) {
        if isAttribute { writeAttribute(value, paths, into: &writer) } else { write(value, paths, into: &writer) }
    }

    // MARK: Texts

    /// For a text that is a value of what is written.
    private var inside: ValueRedactor {
        var inner = self
        inner.depth += 1
        return inner
    }

    /// A text that may be JSON: hidden as a whole, or inside, where it is JSON. One that begins as JSON does and goes on otherwise (a line that
    /// was cut), or has something before it that does not show, is hidden as a whole, since nobody can tell what is in it, or what others read.
    ///
    /// - Returns: the text as a JSON string; nil where nothing of it is to be hidden.
    func text(_ view: borrowing JSONView, _ paths: RedactionPaths) -> [UInt8]? {
        guard let first = paths.open.first else { return nil }
        var writer = JSONWriter()
        if paths.method != nil {
            write(view, paths, into: &writer)
            return writer.array
        }
        guard ValueRedactor.beginsAsJSON(view.string ?? "") else { return nil }
        if let inner = document(of: view) {
            let root = inner.view(inner.root)
            if root.kind == .string {
                // JSON in a JSON string; in all other such strings there is nothing to hide.
                guard let text = inside.text(root, paths) else { return nil }
                writer.write(raw: text)
            } else {
                write(root, paths, into: &writer)
            }
            return Array(JSONValue.string(String(decoding: writer.array, as: UTF8.self)).text.utf8)
        }
        write(view, RedactionPaths(open: [RedactionPaths.Open(rule: first.rule, done: first.rule.path.parts.count)]), into: &writer)
        return writer.array
    }

    /// The document that a text is, where it is JSON.
    private func document(of text: borrowing JSONView) -> JSONDocument? {
        guard depth <= ValueRedactor.mostTexts else { return nil }
        var buffer = JSONBuffer(capacity: text.textCount)
        buffer.append(contentOf: text)
        return try? JSONDocument(indexing: buffer, limits: depth == 0 ? JSONLimits() : ValueRedactor.innerLimits)
    }

    /// Whether a text begins with an object, a list or a string, once everything that does not show is left out: some readers leave it out.
    static func beginsAsJSON(_ text: String) -> Bool {
        for scalar in text.unicodeScalars {
            if scalar == "{" || scalar == "[" || scalar == "\"" { return true }
            if !doesNotShow(scalar) { return false }
        }
        return false
    }

    private static func doesNotShow(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x7E: return false
        // What becomes of a byte order mark that is read in another encoding.
        case 0xBB, 0xBF, 0xEF, 0xFE, 0xFF, 0xFFFD: return true
        default: break
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
        }
    }
}
