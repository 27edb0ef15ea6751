// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Writes checked attribute values as plain JSON: `{"N":"5"}` as `5`, `{"SS":["a"]}` as `["a"]`, binary as its base64.
struct AttributeRenderer {
    let quotesNumbers: Bool
    /// Whether there may be number texts that JSON's grammar does not allow.
    let checksNumbers: Bool

    /// An object of attribute values.
    func writeMap(_ view: borrowing JSONView, into writer: inout JSONWriter) {
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
