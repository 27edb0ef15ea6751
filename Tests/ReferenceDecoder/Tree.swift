// SPDX-License-Identifier: Apache-2.0

/// A JSON value as it stands in a text: members in order, duplicates kept, strings and numbers as their exact bytes.
public struct Tree: Sendable {
    public struct Member: Sendable {
        /// The name's bytes between the quotation marks, escapes untouched.
        public var name: [UInt8]
        public var value: Tree

        /// The name's characters, as UTF-8.
        public var unescapedName: [UInt8] { Tree.unescape(name) }
    }

    public indirect enum Content: Sendable {
        case object([Member])
        case array([Tree])
        /// The bytes between the quotation marks, escapes untouched.
        case string([UInt8])
        case number([UInt8])
        case bool(Bool)
        case null
    }

    public var content: Content
    /// All bytes of the value as received.
    public var raw: [UInt8]

    /// The value of the last member of that name, as a reader who overwrites would see it.
    public subscript(name: String) -> Tree? {
        guard case .object(let members) = content else { return nil }
        return members.last { Tree.unescape($0.name) == Array(name.utf8) }?.value
    }

    public var members: [Member]? {
        guard case .object(let members) = content else { return nil }
        return members
    }

    public var elements: [Tree]? {
        guard case .array(let elements) = content else { return nil }
        return elements
    }

    /// A string's bytes between the quotation marks.
    public var rawString: [UInt8]? {
        guard case .string(let bytes) = content else { return nil }
        return bytes
    }

    /// A string's characters.
    public var string: String? {
        guard let bytes = rawString else { return nil }
        return String(decoding: Tree.unescape(bytes), as: UTF8.self)
    }

    public var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// The value's bytes as received; objects and arrays with line breaks in them without any white space of their own.
    public var onOneLine: [UInt8] {
        guard raw.contains(UInt8(ascii: "\n")) || raw.contains(UInt8(ascii: "\r")) else { return raw }
        switch content {
        case .object(let members):
            let texts = members.map { Array("\"".utf8) + $0.name + Array("\":".utf8) + $0.value.onOneLine }
            return Array("{".utf8) + texts.joined(separator: Array(",".utf8)) + Array("}".utf8)
        case .array(let elements):
            return Array("[".utf8) + elements.map(\.onOneLine).joined(separator: Array(",".utf8)) + Array("]".utf8)
        default:
            return raw
        }
    }

    /// The characters that a string's bytes stand for. The parser has checked that every escape is whole.
    static func unescape(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
        var units: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                units.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            case UInt8(ascii: "u"):
                var scalar = hexadecimal(bytes[(index + 2)..<(index + 6)])
                index += 4
                if (0xD800..<0xDC00).contains(scalar) {
                    let low = hexadecimal(bytes[(index + 4)..<(index + 8)])
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                units.append(contentsOf: Array(String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8))
            default: units.append(bytes[index + 1])
            }
            index += 2
        }
        return units
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32 {
        UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xFFFD
    }
}

/// A recursive JSON parser, written to be checked by eye and for nothing else.
public struct TreeParser {
    /// Where the text ceases to be JSON.
    public struct Failure: Error, Hashable {
        public let offset: Int
    }

    private let bytes: [UInt8]
    public private(set) var offset: Int

    public init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Exactly one JSON text.
    public static func parse(_ bytes: [UInt8]) throws(Failure) -> Tree {
        var parser = TreeParser(bytes)
        let tree = try parser.value()
        parser.skipWhitespace()
        guard parser.offset == bytes.count else { throw Failure(offset: parser.offset) }
        return tree
    }

    /// True when nothing but white space is left.
    public mutating func isAtEnd() -> Bool {
        skipWhitespace()
        return offset == bytes.count
    }

    /// The next value, white space before it skipped.
    public mutating func value() throws(Failure) -> Tree {
        skipWhitespace()
        let start = offset
        let content: Tree.Content
        switch peek() {
        case UInt8(ascii: "{"): content = try object()
        case UInt8(ascii: "["): content = try array()
        case UInt8(ascii: "\""): content = .string(try string())
        case UInt8(ascii: "t"): content = try literal("true", .bool(true))
        case UInt8(ascii: "f"): content = try literal("false", .bool(false))
        case UInt8(ascii: "n"): content = try literal("null", .null)
        default: content = .number(try number())
        }
        return Tree(content: content, raw: Array(bytes[start..<offset]))
    }

    private func peek() -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    private mutating func skipWhitespace() {
        while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            offset += 1
        }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard peek() == UInt8(ascii: character) else { throw Failure(offset: offset) }
        offset += 1
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func literal(_ text: String, _ content: Tree.Content) throws(Failure) -> Tree.Content {
        for scalar in text.unicodeScalars {
            try expect(scalar)
        }
        return content
    }

    private mutating func object() throws(Failure) -> Tree.Content {
        try expect("{")
        var members: [Tree.Member] = []
        skipWhitespace()
        if take("}") {
            return .object(members)
        }
        repeat {
            skipWhitespace()
            let name = try string()
            skipWhitespace()
            try expect(":")
            members.append(Tree.Member(name: name, value: try value()))
            skipWhitespace()
        } while take(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array() throws(Failure) -> Tree.Content {
        try expect("[")
        var elements: [Tree] = []
        skipWhitespace()
        if take("]") {
            return .array(elements)
        }
        repeat {
            elements.append(try value())
            skipWhitespace()
        } while take(",")
        try expect("]")
        return .array(elements)
    }

    /// A string's bytes between the quotation marks, all checks made.
    private mutating func string() throws(Failure) -> [UInt8] {
        try expect("\"")
        let start = offset
        while true {
            guard let byte = peek(), byte >= 0x20 else { throw Failure(offset: offset) }
            if byte == UInt8(ascii: "\"") {
                break
            }
            if byte == UInt8(ascii: "\\") {
                try escape()
            } else if byte < 0x80 {
                offset += 1
            } else {
                try multibyteCharacter()
            }
        }
        let content = Array(bytes[start..<offset])
        offset += 1
        return content
    }

    private mutating func escape() throws(Failure) {
        offset += 1
        guard let kind = peek() else { throw Failure(offset: offset) }
        guard kind == UInt8(ascii: "u") else {
            guard #""\/bfnrt"#.utf8.contains(kind) else { throw Failure(offset: offset) }
            offset += 1
            return
        }
        let start = offset - 1
        let unit = try codeUnit()
        if (0xD800..<0xDC00).contains(unit) {
            guard take("\\"), peek() == UInt8(ascii: "u"), (0xDC00..<0xE000).contains(try codeUnit()) else {
                throw Failure(offset: start)
            }
        } else if (0xDC00..<0xE000).contains(unit) {
            throw Failure(offset: start)
        }
    }

    private mutating func codeUnit() throws(Failure) -> Int {
        try expect("u")
        var unit = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw Failure(offset: offset)
            }
            unit = unit * 16 + digit
            offset += 1
        }
        return unit
    }

    private mutating func multibyteCharacter() throws(Failure) {
        let longest = bytes[offset..<min(offset + 4, bytes.count)]
        for length in 2...4 where length <= longest.count {
            let candidate = Array(longest.prefix(length))
            if let text = String(validating: candidate, as: UTF8.self), text.unicodeScalars.count == 1 {
                offset += length
                return
            }
        }
        throw Failure(offset: offset)
    }

    private mutating func number() throws(Failure) -> [UInt8] {
        let start = offset
        _ = take("-")
        if !take("0") {
            try digits()
        }
        if take(".") {
            try digits()
        }
        if take("e") || take("E") {
            if !take("+") {
                _ = take("-")
            }
            try digits()
        }
        return Array(bytes[start..<offset])
    }

    private mutating func digits() throws(Failure) {
        let start = offset
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            offset += 1
        }
        guard offset > start else { throw Failure(offset: offset) }
    }
}
