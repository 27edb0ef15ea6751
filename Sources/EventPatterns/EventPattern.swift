// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// An [EventBridge pattern](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html), compiled.
///
/// The same text says the same here as in a rule of EventBridge or a filter of an event source mapping. To hold events against many patterns at once,
/// put them into a ``PatternSet``.
public struct EventPattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as JSON without white space.
    public let description: String
    /// How it compares numbers.
    public let numbers: NumberRule
    let alternatives: [Alternative]

    /// Compiles a JSON text.
    ///
    /// - Throws: the first mistake, with its place in bytes.
    public init(_ json: String, numbers: NumberRule = .doubles) throws(PatternError) {
        try self.init(PatternNode(json: json), numbers: numbers)
    }

    /// Compiles a pattern that was read elsewhere.
    public init(_ node: PatternNode, numbers: NumberRule = .doubles) throws(PatternError) {
        alternatives = try PatternCompiler(numbers: numbers).compile(node)
        description = node.text
        self.numbers = numbers
    }

    /// Whether an event, which is a JSON object, matches. Compiles the pattern's tables anew: whoever asks often keeps a ``PatternMatcher``.
    public func matches(_ event: borrowing JSONView) -> Bool {
        var matcher = PatternMatcher(PatternSet([self]))
        matcher.match(event)
        return matcher.isMatch(0)
    }

    /// Whether a JSON text, which must be an object, matches.
    public func matches(json text: String) throws(JSONError) -> Bool {
        let document = try JSONDocument(text)
        return matches(document.view(document.root))
    }

    /// The paths of all fields that it asks for, with points between the names, each once and in order.
    public var paths: [String] {
        var seen: Set<[UInt8]> = []
        var paths: [String] = []
        for condition in alternatives.flatMap(\.conditions) where seen.insert(condition.path).inserted {
            paths.append(String(decoding: condition.path, as: UTF8.self))
        }
        return paths
    }

    public static func == (a: EventPattern, b: EventPattern) -> Bool { a.numbers == b.numbers && a.alternatives == b.alternatives }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(numbers)
        hasher.combine(alternatives)
    }
}
