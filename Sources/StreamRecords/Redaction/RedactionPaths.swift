// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The rules of a redaction that are still on their way, as a walk goes down into a value.
struct RedactionPaths {
    struct Open {
        let rule: Redaction.Rule
        /// How many of its parts have been gone by.
        let done: Int
    }

    var open: [Open]

    init(_ rules: some Sequence<Redaction.Rule>) { open = rules.map { Open(rule: $0, done: 0) } }

    init(open: [Open]) { self.open = open }

    var isEmpty: Bool { open.isEmpty }

    /// The method by which all of the value at hand is to be hidden.
    var method: Redaction.Method? { open.first { $0.done == $0.rule.path.parts.count }?.rule.method }

    /// What goes on inside a member.
    func inside(_ name: borrowing JSONView) -> RedactionPaths {
        var inner: [Open] = []
        for path in open where path.done < path.rule.path.parts.count {
            if path.rule.path.parts[path.done] == "*" { inner.append(Open(rule: path.rule, done: path.done + 1)) }
            for (place, candidate) in path.rule.path.names[path.done].enumerated() where RedactionPaths.same(name, candidate) {
                inner.append(Open(rule: path.rule, done: path.done + place + 1))
            }
        }
        return RedactionPaths(open: inner)
    }

    /// What goes on inside an element of a list: paths go through lists, and may name a place.
    func inside(element place: Int) -> RedactionPaths {
        var inner = open.filter { $0.done < $0.rule.path.parts.count }
        let name = String(place)
        for path in open where path.done < path.rule.path.parts.count && path.rule.path.parts[path.done] == name {
            inner.append(Open(rule: path.rule, done: path.done + 1))
        }
        return RedactionPaths(open: inner)
    }

    private static func same(_ name: borrowing JSONView, _ candidate: String) -> Bool {
        if !name.isEscaped && name.textCount != candidate.utf8.count { return false }
        return name.string?.utf8.elementsEqual(candidate.utf8) ?? false
    }
}
