// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What a decimal text is worth, exactly: `0.d₁d₂… × 10^scale`. DynamoDB's 38 digits fit a word of 128 bits; what is longer keeps the rest beside it.
struct ExactNumber: Sendable, Hashable {
    private(set) var isNegative = false
    /// 0 for zero.
    private var scale = 0
    /// The first 38 digits, the leading one not a zero, filled up with zeros; 0 for zero.
    private var leading: UInt128 = 0
    /// The digits behind those, without trailing zeros.
    private var rest: [UInt8] = []

    /// How many digits `leading` has.
    private static let width = 38
    /// The longest exponent that is taken, in digits; sums of such numbers are far from overflow.
    private static let maximumExponentDigits = 17

    /// Nil where the text is not a decimal number, or its exponent is beyond all use.
    init?(_ text: borrowing JSONText) {
        var place = 0
        var negative = false
        let sign = text.byte(at: 0)
        if sign == 0x2D || sign == 0x2B {
            negative = sign == 0x2D
            place = 1
        }
        var digits = 0
        var sawDigit = false
        var sawPoint = false
        var pointPlace = 0
        // Zeros that count only where another digit follows.
        var pending = 0
        while place < text.count {
            let byte = text.byte(at: place)
            if byte == 0x2E && !sawPoint {
                sawPoint = true
            } else if byte &- 0x30 < 10 {
                sawDigit = true
                if byte == 0x30 && digits == 0 {
                    if sawPoint { pointPlace -= 1 }
                } else {
                    if !sawPoint { pointPlace += 1 }
                    if byte == 0x30 {
                        pending += 1
                    } else {
                        for _ in 0..<pending { append(0, &digits) }
                        pending = 0
                        append(byte &- 0x30, &digits)
                    }
                }
            } else {
                break
            }
            place += 1
        }
        guard sawDigit else { return nil }
        var exponent = 0
        if place < text.count {
            guard text.byte(at: place) | 0x20 == 0x65, let value = ExactNumber.exponent(text, from: place + 1) else { return nil }
            exponent = value
        }
        guard digits > 0 else { return }
        isNegative = negative
        scale = pointPlace + exponent
        if digits < ExactNumber.width {
            for _ in digits..<ExactNumber.width { leading *= 10 }
        }
    }

    private mutating func append(_ digit: UInt8, _ digits: inout Int) {
        if digits < ExactNumber.width { leading = leading * 10 + UInt128(digit) } else { rest.append(digit) }
        digits += 1
    }

    private static func exponent(_ text: borrowing JSONText, from start: Int) -> Int? {
        var place = start
        var negative = false
        if text.byte(at: place) == 0x2D || text.byte(at: place) == 0x2B {
            negative = text.byte(at: place) == 0x2D
            place += 1
        }
        guard place < text.count else { return nil }
        var value = 0
        var digits = 0
        while place < text.count {
            let digit = text.byte(at: place) &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            if value > 0 { digits += 1 }
            if digits > maximumExponentDigits { return nil }
            place += 1
        }
        return negative ? -value : value
    }

    var isZero: Bool { leading == 0 }
}

extension ExactNumber: Comparable {
    static func < (a: ExactNumber, b: ExactNumber) -> Bool {
        if a.isNegative != b.isNegative { return a.isNegative }
        return a.isNegative ? b.magnitudeIsLess(than: a) : a.magnitudeIsLess(than: b)
    }

    private func magnitudeIsLess(than other: ExactNumber) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        if scale != other.scale { return scale < other.scale }
        if leading != other.leading { return leading < other.leading }
        return rest.lexicographicallyPrecedes(other.rest)
    }
}
