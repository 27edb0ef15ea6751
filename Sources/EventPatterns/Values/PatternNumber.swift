// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// How a pattern compares numbers.
public enum NumberRule: Sendable, Hashable {
    /// As EventBridge does: as IEEE doubles. A number that no double prints as is compared as text, and lies in no range.
    case doubles
    /// By their decimal value, with all their digits, as DynamoDB does.
    case exact
}

/// A number that can be compared with others by one rule.
enum PatternNumber: Sendable, Hashable, Comparable {
    /// Never a NaN, an infinity or a negative zero.
    case double(Double)
    case exact(ExactNumber)

    /// Nil where the text has no value by this rule.
    init?(_ text: borrowing JSONText, _ rule: NumberRule) {
        switch rule {
        case .doubles:
            guard let value = PatternNumber.double(of: text) else { return nil }
            self = .double(value)
        case .exact:
            guard let value = ExactNumber(text) else { return nil }
            self = .exact(value)
        }
    }

    static func < (a: PatternNumber, b: PatternNumber) -> Bool {
        switch (a, b) {
        case (.double(let a), .double(let b)): a < b
        case (.exact(let a), .exact(let b)): a < b
        default: false
        }
    }

    /// The double that prints as this number, which has to be its exact value: 0.1 and 1e3 have one, 2^53 + 1 and 1e400 have none.
    static func double(of text: borrowing JSONText) -> Double? {
        if let value = shortDouble(text) { return value }
        let string = text.string
        guard let value = Double(string), value.isFinite, let exact = ExactNumber(text) else { return nil }
        let printed = JSONBytes(value.description.utf8)
        guard ExactNumber(printed.text(0..<printed.count)) == exact else { return nil }
        return value == 0 ? 0 : value
    }

    /// Numbers of up to 15 digits without exponent: digits and power of ten are doubles themselves, so that one division rounds as it should, and no
    /// two numbers of so few digits share a double.
    private static func shortDouble(_ text: borrowing JSONText) -> Double? {
        guard text.count <= 16 else { return nil }
        var place = text.byte(at: 0) == 0x2D ? 1 : 0
        let isNegative = place == 1
        var digits: UInt64 = 0
        var count = 0
        var point = -1
        while place < text.count {
            let byte = text.byte(at: place)
            if byte &- 0x30 < 10 {
                digits = digits &* 10 &+ UInt64(byte &- 0x30)
                count += 1
            } else if byte == 0x2E && point < 0 {
                point = place
            } else {
                return nil
            }
            place += 1
        }
        guard count > 0 && count <= 15 else { return nil }
        let fraction = point < 0 ? 0 : text.count - 1 - point
        let value = Double(digits) / powers[fraction]
        return isNegative && value != 0 ? -value : value
    }

    private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]
}

/// A range of numbers, each end open or closed or absent.
struct NumberRange: Sendable, Hashable {
    struct Bound: Sendable, Hashable {
        var number: PatternNumber
        var isIncluded: Bool
    }

    var low: Bound?
    var high: Bound?

    func contains(_ number: PatternNumber) -> Bool {
        if let low, number < low.number || (!low.isIncluded && number == low.number) { return false }
        if let high, high.number < number || (!high.isIncluded && number == high.number) { return false }
        return true
    }
}
