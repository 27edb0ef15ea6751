// SPDX-License-Identifier: Apache-2.0

extension AttributeValue: CustomStringConvertible, CustomDebugStringConvertible {
    /// One line for people: strings quoted, numbers as received, binary as `b"…"` in Base64, sets as
    /// `<<…>>` like PartiQL's, maps as `{name: value}`. It holds no control characters, so it cannot
    /// steer a terminal.
    public var description: String {
        var out = ""
        ReadableText.write(self, to: &out)
        return out
    }

    /// The description with the type before it.
    public var debugDescription: String { "\(type.rawValue) \(description)" }
}

extension AttributeMap: CustomStringConvertible {
    /// One line for people, as `AttributeValue` describes a map.
    public var description: String { AttributeValue.map(self).description }
}

private enum ReadableText {
    static func write(_ value: AttributeValue, to out: inout String) {
        switch value {
        case .string(let value): write(value, to: &out)
        case .number(let value): out += value.text
        case .binary(let value): write(value, to: &out)
        case .stringSet(let values): write(values, "<<", ">>", to: &out) { write($0, to: &$1) }
        case .numberSet(let values): write(values, "<<", ">>", to: &out) { $1 += $0.text }
        case .binarySet(let values): write(values, "<<", ">>", to: &out) { write($0, to: &$1) }
        case .list(let values): write(values, "[", "]", to: &out) { write($0, to: &$1) }
        case .map(let map):
            write(map, "{", "}", to: &out) { member, out in
                if member.name.utf8.allSatisfy(isPlain), !member.name.isEmpty {
                    out += member.name
                } else {
                    write(member.name, to: &out)
                }
                out += ": "
                write(member.value, to: &out)
            }
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        }
    }

    private static func write<C: Collection>(
        _ values: C, _ open: String, _ close: String, to out: inout String,
        _ each: (C.Element, inout String) -> Void
    ) {
        out += open
        var isFirst = true
        for value in values {
            if !isFirst { out += ", " }
            isFirst = false
            each(value, &out)
        }
        out += close
    }

    private static func write(_ bytes: [UInt8], to out: inout String) {
        out += "b\""
        out += Base64.encodeToString(bytes)
        out += "\""
    }

    private static func write(_ string: String, to out: inout String) {
        out += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default:
                switch scalar.properties.generalCategory {
                // Format characters can turn the direction of what follows, as control characters
                // can colour or erase it. The joiners alone are part of words and emoji.
                case .control, .lineSeparator, .paragraphSeparator:
                    out += "\\u{\(String(scalar.value, radix: 16))}"
                case .format where scalar != "\u{200C}" && scalar != "\u{200D}":
                    out += "\\u{\(String(scalar.value, radix: 16))}"
                default:
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        out += "\""
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}
