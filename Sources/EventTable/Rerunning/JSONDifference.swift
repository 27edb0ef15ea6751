// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

/// One place where two JSON texts differ.
public struct JSONDifference: Sendable, Hashable {
    /// Where: a normalized JSONPath with dots for plain names, `$.items[2].price`, `$['odd name']`.
    /// <https://www.rfc-editor.org/rfc/rfc9535#name-normalized-paths>
    public let path: String
    /// What stood there; absent where it is new.
    public let old: String?
    /// What stands there now; absent where it is gone.
    public let new: String?

    public init(path: String, old: String?, new: String?) {
        self.path = path
        self.old = old
        self.new = new
    }

    /// Where two texts differ, in the order of the first; at most so many. Members of an object have no order, and numbers of one value are the
    /// same however they are written. A text that is absent or no JSON counts as a whole.
    public static func differences(_ old: String?, _ new: String?, limit: Int = 100) -> [JSONDifference] {
        if old == new { return [] }
        guard let old, let new, let before = try? JSONValue(parsing: old), let after = try? JSONValue(parsing: new) else {
            return [JSONDifference(path: "$", old: old, new: new)]
        }
        var found: [JSONDifference] = []
        collect(before, after, "$", limit, &found)
        return found
    }

    private static func collect(_ old: JSONValue, _ new: JSONValue, _ path: String, _ limit: Int, _ found: inout [JSONDifference]) {
        if found.count >= limit { return }
        switch (old, new) {
        case (.object(let before), .object(let after)):
            // The last of several members with one name counts.
            let its = Dictionary(after.map { ($0.name, $0.value) }) { $1 }
            var seen: Set<String> = []
            for member in before where seen.insert(member.name).inserted {
                let value = old[member.name] ?? member.value
                compare(value, its[member.name], path + step(member.name), limit, &found)
            }
            for member in after where seen.insert(member.name).inserted {
                compare(nil, its[member.name], path + step(member.name), limit, &found)
            }
        case (.array(let before), .array(let after)):
            for place in 0..<max(before.count, after.count) {
                if found.count >= limit { return }
                compare(
                    place < before.count ? before[place] : nil, place < after.count ? after[place] : nil, "\(path)[\(place)]", limit, &found)
            }
        case (.number(let a), .number(let b)):
            if !isSame(a, b) { found.append(JSONDifference(path: path, old: a, new: b)) }
        default:
            if old != new { found.append(JSONDifference(path: path, old: old.text, new: new.text)) }
        }
    }

    private static func compare(_ old: JSONValue?, _ new: JSONValue?, _ path: String, _ limit: Int, _ found: inout [JSONDifference]) {
        if found.count >= limit { return }
        if let old, let new { return collect(old, new, path, limit, &found) }
        found.append(JSONDifference(path: path, old: old?.text, new: new?.text))
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        guard let first = DynamoDBNumber(a), let second = DynamoDBNumber(b) else { return false }
        return first == second
    }

    private static func step(_ name: String) -> String {
        let isPlain = !name.isEmpty && !(0x30...0x39).contains(name.utf8.first ?? 0x30)
            && name.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
        if isPlain { return "." + name }
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "'": text += "\\'"
            case "\\": text += "\\\\"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "['\(text)']"
    }
}
