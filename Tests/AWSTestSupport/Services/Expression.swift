// SPDX-License-Identifier: Apache-2.0

#if AWS
public import JSONTape
internal import StreamRecords

/// An item as the API writes it: `{"S":"…"}` by attribute.
public typealias WireItem = [String: JSONValue]

/// What an expression is refused for.
struct ExpressionError: Error {
    let message: String
}

/// The names and values of a request, by which its expressions are read.
struct ExpressionScope {
    let names: JSONValue?
    let values: JSONValue?

    init(_ request: JSONValue) {
        names = request["ExpressionAttributeNames"]
        values = request["ExpressionAttributeValues"]
    }

    func name(_ token: String) throws(ExpressionError) -> String {
        guard token.hasPrefix("#") else { return token }
        guard let name = names?[token]?.stringValue else { throw ExpressionError(message: "An expression attribute name used is not defined: \(token)") }
        return name
    }

    func value(_ token: String) throws(ExpressionError) -> JSONValue {
        guard let value = values?[token] else { throw ExpressionError(message: "An expression attribute value used is not defined: \(token)") }
        return value
    }
}

/// Reads DynamoDB's expressions, as far as Sluice writes them, and says what they say of an item.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>
struct ExpressionReader {
    private var tokens: ArraySlice<String>
    private let scope: ExpressionScope
    private let item: WireItem

    init(_ text: String, _ scope: ExpressionScope, _ item: WireItem) {
        tokens = ExpressionReader.tokens(text)[...]
        self.scope = scope
        self.item = item
    }

    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        for character in text {
            if character == " " || "(),=<>".contains(character) {
                if !word.isEmpty { tokens.append(word) }
                word = ""
                if character != " " { tokens.append(String(character)) }
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? tokens : tokens + [word]
    }

    private mutating func take(_ token: String) -> Bool {
        guard tokens.first?.uppercased() == token else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func expect(_ token: String) throws(ExpressionError) {
        if !take(token) { throw ExpressionError(message: "expected \(token), found \(tokens.first ?? "the end")") }
    }

    private mutating func word() throws(ExpressionError) -> String {
        guard let word = tokens.popFirst() else { throw ExpressionError(message: "the expression ends too early") }
        return word
    }

    // MARK: Conditions

    /// Whether the item meets the condition.
    static func holds(_ condition: String, _ scope: ExpressionScope, _ item: WireItem) throws(ExpressionError) -> Bool {
        var reader = ExpressionReader(condition, scope, item)
        let result = try reader.disjunction()
        if let rest = reader.tokens.first { throw ExpressionError(message: "\(rest) is one too many") }
        return result
    }

    private mutating func disjunction() throws(ExpressionError) -> Bool {
        var result = try conjunction()
        while take("OR") {
            let next = try conjunction()
            result = result || next
        }
        return result
    }

    private mutating func conjunction() throws(ExpressionError) -> Bool {
        var result = try negation()
        while take("AND") {
            let next = try negation()
            result = result && next
        }
        return result
    }

    private mutating func negation() throws(ExpressionError) -> Bool {
        if take("NOT") { return !(try negation()) }
        if take("(") {
            let result = try disjunction()
            try expect(")")
            return result
        }
        return try comparison()
    }

    private mutating func comparison() throws(ExpressionError) -> Bool {
        let first = try word()
        if take("(") { return try function(first) }
        let left = item[try scope.name(first)]
        if take("=") { return left == (try scope.value(word())) }
        if take("BETWEEN") {
            let low = try scope.value(word())
            try expect("AND")
            let high = try scope.value(word())
            return Self.precedes(low, left, orEqual: true) && Self.precedes(left, high, orEqual: true)
        }
        let isLess = take("<")
        if !isLess { try expect(">") }
        let orEqual = take("=")
        let right = try scope.value(word())
        return isLess ? Self.precedes(left, right, orEqual: orEqual) : Self.precedes(right, left, orEqual: orEqual)
    }

    private mutating func function(_ function: String) throws(ExpressionError) -> Bool {
        let left = item[try scope.name(word())]
        var operand: JSONValue?
        if take(",") { operand = try scope.value(word()) }
        try expect(")")
        switch (function, operand) {
        case ("attribute_not_exists", nil): return left == nil
        case ("attribute_exists", nil): return left != nil
        case ("contains", let operand?):
            return operand["S"].map { text in left?["SS"]?.elements.contains(text) ?? false } ?? false
        case ("begins_with", let operand?):
            guard let text = left?["S"]?.stringValue, let prefix = operand["S"]?.stringValue else { return false }
            return text.utf8.starts(with: prefix.utf8)
        default: throw ExpressionError(message: "\(function) is not known here")
        }
    }

    /// Order within one type; none between types, and none with what is not there.
    static func precedes(_ a: JSONValue?, _ b: JSONValue?, orEqual: Bool) -> Bool {
        guard let a, let b else { return false }
        if orEqual, a == b { return true }
        if let a = a["S"]?.stringValue, let b = b["S"]?.stringValue { return a.utf8.lexicographicallyPrecedes(b.utf8) }
        if let a = a["N"]?.stringValue.flatMap({ DynamoDBNumber($0) }), let b = b["N"]?.stringValue.flatMap({ DynamoDBNumber($0) }) { return a < b }
        return false
    }

    // MARK: Updates

    /// The item as an update leaves it.
    static func updated(_ update: String, _ scope: ExpressionScope, _ item: WireItem) throws(ExpressionError) -> WireItem {
        var reader = ExpressionReader(update, scope, item)
        var changed = item
        while let clause = reader.tokens.popFirst() {
            repeat {
                let name = try scope.name(reader.word())
                switch clause {
                case "SET": changed[name] = try reader.assigned()
                case "REMOVE": changed[name] = nil
                case "ADD":
                    let added = try scope.value(reader.word())["SS"]?.elements ?? []
                    var texts = changed[name]?["SS"]?.elements ?? []
                    for text in added where !texts.contains(text) { texts.append(text) }
                    changed[name] = ["SS": .array(texts)]
                default: throw ExpressionError(message: "\(clause) is not known here")
                }
            } while reader.take(",")
        }
        return changed
    }

    /// `= :value` or `= if_not_exists(name, :value)`. Names stand for what the item had before.
    private mutating func assigned() throws(ExpressionError) -> JSONValue {
        try expect("=")
        let first = try word()
        guard first == "if_not_exists" else { return try scope.value(first) }
        try expect("(")
        let found = item[try scope.name(word())]
        try expect(",")
        let value = try scope.value(word())
        try expect(")")
        return found ?? value
    }
}

#endif
