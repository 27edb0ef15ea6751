// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Writes checked attribute values as plain JSON: `{"N":"5"}` as `5`, `{"SS":["a"]}` as `["a"]`, binary as its base64.
struct AttributeRenderer {
    let quotesNumbers: Bool
    /// Whether there may be number texts that JSON's grammar does not allow.
    let checksNumbers: Bool

    /// An object of attribute values.
    func writeMap(_ view: borrowing JSONView, into writer: inout JSONWriter) {
        if !checksNumbers && !quotesNumbers {
            // Plain values are never longer than the typed ones that they are made from.
            if writer.write(room: view.endOffset - view.offset, { pen in pen = PlainAttributes.map(view, pen) }) { return }
        }
        var members = view.members
        var separator: UInt8 = 0x7B
        while members.next() {
            writer.write(byte: separator)
            separator = 0x2C
            writer.copyName(members.key)
            write(members.value, into: &writer)
        }
        if separator == 0x7B { writer.write(byte: separator) }
        writer.write(byte: 0x7D)
    }

    /// One attribute value.
    func writeValue(_ view: borrowing JSONView, into writer: inout JSONWriter) { write(view, into: &writer) }

    @inline(__always)
    private func write(_ value: borrowing JSONView, into writer: inout JSONWriter) {
        let name = value.foldedName
        if name == 0x53 || name == 0x42 {
            writer.copyFoldedQuoted(value)
        } else if name == 0x4E && !checksNumbers && !quotesNumbers {
            writer.copyFoldedText(value)
        } else {
            writeAny(value, into: &writer)
        }
    }

    /// Every case, however it is written. The depth is bounded by that of the document.
    private func writeAny(_ view: borrowing JSONView, into writer: inout JSONWriter) {
        var wrapper = view.members
        guard wrapper.next() else { return }
        let name = wrapper.key
        let value = wrapper.value
        switch (name.textCount, name.leadingText) {
        case (1, 0x53), (1, 0x42): writer.copyQuoted(value)
        case (1, 0x4E): number(value, into: &writer)
        case (1, 0x4D): writeMap(value, into: &writer)
        case (4, 0x4C4C_554E): writer.write(raw: "null")
        case (4, 0x4C4F_4F42): writer.copy(value)
        default:
            // A list, or one of the three sets.
            let isList = name.textCount == 1
            let isNumbers = name.leadingText == 0x534E
            var elements = value.elements
            var separator: UInt8 = 0x5B
            while elements.next() {
                writer.write(byte: separator)
                separator = 0x2C
                if isList {
                    write(elements.value, into: &writer)
                } else if isNumbers {
                    number(elements.value, into: &writer)
                } else {
                    writer.copyQuoted(elements.value)
                }
            }
            if separator == 0x5B { writer.write(byte: separator) }
            writer.write(byte: 0x5D)
        }
    }

    private func number(_ view: borrowing JSONView, into writer: inout JSONWriter) {
        if quotesNumbers { writer.write(byte: 0x22) }
        if checksNumbers && (view.isEscaped || !view.isNumberText) {
            writer.write(raw: DynamoDBNumber(view.string ?? "")?.jsonText ?? "null")
        } else {
            writer.copyText(view)
        }
        if quotesNumbers { writer.write(byte: 0x22) }
    }
}

/// The way nearly all attributes take: numbers are copied as they are, and room for everything has been made.
private enum PlainAttributes {
    @_lifetime(copy pen)
    static func map(_ view: borrowing JSONView, _ pen: JSONPen) -> JSONPen {
        var pen = pen
        var members = view.members
        var separator: UInt8 = 0x7B
        while members.next() {
            pen.copyName(after: separator, members.key)
            separator = 0x2C
            pen = value(members.value, pen)
        }
        if separator == 0x7B { pen.write(byte: separator) }
        pen.write(byte: 0x7D)
        return pen
    }

    @inline(__always)
    @_lifetime(copy pen)
    private static func value(_ view: borrowing JSONView, _ pen: JSONPen) -> JSONPen {
        var pen = pen
        let name = view.foldedName
        if name != 0 {
            // S and B with quotes, N without: the record was checked, so no other names come here.
            pen.copyFolded(view, quotes: name == 0x4E ? 0 : 1)
        } else {
            pen = any(view, pen)
        }
        return pen
    }

    @_lifetime(copy pen)
    private static func any(_ view: borrowing JSONView, _ pen: JSONPen) -> JSONPen {
        var pen = pen
        var wrapper = view.members
        guard wrapper.next() else { return pen }
        let name = wrapper.key
        let inner = wrapper.value
        switch (name.textCount, name.leadingText) {
        case (1, 0x53), (1, 0x42): pen.copyQuoted(inner)
        case (1, 0x4E): pen.copyText(inner)
        case (1, 0x4D): return map(inner, pen)
        case (4, 0x4C4C_554E): pen.write(0x6C6C_756E, count: 4)  // null
        case (4, 0x4C4F_4F42): pen.copy(inner)
        default:
            let isList = name.textCount == 1
            let isNumbers = name.leadingText == 0x534E
            var elements = inner.elements
            var separator: UInt8 = 0x5B
            while elements.next() {
                pen.write(byte: separator)
                separator = 0x2C
                if isList {
                    pen = value(elements.value, pen)
                } else if isNumbers {
                    pen.copyText(elements.value)
                } else {
                    pen.copyQuoted(elements.value)
                }
            }
            if separator == 0x5B { pen.write(byte: separator) }
            pen.write(byte: 0x5D)
        }
        return pen
    }
}
