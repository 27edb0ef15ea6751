// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import StreamRecords

/// A condition on an item: DynamoDB is asked for it in a write, and it can be answered here for an item that DynamoDB has told.
indirect enum Condition: Sendable, Hashable {
    case absent(String)
    case equal(String, AttributeValue)
    /// The attribute is there and is less than the value.
    case less(String, than: AttributeValue)
    case greater(String, than: AttributeValue)
    /// A set holds the text.
    case holds(String, String)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// Nothing meets it. DynamoDB has no expression for that, so it is not to be asked.
    static let never = Condition.any([])

    /// The attribute is absent, or less than the value.
    static func absentOrLess(_ name: String, than value: AttributeValue) -> Condition { .any([.absent(name), .less(name, than: value)]) }

    static func absentOrGreater(_ name: String, than value: AttributeValue) -> Condition { .any([.absent(name), .greater(name, than: value)]) }

    /// The attributes, compared from the first on, are less than the values. An attribute and a value that are absent are less than all others.
    static func precedes(_ columns: [(name: String, value: AttributeValue?)]) -> Condition {
        guard let (name, value) = columns.first else { return .never }
        let rest = Array(columns.dropFirst())
        var ways: [Condition] = []
        if let value { ways.append(absentOrLess(name, than: value)) }
        let same = value.map { Condition.equal(name, $0) } ?? .absent(name)
        if !rest.isEmpty {
            let further = precedes(rest)
            if further != .never { ways.append(.all([same, further])) }
        }
        return ways.count == 1 ? ways[0] : .any(ways)
    }

    /// Whether it holds for an item.
    func isMet(by item: AttributeMap) -> Bool {
        switch self {
        case .absent(let name): item[name] == nil
        case .equal(let name, let value): item[name] == value
        case .less(let name, let value): item[name].map { Self.precedes($0, value) } ?? false
        case .greater(let name, let value): item[name].map { Self.precedes(value, $0) } ?? false
        case .holds(let name, let text): item[name]?.stringSetValue?.contains { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .not(let condition): !condition.isMet(by: item)
        case .all(let conditions): conditions.allSatisfy { $0.isMet(by: item) }
        case .any(let conditions): conditions.contains { $0.isMet(by: item) }
        }
    }

    /// Without the lists of one that may be around it.
    var unwrapped: Condition {
        switch self {
        case .all(let conditions) where conditions.count == 1, .any(let conditions) where conditions.count == 1: conditions[0].unwrapped
        default: self
        }
    }

    /// Order as DynamoDB has it: of texts by their UTF-8, of numbers by value, none between types.
    private static func precedes(_ a: AttributeValue, _ b: AttributeValue) -> Bool {
        switch (a, b) {
        case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.number(let a), .number(let b)): a < b
        default: false
        }
    }
}

/// Writes expressions, with an alias for each name and value: names such as `status` and `source` are reserved words.
struct ExpressionWriter: Sendable {
    private(set) var parts = DynamoDB.ExpressionParts()
    private var aliases: [String: String] = [:]
    private var values: [AttributeValue: String] = [:]

    mutating func name(_ name: String) -> String {
        if let alias = aliases[name] { return alias }
        let alias = "#n\(aliases.count)"
        aliases[name] = alias
        parts.names[alias] = name
        return alias
    }

    mutating func value(_ value: AttributeValue) -> String {
        if let alias = values[value] { return alias }
        let alias = ":v\(values.count)"
        values[value] = alias
        parts.values[alias] = value
        return alias
    }

    mutating func condition(_ condition: Condition) -> String {
        switch condition {
        case .absent(let attribute): "attribute_not_exists(\(name(attribute)))"
        case .equal(let attribute, let operand): "\(name(attribute)) = \(value(operand))"
        case .less(let attribute, let operand): "\(name(attribute)) < \(value(operand))"
        case .greater(let attribute, let operand): "\(name(attribute)) > \(value(operand))"
        case .holds(let attribute, let text): "contains(\(name(attribute)), \(value(.string(text))))"
        case .not(let inner): "NOT (\(self.condition(inner)))"
        case .all(let conditions): joined(conditions, " AND ")
        case .any(let conditions): joined(conditions, " OR ")
        }
    }

    /// DynamoDB refuses parentheses that part nothing, so one condition alone stands for itself.
    private mutating func joined(_ conditions: [Condition], _ word: String) -> String {
        if conditions.count == 1, let only = conditions.first { return condition(only) }
        var texts: [String] = []
        for inner in conditions.map(\.unwrapped) {
            let text = condition(inner)
            switch inner {
            case .all, .any: texts.append("(\(text))")
            default: texts.append(text)
            }
        }
        return texts.joined(separator: word)
    }
}

#endif
