// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What stands in a field's list: values, and comparisons in objects of their own.
struct Operators {
    let numbers: NumberRule

    static let names = ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists", "cidr", "exactly"]

    /// Names that no field within `$or` may have, those that EventBridge keeps for later among them.
    static let reserved: Set<String> = Set(names + [
        "=", "<", "<=", ">", ">=", "html", "regex", "not-wildcard", "not-equals-ignore-case", "date-after", "date-on-or-after", "date-before",
        "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
    ])

    /// A value that stands for itself.
    func literal(_ node: PatternNode) -> ValueTest {
        switch node.value {
        case .string(let text):
            let bytes = JSONBytes(text.utf8)
            if let address = IPAddress(bytes.text(0..<bytes.count)) { return .address(address) }
            return .text(Array(text.utf8))
        case .number(let text): return .number(NumberLiteral(text: Array(text.utf8), number: number(text)))
        case .bool(let value): return .bool(value)
        default: return .null
        }
    }

    private func number(_ text: String) -> PatternNumber? {
        let bytes = JSONBytes(text.utf8)
        return PatternNumber(bytes.text(0..<bytes.count), numbers)
    }

    /// The one comparison of an object.
    private func comparison(
        _ members: [PatternNode.Member], _ node: PatternNode, _ path: String, among names: [String]
    ) throws(PatternError) -> PatternNode.Member {
        guard let first = members.first else {
            throw PatternError(.empty, path: path, place: node.place, found: node.found, expected: "a comparison: \(names.oneOf)")
        }
        guard names.contains(first.name) else {
            throw PatternError(
                .unknownOperator, path: path, place: first.place, found: "the unknown comparison \(first.name.quoted)", expected: names.oneOf,
                suggestion: nearestOperator(to: first.name, among: names))
        }
        guard members.count == 1 else {
            throw PatternError(
                .severalOperators, path: path, place: members[1].place, found: "a second comparison, \(members[1].name.quoted)",
                expected: "one comparison in an object; further ones stand in objects of their own")
        }
        return first
    }

    /// Whether it is `{"exists": false}`.
    func absence(_ members: [PatternNode.Member], _ node: PatternNode, _ path: String) throws(PatternError) -> Bool {
        guard members.first?.name == "exists" else { return false }
        let member = try comparison(members, node, path, among: Operators.names)
        guard case .bool(let value) = member.node.value else { throw wrong(member.node, path + ".exists", "true or false") }
        return !value
    }

    func tests(_ members: [PatternNode.Member], _ node: PatternNode, _ path: String) throws(PatternError) -> [ValueTest] {
        let member = try comparison(members, node, path, among: Operators.names)
        let operand = member.node
        let path = "\(path).\(member.name)"
        switch member.name {
        case "exists": return [.exists]
        case "exactly": return [.text(Array(try text(operand, path).utf8))]
        case "prefix":
            if let folding = try caseFolding(operand, path) { return prefix(ignoringCase: folding) }
            return prefix(try text(operand, path, or: "or {\"equals-ignore-case\": text}"))
        case "suffix":
            if let folding = try caseFolding(operand, path) { return suffix(ignoringCase: folding) }
            return suffix(try text(operand, path, or: "or {\"equals-ignore-case\": text}"))
        case "equals-ignore-case": return [.textIgnoringCase(CaseFolding(try text(operand, path)))]
        case "wildcard": return [.wildcard(try wildcard(operand, path))]
        case "numeric": return [try numeric(operand, path)]
        case "cidr": return [.network(try network(operand, path))]
        default: return [.anythingBut(try excluded(operand, path))]
        }
    }

    private func wrong(_ node: PatternNode, _ path: String, _ expected: String) -> PatternError {
        let code: PatternError.Code
        switch node.value {
        case .object, .array: code = .wrongType
        default: code = .badOperand
        }
        return PatternError(code, path: path, place: node.place, found: node.found, expected: expected)
    }

    private func text(_ node: PatternNode, _ path: String, or others: String = "") throws(PatternError) -> String {
        if case .string(let text) = node.value { return text }
        throw wrong(node, path, others.isEmpty ? "a text" : "a text \(others)")
    }

    // MARK: Texts

    /// EventBridge compares with the quotes around a string, so what ends in one can also be the whole string.
    private func prefix(_ text: String) -> [ValueTest] {
        let bytes = Array(text.utf8)
        return bytes.last == 0x22 ? [.prefix(bytes), .text(bytes.dropLast())] : [.prefix(bytes)]
    }

    private func suffix(_ text: String) -> [ValueTest] {
        let bytes = Array(text.utf8)
        return bytes.first == 0x22 ? [.suffix(bytes), .text(Array(bytes.dropFirst()))] : [.suffix(bytes)]
    }

    private func prefix(ignoringCase text: String) -> [ValueTest] {
        let whole = text.hasSuffix("\"") ? [ValueTest.textIgnoringCase(CaseFolding(String(text.unicodeScalars.dropLast())))] : []
        return [.prefixIgnoringCase(CaseFolding(text))] + whole
    }

    private func suffix(ignoringCase text: String) -> [ValueTest] {
        let whole = text.hasPrefix("\"") ? [ValueTest.textIgnoringCase(CaseFolding(String(text.unicodeScalars.dropFirst())))] : []
        return [.suffixIgnoringCase(CaseFolding(text))] + whole
    }

    /// The text of `{"equals-ignore-case": text}`; nil where there is no object.
    private func caseFolding(_ node: PatternNode, _ path: String) throws(PatternError) -> String? {
        guard case .object(let members) = node.value else { return nil }
        let member = try comparison(members, node, path, among: ["equals-ignore-case"])
        return try text(member.node, "\(path).\(member.name)")
    }

    private func wildcard(_ node: PatternNode, _ path: String) throws(PatternError) -> Wildcard {
        let text = try text(node, path)
        do throws(Wildcard.Mistake) {
            return try Wildcard(Array(text.utf8))
        } catch {
            let expected =
                switch error {
                case .twoStars: "single stars: two in a row say no more than one"
                case .escape: "a backslash before * or another backslash only"
                }
            throw PatternError(.badOperand, path: path, place: node.place, found: node.found, expected: expected)
        }
    }

    private func network(_ node: PatternNode, _ path: String) throws(PatternError) -> IPNetwork {
        let text = try text(node, path)
        do throws(IPNetwork.Mistake) {
            return try IPNetwork(text)
        } catch {
            let expected =
                switch error {
                case .form: "an address, a slash and a number of bits, such as 10.0.0.0/8"
                case .address: "an address of version 4 or 6 before the slash"
                case .bits(let maximum): "0 to \(maximum) bits; a single address is written as a text without a slash"
                }
            throw PatternError(.badOperand, path: path, place: node.place, found: node.found, expected: expected)
        }
    }

    // MARK: Numbers

    private func numeric(_ node: PatternNode, _ path: String) throws(PatternError) -> ValueTest {
        let form = "[\"=\", n], or one bound or a lower and an upper one, such as [\">=\", 0, \"<\", 10]"
        guard case .array(let parts) = node.value else { throw wrong(node, path, form) }
        func sign(_ place: Int, _ signs: [String]) throws(PatternError) -> String {
            guard place < parts.count else { throw PatternError(.badOperand, path: path, place: node.place, found: node.found, expected: form) }
            if case .string(let text) = parts[place].value, signs.contains(text) { return text }
            throw PatternError(
                .badOperand, path: "\(path)[\(place)]", place: parts[place].place, found: parts[place].found,
                expected: signs.map(\.quoted).oneOf + (place > 0 ? ": the lower bound comes first" : ""))
        }
        func value(_ place: Int) throws(PatternError) -> PatternNumber {
            guard place < parts.count else {
                throw PatternError(.badOperand, path: path, place: node.place, found: "a sign without a number", expected: form)
            }
            guard case .number(let text) = parts[place].value else {
                throw PatternError(
                    .badOperand, path: "\(path)[\(place)]", place: parts[place].place, found: parts[place].found, expected: "a number")
            }
            guard let number = self.number(text) else {
                throw PatternError(
                    .badOperand, path: "\(path)[\(place)]", place: parts[place].place, found: parts[place].found,
                    expected: "a number that a double holds exactly: at most about 17 digits")
            }
            return number
        }
        let first = try sign(0, ["=", "<", "<=", ">", ">="])
        let number = try value(1)
        let isBottom = first == ">" || first == ">="
        if parts.count == 2 {
            switch first {
            case "=": return .number(NumberLiteral(text: [], number: number))
            case "<", "<=": return .range(NumberRange(high: .init(number: number, isIncluded: first == "<=")))
            default: return .range(NumberRange(low: .init(number: number, isIncluded: first == ">=")))
            }
        }
        guard isBottom else {
            throw PatternError(
                .badOperand, path: "\(path)[2]", place: parts[2].place, found: parts[2].found,
                expected: first == "=" ? "nothing behind [\"=\", n]" : "nothing behind an upper bound: the lower one comes first")
        }
        let second = try sign(2, ["<", "<="])
        let top = try value(3)
        guard parts.count == 4 else {
            throw PatternError(.badOperand, path: "\(path)[4]", place: parts[4].place, found: parts[4].found, expected: "no third bound")
        }
        guard number < top else {
            throw PatternError(
                .badOperand, path: "\(path)[3]", place: parts[3].place, found: parts[3].found, expected: "an upper bound above the lower one")
        }
        return .range(NumberRange(
            low: .init(number: number, isIncluded: first == ">="), high: .init(number: top, isIncluded: second == "<=")))
    }

    // MARK: Anything but

    private func excluded(_ node: PatternNode, _ path: String) throws(PatternError) -> [ValueTest] {
        switch node.value {
        case .string, .number: return [try excludedValue(node, path)]
        case .array(let nodes):
            guard !nodes.isEmpty else {
                throw PatternError(.empty, path: path, place: node.place, found: node.found, expected: "at least one text or number in it")
            }
            var tests: [ValueTest] = []
            for (number, element) in nodes.enumerated() { tests.append(try excludedValue(element, "\(path)[\(number)]")) }
            let numbers = tests.count { if case .number = $0 { true } else { false } }
            guard numbers == 0 || numbers == tests.count else {
                throw PatternError(
                    .badOperand, path: path, place: node.place, found: "a list of texts and numbers", expected: "either texts or numbers")
            }
            return tests
        case .object(let members):
            let names = ["prefix", "suffix", "equals-ignore-case", "wildcard"]
            let member = try comparison(members, node, path, among: names)
            return try excluded(by: member, "\(path).\(member.name)")
        default:
            throw wrong(node, path, "a text, a number, a list of one or the other, or an object with prefix, suffix, equals-ignore-case or wildcard")
        }
    }

    private func excludedValue(_ node: PatternNode, _ path: String) throws(PatternError) -> ValueTest {
        switch node.value {
        case .string(let text): return .text(Array(text.utf8))
        case .number(let text):
            guard let number = number(text) else { throw wrong(node, path, "a number that a double holds exactly: at most about 17 digits") }
            return .number(NumberLiteral(text: [], number: number))
        default: throw wrong(node, path, "a text or a number")
        }
    }

    private func excluded(by member: PatternNode.Member, _ path: String) throws(PatternError) -> [ValueTest] {
        var nodes = [(member.node, path)]
        if case .array(let elements) = member.node.value {
            guard !elements.isEmpty else {
                throw PatternError(.empty, path: path, place: member.node.place, found: "an empty list", expected: "at least one text in it")
            }
            nodes = elements.enumerated().map { ($1, "\(path)[\($0)]") }
        }
        var tests: [ValueTest] = []
        for (node, path) in nodes {
            let text = try text(node, path, or: "or a list of texts")
            switch member.name {
            case "equals-ignore-case": tests.append(.textIgnoringCase(CaseFolding(text)))
            case "wildcard": tests.append(.wildcard(try wildcard(node, path)))
            default:
                guard !text.isEmpty else { throw wrong(node, path, "a text that is not empty: every text begins and ends with the empty one") }
                tests += member.name == "prefix" ? prefix(text) : suffix(text)
            }
        }
        return tests
    }
}

extension [String] {
    /// `a, b or c`
    var oneOf: String {
        guard count > 1, let last else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) or \(last)"
    }
}

/// The name that was probably meant: one that differs in a dash, a case or a letter or two.
func nearestOperator(to name: String, among names: [String]) -> String? {
    func plain(_ name: String) -> [Character] { name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }.map { $0 } }
    let wanted = plain(name)
    return names.first { candidate in
        let other = plain(candidate)
        if other == wanted { return true }
        guard abs(other.count - wanted.count) <= 1, wanted.count >= 4 else { return false }
        // What is the same from the front and from the back leaves one letter at most.
        let front = zip(wanted, other).prefix { $0 == $1 }.count
        let back = zip(wanted.reversed(), other.reversed()).prefix { $0 == $1 }.count
        return front + back >= Swift.max(wanted.count, other.count) - 2
    }
}
