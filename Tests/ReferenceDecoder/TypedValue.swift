// SPDX-License-Identifier: Apache-2.0

/// Why a record cannot be read: sound JSON of the wrong shape.
public struct WrongShape: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// DynamoDB's typed values on trees: what they look like plain, and when two are equal.
enum TypedValue {
    /// The plain JSON of a typed value.
    static func plain(_ tree: Tree) throws(WrongShape) -> [UInt8] {
        let (type, value) = try parts(of: tree)
        switch type {
        case "S":
            return quoted(try rawString(value))
        case "B":
            return try binary(value)
        case "N":
            return try number(value)
        case "BOOL":
            guard case .bool(let flag) = value.content else { throw WrongShape("BOOL is no boolean") }
            return Array(flag ? "true".utf8 : "false".utf8)
        case "NULL":
            guard case .bool(true) = value.content else { throw WrongShape("NULL is not true") }
            return Array("null".utf8)
        case "M":
            return try plainMap(value)
        case "L":
            guard let elements = value.elements else { throw WrongShape("L is no array") }
            var texts: [[UInt8]] = []
            for element in elements {
                texts.append(try plain(element))
            }
            return list(texts)
        case "SS":
            guard let elements = value.elements else { throw WrongShape("a set is no array") }
            var texts: [[UInt8]] = []
            for element in elements {
                texts.append(quoted(try rawString(element)))
            }
            return list(texts)
        case "BS":
            guard let elements = value.elements else { throw WrongShape("a set is no array") }
            var texts: [[UInt8]] = []
            for element in elements {
                texts.append(try binary(element))
            }
            return list(texts)
        case "NS":
            guard let elements = value.elements else { throw WrongShape("a set is no array") }
            var texts: [[UInt8]] = []
            for element in elements {
                texts.append(try number(element))
            }
            return list(texts)
        default:
            throw WrongShape("no such type: \(type)")
        }
    }

    /// The plain JSON of an image: an object whose members are typed values.
    static func plainMap(_ tree: Tree) throws(WrongShape) -> [UInt8] {
        guard let members = tree.members else { throw WrongShape("an image is no object") }
        var text = Array("{".utf8)
        for (index, member) in members.enumerated() {
            if index > 0 {
                text.append(UInt8(ascii: ","))
            }
            text += quoted(member.name) + Array(":".utf8)
            text += try plain(member.value)
        }
        return text + Array("}".utf8)
    }

    /// DynamoDB's equality: sets have no order, numbers compare by value, maps have no order.
    static func areEqual(_ first: Tree, _ second: Tree) throws(WrongShape) -> Bool {
        let (type, one) = try parts(of: first)
        let (otherType, other) = try parts(of: second)
        guard type == otherType else { return false }
        switch type {
        case "N":
            return try decimal(one) == decimal(other)
        case "BOOL", "NULL":
            return one.raw == other.raw
        case "M":
            guard let members = one.members, let others = other.members else { return false }
            return try areEqual(members, others)
        case "L":
            guard let elements = one.elements, let others = other.elements, elements.count == others.count else { return false }
            for (element, counterpart) in zip(elements, others) {
                if try !areEqual(element, counterpart) {
                    return false
                }
            }
            return true
        case "SS":
            return try strings(one) == strings(other)
        case "BS":
            return try binaries(one) == binaries(other)
        case "NS":
            return try numbers(one) == numbers(other)
        case "B":
            return Base64.decode(try rawString(one)) == Base64.decode(try rawString(other))
        default:
            return one.string == other.string
        }
    }

    static func areEqual(_ members: [Tree.Member], _ others: [Tree.Member]) throws(WrongShape) -> Bool {
        guard members.count == others.count else { return false }
        for member in members {
            guard let counterpart = others.last(where: { Tree.unescape($0.name) == Tree.unescape(member.name) }) else { return false }
            if try !areEqual(member.value, counterpart.value) {
                return false
            }
        }
        return true
    }

    /// A number's text as a JSON number: digit for digit where JSON allows it, else normalised.
    static func number(_ tree: Tree) throws(WrongShape) -> [UInt8] {
        let text = try rawString(tree)
        if let parsed = try? TreeParser.parse(text), case .number = parsed.content, parsed.raw == text {
            return text
        }
        let characters = Tree.unescape(text)
        guard DecimalText(characters) != nil else { throw WrongShape("no number: \(String(decoding: text, as: UTF8.self))") }
        return Array(normalised(String(decoding: characters, as: UTF8.self)).utf8)
    }

    /// The least change that makes JSON of a number's text: no plus sign, no leading zeros, digits on both sides of the point.
    private static func normalised(_ text: String) -> String {
        var rest = Substring(text)
        var result = ""
        if rest.first == "-" {
            result = "-"
        }
        rest = rest.drop { $0 == "-" || $0 == "+" }
        let whole = rest.prefix { $0.isNumber }
        rest = rest.dropFirst(whole.count)
        let significant = whole.drop { $0 == "0" }
        result += significant.isEmpty ? "0" : significant
        if rest.first == "." {
            let fraction = rest.dropFirst().prefix { $0.isNumber }
            rest = rest.dropFirst(fraction.count + 1)
            result += fraction.isEmpty ? "" : "." + fraction
        }
        return result + rest
    }

    static func quoted(_ raw: [UInt8]) -> [UInt8] {
        Array("\"".utf8) + raw + Array("\"".utf8)
    }

    private static func parts(of tree: Tree) throws(WrongShape) -> (type: String, value: Tree) {
        guard let members = tree.members, members.count == 1 else { throw WrongShape("a typed value is an object with one member") }
        return (String(decoding: Tree.unescape(members[0].name), as: UTF8.self), members[0].value)
    }

    private static func rawString(_ tree: Tree) throws(WrongShape) -> [UInt8] {
        guard let bytes = tree.rawString else { throw WrongShape("no string") }
        return bytes
    }

    private static func binary(_ tree: Tree) throws(WrongShape) -> [UInt8] {
        let text = try rawString(tree)
        guard Base64.decode(text) != nil else { throw WrongShape("no base64") }
        return quoted(text)
    }

    private static func decimal(_ tree: Tree) throws(WrongShape) -> DecimalText? {
        DecimalText(Tree.unescape(try rawString(tree)))
    }

    private static func list(_ texts: [[UInt8]]) -> [UInt8] {
        Array("[".utf8) + texts.joined(separator: Array(",".utf8)) + Array("]".utf8)
    }

    private static func strings(_ tree: Tree) throws(WrongShape) -> Set<[UInt8]> {
        var members: Set<[UInt8]> = []
        for element in tree.elements ?? [] {
            members.insert(Tree.unescape(try rawString(element)))
        }
        return members
    }

    private static func binaries(_ tree: Tree) throws(WrongShape) -> Set<[UInt8]?> {
        var members: Set<[UInt8]?> = []
        for element in tree.elements ?? [] {
            members.insert(Base64.decode(try rawString(element)))
        }
        return members
    }

    private static func numbers(_ tree: Tree) throws(WrongShape) -> Set<DecimalText?> {
        var members: Set<DecimalText?> = []
        for element in tree.elements ?? [] {
            members.insert(try decimal(element))
        }
        return members
    }
}

/// A decimal number by value: sign, digits without zeros at either end, and the power of ten of the last digit.
struct DecimalText: Hashable {
    var isNegative: Bool
    var digits: String
    var exponent: Int

    init?(_ bytes: [UInt8]) {
        var text = Substring(decoding: bytes, as: UTF8.self)
        isNegative = text.first == "-"
        if let sign = text.first, sign == "-" || sign == "+" {
            text.removeFirst()
        }
        exponent = 0
        if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            guard let power = Int(text[text.index(after: mark)...]) else { return nil }
            exponent = power
            text = text[..<mark]
        }
        if let point = text.firstIndex(of: ".") {
            let fraction = text[text.index(after: point)...]
            exponent -= fraction.count
            text = text[..<point] + fraction
        }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        while text.last == "0" {
            text.removeLast()
            exponent += 1
        }
        digits = String(text.drop { $0 == "0" })
        if digits.isEmpty {
            isNegative = false
            exponent = 0
        }
    }
}

/// Base64 with padding, the standard alphabet.
enum Base64 {
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        let characters = Tree.unescape(text)
        guard characters.count % 4 == 0 else { return nil }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var values = [Int](repeating: -1, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = value
        }
        let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
        var bytes: [UInt8] = []
        var group = 0
        var digits = 0
        for character in characters.dropLast(padding) {
            guard values[Int(character)] >= 0 else { return nil }
            group = group << 6 | values[Int(character)]
            digits += 1
            if digits == 4 {
                bytes += [UInt8(group >> 16), UInt8(group >> 8 & 255), UInt8(group & 255)]
                group = 0
                digits = 0
            }
        }
        switch digits {
        case 2: bytes.append(UInt8(group >> 4))
        case 3: bytes += [UInt8(group >> 10), UInt8(group >> 2 & 255)]
        default: break
        }
        return bytes
    }
}
