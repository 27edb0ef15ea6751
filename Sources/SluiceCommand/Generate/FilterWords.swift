// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape

/// What an event source mapping's filter can say of a pattern.
///
/// A filter knows fewer comparisons than a rule of EventBridge
/// ([syntax](https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax)). All fields of a pattern must be met, so a
/// field that a filter has no words for can go: what is left matches more, never less.
struct FilterWords {
    /// Whether ranges of numbers count as words.
    private let hasRanges: Bool
    /// Paths that come twice on a way through the pattern, where the last condition counts: none on them can be told apart.
    private var doubled: Set<String> = []
    /// Whether tests for absence count as words. Where a list's elements are objects, what is absent is looked for in those only that met the other
    /// fields. With one of these fields gone it may be found in others, and the test would match less.
    private var hasAbsence = true
    private var hasLeftOut = false

    private init(hasRanges: Bool) { self.hasRanges = hasRanges }

    /// The fields of the pattern for which a filter has words; nil where there are none.
    ///
    /// - Parameter member: the field whose own fields are meant; absent: the pattern's.
    static func fields(of pattern: EventPattern, in member: String? = nil, hasRanges: Bool = true) -> [JSONMember]? {
        guard case .object(var members)? = try? JSONValue(parsing: pattern.description) else { return nil }
        var words = FilterWords(hasRanges: hasRanges)
        // A pattern that is read otherwise than here says something else.
        guard words.paths(members, nil) == Set(pattern.paths) else { return nil }
        if let member {
            guard case .object(let inner)? = members.last(where: { $0.name == member })?.value else { return nil }
            members = inner
        }
        var kept = words.fields(members, member)
        if words.hasLeftOut {
            words.hasAbsence = false
            kept = words.fields(members, member)
        }
        return kept.isEmpty ? nil : kept
    }

    // MARK: Paths

    /// The paths of all conditions, on whatever way; notes those that come twice on one.
    private mutating func paths(_ members: [JSONMember], _ path: String?) -> Set<String> {
        var seen: Set<String> = []
        for member in members {
            var own: Set<String> = []
            if member.name == "$or", let choices = Self.choices(member.value) {
                for choice in choices { own.formUnion(paths(choice, path)) }
            } else if case .object(let inner) = member.value {
                own = paths(inner, Self.path(member.name, path))
            } else {
                own = [Self.path(member.name, path)]
            }
            doubled.formUnion(seen.intersection(own))
            seen.formUnion(own)
        }
        return seen
    }

    private static func path(_ name: String, _ path: String?) -> String { path.map { "\($0).\(name)" } ?? name }

    private static func choices(_ value: JSONValue) -> [[JSONMember]]? {
        guard case .array(let values) = value, values.count >= 2 else { return nil }
        let choices = values.compactMap { value in if case .object(let members) = value { members } else { nil } }
        return choices.count == values.count ? choices : nil
    }

    // MARK: Fields

    private mutating func fields(_ members: [JSONMember], _ path: String?) -> [JSONMember] {
        var kept: [JSONMember] = []
        for (place, member) in members.enumerated() {
            // A name comes once in a filter. A name with a point is read in two ways.
            let comesAgain = members[(place + 1)...].contains { $0.name == member.name }
            var value: JSONValue?
            if !comesAgain && !member.name.contains(".") {
                value = member.name == "$or" ? alternatives(member.value, path) : field(member.value, Self.path(member.name, path))
            }
            if let value { kept.append(JSONMember(name: member.name, value: value)) } else { hasLeftOut = true }
        }
        return kept
    }

    private mutating func field(_ value: JSONValue, _ path: String) -> JSONValue? {
        switch value {
        case .object(let members):
            let kept = fields(members, path)
            return kept.isEmpty ? nil : .object(kept)
        // One of the comparisons must be met, so without one of them the field would match less.
        case .array(let comparisons): return !doubled.contains(path) && comparisons.allSatisfy(isKnown) ? value : nil
        default: return nil
        }
    }

    /// Each of the alternatives has to be said, at least in part, and no field besides may be one of theirs.
    private mutating func alternatives(_ value: JSONValue, _ path: String?) -> JSONValue? {
        guard let choices = Self.choices(value) else { return nil }
        var kept: [JSONValue] = []
        for choice in choices {
            guard paths(choice, path).isDisjoint(with: doubled) else { return nil }
            let alternative = fields(choice, path)
            if alternative.isEmpty { return nil }
            kept.append(.object(alternative))
        }
        return .array(kept)
    }

    // MARK: Comparisons

    private func isKnown(_ comparison: JSONValue) -> Bool {
        switch comparison {
        case .null, .bool: return true
        case .string(let text): return !Self.isAddress(text)
        // Whether 300 and 3e2 are the same is told in two ways.
        case .number, .array: return false
        case .object(let members):
            guard members.count == 1, let member = members.first else { return false }
            switch (member.name, member.value) {
            case ("prefix", .string), ("suffix", .string), ("equals-ignore-case", .string): return true
            case ("exists", .bool(let isThere)): return isThere || hasAbsence
            case ("numeric", .array): return hasRanges
            case ("anything-but", .string(let text)): return !Self.isAddress(text)
            case ("anything-but", .array(let values)): return values.allSatisfy { value in value.stringValue.map { !Self.isAddress($0) } ?? false }
            default: return false
            }
        }
    }

    /// An address of IPv4 or IPv6 matches other spellings of itself.
    private static func isAddress(_ text: String) -> Bool {
        text.utf8.allSatisfy { ("0"..."9").contains(Character(Unicode.Scalar($0))) || ".:abcdefABCDEF".utf8.contains($0) } && (text.contains(":") || text.contains("."))
    }
}
