// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

extension EventCursor {
    /// The place as one word of letters, digits, `-` and `_`, for addresses and command lines. What it holds is nobody's business.
    public var token: String {
        let text = JSONValue.array([.string(sort), .string(key.id), .string(key.name)]).text
        var token = ""
        for character in Base64.encodeToString(Array(text.utf8)).unicodeScalars {
            switch character {
            case "+": token += "-"
            case "/": token += "_"
            case "=": continue
            default: token.unicodeScalars.append(character)
            }
        }
        return token
    }

    /// Reads a token. Absent for what is none.
    public init?(token: String) {
        guard token.utf8.count <= 16 << 10 else { return nil }
        var text: [UInt8] = []
        for byte in token.utf8 {
            switch byte {
            case UInt8(ascii: "-"): text.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): text.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: text.append(byte)
            }
        }
        while !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        guard let bytes = try? Base64.decode(text), let value = try? JSONValue(parsing: bytes), case .array(let parts) = value, parts.count == 3,
            let sort = parts[0].stringValue, let id = parts[1].stringValue, let name = parts[2].stringValue
        else { return nil }
        self.init(sort: sort, key: EventKey(id: id, name: name))
    }
}
