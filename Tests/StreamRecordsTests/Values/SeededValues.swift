// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import TestSupport

/// Random values, and how they are written.
extension SeededRandom {
    mutating func string(upTo length: Int = 12) -> String {
        let alphabet: [Character] = [
            "a", "Z", "0", " ", "\"", "\\", "\n", "\u{0}", "\u{7F}", "/", "é", "e\u{301}", "ß", "漢", "😀",
            "👩‍👩‍👧", "\u{202E}", "\u{2028}", "\u{FFFF}",
        ]
        return String((0..<Int.random(in: 0...length, using: &self)).map { _ in pick(alphabet) })
    }

    mutating func bytes(upTo length: Int = 10) -> [UInt8] {
        (0..<Int.random(in: 0...length, using: &self)).map { _ in
            UInt8.random(in: 0...255, using: &self)
        }
    }

    mutating func digits(_ count: ClosedRange<Int>) -> String {
        let most = chance(30) ? "0" : "0123456789"
        return String(
            (0..<Int.random(in: count, using: &self)).map { _ in pick(Array(chance(80) ? most : "09")) })
    }

    /// A number text of any shape that is taken, its exponent within ±`exponent`.
    mutating func numberText(exponent: Int = 140) -> String {
        var text = pick(["", "", "-", "+"])
        switch Int.random(in: 0..<4, using: &self) {
        case 0: text += digits(1...45)
        case 1: text += digits(1...20) + "." + digits(0...20)
        case 2: text += digits(0...3) + "." + digits(1...38)
        default: text += pick(["0", "00", "0.0", "1", "10", "9.90", "123"])
        }
        if chance(40) {
            text += pick(["e", "E"])
            let value = Int.random(in: -exponent...exponent, using: &self)
            text += value < 0 ? "-" : pick(["", "+"])
            text += pick(["", "0", "000"]) + String(value.magnitude)
        }
        return text
    }

    mutating func number() -> DynamoDBNumber { DynamoDBNumber(numberText()) ?? 0 }

    /// A value of any type and depth.
    mutating func value(depth: Int) -> AttributeValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 8), using: &self) {
        case 0: return .string(string())
        case 1: return .number(number())
        case 2: return .binary(bytes())
        case 3: return .stringSet(some { $0.string() })
        case 4: return .numberSet(some { $0.number() })
        case 5: return .binarySet(some { $0.bytes() })
        case 6: return .null
        case 7: return .bool(chance(50))
        case 8: return .list(some(from: 0) { $0.value(depth: depth - 1) })
        default: return .map(map(depth: depth - 1))
        }
    }

    mutating func map(depth: Int) -> AttributeMap {
        let most = chance(10) ? 40 : 5
        return AttributeMap(
            (0..<Int.random(in: 0...most, using: &self)).map { _ in (string(), value(depth: depth)) })
    }

    mutating func some<T>(from least: Int = 1, _ make: (inout Self) -> T) -> [T] {
        var values: [T] = []
        for _ in 0..<Int.random(in: least...5, using: &self) { values.append(make(&self)) }
        return values
    }

    /// The same value by DynamoDB's rules, written otherwise: sets and maps in another order,
    /// numbers in another form, set members twice.
    mutating func respelled(_ value: AttributeValue) -> AttributeValue {
        switch value {
        case .number(let number): return .number(respelled(number))
        case .stringSet(let values): return .stringSet(doubled(values))
        case .numberSet(let values):
            var numbers: [DynamoDBNumber] = []
            for number in doubled(values) { numbers.append(respelled(number)) }
            return .numberSet(numbers)
        case .binarySet(let values): return .binarySet(doubled(values))
        case .list(let values):
            var list: [AttributeValue] = []
            for value in values { list.append(respelled(value)) }
            return .list(list)
        case .map(let map):
            var members: [(String, AttributeValue)] = []
            for (name, value) in map { members.append((name, respelled(value))) }
            members.shuffle(using: &self)
            return .map(AttributeMap(members.map { ($0.0, $0.1) }))
        default: return value
        }
    }

    private mutating func doubled<T>(_ values: [T]) -> [T] {
        (values + (chance(50) ? [pick(values)] : [])).shuffled(using: &self)
    }

    /// The same value with another text, if there is room for one.
    mutating func respelled(_ number: DynamoDBNumber) -> DynamoDBNumber {
        var text = number.text
        switch Int.random(in: 0..<4, using: &self) {
        case 0: text = number.canonical
        case 1: text = number.jsonText
        case 2 where !text.contains(where: { $0 == "e" || $0 == "E" }):
            text += text.contains(".") ? "00" : ".000"
        default:
            let sign = text.prefix { $0 == "-" || $0 == "+" }
            text = sign + "00" + text.dropFirst(sign.count)
        }
        return DynamoDBNumber(text) ?? number
    }
}
