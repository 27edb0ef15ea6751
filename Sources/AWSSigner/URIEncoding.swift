// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Percent-encoding as signatures want it: all but the letters, digits and `-_.~`, with capital hexadecimal digits.
public enum URIEncoding {
    /// - Parameter slashes: whether `/` stays, as in a path of several segments.
    public static func encode(_ text: String, keepingSlashes slashes: Bool = false) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count + 16)
        append(text.utf8, keepingSlashes: slashes, to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The query of these names and values, in their order.
    public static func query(_ items: [(name: String, value: String)]) -> String {
        var encoded: [UInt8] = []
        for (place, item) in items.enumerated() {
            if place > 0 { encoded.append(UInt8(ascii: "&")) }
            append(item.name.utf8, keepingSlashes: false, to: &encoded)
            encoded.append(UInt8(ascii: "="))
            append(item.value.utf8, keepingSlashes: false, to: &encoded)
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The text that is encoded here, with `+` for a blank, as S3 writes keys in listings. What is not UTF-8 then shows replacement characters.
    public static func decoded(_ text: String) -> String {
        String(decoding: decode(text.utf8.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }), as: UTF8.self)
    }

    static func append(_ text: some Sequence<UInt8>, keepingSlashes slashes: Bool, to encoded: inout [UInt8]) {
        for byte in text {
            if isUnreserved(byte) || (slashes && byte == UInt8(ascii: "/")) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
    }

    /// The bytes that stand behind percent signs in place of these. A percent sign without two hexadecimal digits stays.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            if text[place] == UInt8(ascii: "%"), place + 2 < text.count, let high = value(text[place + 1]), let low = value(text[place + 2]) {
                decoded.append(high << 4 | low)
                place += 3
            } else {
                decoded.append(text[place])
                place += 1
            }
        }
        return decoded
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - 0x37
        default: nil
        }
    }
}

#endif
