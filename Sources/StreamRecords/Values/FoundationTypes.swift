// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension DynamoDBNumber {
    /// Exact; `nil` for NaN.
    public init?(_ value: Decimal) {
        guard !value.isNaN else { return nil }
        self.init(value.description)
    }
}

extension Decimal {
    /// The number's value, or `nil` where `Decimal` cannot hold every digit of it: more than 38
    /// digits (39 in part), or a magnitude outside about 1E-128 to 1E+165.
    public init?(exactly number: DynamoDBNumber) {
        guard let shape = number.shape else { return nil }
        if shape.isZero {
            self = 0
            return
        }
        var exponent = shape.scale - shape.count
        guard shape.count <= 39, exponent >= -128, exponent <= 127 + 39 else { return nil }
        var mantissa = shape.isNegative ? "-" : ""
        for digit in shape.digits { mantissa.unicodeScalars.append(Unicode.Scalar(digit)) }
        while exponent > 127 {
            mantissa += "0"
            exponent -= 1
        }
        // Reading rounds silently where digits do not fit, so the result is read back and compared.
        guard let value = Decimal(string: "\(mantissa)e\(exponent)"),
            DynamoDBNumber(value) == number
        else { return nil }
        self = value
    }
}

/// Foundation's types that are one attribute, where their own `Codable` would make them several.
enum FoundationTypes {
    /// `nil` if the type is none of them.
    static func decode<T>(
        _ type: T.Type, from value: AttributeValue, at path: @autoclosure () -> [any CodingKey]
    ) throws -> T? {
        if type == Decimal.self {
            guard case .number(let number) = value else {
                throw AttributeMismatch.error(type, "a number", value, path())
            }
            guard let decimal = Decimal(exactly: number) else {
                throw AttributeMismatch.inexact(type, number, path())
            }
            return decimal as? T
        }
        if type == Data.self {
            guard case .binary(let bytes) = value else {
                throw AttributeMismatch.error(type, "binary", value, path())
            }
            return Data(bytes) as? T
        }
        return nil
    }

    /// `nil` if the type is none of them.
    static func encode<T>(
        _ value: T, at path: @autoclosure () -> [any CodingKey]
    ) throws -> AttributeValue? {
        if T.self == Decimal.self, let decimal = value as? Decimal {
            guard let number = DynamoDBNumber(decimal) else {
                throw AttributeMismatch.notFinite(decimal, path())
            }
            return .number(number)
        }
        if T.self == Data.self, let data = value as? Data {
            return .binary(Array(data))
        }
        return nil
    }
}
