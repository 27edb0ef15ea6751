// SPDX-License-Identifier: Apache-2.0

/// The ten types of DynamoDB's attribute values, by the names that DynamoDB's JSON gives them.
public enum AttributeType: String, Sendable, Hashable, CaseIterable {
    case string = "S"
    case number = "N"
    case binary = "B"
    case stringSet = "SS"
    case numberSet = "NS"
    case binarySet = "BS"
    case map = "M"
    case list = "L"
    case null = "NULL"
    case bool = "BOOL"
}

/// The value of a DynamoDB attribute.
///
/// Equality and hashing are DynamoDB's: strings and names are equal when their UTF-8 is (Swift's own
/// `==` for strings also equates different spellings of an accented letter), numbers by
/// value, sets without regard to order and to duplicates, maps without regard to order.
///
/// Types: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
public enum AttributeValue: Sendable {
    case string(String)
    case number(DynamoDBNumber)
    case binary([UInt8])
    /// In received order.
    case stringSet([String])
    /// In received order.
    case numberSet([DynamoDBNumber])
    /// In received order.
    case binarySet([[UInt8]])
    /// In received order.
    case map(AttributeMap)
    case list([AttributeValue])
    case null
    case bool(Bool)

    public var type: AttributeType {
        switch self {
        case .string: .string
        case .number: .number
        case .binary: .binary
        case .stringSet: .stringSet
        case .numberSet: .numberSet
        case .binarySet: .binarySet
        case .map: .map
        case .list: .list
        case .null: .null
        case .bool: .bool
        }
    }
}

// MARK: - Accessors

extension AttributeValue {
    /// The string, or `nil` if the value is of another type.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, or `nil` if the value is of another type.
    public var numberValue: DynamoDBNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The number as an `Int`, or `nil` if the value is of another type, a fraction or too large.
    public var intValue: Int? {
        if case .number(let value) = self { Int(exactly: value) } else { nil }
    }

    /// The bytes, or `nil` if the value is of another type.
    public var binaryValue: [UInt8]? {
        if case .binary(let value) = self { value } else { nil }
    }

    /// The set's strings in received order, or `nil` if the value is of another type.
    public var stringSetValue: [String]? {
        if case .stringSet(let value) = self { value } else { nil }
    }

    /// The set's numbers in received order, or `nil` if the value is of another type.
    public var numberSetValue: [DynamoDBNumber]? {
        if case .numberSet(let value) = self { value } else { nil }
    }

    /// The set's byte strings in received order, or `nil` if the value is of another type.
    public var binarySetValue: [[UInt8]]? {
        if case .binarySet(let value) = self { value } else { nil }
    }

    /// The map, or `nil` if the value is of another type.
    public var mapValue: AttributeMap? {
        if case .map(let value) = self { value } else { nil }
    }

    /// The list, or `nil` if the value is of another type.
    public var listValue: [AttributeValue]? {
        if case .list(let value) = self { value } else { nil }
    }

    /// The truth value, or `nil` if the value is of another type.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The attribute of that name, or `nil` if there is none or the value is no map.
    public subscript(name: String) -> AttributeValue? { mapValue?[name] }

    /// The element at that place, or `nil` if there is none or the value is no list.
    public subscript(index: Int) -> AttributeValue? {
        guard case .list(let values) = self, values.indices.contains(index) else { return nil }
        return values[index]
    }
}

// MARK: - Equality

extension AttributeValue: Hashable {
    public static func == (lhs: Self, rhs: Self) -> Bool {
        switch (lhs, rhs) {
        case (.string(let a), .string(let b)): ExactString(a) == ExactString(b)
        case (.number(let a), .number(let b)): a == b
        case (.binary(let a), .binary(let b)): a == b
        case (.stringSet(let a), .stringSet(let b)):
            Set(a.lazy.map(ExactString.init)) == Set(b.lazy.map(ExactString.init))
        case (.numberSet(let a), .numberSet(let b)): a == b || Set(a) == Set(b)
        case (.binarySet(let a), .binarySet(let b)): a == b || Set(a) == Set(b)
        case (.map(let a), .map(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        switch self {
        case .string(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .binary(let value): hasher.combine(value)
        case .stringSet(let values): hasher.combine(Set(values.lazy.map(ExactString.init)))
        case .numberSet(let values): hasher.combine(Set(values))
        case .binarySet(let values): hasher.combine(Set(values))
        case .map(let value): hasher.combine(value)
        case .list(let values): hasher.combine(values)
        case .null: break
        case .bool(let value): hasher.combine(value)
        }
    }
}

/// A string that equals another when its UTF-8 does, as DynamoDB compares, and not merely when both
/// are canonically equivalent, as Swift does.
struct ExactString: Hashable, Comparable {
    let string: String

    init(_ string: String) {
        self.string = string
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.string == rhs.string && lhs.string.utf8.elementsEqual(rhs.string.utf8)
    }

    static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.string.utf8.lexicographicallyPrecedes(rhs.string.utf8)
    }

    /// Swift's hash of the string: equal bytes have equal hashes, which is all that is asked.
    func hash(into hasher: inout Hasher) {
        hasher.combine(string)
    }
}

// MARK: - Literals

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }

    public init(integerLiteral value: Int128) { self = .number(DynamoDBNumber(value)) }

    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// A list.
    public init(arrayLiteral elements: AttributeValue...) { self = .list(elements) }

    /// A map; where a name occurs twice, the last value counts.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self = .map(AttributeMap(elements))
    }
}
