// SPDX-License-Identifier: Apache-2.0

extension ValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try bool(value, nil) }
    func decode(_ type: String.Type) throws -> String { try string(value, nil) }
    func decode(_ type: Double.Type) throws -> Double { try double(value, nil) }
    func decode(_ type: Float.Type) throws -> Float { try float(value, nil) }
    func decode(_ type: Int.Type) throws -> Int { try integer(type, value, nil) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type, value, nil) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type, value, nil) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type, value, nil) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type, value, nil) }
    func decode(_ type: Int128.Type) throws -> Int128 { try integer(type, value, nil) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type, value, nil) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type, value, nil) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type, value, nil) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type, value, nil) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type, value, nil) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(type, value, nil) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try unwrap(type, value, nil) }
}

/// The attributes of a map, by key.
struct KeyedAttributes<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let map: AttributeMap
    let decoder: ValueDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { map.compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool { map.contains(key.stringValue) }

    private func value(_ key: Key) throws -> AttributeValue {
        guard let value = map[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key,
                .init(
                    codingPath: codingPath,
                    debugDescription: "There is no attribute \"\(key.stringValue)\"."))
        }
        return value
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try decoder.bool(value(key), key)
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try decoder.string(value(key), key)
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try decoder.double(value(key), key)
    }

    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        try decoder.float(value(key), key)
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        try decoder.integer(type, value(key), key)
    }

    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
        try decoder.integer(type, value(key), key)
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try decoder.unwrap(type, value(key), key)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let value = map[key.stringValue] else { return nil }
        // An attribute value can itself be NULL: nothing is lost where it is kept.
        if value.isNull, type != AttributeValue.self { return nil }
        return try decoder.unwrap(type, value, key)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder.inner(value(key), key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.inner(value(key), key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        let key = NameKey(stringValue: "super")
        return try decoder.inner(map[key.stringValue] ?? .null, key)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        try decoder.inner(map[key.stringValue] ?? .null, key)
    }
}

/// The elements of a list or a set.
enum AttributeElements {
    case values([AttributeValue])
    case strings([String])
    case numbers([DynamoDBNumber])
    case binaries([[UInt8]])

    /// `nil` if the value is neither.
    init?(_ value: AttributeValue) {
        switch value {
        case .list(let values): self = .values(values)
        case .stringSet(let values): self = .strings(values)
        case .numberSet(let values): self = .numbers(values)
        case .binarySet(let values): self = .binaries(values)
        default: return nil
        }
    }

    var count: Int {
        switch self {
        case .values(let values): values.count
        case .strings(let values): values.count
        case .numbers(let values): values.count
        case .binaries(let values): values.count
        }
    }

    subscript(index: Int) -> AttributeValue {
        switch self {
        case .values(let values): values[index]
        case .strings(let values): .string(values[index])
        case .numbers(let values): .number(values[index])
        case .binaries(let values): .binary(values[index])
        }
    }
}

/// The elements of a list or a set, one after another. An element that cannot be decoded is not passed.
struct UnkeyedAttributes: UnkeyedDecodingContainer {
    let elements: AttributeElements
    let decoder: ValueDecoder
    private(set) var currentIndex = 0

    init(elements: AttributeElements, decoder: ValueDecoder) {
        self.elements = elements
        self.decoder = decoder
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    private mutating func next<T>(
        _ type: Any.Type, _ decode: (ValueDecoder, AttributeValue, NameKey) throws -> T
    ) throws -> T {
        let key = NameKey(index: currentIndex)
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "There are only \(elements.count) elements."))
        }
        let result = try decode(decoder, elements[currentIndex], key)
        currentIndex += 1
        return result
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd else { return try next(Any?.self) { _, _, _ in false } }
        guard elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool {
        try next(type) { try $0.bool($1, $2) }
    }

    mutating func decode(_ type: String.Type) throws -> String {
        try next(type) { try $0.string($1, $2) }
    }

    mutating func decode(_ type: Double.Type) throws -> Double {
        try next(type) { try $0.double($1, $2) }
    }

    mutating func decode(_ type: Float.Type) throws -> Float {
        try next(type) { try $0.float($1, $2) }
    }

    mutating func decode(_ type: Int.Type) throws -> Int {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: Int8.Type) throws -> Int8 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: Int16.Type) throws -> Int16 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: Int32.Type) throws -> Int32 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: Int64.Type) throws -> Int64 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: Int128.Type) throws -> Int128 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: UInt.Type) throws -> UInt {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: UInt8.Type) throws -> UInt8 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: UInt16.Type) throws -> UInt16 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: UInt32.Type) throws -> UInt32 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: UInt64.Type) throws -> UInt64 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
        try next(type) { try $0.integer(type, $1, $2) }
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next(type) { try $0.unwrap(type, $1, $2) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next(AttributeMap.self) { try $0.inner($1, $2).container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next([Any].self) { try $0.inner($1, $2).unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder {
        try next(AttributeValue.self) { try $0.inner($1, $2) }
    }
}
