// SPDX-License-Identifier: Apache-2.0

/// Decodes `Decodable` types from attribute values.
///
/// - Integers and `Decimal` are exact, or the decoding fails; `Double` and `Float` are the nearest value, and
///   fail where that is infinite.
/// - Arrays and `Set` are read from lists and from sets of any type; a `Set` also from NULL, as the empty
///   set, which DynamoDB cannot store.
/// - `[UInt8]`, and `Data`, are read from binary, `[UInt8]` also from a list or set of numbers.
/// - Optionals are `nil` where the attribute is missing or NULL. (An optional `AttributeValue` tells both apart:
///   it is `nil` or `.null`.)
/// - `AttributeValue`, `AttributeMap` and `DynamoDBNumber` are passed through without loss.
///
/// All errors are `DecodingError`, with the coding path.
public struct AttributeDecoder: Sendable {
    /// Passed to the types' `init(from:)`.
    public var userInfo: [CodingUserInfoKey: any Sendable]

    /// How many decodings may be nested; each map, list, optional and wrapper around a value counts. DynamoDB
    /// nests values 32 levels deep.
    public var maximumDepth: Int

    public init(userInfo: [CodingUserInfoKey: any Sendable] = [:], maximumDepth: Int = 256) {
        self.userInfo = userInfo
        self.maximumDepth = maximumDepth
    }

    /// Throws `DecodingError` where the value is none of the type.
    public func decode<T: Decodable>(
        _ type: T.Type = T.self, from value: AttributeValue
    ) throws -> T {
        let settings = DecodingSettings(userInfo: userInfo, maximumDepth: maximumDepth)
        return try ValueDecoder(value: value, path: nil, depth: 0, settings: settings)
            .unwrap(type, value, nil)
    }

    /// Decodes an item or image. Throws `DecodingError` where it is none of the type.
    public func decode<T: Decodable>(
        _ type: T.Type = T.self, fromAttributes attributes: AttributeMap
    ) throws -> T {
        try decode(type, from: .map(attributes))
    }
}

/// What holds for one whole decoding.
final class DecodingSettings {
    let userInfo: [CodingUserInfoKey: Any]
    let maximumDepth: Int

    init(userInfo: [CodingUserInfoKey: Any], maximumDepth: Int) {
        self.userInfo = userInfo
        self.maximumDepth = maximumDepth
    }
}

/// The decoder of one value.
struct ValueDecoder: Decoder {
    let value: AttributeValue
    let path: CodingPath?
    let depth: Int
    let settings: DecodingSettings

    var codingPath: [any CodingKey] { CodingPath.keys(path) }
    var userInfo: [CodingUserInfoKey: Any] { settings.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(KeyedAttributes<Key>(map: try map(), decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = AttributeElements(value) else {
            throw AttributeMismatch.error([Any].self, "a list or a set", value, codingPath)
        }
        return UnkeyedAttributes(elements: elements, decoder: self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func map() throws -> AttributeMap {
        guard case .map(let map) = value else {
            throw AttributeMismatch.error(AttributeMap.self, "a map", value, codingPath)
        }
        return map
    }

    func number() throws -> DynamoDBNumber {
        try number(DynamoDBNumber.self, value, nil)
    }

    /// The decoder of a value within this one.
    func inner(_ value: AttributeValue, _ key: (any CodingKey)?) throws -> ValueDecoder {
        guard depth < settings.maximumDepth else {
            throw AttributeMismatch.tooDeep(settings.maximumDepth, CodingPath.keys(path, and: key))
        }
        return ValueDecoder(
            value: value, path: CodingPath.adding(key, to: path), depth: depth + 1,
            settings: settings)
    }

    /// Decodes any type: first those that are more, or other, than their own `Decodable` makes of them.
    func unwrap<T: Decodable>(
        _ type: T.Type, _ value: AttributeValue, _ key: (any CodingKey)?
    ) throws -> T {
        if type == AttributeValue.self, let result = value as? T { return result }
        if type == DynamoDBNumber.self, let result = try number(type, value, key) as? T {
            return result
        }
        if case .binary(let bytes) = value {
            if type == [UInt8].self, let result = bytes as? T { return result }
            if type == ContiguousArray<UInt8>.self, let result = ContiguousArray(bytes) as? T {
                return result
            }
        }
        if value.isNull, let set = type as? any SetOfAttributes.Type, let result = set.init() as? T {
            return result
        }
        if let result = try FoundationTypes.decode(
            type, from: value, at: CodingPath.keys(path, and: key))
        {
            return result
        }
        return try T(from: inner(value, key))
    }

    // MARK: Scalars

    func number(
        _ type: Any.Type, _ value: AttributeValue, _ key: (any CodingKey)?
    ) throws -> DynamoDBNumber {
        guard case .number(let number) = value else {
            throw AttributeMismatch.error(type, "a number", value, CodingPath.keys(path, and: key))
        }
        return number
    }

    func integer<T: FixedWidthInteger>(
        _ type: T.Type, _ value: AttributeValue, _ key: (any CodingKey)?
    ) throws -> T {
        let number = try number(type, value, key)
        guard let integer = T(exactly: number) else {
            throw AttributeMismatch.inexact(type, number, CodingPath.keys(path, and: key))
        }
        return integer
    }

    func double(_ value: AttributeValue, _ key: (any CodingKey)?) throws -> Double {
        let number = try number(Double.self, value, key)
        let double = Double(nearestTo: number)
        guard double.isFinite else {
            throw AttributeMismatch.outOfRange(
                Double.self, number, CodingPath.keys(path, and: key))
        }
        return double
    }

    func float(_ value: AttributeValue, _ key: (any CodingKey)?) throws -> Float {
        let number = try number(Float.self, value, key)
        let float = Float(nearestTo: number)
        guard float.isFinite else {
            throw AttributeMismatch.outOfRange(Float.self, number, CodingPath.keys(path, and: key))
        }
        return float
    }

    func string(_ value: AttributeValue, _ key: (any CodingKey)?) throws -> String {
        guard case .string(let string) = value else {
            throw AttributeMismatch.error(
                String.self, "a string", value, CodingPath.keys(path, and: key))
        }
        return string
    }

    func bool(_ value: AttributeValue, _ key: (any CodingKey)?) throws -> Bool {
        guard case .bool(let bool) = value else {
            throw AttributeMismatch.error(
                Bool.self, "a truth value", value, CodingPath.keys(path, and: key))
        }
        return bool
    }
}
