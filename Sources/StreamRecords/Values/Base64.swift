// SPDX-License-Identifier: Apache-2.0

/// Base64 with the standard alphabet and padding (RFC 4648, section 4), strict: no line breaks, no
/// missing padding, and no bits set that carry no data, so that each byte string has one text.
package enum Base64 {
    /// The text of the bytes, as ASCII.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        encode(bytes, appendingTo: &out)
        return out
    }

    /// The text of the bytes.
    package static func encodeToString(_ bytes: [UInt8]) -> String {
        String(decoding: encode(bytes), as: UTF8.self)
    }

    package static func encode(_ bytes: [UInt8], appendingTo out: inout [UInt8]) {
        out.reserveCapacity(out.count + (bytes.count + 2) / 3 * 4)
        let alphabet = Self.alphabet
        var index = 0
        while index + 2 < bytes.count {
            let group =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            out.append(alphabet[Int(group >> 18)])
            out.append(alphabet[Int(group >> 12 & 63)])
            out.append(alphabet[Int(group >> 6 & 63)])
            out.append(alphabet[Int(group & 63)])
            index += 3
        }
        let rest = bytes.count - index
        guard rest > 0 else { return }
        let group = UInt32(bytes[index]) << 16 | (rest == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
        out.append(alphabet[Int(group >> 18)])
        out.append(alphabet[Int(group >> 12 & 63)])
        out.append(rest == 2 ? alphabet[Int(group >> 6 & 63)] : padding)
        out.append(padding)
    }

    /// The bytes that the text stands for.
    package static func decode(_ text: String) throws(Base64Error) -> [UInt8] {
        try decode(Array(text.utf8))
    }

    /// The bytes that the ASCII text stands for.
    package static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        var out: [UInt8] = []
        try decode(text[...], appendingTo: &out)
        return out
    }

    /// Appends the bytes that the ASCII text stands for; on an error nothing is appended.
    package static func decode(
        _ text: ArraySlice<UInt8>, appendingTo out: inout [UInt8]
    ) throws(Base64Error) {
        if text.isEmpty { return }
        let begin = out.count
        do throws(Base64Error) {
            guard text.count % 4 == 0 else {
                throw Base64Error(code: .length, offset: text.count)
            }
            out.reserveCapacity(begin + text.count / 4 * 3)
            let values = Self.values
            let lastGroup = text.endIndex - 4
            var index = text.startIndex
            while index < lastGroup {
                let a = values[Int(text[index])]
                let b = values[Int(text[index + 1])]
                let c = values[Int(text[index + 2])]
                let d = values[Int(text[index + 3])]
                guard (a | b | c | d) < 64 else { throw character(in: text, from: index) }
                out.append(a << 2 | b >> 4)
                out.append(b << 4 | c >> 2)
                out.append(c << 6 | d)
                index += 4
            }
            try decodeLast(text, appendingTo: &out)
        } catch {
            out.removeSubrange(begin...)
            throw error
        }
    }

    /// The last group, which alone may be padded.
    private static func decodeLast(
        _ text: ArraySlice<UInt8>, appendingTo out: inout [UInt8]
    ) throws(Base64Error) {
        let index = text.endIndex - 4
        let pads = text[index + 3] != padding ? 0 : text[index + 2] != padding ? 1 : 2
        var group: UInt32 = 0
        for place in 0..<4 - pads {
            let value = values[Int(text[index + place])]
            guard value < 64 else { throw character(in: text, from: index) }
            group = group << 6 | UInt32(value)
        }
        group <<= 6 * UInt32(pads)
        guard pads == 0 || group & (pads == 1 ? 0xFF : 0xFFFF) == 0 else {
            throw Base64Error(code: .unusedBits, offset: index + 3 - pads - text.startIndex)
        }
        out.append(UInt8(truncatingIfNeeded: group >> 16))
        if pads < 2 { out.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if pads < 1 { out.append(UInt8(truncatingIfNeeded: group)) }
    }

    private static func character(in text: ArraySlice<UInt8>, from index: Int) -> Base64Error {
        let place = text[index...].firstIndex { values[Int($0)] >= 64 } ?? index
        return Base64Error(code: .character, offset: place - text.startIndex)
    }

    private static let padding = UInt8(ascii: "=")

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The six bits of each character; 255 for those outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(truncatingIfNeeded: value)
        }
        return values
    }()
}

/// Why a text is not Base64.
package struct Base64Error: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The length is no multiple of four.
        package static let length = Code(rawValue: "length")
        /// A character outside the alphabet, or padding before the end.
        package static let character = Code(rawValue: "character")
        /// The last character has bits set that carry no data.
        package static let unusedBits = Code(rawValue: "unusedBits")
    }

    package let code: Code
    /// Bytes from the start of the text.
    package let offset: Int

    package init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    package var description: String {
        switch code {
        case .length: "Base64 of \(offset) characters, which is no multiple of four"
        case .unusedBits: "Base64 with unused bits set in the character at offset \(offset)"
        default: "no Base64 character at offset \(offset)"
        }
    }
}
