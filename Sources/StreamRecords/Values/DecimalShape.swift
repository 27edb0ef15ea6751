// SPDX-License-Identifier: Apache-2.0

/// What a decimal text is worth, found in one pass over it: the value is
/// `0.d₁d₂…dₙ × 10^scale`, where `d₁` and `dₙ` are not zero. Two texts of the same value have
/// the same shape, so equality, order and hashing need no arithmetic and no limit on digits.
struct DecimalShape {
    /// False for zero, whatever its sign was.
    private(set) var isNegative = false
    /// How many digits there are from the first to the last that is not zero; 0 for zero.
    private(set) var count = 0
    /// The power of ten that `0.d₁d₂…dₙ` is multiplied by; 0 for zero.
    private(set) var scale = 0
    /// From the first to the last digit that is not zero; a decimal point may stand among them.
    private let span: String.UTF8View.SubSequence

    /// The longest exponent that is taken, in digits without leading zeros. DynamoDB's own
    /// exponents have three; the bound keeps all sums far from overflow.
    static let maximumExponentDigits = 17

    /// `nil` if the text is not a decimal number.
    init?(_ text: String.UTF8View) {
        var index = text.startIndex
        let end = text.endIndex
        var negative = false
        if index < end, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            negative = text[index] == UInt8(ascii: "-")
            index = text.index(after: index)
        }

        var first: String.UTF8View.Index?
        var last = index
        var sawDigit = false
        var sawPoint = false
        var pendingZeros = 0
        var pointPlace = 0
        scan: while index < end {
            let byte = text[index]
            let next = text.index(after: index)
            switch byte {
            case UInt8(ascii: "0"):
                sawDigit = true
                if first != nil {
                    pendingZeros += 1
                    if !sawPoint { pointPlace += 1 }
                } else if sawPoint {
                    pointPlace -= 1
                }
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                sawDigit = true
                if first == nil { first = index }
                if !sawPoint { pointPlace += 1 }
                count += pendingZeros + 1
                pendingZeros = 0
                last = next
            case UInt8(ascii: "."):
                if sawPoint { return nil }
                sawPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                break scan
            default:
                return nil
            }
            index = next
        }
        guard sawDigit else { return nil }

        var exponent = 0
        if index < end {
            guard let value = Self.exponent(text[text.index(after: index)...]) else { return nil }
            exponent = value
        }
        span = text[(first ?? last)..<last]
        if count > 0 {
            isNegative = negative
            scale = pointPlace + exponent
        }
    }

    private static func exponent(_ text: Substring.UTF8View) -> Int? {
        var text = text
        var negative = false
        if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            text.removeFirst()
        }
        guard !text.isEmpty else { return nil }
        var value = 0
        var digits = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
            if value > 0 { digits += 1 }
            if digits > maximumExponentDigits { return nil }
        }
        return negative ? -value : value
    }

    var isZero: Bool { count == 0 }

    /// The digits from the first to the last that is not zero, as ASCII.
    var digits: Digits { Digits(bytes: span.makeIterator()) }

    struct Digits: Sequence, IteratorProtocol {
        var bytes: String.UTF8View.SubSequence.Iterator

        mutating func next() -> UInt8? {
            let byte = bytes.next()
            return byte == UInt8(ascii: ".") ? bytes.next() : byte
        }
    }
}

extension DecimalShape: Hashable, Comparable {
    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.count == rhs.count && lhs.scale == rhs.scale && lhs.isNegative == rhs.isNegative
            && lhs.digits.elementsEqual(rhs.digits)
    }

    static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.isNegative != rhs.isNegative { return lhs.isNegative }
        return lhs.isNegative
            ? rhs.magnitudeIsLess(than: lhs) : lhs.magnitudeIsLess(than: rhs)
    }

    private func magnitudeIsLess(than other: Self) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        if scale != other.scale { return scale < other.scale }
        return digits.lexicographicallyPrecedes(other.digits)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(count)
        hasher.combine(scale)
        // Eighteen digits fit a word: a word at a time is several times faster than a byte.
        var word: UInt64 = 0
        var filled = 0
        for digit in digits {
            word = word * 10 + UInt64(digit &- UInt8(ascii: "0"))
            filled += 1
            if filled == 18 {
                hasher.combine(word)
                word = 0
                filled = 0
            }
        }
        hasher.combine(word)
    }
}
