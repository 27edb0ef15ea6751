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

    /// The same paths behind one more name.
    func behind(_ name: String) -> RedactionPaths {
        RedactionPaths(open: open.map { Open(rule: RedactionPaths.rule(name, $0), done: 0) })
    }

    /// A rule for what lies behind a name, as far as a path has still to go.
    static func rule(_ name: String, _ path: Open) -> Redaction.Rule {
        Redaction.Rule(RecordPath(name: name, rest: path.rule.path, from: path.done), path.rule.method, unchecked: ())
    }

    private static func same(_ name: borrowing JSONView, _ candidate: String) -> Bool {
        if !name.isEscaped && name.textCount != candidate.utf8.count { return false }
        return name.string?.utf8.elementsEqual(candidate.utf8) ?? false
    }
}

extension RecordPath {
    /// A name, whatever characters are in it, and behind it what another path has from a place on.
    fileprivate init(name: String, rest path: RecordPath, from place: Int) {
        root = path.root
        parts = [name] + path.parts[place...]
        names = [[name]] + path.names[place...]
    }
}
