// SPDX-License-Identifier: Apache-2.0

import EventPatterns

/// Numbers as the reference sees them: digits as text, and what a double makes of them.
enum ReferenceNumber {
    /// Sign, digits without zeros at either end, and the power of ten behind the last of them.
    static func parts(_ text: String) -> (negative: Bool, digits: String, power: Int)? {
        var text = text.lowercased()
        let negative = text.hasPrefix("-")
        if negative || text.hasPrefix("+") { text.removeFirst() }
        var power = 0
        let halves = text.split(separator: "e", omittingEmptySubsequences: false)
        if halves.count == 2 {
            guard let exponent = Int(halves[1]) else { return nil }
            power = exponent
        }
        let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = String(mantissa[0])
        if mantissa.count == 2 {
            digits += mantissa[1]
            power -= mantissa[1].count
        }
        digits = String(digits.drop { $0 == "0" })
        while digits.hasSuffix("0") {
            digits.removeLast()
            power += 1
        }
        return digits.isEmpty ? (false, "", 0) : (negative, digits, power)
    }

    /// The double that prints as the same number; nil where there is none.
    static func double(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite, let wanted = parts(text), let printed = parts("\(value)"), wanted == printed else { return nil }
        return value
    }

    /// How two numbers are ordered by all their digits: negative, zero or positive. Both are written out without a point, to the same power of ten
    /// and the same length, and compared as texts.
    static func order(_ a: String, _ b: String) -> Int {
        guard let a = parts(a), let b = parts(b) else { return 0 }
        if a.negative != b.negative { return a.negative ? -1 : 1 }
        let power = min(a.power, b.power)
        var (left, right) = (a.digits + zeros(a.power - power), b.digits + zeros(b.power - power))
        let length = max(left.count, right.count)
        left = zeros(length - left.count) + left
        right = zeros(length - right.count) + right
        let order = left == right ? 0 : left < right ? -1 : 1
        return a.negative ? -order : order
    }

    /// The same by a rule; nil where a number has no value by it.
    static func order(_ a: String, _ b: String, _ rule: NumberRule) -> Int? {
        if rule == .exact { return order(a, b) }
        guard let a = double(a), let b = double(b) else { return nil }
        return a == b ? 0 : a < b ? -1 : 1
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    static func isSame(_ a: String, _ b: String, _ rule: NumberRule) -> Bool {
        if rule == .exact { return order(a, b) == 0 }
        return switch (double(a), double(b)) {
        case (let a?, let b?): a == b
        case (nil, nil): a == b
        default: false
        }
    }
}

/// Letter case as the reference sees it: all the ways a text can be written, one character after another.
enum ReferenceCase {
    private static func ways(_ scalar: Unicode.Scalar) -> [[UInt8]] {
        guard scalar.value < 0x10000 else { return [Array(String(scalar).utf8)] }
        return [Array(scalar.properties.lowercaseMapping.utf8), Array(scalar.properties.uppercaseMapping.utf8)]
    }

    /// What can be left of a text once the wanted one was read at its start.
    private static func rests(_ text: [UInt8], _ ways: [[[UInt8]]]) -> Set<[UInt8]> {
        ways.reduce(into: [text]) { rests, ways in
            rests = Set(rests.flatMap { rest in ways.filter { rest.starts(with: $0) }.map { Array(rest.dropFirst($0.count)) } })
        }
    }

    static func begins(_ text: [UInt8], _ wanted: String, isReversed: Bool = false) -> Bool {
        let ways = wanted.unicodeScalars.map(ways)
        return !rests(text, isReversed ? ways.reversed().map { $0.map { $0.reversed() } } : ways).isEmpty
    }

    static func ends(_ text: [UInt8], _ wanted: String) -> Bool {
        rests(text, wanted.unicodeScalars.map(ways)).contains([])
    }
}

/// Addresses as the reference sees them: four or sixteen bytes.
enum ReferenceAddress {
    static func bytes(_ text: String) -> [UInt8]? {
        if text.contains(".") {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 4, text.utf8.count <= 15, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }) else { return nil }
            let numbers = parts.compactMap { UInt8($0) }
            return numbers.count == 4 ? numbers : nil
        }
        let halves = split(text)
        guard halves.count <= 2 else { return nil }
        var groups: [[UInt16]] = []
        for half in halves {
            let parts = half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { part -> UInt16? in
                part.isEmpty || !part.utf8.allSatisfy({ isHexadecimal($0) }) ? nil : UInt16(part, radix: 16)
            }
            guard numbers.count == parts.count else { return nil }
            groups.append(numbers)
        }
        let count = groups.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let all = groups[0] + [UInt16](repeating: 0, count: 8 - count) + (halves.count == 2 ? groups[1] : [])
        let bytes = all.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        return bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]) ? Array(bytes.suffix(4)) : bytes
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    /// At each double colon.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix("::") {
                parts.append("")
                rest = rest.dropFirst(2)
            } else {
                parts[parts.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return parts
    }

    static func contains(_ network: String, _ text: String) -> Bool {
        let parts = network.split(separator: "/")
        guard let base = bytes(String(parts[0])), let bits = Int(parts[1]), let address = bytes(text) else { return false }
        if bits == 0 { return true }
        guard base.count == address.count else { return false }
        func binary(_ bytes: [UInt8]) -> String {
            bytes.map { byte in (0..<8).reversed().map { byte >> UInt8($0) & 1 == 1 ? "1" : "0" }.joined() }.joined()
        }
        return binary(base).prefix(bits) == binary(address).prefix(bits)
    }
}
