// SPDX-License-Identifier: Apache-2.0

/// An object of a configuration, as `Decodable` types see one.
struct NodeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: NodeDecoder
    /// Absent where the object is missing or is something else, which has been reported.
    let object: ConfigurationNode?

    init(decoder: NodeDecoder) {
        self.decoder = decoder
        if let node = decoder.node, case .object = node.value {
            object = node
            decoder.ledger.visit(node, decoder.path)
        } else {
            object = nil
            decoder.report(.wrongType, expected: "an object")
        }
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { object?.members.compactMap { Key(stringValue: $0.name) } ?? [] }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { find(key)?.value == .null }

    private func find(_ key: Key) -> ConfigurationNode? {
        decoder.ledger.ask(key.stringValue, in: decoder.path)
        return object?[key.stringValue]
    }

    private func child(_ key: Key) -> NodeDecoder {
        let found = find(key)
        if found == nil, let object {
            decoder.ledger.mistakes.append(ConfigurationMistake(
                .missingKey, at: object.mark, path: decoder.path.description, found: object.found,
                expected: "the key \(key.stringValue.quotedForMessage) in it"))
        }
        return decoder.child(found, decoder.path.member(key.stringValue), key)
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        do {
            return try child(key).read(type)
        } catch {
            decoder.ledger.leaveUnfinished(decoder.path)
            throw error
        }
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { child(key).read(scalar: type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { child(key).read(scalar: type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { child(key).read(scalar: type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { child(key).read(scalar: type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { child(key).read(scalar: type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { child(key).read(scalar: type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { child(key).read(scalar: type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { child(key).read(scalar: type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { child(key).read(scalar: type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { child(key).read(scalar: type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { child(key).read(scalar: type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { child(key).read(scalar: type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { child(key).read(scalar: type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { child(key).read(scalar: type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { child(key) }
}

/// A list of a configuration.
struct NodeUnkeyedContainer: UnkeyedDecodingContainer {
    let decoder: NodeDecoder
    let elements: [ConfigurationNode]
    var currentIndex = 0

    init(decoder: NodeDecoder) {
        self.decoder = decoder
        if case .list(let elements)? = decoder.node?.value {
            self.elements = elements
        } else {
            elements = []
            decoder.report(.wrongType, expected: "a list")
        }
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].value == .null else { return false }
        currentIndex += 1
        return true
    }

    /// The next element's decoder. Past the end it is one without a node, after a mistake.
    private mutating func next() -> NodeDecoder {
        let index = currentIndex
        currentIndex += 1
        if index >= elements.count { decoder.report(.badValue, expected: "more than \(elements.count) elements") }
        return decoder.child(
            index < elements.count ? elements[index] : nil, decoder.path.element(index), ElementKey(intValue: index))
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().read(type) }
    mutating func decode(_ type: Bool.Type) throws -> Bool { next().read(scalar: type) }
    mutating func decode(_ type: String.Type) throws -> String { next().read(scalar: type) }
    mutating func decode(_ type: Double.Type) throws -> Double { next().read(scalar: type) }
    mutating func decode(_ type: Float.Type) throws -> Float { next().read(scalar: type) }
    mutating func decode(_ type: Int.Type) throws -> Int { next().read(scalar: type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { next().read(scalar: type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { next().read(scalar: type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { next().read(scalar: type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { next().read(scalar: type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { next().read(scalar: type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { next().read(scalar: type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { next().read(scalar: type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { next().read(scalar: type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { next().read(scalar: type) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { next() }
}

/// One value of a configuration.
struct NodeSingleValueContainer: SingleValueDecodingContainer {
    let decoder: NodeDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.node?.value == .null }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.read(type) }
    func decode(_ type: Bool.Type) throws -> Bool { decoder.read(scalar: type) }
    func decode(_ type: String.Type) throws -> String { decoder.read(scalar: type) }
    func decode(_ type: Double.Type) throws -> Double { decoder.read(scalar: type) }
    func decode(_ type: Float.Type) throws -> Float { decoder.read(scalar: type) }
    func decode(_ type: Int.Type) throws -> Int { decoder.read(scalar: type) }
    func decode(_ type: Int8.Type) throws -> Int8 { decoder.read(scalar: type) }
    func decode(_ type: Int16.Type) throws -> Int16 { decoder.read(scalar: type) }
    func decode(_ type: Int32.Type) throws -> Int32 { decoder.read(scalar: type) }
    func decode(_ type: Int64.Type) throws -> Int64 { decoder.read(scalar: type) }
    func decode(_ type: UInt.Type) throws -> UInt { decoder.read(scalar: type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { decoder.read(scalar: type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { decoder.read(scalar: type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { decoder.read(scalar: type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { decoder.read(scalar: type) }
}

/// The place of a list's element in a coding path.
struct ElementKey: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }

    init(intValue: Int) { self.intValue = intValue }
    init?(stringValue: String) { nil }
}
