// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape

/// What an event source mapping's filter can say of a pattern.
///
/// A filter knows fewer comparisons than a rule of EventBridge
/// ([syntax](https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax)). All fields of a pattern must be met, so a
/// field that a filter has no words for can go: what is left matches more, never less.
enum FilterWords {
    /// The fields of the pattern for which a filter has words; nil where there are none.
    static func fields(of pattern: EventPattern) -> [JSONMember]? {
        guard case .object(let members)? = try? JSONValue(parsing: pattern.description) else { return nil }
        let kept = fields(members)
        return kept.isEmpty ? nil : kept
    }

    private static func fields(_ members: [JSONMember]) -> [JSONMember] {
        var kept: [JSONMember] = []
        for (place, member) in members.enumerated() {
            // Of a name that comes twice the last counts. A name with a point is read in two ways.
            let comesAgain = members[(place + 1)...].contains { $0.name == member.name }
            if comesAgain || member.name.contains(".") { continue }
            if let value = member.name == "$or" ? alternatives(member.value) : field(member.value) {
                kept.append(JSONMember(name: member.name, value: value))
            }
        }
        return kept
    }

    private static func field(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let members):
            let kept = fields(members)
            return kept.isEmpty ? nil : .object(kept)
        // One of the comparisons must be met, so without one of them the field would match less.
        case .array(let comparisons): return comparisons.allSatisfy(isKnown) ? value : nil
        default: return nil
        }
    }

    /// Each of the alternatives has to be said, at least in part.
    private static func alternatives(_ value: JSONValue) -> JSONValue? {
        guard case .array(let values) = value, values.count >= 2 else { return nil }
        var kept: [JSONValue] = []
        for value in values {
            guard let alternative = field(value), case .object = alternative else { return nil }
            kept.append(alternative)
        }
        return .array(kept)
    }

    private static func isKnown(_ comparison: JSONValue) -> Bool {
        switch comparison {
        case .null, .bool: return true
        case .string(let text): return !isAddress(text)
        // Whether 300 and 3e2 are the same is told in two ways.
        case .number, .array: return false
        case .object(let members):
            guard members.count == 1, let member = members.first else { return false }
            switch (member.name, member.value) {
            case ("prefix", .string), ("suffix", .string), ("equals-ignore-case", .string), ("exists", .bool), ("numeric", .array): return true
            case ("anything-but", .string(let text)): return !isAddress(text)
            case ("anything-but", .array(let values)): return values.allSatisfy { value in value.stringValue.map { !isAddress($0) } ?? false }
            default: return false
            }
        }
    }

    /// An address of IPv4 or IPv6 matches other spellings of itself.
    private static func isAddress(_ text: String) -> Bool {
        text.utf8.allSatisfy { ("0"..."9").contains(Character(Unicode.Scalar($0))) || ".:abcdefABCDEF".utf8.contains($0) } && (text.contains(":") || text.contains("."))
    }
}
