// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import TestSupport

/// Makes patterns and events out of so few names and values that they often meet.
struct RandomPatterns {
    var random: SeededRandom
    /// By which rule the patterns will compare numbers.
    var rule = NumberRule.doubles

    static let names = ["a", "b", "c", "ab", "a.b", "", "longer name", "longer nam", "é", "$or"]
    static let texts = ["", "a", "b", "ab", "abc", "aBc", "ABC", "\"", "a\"b", "\\", "é", "É", "ß", "SS", "10.0.0.1", "::1", "0::1", "*", "1", "x😀y", "abcdefghij", "abcdefghik"]
    static let numbers = ["0", "-0", "1", "1.0", "1e0", "10", "-1", "0.5", "5e-1", "9007199254740993", "9007199254740992", "1e400", "2.5"]

    /// Numbers as DynamoDB has them, of up to 38 digits, and some that a double takes for others.
    static let decimals = [
        "0", "-0", "0.0", "1", "1.0", "1E0", "10", "1e1", "100E-1", "-1", "0.5", "5e-1", "2.5", "9007199254740993", "9007199254740992", "1E125", "1e+125", "-1E125",
        "12345678901234567890123456789012345678", "12345678901234567890123456789012345679", "-12345678901234567890123456789012345678",
        "1234567890123456789012345678901234567.8", "12345678901234567890123456789012345678E1", "123456789012345678901234567890123456780",
        "0.10000000000000000000000000000000000000", "0.10000000000000000000000000000000000001", "0.1", "1E-130", "-1e-130", "1.1e-130",
    ]

    var numbers: [String] { rule == .exact ? Self.decimals : Self.numbers }

    // MARK: Events

    mutating func value(depth: Int) -> JSONValue {
        switch random.below(depth > 0 ? 10 : 6) {
        case 0, 1, 2: return .string(random.pick(Self.texts))
        case 3: return .number(random.pick(numbers))
        case 4: return .bool(random.chance(50))
        case 5: return .null
        case 6, 7: return object(depth: depth - 1)
        default: return .array((0..<random.below(4)).map { _ in value(depth: depth - 1) })
        }
    }

    mutating func object(depth: Int) -> JSONValue {
        .object((0..<random.below(5)).map { _ in JSONMember(name: random.pick(Self.names), value: value(depth: depth)) })
    }

    mutating func event() -> JSONValue { object(depth: 4) }

    // MARK: Items

    /// An attribute value as DynamoDB writes it, and the plain value that it stands for.
    mutating func attribute(depth: Int) -> (typed: JSONValue, plain: JSONValue) {
        switch random.below(depth > 0 ? 13 : 8) {
        case 0, 1: return same("S", text())
        case 2, 3:
            let number = random.pick(numbers)
            return typed("N", .string(number), .number(number))
        case 4: return same("BOOL", .bool(random.chance(50)))
        case 5: return typed("NULL", .bool(true), .null)
        case 6: return random.chance(50) ? same("B", .string("AQI=")) : same("BS", .array([.string("AQI="), .string("Ag==")]))
        case 7:
            if random.chance(50) { return same("SS", .array((0..<(1 + random.below(3))).map { _ in text() })) }
            let set = (0..<(1 + random.below(3))).map { _ in random.pick(numbers) }
            return typed("NS", .array(set.map { .string($0) }), .array(set.map { .number($0) }))
        case 8, 9, 10:
            let map = item(depth: depth - 1)
            return typed("M", map.typed, map.plain)
        default:
            let elements = (0..<random.below(4)).map { _ in attribute(depth: depth - 1) }
            return typed("L", .array(elements.map(\.typed)), .array(elements.map(\.plain)))
        }
    }

    /// An item, and the object that it stands for.
    mutating func item(depth: Int = 4) -> (typed: JSONValue, plain: JSONValue) {
        let members = (0..<random.below(5)).map { _ in (name: random.pick(Self.names), value: attribute(depth: depth)) }
        return (
            .object(members.map { JSONMember(name: $0.name, value: $0.value.typed) }), .object(members.map { JSONMember(name: $0.name, value: $0.value.plain) })
        )
    }

    private func typed(_ type: String, _ value: JSONValue, _ plain: JSONValue) -> (typed: JSONValue, plain: JSONValue) {
        (.object([JSONMember(name: type, value: value)]), plain)
    }

    private func same(_ type: String, _ value: JSONValue) -> (typed: JSONValue, plain: JSONValue) { typed(type, value, value) }

    // MARK: Patterns

    mutating func pattern(depth: Int = 4, isChoice: Bool = false) -> JSONValue {
        var members: [JSONMember] = []
        for _ in 0..<(1 + random.below(3)) {
            // Choices in choices, but not so many that they multiply beyond what is allowed.
            if depth > 1 && random.chance(12) {
                members.append(JSONMember(name: "$or", value: .array((0..<(2 + random.below(2))).map { _ in pattern(depth: depth - 2, isChoice: true) })))
            } else {
                // As a field's name, `$or` is for the fixtures.
                let name = random.pick(Self.names.dropLast())
                members.append(JSONMember(name: name, value: depth > 0 && random.chance(40) ? pattern(depth: depth - 1, isChoice: isChoice) : tests()))
            }
        }
        return .object(members)
    }

    private mutating func tests() -> JSONValue { .array((0..<(1 + random.below(3))).map { _ in test() }) }

    private mutating func comparison(_ name: String, _ operand: JSONValue) -> JSONValue { .object([JSONMember(name: name, value: operand)]) }

    private mutating func text() -> JSONValue { .string(random.pick(Self.texts)) }

    private mutating func test() -> JSONValue {
        switch random.below(16) {
        case 0, 1, 2: return text()
        case 3: return .number(random.pick(numbers))
        case 4: return random.chance(50) ? .null : .bool(random.chance(50))
        case 5: return comparison("prefix", random.chance(25) ? comparison("equals-ignore-case", text()) : text())
        case 6: return comparison("suffix", random.chance(25) ? comparison("equals-ignore-case", text()) : text())
        case 7: return comparison("equals-ignore-case", text())
        case 8: return comparison("wildcard", .string(wildcard()))
        case 9, 10: return comparison("exists", .bool(random.chance(50)))
        case 11: return comparison("cidr", .string(random.pick(["10.0.0.0/8", "0.0.0.0/0", "::/64", "10.0.0.0/31"])))
        case 12, 13: return comparison("numeric", range())
        default: return comparison("anything-but", excluded())
        }
    }

    /// What texts may begin or end with: not the empty one, with which all do.
    private mutating func end() -> JSONValue { .string(random.pick(["a", "ab", "c", "\"", "\"a", "é"])) }

    private mutating func wildcard() -> String {
        (0..<(1 + random.below(3))).map { _ in random.pick(["a", "b", "abc", "é", "\\*", "\\\\", ""]) }.joined(separator: random.chance(70) ? "*" : "")
            .replacing("**", with: "*")
    }

    private mutating func range() -> JSONValue {
        var low = random.pick(["-1", "0", "0.5"])
        var high = random.pick(["1", "2.5", "10"])
        if rule == .exact {
            let bounds = [random.pick(numbers), random.pick(numbers)].sorted { ReferenceNumber.order($0, $1) < 0 }
            (low, high) = (bounds[0], bounds[1])
        }
        // A range between a number and itself is refused.
        let isOne = rule == .exact && ReferenceNumber.order(low, high) == 0
        return switch random.below(isOne ? 3 : 4) {
        case 0: .array([.string("="), .number(high)])
        case 1: .array([.string(random.pick(["<", "<="])), .number(high)])
        case 2: .array([.string(random.pick([">", ">="])), .number(low)])
        default: .array([.string(random.pick([">", ">="])), .number(low), .string(random.pick(["<", "<="])), .number(high)])
        }
    }

    private mutating func excluded() -> JSONValue {
        switch random.below(8) {
        case 0: return text()
        case 1: return .array((0..<(1 + random.below(3))).map { _ in text() })
        case 2: return .array([.number("1"), .number(random.pick(rule == .exact ? numbers : ["0", "10", "2.5"]))])
        case 3: return comparison(random.pick(["prefix", "suffix"]), end())
        case 4: return comparison(random.pick(["prefix", "suffix"]), .array((0..<(1 + random.below(3))).map { _ in end() }))
        case 5: return comparison("wildcard", .string(wildcard()))
        case 6: return comparison("wildcard", .array((0..<(1 + random.below(3))).map { _ in .string(wildcard()) }))
        default: return comparison("equals-ignore-case", .array([text(), text()]))
        }
    }
}
