// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Testing

/// The scanner takes 16 bytes at a step: what is special must be seen at every place of a step, and at every place in memory.
@Suite("Strings at the edges of the scanner's steps") struct StringBoundaryTests {
    /// A piece of a string's text, and what it stands for; nil where it is an error.
    struct Piece: Sendable, CustomTestStringConvertible {
        let text: [UInt8]
        let character: String?
        let code: JSONError.Code?
        /// Where in the piece the error is.
        var place = 0

        var testDescription: String { String(decoding: text, as: UTF8.self).debugDescription }
    }

    static let pieces = [
        Piece(text: Array(#"\""#.utf8), character: "\"", code: nil),
        Piece(text: Array(#"\\"#.utf8), character: "\\", code: nil),
        Piece(text: Array(#"\u00e9"#.utf8), character: "é", code: nil),
        Piece(text: Array(#"\ud83d\ude00"#.utf8), character: "😀", code: nil),
        Piece(text: Array("é".utf8), character: "é", code: nil),
        Piece(text: Array("€".utf8), character: "€", code: nil),
        Piece(text: Array("😀".utf8), character: "😀", code: nil),
        Piece(text: [0x7F], character: "\u{7F}", code: nil),
        Piece(text: [0x00], character: nil, code: .controlCharacter),
        Piece(text: [0x1F], character: nil, code: .controlCharacter),
        Piece(text: [0xFF], character: nil, code: .invalidUTF8),
        Piece(text: [0x80], character: nil, code: .invalidUTF8),
        Piece(text: [0xE2, 0x82], character: nil, code: .invalidUTF8),
        Piece(text: Array(#"\x"#.utf8), character: nil, code: .invalidEscape, place: 1),
    ]

    @Test("One special piece at each place of strings of each length", arguments: pieces)
    func everyPlace(piece: Piece) throws {
        for length in 0...80 {
            for place in 0...length {
                // All alignments come up with every length and with every place.
                try check(piece, length: length, place: place, alignment: (length * 7 + place) % 16)
            }
        }
    }

    @Test("One special piece at each alignment", arguments: pieces)
    func everyAlignment(piece: Piece) throws {
        for alignment in 0..<32 {
            for length in [0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65] {
                for place in Set([0, 1, length / 2, length - 1, length]) where (0...length).contains(place) {
                    try check(piece, length: length, place: place, alignment: alignment)
                }
            }
        }
    }

    /// The piece in a string of `length` plain characters, after `alignment` bytes of white space; as a value, as a name, and typed.
    private func check(_ piece: Piece, length: Int, place: Int, alignment: Int) throws {
        let plain = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let inside = plain[..<place] + piece.text + plain[place...]
        let white = [UInt8](repeating: 0x20, count: alignment)
        for (before, after) in [("[\"", "\"]"), ("{\"", "\":0}"), ("{\"S\":\"", "\"}"), ("{\"S\":\"", "\",\"N\":1}")] {
            let text = white + Array(before.utf8) + inside + Array(after.utf8)
            let comment: Comment = "length \(length), place \(place), alignment \(alignment), \(before)"
            do {
                let value = try JSONValue(parsing: text)
                let expected = String(decoding: plain[..<place], as: UTF8.self) + (piece.character ?? "") + String(decoding: plain[place...], as: UTF8.self)
                #expect(piece.code == nil, comment)
                #expect(Self.text(of: value) == expected, comment)
            } catch {
                #expect(error.code == piece.code, comment)
                #expect(error.offset == alignment + before.utf8.count + place + piece.place, comment)
            }
        }
    }

    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .array(let elements): elements.first?.stringValue
        case .object(let members) where members.first?.value == .number("0"): members.first?.name
        case .object(let members): members.first?.value.stringValue
        default: nil
        }
    }

    @Test("Strings of every length are read whole", arguments: [0x22, 0x5C])
    func everyLength(last: Int) throws {
        for length in 0...600 {
            let text = String(repeating: "x", count: length)
            let escaped = last == 0x22 ? "" : #"\\"#
            let value = try JSONValue(parsing: "\"\(text)\(escaped)\"")
            #expect(value == .string(text + (last == 0x22 ? "" : "\\")))
        }
    }

    /// What is written is what a slow writer writes, byte by byte.
    @Test("Every kind of character is written at each place of strings of each length", arguments: ["\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "€", "😀", "\"\u{8}\\é\""])
    func written(piece: String) throws {
        for length in 0...80 {
            for place in 0...length {
                let plain = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
                let text = String(decoding: plain[..<place], as: UTF8.self) + piece + String(decoding: plain[place...], as: UTF8.self)
                var writer = JSONWriter()
                writer.write(string: text)
                let expected = "\"" + text.unicodeScalars.map(Self.escaped).joined() + "\""
                let written = writer.text
                #expect(written == expected, "length \(length), place \(place)")
                // The same bytes where others follow, which are not of the text.
                let bytes = JSONBytes(Array(text.utf8) + Array("\"behind\"".utf8))
                writer.removeAll()
                writer.write(string: bytes.span.extracting(0..<text.utf8.count))
                let copied = writer.text
                #expect(copied == expected, "length \(length), place \(place)")
                #expect(bytes.text(of: 0..<text.utf8.count) == text)
            }
        }
    }

    @Test("Texts that are all escapes, of every length") func allEscapes() throws {
        for piece in ["\"", "\u{1}", "\u{1}\""] {
            for count in 0...200 {
                let text = String(repeating: piece, count: count)
                var writer = JSONWriter()
                writer.write(string: text)
                let written = writer.text
                #expect(written == "\"" + text.unicodeScalars.map(Self.escaped).joined() + "\"")
            }
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return #"\""#
        case "\\": return #"\\"#
        case "\n": return #"\n"#
        case "\u{8}": return #"\b"#
        case "\u{0}"..<" ":
            let digits = String(scalar.value, radix: 16)
            return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
        default: return String(Character(scalar))
        }
    }

    @Test("A control character and a pair of bytes are seen at every place") func controls() {
        for length in 0...70 {
            let plain = [UInt8](repeating: 0x61, count: length)
            func has(_ bytes: [UInt8]) -> Bool { JSONBytes(bytes).span.hasControl(orPair: 0xEF, 0xBF) }
            #expect(!has(plain))
            for place in 0...length {
                for (found, isThere) in [([0x1F], true), ([0], true), ([0x20], false), ([0xEF, 0xBF], true), ([0xEF, 0xBC], false), ([0xBF, 0xEF], false), ([0xEF], false)] as [([UInt8], Bool)] {
                    #expect(has(Array(plain[..<place] + found + plain[place...])) == isThere, "\(found) at \(place) of \(length)")
                }
            }
        }
    }
}
