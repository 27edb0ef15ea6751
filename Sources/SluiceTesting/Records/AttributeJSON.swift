// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

extension JSONWriter {
    /// Writes an image as DynamoDB does: `{"Id":{"N":"5"}}`.
    mutating func write(_ map: AttributeMap) {
        writeList(map, "{", "}") { writer, attribute in
            writer.write(string: attribute.name)
            writer.write(byte: UInt8(ascii: ":"))
            writer.write(attribute.value)
        }
    }

    private mutating func write(_ value: AttributeValue) {
        write(raw: "{\"\(value.type.rawValue)\":")
        switch value {
        case .string(let text): write(string: text)
        case .number(let number): write(string: number.description)
        case .binary(let bytes): write(string: Base64.encodeToString(bytes))
        case .stringSet(let texts): writeList(texts, "[", "]") { $0.write(string: $1) }
        case .numberSet(let numbers): writeList(numbers, "[", "]") { $0.write(string: $1.description) }
        case .binarySet(let values): writeList(values, "[", "]") { $0.write(string: Base64.encodeToString($1)) }
        case .map(let map): write(map)
        case .list(let values): writeList(values, "[", "]") { $0.write($1) }
        case .null: write(raw: "true")
        case .bool(let flag): write(raw: flag ? "true" : "false")
        }
        write(byte: UInt8(ascii: "}"))
    }

    private mutating func writeList<Elements: Sequence>(
        _ elements: Elements, _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ body: (inout JSONWriter, Elements.Element) -> Void
    ) {
        write(byte: UInt8(ascii: open))
        var isFirst = true
        for element in elements {
            if !isFirst { write(byte: UInt8(ascii: ",")) }
            isFirst = false
            body(&self, element)
        }
        write(byte: UInt8(ascii: close))
    }
}
