// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Gathers what the patterns of a set have in common, before the tables are laid out.
struct TableBuilder {
    /// What a look-up leads to: a condition that is met, or a test that has to be made.
    typealias Action = Int32

    struct AlternativeEntry {
        var pattern: Int
        /// In matching order.
        var conditions: [Int]
        /// How many of them are met by a value only.
        var needed: Int
    }

    struct ConditionEntry {
        var condition: Condition
        var field: Int
        var numbers: NumberRule
        var alternatives: [Int] = []
    }

    /// A test that no look-up decides.
    struct TestEntry {
        var test: ValueTest
        var condition: Int
    }

    /// What is asked of one field.
    struct FieldEntry {
        var isSeenNeeded = false
        var exists: [Action] = []
        var anyString: [Action] = []
        var yes: [Action] = []
        var no: [Action] = []
        var null: [Action] = []
        var prefixLengths: Set<Int> = []
        var suffixLengths: Set<Int> = []
        var hasTexts = false
        var longestIgnoringCase = -1
        var addresses: [IPAddress: [Action]] = [:]
        var numbers: [PatternNumber: [Action]] = [:]
        var numberTexts: [[UInt8]: [Action]] = [:]
        /// Tests to be made for each value of a kind.
        var stringTests: [Int] = []
        var numberTests: [Int] = []
        var otherTests: [Int] = []
        var networkTests: [Int] = []
        var rules: Set<NumberRule> = []
    }

    struct TrieNode {
        var field = -1
        var children: [[UInt8]: Int] = [:]
    }

    /// Which part of a text a look-up compares.
    enum Part: Int {
        case whole, prefix, suffix, ignoringCase
    }

    struct TextKey: Hashable {
        var field: Int
        var part: Int
        var bytes: [UInt8]
    }

    private(set) var alternatives: [AlternativeEntry] = []
    private(set) var conditions: [ConditionEntry] = []
    private(set) var tests: [TestEntry] = []
    private(set) var fields: [FieldEntry] = []
    private(set) var nodes = [TrieNode()]
    private(set) var texts: [TextKey: [Action]] = [:]
    private var fieldOfPath: [[UInt8]: Int] = [:]
    private var numberOfCondition: [ConditionKey: Int] = [:]

    private struct ConditionKey: Hashable {
        var condition: Condition
        var numbers: NumberRule
    }

    mutating func add(_ pattern: EventPattern, number: Int) {
        for alternative in pattern.alternatives {
            var entry = AlternativeEntry(pattern: number, conditions: [], needed: 0)
            for condition in alternative.inMatchingOrder {
                let place = add(condition, pattern.numbers)
                entry.conditions.append(place)
                if !condition.allowsAbsence { entry.needed += 1 }
                conditions[place].alternatives.append(alternatives.count)
            }
            alternatives.append(entry)
        }
    }

    /// The same condition of several patterns is kept once.
    private mutating func add(_ condition: Condition, _ numbers: NumberRule) -> Int {
        let key = ConditionKey(condition: condition, numbers: numbers)
        if let known = numberOfCondition[key] { return known }
        let field = field(of: condition.path)
        let number = conditions.count
        numberOfCondition[key] = number
        conditions.append(ConditionEntry(condition: condition, field: field, numbers: numbers))
        if condition.allowsAbsence { fields[field].isSeenNeeded = true }
        for test in condition.tests { add(test, of: number, to: field, numbers) }
        return number
    }

    private mutating func field(of path: [UInt8]) -> Int {
        if let known = fieldOfPath[path] { return known }
        var node = 0
        for name in path.split(separator: 0x2E, omittingEmptySubsequences: false) {
            let name = Array(name)
            if let child = nodes[node].children[name] {
                node = child
            } else {
                nodes[node].children[name] = nodes.count
                node = nodes.count
                nodes.append(TrieNode())
            }
        }
        let field = fields.count
        nodes[node].field = field
        fields.append(FieldEntry())
        fieldOfPath[path] = field
        return field
    }

    // MARK: Tests

    private mutating func add(_ test: ValueTest, of condition: Int, to field: Int, _ rule: NumberRule) {
        let met = Action(condition)
        if test.needsNumber { fields[field].rules.insert(rule) }
        switch test {
        case .exists: fields[field].exists.append(met)
        case .bool(true): fields[field].yes.append(met)
        case .bool(false): fields[field].no.append(met)
        case .null: fields[field].null.append(met)
        case .text(let bytes): add(bytes, .whole, field, met)
        case .prefix(let bytes): add(prefix: bytes, field, met)
        case .suffix(let bytes): add(suffix: bytes, field, met)
        case .textIgnoringCase(let folding):
            guard let lowercased = folding.lowercasedASCII else {
                fields[field].stringTests.append(add(test, condition))
                return
            }
            fields[field].longestIgnoringCase = max(fields[field].longestIgnoringCase, lowercased.count)
            add(lowercased, .ignoringCase, field, met)
        case .wildcard(let wildcard): add(wildcard, test, condition, field)
        case .address(let address): fields[field].addresses[address, default: []].append(met)
        case .number(let literal):
            if let number = literal.number { fields[field].numbers[number, default: []].append(met) }
            else { fields[field].numberTexts[literal.text, default: []].append(met) }
        case .range: fields[field].numberTests.append(add(test, condition))
        case .network(let network):
            let number = add(test, condition)
            fields[field].networkTests.append(number)
            if network.isEverything { fields[field].numberTests.append(number) }
        case .prefixIgnoringCase, .suffixIgnoringCase: fields[field].stringTests.append(add(test, condition))
        case .anythingBut:
            let number = add(test, condition)
            fields[field].stringTests.append(number)
            fields[field].numberTests.append(number)
            fields[field].otherTests.append(number)
        }
    }

    private mutating func add(_ test: ValueTest, _ condition: Int) -> Int {
        tests.append(TestEntry(test: test, condition: condition))
        return tests.count - 1
    }

    private mutating func add(_ bytes: [UInt8], _ part: Part, _ field: Int, _ action: Action) {
        if part == .whole { fields[field].hasTexts = true }
        texts[TextKey(field: field, part: part.rawValue, bytes: bytes), default: []].append(action)
    }

    private mutating func add(prefix: [UInt8], _ field: Int, _ action: Action) {
        guard !prefix.isEmpty else { return fields[field].anyString.append(action) }
        fields[field].prefixLengths.insert(prefix.count)
        add(prefix, .prefix, field, action)
    }

    private mutating func add(suffix: [UInt8], _ field: Int, _ action: Action) {
        guard !suffix.isEmpty else { return fields[field].anyString.append(action) }
        fields[field].suffixLengths.insert(suffix.count)
        add(suffix, .suffix, field, action)
    }

    /// What a wildcard begins or ends with is looked up; only where that is there the rest is compared.
    private mutating func add(_ wildcard: Wildcard, _ test: ValueTest, _ condition: Int, _ field: Int) {
        let met = Action(condition)
        guard let first = wildcard.parts.first, let last = wildcard.parts.last, wildcard.parts.count > 1 else {
            return add(wildcard.parts.first ?? [], .whole, field, met)
        }
        let isSimple = wildcard.parts.count == 2
        if isSimple && last.isEmpty { return add(prefix: first, field, met) }
        if isSimple && first.isEmpty { return add(suffix: last, field, met) }
        let number = add(test, condition)
        if !first.isEmpty {
            add(prefix: first, field, ~Action(number))
        } else if !last.isEmpty {
            add(suffix: last, field, ~Action(number))
        } else {
            fields[field].stringTests.append(number)
        }
    }
}
