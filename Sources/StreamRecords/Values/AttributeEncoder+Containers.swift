// SPDX-License-Identifier: Apache-2.0

extension ValueEncoder: SingleValueEncodingContainer {
    func encodeNil() throws { set(.null) }
    func encode(_ value: Bool) throws { set(.bool(value)) }
    func encode(_ value: String) throws { set(.string(value)) }
    func encode(_ value: Double) throws { set(try number(value, nil)) }
    func encode(_ value: Float) throws { set(try number(value, nil)) }
    func encode(_ value: Int) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int8) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int16) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int32) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int64) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int128) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt8) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt16) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt32) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt64) throws { set(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt128) throws { set(.number(DynamoDBNumber(value))) }

    func encode<T: Encodable>(_ value: T) throws {
        node.put(try box(value, nil))
    }
}

/// Writes the attributes of a map, by key.
struct KeyedAttributeWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    private func put(_ value: AttributeValue, _ key: Key) {
        encoder.node.put(.value(value), named: key.stringValue)
    }

    func encodeNil(forKey key: Key) throws { put(.null, key) }

    func encode(_ value: Bool, forKey key: Key) throws { put(.bool(value), key) }

    func encode(_ value: String, forKey key: Key) throws { put(.string(value), key) }

    func encode(_ value: Double, forKey key: Key) throws {
        put(try encoder.number(value, key), key)
    }

    func encode(_ value: Float, forKey key: Key) throws {
        put(try encoder.number(value, key), key)
    }

    func encode(_ value: Int, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: Int8, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: Int16, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: Int32, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: Int64, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: Int128, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: UInt, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: UInt8, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: UInt16, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: UInt32, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: UInt64, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode(_ value: UInt128, forKey key: Key) throws {
        put(.number(DynamoDBNumber(value)), key)
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        encoder.node.put(try encoder.box(value, key), named: key.stringValue)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder.inner(encoder.node.child(named: key.stringValue), key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder.inner(encoder.node.child(named: key.stringValue), key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        let key = NameKey(stringValue: "super")
        return encoder.inner(encoder.node.child(named: key.stringValue), key)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        encoder.inner(encoder.node.child(named: key.stringValue), key)
    }
}

/// Writes the elements of a list.
struct UnkeyedAttributeWriter: UnkeyedEncodingContainer {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.node.count }

    private var key: NameKey { NameKey(index: count) }

    private func put(_ value: AttributeValue) { encoder.node.append(.value(value)) }

    func encodeNil() throws { put(.null) }
    func encode(_ value: Bool) throws { put(.bool(value)) }
    func encode(_ value: String) throws { put(.string(value)) }
    func encode(_ value: Double) throws { put(try encoder.number(value, key)) }
    func encode(_ value: Float) throws { put(try encoder.number(value, key)) }
    func encode(_ value: Int) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int8) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int16) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int32) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int64) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: Int128) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt8) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt16) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt32) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt64) throws { put(.number(DynamoDBNumber(value))) }
    func encode(_ value: UInt128) throws { put(.number(DynamoDBNumber(value))) }

    func encode<T: Encodable>(_ value: T) throws {
        encoder.node.append(try encoder.box(value, key))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        let key = key
        return encoder.inner(encoder.node.appendChild(), key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let key = key
        return encoder.inner(encoder.node.appendChild(), key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        let key = key
        return encoder.inner(encoder.node.appendChild(), key)
    }
}
