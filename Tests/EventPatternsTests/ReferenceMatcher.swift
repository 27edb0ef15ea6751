// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape

/// A slow, obvious matcher: every event is flattened to its values with the array elements they are in, every combination of values is tried.
/// It takes sound patterns only. It shares no code with the library but the parser of JSON.
enum Reference {
    /// A value of an event.
    struct Leaf {
        var path: [UInt8]
        var value: JSONValue
        /// For each array around it, which is told by a number, the place in it.
        var elements: [Int: Int]
    }

    typealias Rule = [(path: [UInt8], values: [PatternNode])]

    static func matches(_ pattern: PatternNode, _ event: JSONValue, numbers: NumberRule = .doubles) -> Bool {
        var leaves: [Leaf] = []
        var arrays = 0
        flatten(event, nil, [:], &arrays, &leaves)
        return rules(of: pattern).contains { holds($0, leaves, numbers) }
    }

    // MARK: Events

    static func flatten(_ value: JSONValue, _ path: [UInt8]?, _ elements: [Int: Int], _ arrays: inout Int, _ leaves: inout [Leaf]) {
        switch value {
        case .object(let members):
            for member in members {
                flatten(member.value, (path.map { $0 + [0x2E] } ?? []) + Array(member.name.utf8), elements, &arrays, &leaves)
            }
        case .array(let values):
            arrays += 1
            let array = arrays
            for (place, value) in values.enumerated() {
                var inside = elements
                switch value {
                case .object, .array: inside[array] = place
                default: break
                }
                flatten(value, path, inside, &arrays, &leaves)
            }
        default: leaves.append(Leaf(path: path ?? [], value: value, elements: elements))
        }
    }

    // MARK: Patterns

    /// The pattern without `$or`: one rule for each combination of choices.
    static func rules(of pattern: PatternNode) -> [Rule] {
        (try? expand(pattern, nil, [[]], hasChoices: true)) ?? (try? expand(pattern, nil, [[]], hasChoices: false)) ?? []
    }

    struct NoChoice: Error {}

    private static let operators = ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists", "cidr", "exactly"]

    private static func expand(_ object: PatternNode, _ path: [UInt8]?, _ rules: [Rule], hasChoices: Bool, isChoice: Bool = false) throws -> [Rule] {
        guard case .object(let members) = object.value else { throw NoChoice() }
        var rules = rules
        for member in members {
            if hasChoices && member.name == "$or" {
                guard case .array(let choices) = member.node.value, choices.count > 1 else { throw NoChoice() }
                rules = try choices.flatMap { try expand($0, path, rules, hasChoices: true, isChoice: true) }
                continue
            }
            if isChoice && operators.contains(member.name) { throw NoChoice() }
            let inner = (path.map { $0 + [0x2E] } ?? []) + Array(member.name.utf8)
            switch member.node.value {
            case .object: rules = try expand(member.node, inner, rules, hasChoices: hasChoices, isChoice: isChoice)
            case .array(let values): rules = rules.map { $0.filter { $0.path != inner } + [(inner, values)] }
            default: throw NoChoice()
            }
        }
        return rules
    }

    // MARK: Matching

    static func holds(_ rule: Rule, _ leaves: [Leaf], _ numbers: NumberRule) -> Bool {
        let sorted = rule.map { (key: Array(String(decoding: $0.path, as: UTF8.self).utf16), field: $0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.field)
        return holds(sorted[...], leaves, [:], numbers)
    }

    private static func holds(
        _ rest: ArraySlice<(path: [UInt8], values: [PatternNode])>, _ leaves: [Leaf], _ elements: [Int: Int], _ numbers: NumberRule
    ) -> Bool {
        guard let field = rest.first else { return true }
        // What is in another element of an array that was chosen from before is out of the question.
        let fitting = leaves.filter { leaf in
            leaf.path == field.path && leaf.elements.allSatisfy { elements[$0.key] == nil || elements[$0.key] == $0.value }
        }
        if fitting.isEmpty && field.values.contains(where: { isExists($0, false) }) && holds(rest.dropFirst(), leaves, elements, numbers) { return true }
        // Elements that were tried for this field need no second try.
        var tried: Set<[Int: Int]> = []
        for leaf in fitting where !tried.contains(leaf.elements) {
            guard field.values.contains(where: { isMet($0, leaf.value, numbers) }) else { continue }
            tried.insert(leaf.elements)
            if holds(rest.dropFirst(), leaves, elements.merging(leaf.elements) { $1 }, numbers) { return true }
        }
        return false
    }

    private static func isExists(_ node: PatternNode, _ wanted: Bool) -> Bool {
        if case .object(let members) = node.value, members[0].name == "exists", case .bool(wanted) = members[0].node.value { true } else { false }
    }

    // MARK: Values

    static func isMet(_ node: PatternNode, _ value: JSONValue, _ numbers: NumberRule) -> Bool {
        switch (node.value, value) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.number(let a), .number(let b)): return ReferenceNumber.isSame(a, b, numbers)
        case (.string(let a), .string(let b)): return isSameText(a, b)
        case (.object(let members), _): return isMet(members[0].name, members[0].node, value, numbers)
        default: return false
        }
    }

    private static func isSameText(_ a: String, _ b: String) -> Bool {
        if let address = ReferenceAddress.bytes(a) { return ReferenceAddress.bytes(b) == address }
        return Array(a.utf8) == Array(b.utf8)
    }

    private static func isMet(_ name: String, _ operand: PatternNode, _ value: JSONValue, _ numbers: NumberRule) -> Bool {
        switch name {
        case "exists": return isExists(PatternNode(.object([.init(name: name, place: 0, node: operand)]), place: 0), true)
        case "anything-but": return !isExcluded(operand, value, numbers)
        case "numeric": return isInRange(operand, value, numbers)
        case "cidr":
            guard case .string(let network) = operand.value else { return false }
            if case .string(let text) = value { return ReferenceAddress.contains(network, text) }
            if case .number(let text) = value { return network.hasSuffix("/0") && !text.hasPrefix("-") }
            return false
        default: break
        }
        guard case .string(let text) = value else { return false }
        // With the quotes around it, as AWS compares.
        let quoted = Array("\"\(text)\"".utf8)
        if case .object(let members) = operand.value, case .string(let wanted) = members[0].node.value {
            return name == "prefix"
                ? ReferenceCase.begins(quoted, "\"" + wanted) : ReferenceCase.begins(quoted.reversed(), wanted + "\"", isReversed: true)
        }
        guard case .string(let wanted) = operand.value else { return false }
        switch name {
        case "exactly": return Array(text.utf8) == Array(wanted.utf8)
        case "prefix": return quoted.starts(with: Array("\"\(wanted)".utf8))
        case "suffix": return quoted.reversed().starts(with: Array("\(wanted)\"".utf8).reversed())
        case "equals-ignore-case": return ReferenceCase.ends(Array(text.utf8), wanted)
        case "wildcard": return wildcard(Array(wanted.utf8)[...], Array(text.utf8)[...])
        default: return false
        }
    }

    private static func isExcluded(_ operand: PatternNode, _ value: JSONValue, _ numbers: NumberRule) -> Bool {
        switch operand.value {
        case .array(let nodes): return nodes.contains { isExcluded($0, value, numbers) }
        case .string(let wanted):
            if case .string(let text) = value { return Array(text.utf8) == Array(wanted.utf8) }
            return false
        case .number(let wanted):
            if case .number(let text) = value { return ReferenceNumber.isSame(wanted, text, numbers) }
            return false
        case .object(let members):
            let texts: [PatternNode] = if case .array(let nodes) = members[0].node.value { nodes } else { [members[0].node] }
            return texts.contains { isMet(members[0].name, $0, value, numbers) }
        default: return false
        }
    }

    private static func isInRange(_ operand: PatternNode, _ value: JSONValue, _ numbers: NumberRule) -> Bool {
        guard case .array(let parts) = operand.value, case .number(let text) = value else { return false }
        for place in stride(from: 0, to: parts.count, by: 2) {
            guard case .string(let sign) = parts[place].value, case .number(let bound) = parts[place + 1].value,
                let order = ReferenceNumber.order(text, bound, numbers)
            else { return false }
            let holds =
                switch sign {
                case "=": order == 0
                case "<": order < 0
                case "<=": order <= 0
                case ">": order > 0
                default: order >= 0
                }
            if !holds { return false }
        }
        return true
    }

    private static func wildcard(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return (text.startIndex...text.endIndex).contains { wildcard(pattern.dropFirst(), text[$0...]) }
        }
        let isEscape = first == UInt8(ascii: "\\")
        guard let wanted = isEscape ? pattern.dropFirst().first : first, text.first == wanted else { return false }
        return wildcard(pattern.dropFirst(isEscape ? 2 : 1), text.dropFirst())
    }
}
