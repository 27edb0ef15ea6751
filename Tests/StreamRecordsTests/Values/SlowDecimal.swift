// SPDX-License-Identifier: Apache-2.0

/// A decimal number in the most obvious way: every digit written out in one long row around the point.
/// It stands against the fast one in the tests.
struct SlowDecimal: Equatable {
    static let reach = 400
    var isNegative = false
    /// `reach` digits before the point and as many behind it.
    var row = [Int](repeating: 0, count: 2 * reach)

    /// For texts whose digits lie within the reach.
    init(_ text: String) {
        var mantissa = text
        var exponent = 0
        if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            mantissa = String(text[..<mark])
            let rest = text[text.index(after: mark)...]
            exponent = Int(rest.hasPrefix("+") ? rest.dropFirst() : rest) ?? 0
        }
        if mantissa.hasPrefix("-") { isNegative = true }
        mantissa.removeAll { $0 == "-" || $0 == "+" }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = Array(parts[0])
        let fraction = parts.count > 1 ? Array(parts[1]) : []
        for (place, digit) in (whole + fraction).enumerated() {
            guard let value = digit.wholeNumberValue, value != 0 else { continue }
            row[Self.reach - whole.count + place - exponent] = value
        }
        if row.allSatisfy({ $0 == 0 }) { isNegative = false }
    }

    var significantDigits: Int {
        guard let first = row.firstIndex(where: { $0 != 0 }),
            let last = row.lastIndex(where: { $0 != 0 })
        else { return 1 }
        return last - first + 1
    }

    static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.isNegative != rhs.isNegative { return lhs.isNegative }
        for (left, right) in zip(lhs.row, rhs.row) where left != right {
            return (left < right) != lhs.isNegative
        }
        return false
    }
}
