// SPDX-License-Identifier: Apache-2.0

/// Where in a value a coder is: the keys from the innermost outwards. An array of them is made only for an
/// error, or for who asks.
final class CodingPath {
    private let parent: CodingPath?
    private let key: any CodingKey

    init(_ key: any CodingKey, in parent: CodingPath?) {
        self.key = key
        self.parent = parent
    }

    static func adding(_ key: (any CodingKey)?, to path: CodingPath?) -> CodingPath? {
        if let key { CodingPath(key, in: path) } else { path }
    }

    static func keys(_ path: CodingPath?, and last: (any CodingKey)? = nil) -> [any CodingKey] {
        var keys: [any CodingKey] = []
        if let last { keys.append(last) }
        var place = path
        while let current = place {
            keys.append(current.key)
            place = current.parent
        }
        keys.reverse()
        return keys
    }
}

/// The errors that several parts of the coders throw.
enum AttributeMismatch {
    static func error(
        _ type: Any.Type, _ expected: String, _ value: AttributeValue, _ path: [any CodingKey]
    ) -> DecodingError {
        let message = "Expected \(expected) for \(type), found \(name(of: value.type))."
        return value.isNull
            ? .valueNotFound(type, .init(codingPath: path, debugDescription: message))
            : .typeMismatch(type, .init(codingPath: path, debugDescription: message))
    }

    static func inexact(
        _ type: Any.Type, _ number: DynamoDBNumber, _ path: [any CodingKey]
    ) -> DecodingError {
        let text = number.text.count > 60 ? number.text.prefix(60) + "…" : number.text[...]
        return .dataCorrupted(
            .init(codingPath: path, debugDescription: "\(type) cannot hold the number \(text) exactly."))
    }

    static func outOfRange(
        _ type: Any.Type, _ number: DynamoDBNumber, _ path: [any CodingKey]
    ) -> DecodingError {
        let text = number.text.count > 60 ? number.text.prefix(60) + "…" : number.text[...]
        return .dataCorrupted(
            .init(codingPath: path, debugDescription: "The number \(text) is too large for \(type)."))
    }

    static func tooDeep(_ limit: Int, _ path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(
            .init(codingPath: path, debugDescription: "More than \(limit) levels are nested."))
    }

    static func notFinite(_ value: Any, _ path: [any CodingKey]) -> EncodingError {
        .invalidValue(
            value, .init(codingPath: path, debugDescription: "DynamoDB has no number for \(value)."))
    }

    private static func name(of type: AttributeType) -> String {
        switch type {
        case .string: "a string (S)"
        case .number: "a number (N)"
        case .binary: "binary (B)"
        case .stringSet: "a string set (SS)"
        case .numberSet: "a number set (NS)"
        case .binarySet: "a binary set (BS)"
        case .map: "a map (M)"
        case .list: "a list (L)"
        case .null: "NULL"
        case .bool: "a truth value (BOOL)"
        }
    }
}

/// What the coders must know of sets, whose own `Codable` makes them lists.
protocol SetOfAttributes {
    init()
}

extension Set: SetOfAttributes {}

protocol EncodableSet {
    var encodableElements: [any Encodable] { get }
}

extension Set: EncodableSet where Element: Encodable {
    var encodableElements: [any Encodable] { map { $0 } }
}
