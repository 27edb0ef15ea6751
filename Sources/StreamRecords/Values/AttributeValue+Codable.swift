// SPDX-License-Identifier: Apache-2.0

/// A coding key of any name.
struct NameKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }

    /// The place of a list's element.
    init(index: Int) {
        stringValue = "Index \(index)"
        intValue = index
    }

    init(_ type: AttributeType) {
        self.init(stringValue: type.rawValue)
    }
}

/// The typed form of DynamoDB's API and streams, `{"S":"…"}`: an object with one member that is named after
/// the type; numbers as strings, binary as Base64.
///
/// `AttributeEncoder` and `AttributeDecoder` take an `AttributeValue` as it is instead.
///
/// Format: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>
extension AttributeValue: Codable {
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = decoder.value
            return
        }
        let container = try decoder.container(keyedBy: NameKey.self)
        let keys = container.allKeys
        guard let key = keys.first, keys.count == 1,
            let type = AttributeType(rawValue: key.stringValue)
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: container.codingPath,
                    debugDescription:
                        "An attribute value has one member, named S, N, B, SS, NS, BS, M, L, NULL or BOOL."))
        }
        switch type {
        case .string:
            self = .string(try container.decode(String.self, forKey: key))
        case .number:
            let text = try container.decode(String.self, forKey: key)
            self = .number(try Self.number(text, key, in: container))
        case .binary:
            let text = try container.decode(String.self, forKey: key)
            self = .binary(try Self.bytes(text, key, in: container))
        case .stringSet:
            self = .stringSet(try container.decode([String].self, forKey: key))
        case .numberSet:
            let texts = try container.decode([String].self, forKey: key)
            self = .numberSet(try texts.map { try Self.number($0, key, in: container) })
        case .binarySet:
            let texts = try container.decode([String].self, forKey: key)
            self = .binarySet(try texts.map { try Self.bytes($0, key, in: container) })
        case .map:
            self = .map(try container.decode(AttributeMap.self, forKey: key))
        case .list:
            self = .list(try container.decode([AttributeValue].self, forKey: key))
        case .null:
            guard try container.decode(Bool.self, forKey: key) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "NULL must be true.")
            }
            self = .null
        case .bool:
            self = .bool(try container.decode(Bool.self, forKey: key))
        }
    }

    private static func number(
        _ text: String, _ key: NameKey, in container: KeyedDecodingContainer<NameKey>
    ) throws -> DynamoDBNumber {
        guard let number = DynamoDBNumber(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "The text is not a decimal number.")
        }
        return number
    }

    private static func bytes(
        _ text: String, _ key: NameKey, in container: KeyedDecodingContainer<NameKey>
    ) throws -> [UInt8] {
        do {
            return try Base64.decode(text)
        } catch {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "Not binary: \(error).")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.set(self)
            return
        }
        var container = encoder.container(keyedBy: NameKey.self)
        let key = NameKey(type)
        switch self {
        case .string(let value): try container.encode(value, forKey: key)
        case .number(let value): try container.encode(value.text, forKey: key)
        case .binary(let value): try container.encode(Base64.encodeToString(value), forKey: key)
        case .stringSet(let values): try container.encode(values, forKey: key)
        case .numberSet(let values): try container.encode(values.map(\.text), forKey: key)
        case .binarySet(let values):
            try container.encode(values.map(Base64.encodeToString), forKey: key)
        case .map(let value): try container.encode(value, forKey: key)
        case .list(let values): try container.encode(values, forKey: key)
        case .null: try container.encode(true, forKey: key)
        case .bool(let value): try container.encode(value, forKey: key)
        }
    }
}

/// The typed form of an item or a map: an object that has an attribute value for each name. Whether the order
/// is kept is the coder's affair; Foundation's do not keep it.
extension AttributeMap: Codable {
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = try decoder.map()
            return
        }
        let container = try decoder.container(keyedBy: NameKey.self)
        self.init()
        for key in container.allKeys {
            self[key.stringValue] = try container.decode(AttributeValue.self, forKey: key)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.set(.map(self))
            return
        }
        var container = encoder.container(keyedBy: NameKey.self)
        for (name, value) in self {
            try container.encode(value, forKey: NameKey(stringValue: name))
        }
    }
}
