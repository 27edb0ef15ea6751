// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import JSONTape
internal import StreamRecords

/// A text as rows keep it: small ones as they are, larger ones compressed, and what is large even then in rows of their own.
///
/// An item has 400 KB at most, and each update of a head is billed by all of it, so a head shall stay small. Parts bear the hash of
/// what they are parts of, so the same text gives the same parts, and writing them again changes nothing.
struct StoredText: Sendable {
    /// What the head has: the attribute itself, or one that tells where the parts are.
    let attribute: (name: String, value: AttributeValue)
    /// To be put before the head.
    let parts: [AttributeMap]

    /// The most bytes that stand in a head.
    static let mostInHead = 4 << 10
    /// The most bytes of data in a part.
    static let mostInPart = 380 << 10
    /// The most bytes that a text may have when it is read.
    static let mostWhenRead = 64 << 20

    /// - Parameters:
    ///   - name: the attribute's name.
    ///   - id: the head's id.
    init(_ text: String, as name: String, of id: String, expiresAt: Int64? = nil) throws(Gzip.Failure) {
        if text.utf8.count <= Self.mostInHead {
            self.init(attribute: (name, .string(text)), parts: [])
            return
        }
        self.init(compressed: try Gzip.compress(Array(text.utf8)), as: name, of: id, expiresAt: expiresAt, mostInHead: Self.mostInHead)
    }

    private init(attribute: (name: String, value: AttributeValue), parts: [AttributeMap]) {
        self.attribute = attribute
        self.parts = parts
    }

    /// Bytes that are compressed already.
    init(compressed: [UInt8], as name: String, of id: String, expiresAt: Int64?, mostInHead: Int) {
        if compressed.count <= mostInHead {
            attribute = (name, .binary(compressed))
            parts = []
            return
        }
        let hash = Digest.hexadecimal(compressed)
        var parts: [AttributeMap] = []
        var rest = compressed[...]
        while !rest.isEmpty {
            var part = Self.key(name, of: id, hash, parts.count)
            part["data"] = .binary(Array(rest.prefix(Self.mostInPart)))
            if let expiresAt { part[TableLayout.expiry] = .number(DynamoDBNumber(expiresAt)) }
            parts.append(part)
            rest = rest.dropFirst(Self.mostInPart)
        }
        attribute = (Self.reference(name), .string("\(hash)#\(parts.count)"))
        self.parts = parts
    }

    /// The attribute that tells where the parts are: hash, `#`, number of parts.
    static func reference(_ name: String) -> String { "\(name)_parts" }

    static func partition(_ name: String, of id: String) -> String { "\(id)#\(name)" }

    /// The key of one part.
    static func key(_ name: String, of id: String, _ hash: String, _ number: Int) -> AttributeMap {
        let digits = String(number)
        let place = "\(hash)#\(String(repeating: "0", count: max(0, 3 - digits.utf8.count)))\(digits)"
        return [TableLayout.id: .string(partition(name, of: id)), TableLayout.name: .string(place)]
    }

    /// What a reference says; absent where it is none.
    static func parse(reference: String) -> (hash: String, count: Int)? {
        let fields = reference.split(separator: "#", omittingEmptySubsequences: false)
        guard fields.count == 2, fields[0].utf8.count == 64, let count = Int(fields[1]), (1...1000).contains(count) else { return nil }
        return (String(fields[0]), count)
    }
}

extension JSONValue {
    /// A native value of DynamoDB's as plain JSON: tables of old keep params and responses as maps.
    init(plain value: AttributeValue) {
        self =
            switch value {
            case .string(let text): .string(text)
            case .number(let number): .number(number.canonical)
            case .binary(let bytes): .string(Base64.encodeToString(bytes))
            case .bool(let flag): .bool(flag)
            case .null: .null
            case .list(let values): .array(values.map { JSONValue(plain: $0) })
            case .map(let map): .object(map.map { JSONMember(name: $0.name, value: JSONValue(plain: $0.value)) })
            case .stringSet(let texts): .array(texts.map { .string($0) })
            case .numberSet(let numbers): .array(numbers.map { .number($0.canonical) })
            case .binarySet(let sets): .array(sets.map { .string(Base64.encodeToString($0)) })
            }
    }
}

#endif
