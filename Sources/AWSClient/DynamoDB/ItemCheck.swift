// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

/// DynamoDB's rules for items.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
enum ItemCheck {
    static func item(_ item: AttributeMap) throws(AWSError) {
        try RequestCheck.size(DynamoDB.size(of: item), of: "an item", atMost: DynamoDB.Limits.itemBytes)
        for (name, value) in item { try check(value, at: name, depth: 0) }
    }

    /// Key attributes are strings, numbers or binary, not empty, and of 2048 bytes at most; sort keys of 1024.
    ///
    /// - Parameter sort: the sort key's name, where it is known. Where it is not, one of two attributes must be short enough to be it.
    static func key(_ key: AttributeMap, sort: String? = nil) throws(AWSError) {
        try RequestCheck.count(key.count, of: "key attributes", in: 1...2)
        var shortest = Int.max
        for (name, value) in key {
            switch value {
            case .string, .binary, .number: break
            default: throw AWSError(.invalidRequest, "\(name): a key attribute is of type S, N or B, not \(value.type.rawValue)")
            }
            try check(value, at: name, depth: 0)
            let size = DynamoDB.size(of: value)
            try RequestCheck.require(size > 0, "\(name): a key attribute cannot be empty")
            try RequestCheck.size(size, of: name, atMost: name == sort ? DynamoDB.Limits.sortKeyBytes : DynamoDB.Limits.keyBytes)
            shortest = min(shortest, size)
        }
        if key.count == 2 { try RequestCheck.size(shortest, of: "the sort key", atMost: DynamoDB.Limits.sortKeyBytes) }
    }

    /// Values that stand in expressions.
    static func parts(_ parts: DynamoDB.ExpressionParts) throws(AWSError) {
        for (name, value) in parts.values { try check(value, at: name, depth: 0) }
    }

    private static func check(_ value: AttributeValue, at place: String, depth: Int) throws(AWSError) {
        try RequestCheck.require(
            depth <= DynamoDB.Limits.depth, "\(place): nested more than \(DynamoDB.Limits.depth) deep, which DynamoDB does not store")
        switch value {
        case .number(let number): try check(number, at: place)
        case .numberSet(let numbers):
            try set(numbers.count, distinct: Set(numbers).count, at: place)
            for number in numbers { try check(number, at: place) }
        case .stringSet(let texts): try set(texts.count, distinct: Set(texts.map { Array($0.utf8) }).count, at: place)
        case .binarySet(let sets): try set(sets.count, distinct: Set(sets).count, at: place)
        case .list(let values): for value in values { try check(value, at: place, depth: depth + 1) }
        case .map(let map): for (name, value) in map { try check(value, at: "\(place).\(name)", depth: depth + 1) }
        case .string, .binary, .null, .bool: break
        }
    }

    private static func check(_ number: DynamoDBNumber, at place: String) throws(AWSError) {
        try RequestCheck.require(
            number.isStorable, "\(place): \(number.text.prefix(60)) has more than 38 digits, or a size that DynamoDB does not store")
    }

    private static func set(_ count: Int, distinct: Int, at place: String) throws(AWSError) {
        try RequestCheck.require(count > 0, "\(place): a set cannot be empty")
        try RequestCheck.require(count == distinct, "\(place): a set cannot hold the same value twice")
    }
}

#endif
