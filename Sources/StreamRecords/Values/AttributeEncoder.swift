// SPDX-License-Identifier: Apache-2.0

/// Encodes `Encodable` types as attribute values.
///
/// - `Set` becomes a string, number or binary set if its elements are strings, numbers or binary, in
///   ascending order; any other set becomes a list. Arrays become lists.
/// - `[UInt8]`, `ContiguousArray<UInt8>` and `Data` become binary.
/// - Integers and `Decimal` are exact; `Double` and `Float` become the shortest decimal that reads back as
///   the same value, and fail where they are infinite or NaN.
/// - `nil` properties are left out, as the compiler's `encode(to:)` has it; `nil` elsewhere is NULL.
/// - `AttributeValue`, `AttributeMap` and `DynamoDBNumber` are passed through without loss.
///
/// All errors are `EncodingError`, with the coding path. Numbers that DynamoDB would refuse
/// (`DynamoDBNumber.isStorable`) are encoded all the same.
public struct AttributeEncoder: Sendable {
    /// What becomes of empty sets, which DynamoDB refuses.
    public enum EmptySets: Sendable, Hashable {
        /// NULL, as AWS's own document clients convert them. `AttributeDecoder` reads it as an empty `Set`,
        /// but as `nil` where the property is optional.
        case null
        /// An empty list. `AttributeDecoder` reads it as an empty `Set`.
        case emptyList
        /// An error.
        case refused
    }

    public var emptySets: EmptySets

    /// Passed to the types' `encode(to:)`.
    public var userInfo: [CodingUserInfoKey: any Sendable]

    /// How many encodings may be nested; each map, list, optional and wrapper around a value counts. DynamoDB
    /// nests values 32 levels deep. An object that holds itself runs into this and not into a crash.
    public var maximumDepth: Int

    public init(
        emptySets: EmptySets = .null, userInfo: [CodingUserInfoKey: any Sendable] = [:],
        maximumDepth: Int = 256
    ) {
        self.emptySets = emptySets
        self.userInfo = userInfo
        self.maximumDepth = maximumDepth
    }

    /// Throws `EncodingError` where the value cannot be an attribute value.
    public func encode<T: Encodable>(_ value: T) throws -> AttributeValue {
        let settings = EncodingSettings(
            emptySets: emptySets, userInfo: userInfo, maximumDepth: maximumDepth)
        let encoder = ValueEncoder(node: EncodingNode(), path: nil, depth: 0, settings: settings)
        switch try encoder.box(value, nil) {
        case .value(let result):
            return result
        case .node(let node):
            guard let result = try node.value() else {
                throw EncodingError.invalidValue(
                    value, .init(codingPath: [], debugDescription: "The value encodes nothing."))
            }
            return result
        }
    }

    /// Encodes an item. Throws `EncodingError` where the value cannot be attributes with names.
    public func encodeAttributes<T: Encodable>(_ value: T) throws -> AttributeMap {
        guard case .map(let map) = try encode(value) else {
            throw EncodingError.invalidValue(
                value,
                .init(
                    codingPath: [],
                    debugDescription: "An item has named attributes; \(T.self) has no names."))
        }
        return map
    }
}

/// What holds for one whole encoding.
final class EncodingSettings {
    let emptySets: AttributeEncoder.EmptySets
    let userInfo: [CodingUserInfoKey: Any]
    let maximumDepth: Int

    init(
        emptySets: AttributeEncoder.EmptySets, userInfo: [CodingUserInfoKey: Any], maximumDepth: Int
    ) {
        self.emptySets = emptySets
        self.userInfo = userInfo
        self.maximumDepth = maximumDepth
    }
}

/// The encoder of one value.
struct ValueEncoder: Encoder {
    let node: EncodingNode
    let path: CodingPath?
    let depth: Int
    let settings: EncodingSettings

    var codingPath: [any CodingKey] { CodingPath.keys(path) }
    var userInfo: [CodingUserInfoKey: Any] { settings.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.become(.map, at: path)
        return KeyedEncodingContainer(KeyedAttributeWriter<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.become(.list, at: path)
        return UnkeyedAttributeWriter(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func set(_ value: AttributeValue) { node.put(.value(value)) }

    /// The encoder of a value within this one.
    func inner(_ node: EncodingNode, _ key: (any CodingKey)?) -> ValueEncoder {
        let path = CodingPath.adding(key, to: path)
        // Containers cannot throw where they are made: the node keeps the error till the end.
        if depth >= settings.maximumDepth { node.fail(tooDeep("container", path)) }
        return ValueEncoder(node: node, path: path, depth: depth + 1, settings: settings)
    }

    private func tooDeep(_ value: Any, _ path: CodingPath?) -> EncodingError {
        .invalidValue(
            value,
            .init(
                codingPath: CodingPath.keys(path),
                debugDescription: "More than \(settings.maximumDepth) levels are nested."))
    }

    /// Encodes any type: first those that are more, or other, than their own `Encodable` makes of them.
    func box<T: Encodable>(_ value: T, _ key: (any CodingKey)?) throws -> EncodingSlot {
        // The types are compared first: a cast alone would take an empty array for any other.
        if T.self == AttributeValue.self, let value = value as? AttributeValue {
            return .value(value)
        }
        if T.self == [UInt8].self, let bytes = value as? [UInt8] { return .value(.binary(bytes)) }
        if T.self == ContiguousArray<UInt8>.self, let bytes = value as? ContiguousArray<UInt8> {
            return .value(.binary(Array(bytes)))
        }
        if let result = try FoundationTypes.encode(value, at: CodingPath.keys(path, and: key)) {
            return .value(result)
        }
        guard depth < settings.maximumDepth else {
            throw tooDeep(value, CodingPath.adding(key, to: path))
        }
        let encoder = inner(EncodingNode(), key)
        if let set = value as? any EncodableSet {
            return .value(try encoder.set(of: set.encodableElements, original: value))
        }
        try value.encode(to: encoder)
        return .node(encoder.node)
    }

    /// A set of the elements, which are at this encoder's place, or a list where DynamoDB has no such set.
    private func set(of elements: [any Encodable], original: Any) throws -> AttributeValue {
        if elements.isEmpty {
            switch settings.emptySets {
            case .null: return .null
            case .emptyList: return .list([])
            case .refused:
                throw EncodingError.invalidValue(
                    original,
                    .init(codingPath: codingPath, debugDescription: "DynamoDB has no empty sets."))
            }
        }
        let values = try elements.enumerated().map { index, element in
            try box(element, NameKey(index: index)).value() ?? .map([:])
        }
        let strings = values.compactMap(\.stringValue)
        if strings.count == values.count {
            return .stringSet(Set(strings.map(ExactString.init)).sorted().map(\.string))
        }
        let numbers = values.compactMap(\.numberValue)
        if numbers.count == values.count { return .numberSet(Set(numbers).sorted()) }
        let binaries = values.compactMap(\.binaryValue)
        if binaries.count == values.count {
            return .binarySet(Set(binaries).sorted { $0.lexicographicallyPrecedes($1) })
        }
        return .list(values)
    }

    func number(_ value: Double, _ key: (any CodingKey)?) throws -> AttributeValue {
        guard let number = DynamoDBNumber(value) else {
            throw AttributeMismatch.notFinite(value, CodingPath.keys(path, and: key))
        }
        return .number(number)
    }

    func number(_ value: Float, _ key: (any CodingKey)?) throws -> AttributeValue {
        guard let number = DynamoDBNumber(value) else {
            throw AttributeMismatch.notFinite(value, CodingPath.keys(path, and: key))
        }
        return .number(number)
    }
}
