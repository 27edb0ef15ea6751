// SPDX-License-Identifier: Apache-2.0

// MARK: - From Swift's numbers

extension DynamoDBNumber: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int128) {
        self.init(value)
    }

    /// Exact for every integer.
    public init(_ value: some BinaryInteger) {
        self.init(unchecked: String(value))
    }

    /// The shortest decimal that reads back as the same `Double`, in canonical form;
    /// `nil` for NaN and infinities.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init(unchecked: Self(unchecked: value.description).canonical)
    }

    /// The shortest decimal that reads back as the same `Float`, in canonical form;
    /// `nil` for NaN and infinities.
    public init?(_ value: Float) {
        guard value.isFinite else { return nil }
        self.init(unchecked: Self(unchecked: value.description).canonical)
    }
}

// MARK: - To Swift's numbers

extension FixedWidthInteger {
    /// The number's value, or `nil` if it is not whole or out of this type's range.
    public init?(exactly number: DynamoDBNumber) {
        guard let shape = number.shape else { return nil }
        // The last digit is not zero, so a whole number has no digit behind the point.
        guard shape.scale >= shape.count else { return nil }
        var value: Self = 0
        var places = shape.scale
        var digits = shape.digits
        while places > 0 {
            let digit = Self(truncatingIfNeeded: (digits.next() ?? UInt8(ascii: "0")) &- UInt8(ascii: "0"))
            let shifted = value.multipliedReportingOverflow(by: 10)
            // Towards the sign, so that the least value is reached as well.
            let sum =
                shape.isNegative
                ? shifted.partialValue.subtractingReportingOverflow(digit)
                : shifted.partialValue.addingReportingOverflow(digit)
            if shifted.overflow || sum.overflow { return nil }
            value = sum.partialValue
            places -= 1
        }
        self = value
    }
}

extension Double {
    /// The `Double` nearest to the number. Digits beyond its precision are lost; beyond its range it
    /// is infinite, or zero.
    public init(nearestTo number: DynamoDBNumber) {
        self = Double(number.canonical) ?? .nan
    }
}

extension Float {
    /// The `Float` nearest to the number. Digits beyond its precision are lost; beyond its range it
    /// is infinite, or zero.
    public init(nearestTo number: DynamoDBNumber) {
        self = Float(number.canonical) ?? .nan
    }
}
