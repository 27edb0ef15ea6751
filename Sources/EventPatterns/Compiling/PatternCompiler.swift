// SPDX-License-Identifier: Apache-2.0

/// Turns a pattern's nodes into conditions, by the rules of [EventBridge](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
struct PatternCompiler {
    let numbers: NumberRule

    /// EventBridge takes no pattern with more combinations of its `$or` choices.
    static let maximumAlternatives = 1000

    /// Where in a pattern something stands.
    struct Path {
        /// The field's names with points between them; nil at the root.
        var field: [UInt8]?
        /// For messages, with `$or` and places in lists.
        var shown = ""

        func member(_ name: String) -> Path {
            var path = field.map { $0 + [0x2E] } ?? []
            path += Array(name.utf8)
            return Path(field: path, shown: shown.isEmpty ? name : "\(shown).\(name)")
        }

        /// A part that is not the field's own name.
        func inside(_ part: String) -> Path { Path(field: field, shown: shown.isEmpty ? part : "\(shown).\(part)") }

        func element(_ number: Int) -> Path { Path(field: field, shown: "\(shown)[\(number)]") }
    }

    func compile(_ root: PatternNode) throws(PatternError) -> [Alternative] {
        do throws(PatternError) {
            return try alternatives(root, hasChoices: true)
        } catch {
            // Before there was `$or`, a field could be called so: such patterns still mean what they meant.
            if let older = try? alternatives(root, hasChoices: false) { return older }
            throw error
        }
    }

    private func alternatives(_ root: PatternNode, hasChoices: Bool) throws(PatternError) -> [Alternative] {
        guard case .object(let members) = root.value else {
            throw PatternError(.wrongType, path: "", place: root.place, found: root.found, expected: "an object of fields")
        }
        guard !members.isEmpty else {
            throw PatternError(.empty, path: "", place: root.place, found: root.found, expected: "at least one field")
        }
        var alternatives: [Alternative] = []
        try fields(members, root, Path(), hasChoices: hasChoices, isChoice: false, &alternatives)
        return alternatives
    }

    private func fields(
        _ members: [PatternNode.Member], _ object: PatternNode, _ path: Path, hasChoices: Bool, isChoice: Bool,
        _ alternatives: inout [Alternative]
    ) throws(PatternError) {
        guard !members.isEmpty else {
            throw PatternError(
                .empty, path: path.shown, place: object.place, found: object.found, expected: "at least one field in it, or a list of values")
        }
        for member in members {
            if hasChoices && member.name == "$or" {
                try choices(member.node, path.inside("$or"), field: path, &alternatives)
                continue
            }
            if isChoice && Operators.reserved.contains(member.name) {
                throw PatternError(
                    .badChoice, path: path.shown, place: member.place, found: "the field \(member.name.quoted)",
                    expected: "in $or no field that is called like a comparison")
            }
            let path = path.member(member.name)
            switch member.node.value {
            case .object(let inner):
                try fields(inner, member.node, path, hasChoices: hasChoices, isChoice: isChoice, &alternatives)
            case .array(let values):
                let condition = try condition(values, member.node, path)
                if alternatives.isEmpty { alternatives.append(Alternative()) }
                for place in alternatives.indices { alternatives[place].set(condition) }
            default:
                throw PatternError(
                    .wrongType, path: path.shown, place: member.node.place, found: member.node.found,
                    expected: "a list of values, such as [\(member.node.text)], or an object of fields")
            }
        }
    }

    /// Each choice goes with each combination of what came before.
    private func choices(
        _ node: PatternNode, _ path: Path, field: Path, _ alternatives: inout [Alternative]
    ) throws(PatternError) {
        guard case .array(let choices) = node.value else {
            throw PatternError(.badChoice, path: path.shown, place: node.place, found: node.found, expected: "a list of patterns, at least two")
        }
        guard choices.count >= 2 else {
            throw PatternError(
                .badChoice, path: path.shown, place: node.place, found: choices.isEmpty ? "an empty list" : "a list of one",
                expected: "a list of patterns, at least two")
        }
        let before = alternatives.isEmpty ? [Alternative()] : alternatives
        alternatives = []
        for (number, choice) in choices.enumerated() {
            let path = path.element(number)
            guard case .object(let members) = choice.value else {
                throw PatternError(.badChoice, path: path.shown, place: choice.place, found: choice.found, expected: "an object of fields")
            }
            var these = before
            try fields(
                members, choice, Path(field: field.field, shown: path.shown), hasChoices: true, isChoice: true, &these)
            alternatives += these
            guard alternatives.count <= PatternCompiler.maximumAlternatives else {
                throw PatternError(
                    .tooMany, path: path.shown, place: node.place, found: "more than \(PatternCompiler.maximumAlternatives) combinations of choices",
                    expected: "at most so many: the numbers of choices of all $or are multiplied")
            }
        }
    }

    private func condition(_ values: [PatternNode], _ node: PatternNode, _ path: Path) throws(PatternError) -> Condition {
        guard !values.isEmpty else {
            throw PatternError(.empty, path: path.shown, place: node.place, found: node.found, expected: "at least one value in it")
        }
        var condition = Condition(path: path.field ?? [], tests: [], allowsAbsence: false, text: node.text, place: node.place)
        let operators = Operators(numbers: numbers)
        for (number, value) in values.enumerated() {
            let path = path.element(number)
            switch value.value {
            case .object(let members):
                if try operators.absence(members, value, path.shown) {
                    condition.allowsAbsence = true
                } else {
                    condition.tests += try operators.tests(members, value, path.shown)
                }
            case .array:
                throw PatternError(
                    .wrongType, path: path.shown, place: value.place, found: value.found,
                    expected: "a text, a number, true, false, null or a comparison: lists do not stand in lists")
            default:
                condition.tests.append(operators.literal(value))
            }
        }
        return condition
    }
}
