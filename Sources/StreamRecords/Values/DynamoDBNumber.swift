// SPDX-License-Identifier: Apache-2.0

/// A number attribute, kept as the text it was received as, so that no digit is ever lost.
///
/// DynamoDB numbers have up to 38 significant digits and magnitudes from 1E-130 to
/// 9.9999999999999999999999999999999999999E+125, more than `Double` and in part more than
/// `Decimal` can hold; they travel as text. Beyond what DynamoDB sends, a text may have a leading
/// `+`, leading zeros, no digit before or after the point, any number of digits, and an exponent
/// of up to 17 digits. `NaN`, infinities, hexadecimal and blanks are no numbers.
///
/// Equality, hashing and order are those of the value, exact for any number of digits: `1.0`,
/// `1` and `1E0` are equal; `text` still tells them apart.
///
/// Rules: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
public struct DynamoDBNumber: Sendable {
    /// The number as received, digit for digit.
    public let text: String

    /// `nil` if the text is not a decimal number.
    public init?(_ text: String) {
        guard DecimalShape(text.utf8) != nil else { return nil }
        self.text = text
    }

    /// For texts that are known to be numbers.
    init(unchecked text: String) {
        self.text = text
    }

    /// The value of the text. A number is only made from a text that has one.
    var shape: DecimalShape? { DecimalShape(text.utf8) }
}

// MARK: - Text forms

extension DynamoDBNumber {
    /// The one text that all numbers of this value share, which is also a JSON number: plain
    /// decimal without needless zeros, as DynamoDB returns it, for magnitudes that DynamoDB can
    /// hold, otherwise `d.ddde±x`. Never longer than the digits received and 132 more.
    public var canonical: String {
        guard let shape, !shape.isZero else { return "0" }
        let digits = Array(shape.digits)
        var out: [UInt8] = []
        if shape.isNegative { out.append(UInt8(ascii: "-")) }
        if !Self.magnitudes.contains(shape.scale) {
            out.append(digits[0])
            if digits.count > 1 {
                out.append(UInt8(ascii: "."))
                out += digits[1...]
            }
            out.append(UInt8(ascii: "e"))
            out += String(shape.scale - 1).utf8
        } else if shape.scale <= 0 {
            out += "0.".utf8
            out += repeatElement(UInt8(ascii: "0"), count: -shape.scale)
            out += digits
        } else if shape.scale >= digits.count {
            out += digits
            out += repeatElement(UInt8(ascii: "0"), count: shape.scale - digits.count)
        } else {
            out += digits[..<shape.scale]
            out.append(UInt8(ascii: "."))
            out += digits[shape.scale...]
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Whether the text is a number by JSON's grammar (RFC 8259, section 6) as it stands.
    public var isJSONNumber: Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        // All else that JSON forbids and this type takes shows where the integer digits end.
        let whole = rest.prefix(while: Self.isDigit)
        guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1 else {
            return false
        }
        rest = rest[whole.endIndex...]
        guard rest.first == UInt8(ascii: ".") else { return true }
        rest.removeFirst()
        return rest.first.map(Self.isDigit) ?? false
    }

    /// The text itself where it is a JSON number, otherwise the least change that makes it one:
    /// a leading `+` and leading zeros go, a missing `0` before the point comes, a point without
    /// digits after it goes. Every other digit and the exponent stay as received.
    public var jsonText: String {
        if isJSONNumber { return text }
        var rest = text.utf8[...]
        var out: [UInt8] = []
        if let sign = rest.first, !Self.isDigit(sign), sign != UInt8(ascii: ".") {
            if sign == UInt8(ascii: "-") { out.append(sign) }
            rest.removeFirst()
        }
        let whole = rest.prefix(while: Self.isDigit)
        rest = rest[whole.endIndex...]
        let kept = whole.drop { $0 == UInt8(ascii: "0") }
        out += kept.isEmpty ? [UInt8(ascii: "0")] : Array(kept)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            if let next = rest.first, Self.isDigit(next) { out.append(UInt8(ascii: ".")) }
        }
        out += rest
        return String(decoding: out, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

// MARK: - What the value is like

extension DynamoDBNumber {
    /// The scales of DynamoDB's magnitudes, 1E-130 to 9.99…E+125.
    private static let magnitudes = -129...126

    /// How many digits the value has without leading and trailing zeros; 1 for zero.
    public var significantDigits: Int { max(1, shape?.count ?? 0) }

    public var isZero: Bool { shape?.isZero ?? true }

    /// Whether the value is less than zero; `-0` is not.
    public var isNegative: Bool { shape?.isNegative ?? false }

    /// Whether DynamoDB can store the value: at most 38 significant digits, and a magnitude from
    /// 1E-130 to 9.9999999999999999999999999999999999999E+125, or zero.
    public var isStorable: Bool {
        guard let shape else { return false }
        return shape.isZero || (shape.count <= 38 && Self.magnitudes.contains(shape.scale))
    }
}

// MARK: - Equality and order

extension DynamoDBNumber: Hashable, Comparable {
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.text == rhs.text || lhs.shape == rhs.shape
    }

    public static func < (lhs: Self, rhs: Self) -> Bool {
        guard let left = lhs.shape, let right = rhs.shape else { return false }
        return left < right
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(shape)
    }
}

extension DynamoDBNumber: LosslessStringConvertible {
    /// The number as received.
    public var description: String { text }
}

// MARK: - Codable

extension DynamoDBNumber: Codable {
    /// From a string that holds a number, or from an integer. `AttributeDecoder` takes it from a
    /// number attribute, without loss. Other decoders give fractions as `Double` only, which
    /// would lose digits, so an unquoted fraction is an error there.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = try decoder.number()
            return
        }
        let container = try decoder.singleValueContainer()
        if let integer = try? container.decode(Int64.self) {
            self.init(integer)
        } else if let integer = try? container.decode(UInt64.self) {
            self.init(integer)
        } else if let number = Self(try container.decode(String.self)) {
            self = number
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "The text is not a decimal number.")
        }
    }

    /// As a string, the text as received. `AttributeEncoder` makes it a number attribute.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.set(.number(self))
            return
        }
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
