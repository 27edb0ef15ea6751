// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Why an event matches a pattern or does not.
public struct PatternExplanation: Sendable, Hashable, CustomStringConvertible {
    /// The first condition that is not met, in the order the pattern was written.
    public struct Failure: Sendable, Hashable, CustomStringConvertible {
        /// The field's path with points between the names.
        public var path: String
        /// The values and comparisons that were wanted, as JSON.
        public var expected: String
        /// What the event has there, in words or as JSON.
        public var found: String
        /// What is probably wrong with the pattern, where that is known.
        public var advice: String?
        /// Where the condition stands in the pattern: see ``PatternNode/place``.
        public var place: Int

        public var description: String { "\(path): expected \(expected), found \(found)\(advice.map { " (\($0))" } ?? "")" }
    }

    public var isMatch: Bool
    /// Nil where it matches.
    public var failure: Failure?

    public var description: String { failure?.description ?? "every condition is met" }
}

/// Holds one event against one pattern and remembers what it saw. Takes an event's parts as a ``PatternMatcher`` does.
public struct PatternExplainer: ~Copyable {
    private let pattern: EventPattern
    private var matcher: PatternMatcher
    private var event = FlatEvent()

    public init(_ pattern: EventPattern) {
        self.pattern = pattern
        matcher = PatternMatcher(PatternSet([pattern]))
        matcher.begin()
    }

    public mutating func add(membersOf object: borrowing JSONView, except name: StaticString? = nil) {
        matcher.add(membersOf: object, except: name)
        event.add(membersOf: object, at: nil, except: name)
    }

    public mutating func add(_ value: borrowing JSONView, as name: StaticString) {
        matcher.add(value, as: name)
        event.add(value, as: "\(name)")
    }

    /// The item that a pattern on plain values is held against.
    public mutating func add(plainValuesOf item: borrowing JSONView) {
        matcher.add(plainValuesOf: item)
        event.add(plainValuesOf: item, at: nil)
    }

    public consuming func explanation() -> PatternExplanation {
        matcher.finish()
        if matcher.isMatch(0) { return PatternExplanation(isMatch: true) }
        // Of several alternatives the one that comes nearest.
        var best: (met: Int, failure: PatternExplanation.Failure)?
        for alternative in pattern.alternatives {
            let unmet = alternative.conditions.filter { !isMet($0) }
            let met = alternative.conditions.count - unmet.count
            if let best, best.met >= met { continue }
            guard let condition = unmet.first ?? alternative.conditions.last else { continue }
            best = (met, unmet.isEmpty ? scattered(condition, alternative) : failure(condition))
        }
        return PatternExplanation(isMatch: false, failure: best?.failure)
    }

    private func leaves(_ path: [UInt8]) -> [FlatEvent.Leaf] { event.leaves.filter { $0.path == path } }

    private func isMet(_ condition: Condition) -> Bool {
        let leaves = leaves(condition.path)
        if leaves.isEmpty { return condition.allowsAbsence }
        return leaves.contains { leaf in
            let bytes = JSONBytes(leaf.text)
            let text = bytes.text(0..<bytes.count)
            let number = leaf.kind == .number ? PatternNumber(text, pattern.numbers) : nil
            return condition.tests.contains { $0.isMet(by: leaf.kind, text, number) }
        }
    }

    private func failure(_ condition: Condition) -> PatternExplanation.Failure {
        PatternExplanation.Failure(
            path: String(decoding: condition.path, as: UTF8.self), expected: condition.text, found: found(condition.path),
            advice: advice(condition), place: condition.place)
    }

    /// Every condition is met somewhere, but not together.
    private func scattered(_ condition: Condition, _ alternative: Alternative) -> PatternExplanation.Failure {
        let paths = alternative.conditions.map { String(decoding: $0.path, as: UTF8.self) }
        return PatternExplanation.Failure(
            path: paths.joined(separator: ", "), expected: "all of them met in one element of an array", found: "each met, but in different elements",
            advice: nil, place: condition.place)
    }

    private func found(_ path: [UInt8]) -> String {
        let values = leaves(path)
        if !values.isEmpty {
            return values.prefix(5).map(\.shown).joined(separator: ", ") + (values.count > 5 ? " and \(values.count - 5) more" : "")
        }
        if let names = event.objects[path] {
            return names.isEmpty ? "an empty object" : "an object with \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : "")"
        }
        if event.emptyArrays.contains(path) { return "an empty list" }
        // The first step that leads nowhere.
        var parent: [UInt8] = []
        for name in path.split(separator: 0x2E, omittingEmptySubsequences: false) {
            let next = parent.isEmpty ? Array(name) : parent + [0x2E] + name
            guard event.objects[next] != nil else {
                let shown = String(decoding: name, as: UTF8.self)
                if parent.isEmpty { return "no \(shown)" }
                return leaves(next).isEmpty
                    ? "nothing: \(String(decoding: parent, as: UTF8.self)) has no \(shown)"
                    : "nothing: \(String(decoding: next, as: UTF8.self)) is \(leaves(next)[0].shown)"
            }
            parent = next
        }
        return "nothing"
    }

    private func advice(_ condition: Condition) -> String? {
        let types: Set<String> = ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"]
        if let names = event.objects[condition.path], names.count == 1, types.contains(names[0]), pattern.numbers == .doubles {
            return "values of DynamoDB stand below their type: name \(names[0]) in the pattern as well"
        }
        if condition.tests.contains(where: { $0.needsNumber }), !leaves(condition.path).isEmpty,
            leaves(condition.path).allSatisfy({ $0.kind == .string })
        {
            return "a text is no number, also where its characters are digits"
        }
        return nil
    }
}
