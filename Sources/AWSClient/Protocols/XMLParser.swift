// SPDX-License-Identifier: Apache-2.0

#if AWS

/// A small and strict reader of XML 1.0 in UTF-8: elements, attributes, text, CDATA, comments, instructions. Document types are refused, and with them
/// all entities but the five that XML has: services don't send them, and attackers do.
///
/// Grammar: <https://www.w3.org/TR/xml/>
struct XMLParser {
    private static let maximumDepth = 100

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(XMLError) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fail("not UTF-8") }
        _ = take([0xEF, 0xBB, 0xBF])
        try skipMisc()
        guard peek == UInt8(ascii: "<") else { throw fail("expected the first element") }
        let root = try element(depth: 1)
        try skipMisc()
        guard place == bytes.count else { throw fail("something behind the document's end") }
        return root
    }

    // MARK: Elements

    private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
        guard depth <= XMLParser.maximumDepth else { throw fail("nested more than \(XMLParser.maximumDepth) deep") }
        try expect("<")
        let name = try self.name()
        var element = XMLElement(name: XMLParser.local(name))
        if try attributes() { return element }
        var text: [UInt8] = []
        while true {
            guard let byte = peek else { throw fail("the document ends inside <\(name)>") }
            if byte != UInt8(ascii: "<") {
                try characters(until: UInt8(ascii: "<"), into: &text)
            } else if take("</") {
                guard try self.name() == name else { throw fail("expected </\(name)>") }
                skipBlanks()
                try expect(">")
                element.text = String(decoding: text, as: UTF8.self)
                return element
            } else if take("<![CDATA[") {
                try append(until: "]]>", to: &text)
            } else if try skipAside() {
                continue
            } else {
                element.children.append(try self.element(depth: depth + 1))
            }
        }
    }

    /// Reads attributes and the tag's end.
    /// - Returns: whether the element is empty: `<a/>`.
    private mutating func attributes() throws(XMLError) -> Bool {
        var names: Set<String> = []
        while true {
            let hadBlanks = skipBlanks()
            if take("/>") { return true }
            if take(">") { return false }
            guard hadBlanks else { throw fail("expected a blank, > or />") }
            let name = try self.name()
            guard names.insert(name).inserted else { throw fail("the attribute \(name) stands twice") }
            skipBlanks()
            try expect("=")
            skipBlanks()
            guard let quote = peek, quote == 0x22 || quote == 0x27 else { throw fail("expected a quote") }
            place += 1
            var value: [UInt8] = []
            while let byte = peek, byte != quote {
                if byte == UInt8(ascii: "<") { throw fail("< in an attribute") }
                try characters(until: quote, into: &value)
            }
            guard peek == quote else { throw fail("the document ends inside an attribute") }
            place += 1
        }
    }

    // MARK: Text

    /// Text up to a byte, or to `<` or the end: references resolved, line ends as XML has them.
    private mutating func characters(until end: UInt8, into text: inout [UInt8]) throws(XMLError) {
        while let byte = peek, byte != end, byte != UInt8(ascii: "<") {
            switch byte {
            case UInt8(ascii: "&"): try reference(into: &text)
            case 0x0D:
                place += 1
                if peek != 0x0A { text.append(0x0A) }
            case 0x00..<0x20 where byte != 0x09 && byte != 0x0A: throw fail("a control character")
            case UInt8(ascii: "]") where bytes[place...].starts(with: "]]>".utf8): throw fail("]]> in text")
            default:
                text.append(byte)
                place += 1
            }
        }
    }

    private mutating func reference(into text: inout [UInt8]) throws(XMLError) {
        let start = place
        place += 1
        guard let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw fail("& without a reference") }
        let name = String(decoding: bytes[place..<end], as: UTF8.self)
        let scalar: Unicode.Scalar?
        switch name {
        case "amp": scalar = "&"
        case "lt": scalar = "<"
        case "gt": scalar = ">"
        case "quot": scalar = "\""
        case "apos": scalar = "'"
        default: scalar = XMLParser.scalar(name)
        }
        guard let scalar else {
            place = start
            throw fail("an unknown reference &\(name);")
        }
        place = end + 1
        text += Array(String(Character(scalar)).utf8)
    }

    /// `#233` or `#xE9`, where XML allows the character.
    private static func scalar(_ name: String) -> Unicode.Scalar? {
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x"
        let number = isHexadecimal ? digits.dropFirst() : digits
        guard number.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let value = UInt32(number, radix: isHexadecimal ? 16 : 10)
        else { return nil }
        return Unicode.Scalar(value).flatMap { XMLText.allows($0) ? $0 : nil }
    }

    // MARK: What is left out

    private mutating func skipMisc() throws(XMLError) {
        while true {
            skipBlanks()
            if try !skipAside() { break }
        }
        if take("<!") { throw fail("a document type, which no service sends") }
    }

    /// A comment or an instruction.
    /// - Returns: false where neither begins here.
    private mutating func skipAside() throws(XMLError) -> Bool {
        var ignored: [UInt8] = []
        if take("<!--") {
            try append(until: "--", to: &ignored)
            try expect(">")
            return true
        }
        guard take("<?") else { return false }
        try append(until: "?>", to: &ignored)
        return true
    }

    // MARK: Bytes

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private func fail(_ message: String) -> XMLError { XMLError(offset: place, message: message) }

    private mutating func take(_ text: String) -> Bool { take(Array(text.utf8)) }

    private mutating func take(_ text: [UInt8]) -> Bool {
        guard bytes[place...].starts(with: text) else { return false }
        place += text.count
        return true
    }

    private mutating func expect(_ text: String) throws(XMLError) {
        if !take(text) { throw fail("expected \(text)") }
    }

    @discardableResult
    private mutating func skipBlanks() -> Bool {
        let start = place
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
        return place > start
    }

    private mutating func append(until end: String, to text: inout [UInt8]) throws(XMLError) {
        let mark = Array(end.utf8)
        while place < bytes.count {
            if bytes[place] == mark[0] && take(mark) { return }
            text.append(bytes[place])
            place += 1
        }
        throw fail("expected \(end)")
    }

    /// A name as it is written, with its prefix.
    private mutating func name() throws(XMLError) -> String {
        let start = place
        while let byte = peek, XMLParser.isName(byte, isFirst: place == start) { place += 1 }
        guard place > start else { throw fail("expected a name") }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: ":"), 0x80...0xFF: true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    private static func local(_ name: String) -> String { name.split(separator: ":").last.map { String($0) } ?? name }
}

/// What XML can hold.
enum XMLText {
    /// <https://www.w3.org/TR/xml/#charsets>
    static func allows(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}

#endif
