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
    }

    struct ConditionEntry {
        var condition: Condition
        var field: Int
        var numbers: NumberRule
        /// How many alternatives have it.
        var uses = 0
    }

    /// A test that no look-up decides.
    struct TestEntry {
        var test: ValueTest
        var condition: Int
    }

    /// What is asked of one field.
    struct FieldEntry {
        let isOwnMember: Bool
        var isSeenNeeded = false
        var exists: [Action] = []
        var anyString: [Action] = []
        var yes: [Action] = []
        var no: [Action] = []
        var null: [Action] = []
        var textLengths: UInt64 = 0
        var textLengthsIgnoringCase: UInt64 = 0
        var prefixLengths: Set<Int32> = []
        var suffixLengths: Set<Int32> = []
        var prefixBytes: UInt64 = 0
        var suffixBytes: UInt64 = 0
        var addresses: [IPAddress: [Action]] = [:]
        var numbers: [PatternNumber: [Action]] = [:]
        var numberTexts: [[UInt8]: [Action]] = [:]
        /// Tests to be made for each value of a kind.
        var stringTests: [Action] = []
        var numberTests: [Action] = []
        var otherTests: [Action] = []
        var networks: [PatternTables.Network] = []
        var ranges: [DoubleRange] = []
        var rules: Set<NumberRule> = []

        /// What has to be looked at.
        var needs: PatternTables.Field.Needs {
            var needs: PatternTables.Field.Needs = []
            if isSeenNeeded { needs.insert(.seen) }
            if !exists.isEmpty { needs.insert(.exists) }
            if textLengths != 0 { needs.insert(.texts) }
            if !addresses.isEmpty || !networks.isEmpty { needs.insert(.addresses) }
            if !anyString.isEmpty || !prefixLengths.isEmpty || !suffixLengths.isEmpty || textLengthsIgnoringCase != 0 || !stringTests.isEmpty
                || needs.contains(.addresses)
            {
                needs.insert(.moreOfStrings)
            }
            if isOwnMember && needs.contains(.moreOfStrings) { needs.insert(.repeats) }
            if rules.contains(.doubles) { needs.insert(.doubles) }
            if rules.contains(.exact) { needs.insert(.exactNumbers) }
            if !numbers.isEmpty { needs.insert(.numbers) }
            if !numberTexts.isEmpty { needs.insert(.numberTexts) }
            return needs
        }
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
            var entry = AlternativeEntry(pattern: number, conditions: [])
            for condition in alternative.inMatchingOrder {
                let place = add(condition, pattern.numbers)
                entry.conditions.append(place)
                conditions[place].uses += 1
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
        fields.append(FieldEntry(isOwnMember: !path.contains(0x2E)))
        fieldOfPath[path] = field
        return field
    }

    // MARK: What decides

    /// For each condition the alternatives that are looked at when it is met: each alternative is looked at for one of its conditions, the one that
    /// is likely to be met least often, and most events meet few of these.
    var decidingAlternatives: [[Int32]] {
        var deciding = [[Int32]](repeating: [], count: conditions.count)
        for number in alternatives.indices {
            if let condition = decidingCondition(of: number) { deciding[condition].append(Int32(number)) }
        }
        return deciding
    }

    /// Alternatives that no value has to meet.
    var unconditionalAlternatives: [Int32] {
        alternatives.indices.filter { decidingCondition(of: $0) == nil }.map(Int32.init)
    }

    private func decidingCondition(of alternative: Int) -> Int? {
        alternatives[alternative].conditions.filter { !conditions[$0].condition.allowsAbsence }.min { commonness($0) < commonness($1) }
    }

    /// How likely an event is to meet a condition, by what can be told of it: what most values meet, then what many patterns ask for, then what stands
    /// near the event's root.
    private func commonness(_ number: Int) -> (Int, Int, Int) {
        let entry = conditions[number]
        let isBroad = entry.condition.tests.contains { test in
            switch test {
            case .exists, .anythingBut: true
            default: false
            }
        }
        return (isBroad ? 1 : 0, entry.uses, -entry.condition.path.count { $0 == 0x2E })
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
            fields[field].textLengthsIgnoringCase |= JSONNameLengths.bit(lowercased.count)
            add(lowercased, .ignoringCase, field, met)
        case .wildcard(let wildcard): add(wildcard, test, condition, field)
        case .address(let address): fields[field].addresses[address, default: []].append(met)
        case .number(let literal):
            if let number = literal.number { fields[field].numbers[number, default: []].append(met) }
            else { fields[field].numberTexts[literal.text, default: []].append(met) }
        case .range(let range):
            if let range = DoubleRange(range, condition: met) {
                fields[field].ranges.append(range)
            } else {
                fields[field].numberTests.append(add(test, condition))
            }
        case .network(let network):
            fields[field].networks.append(PatternTables.Network(network: network, condition: met))
            if network.isEverything { fields[field].numberTests.append(add(test, condition)) }
        case .prefixIgnoringCase, .suffixIgnoringCase: fields[field].stringTests.append(add(test, condition))
        case .anythingBut:
            let number = add(test, condition)
            fields[field].stringTests.append(number)
            fields[field].numberTests.append(number)
            fields[field].otherTests.append(number)
        }
    }

    private mutating func add(_ test: ValueTest, _ condition: Int) -> Action {
        tests.append(TestEntry(test: test, condition: condition))
        return Action(tests.count - 1)
    }

    private mutating func add(_ bytes: [UInt8], _ part: Part, _ field: Int, _ action: Action) {
        if part == .whole { fields[field].textLengths |= JSONNameLengths.bit(bytes.count) }
        texts[TextKey(field: field, part: part.rawValue, bytes: bytes), default: []].append(action)
    }

    private mutating func add(prefix: [UInt8], _ field: Int, _ action: Action) {
        guard let first = prefix.first else { return fields[field].anyString.append(action) }
        fields[field].prefixLengths.insert(Int32(prefix.count))
        fields[field].prefixBytes |= 1 << UInt64(first & 63)
        add(prefix, .prefix, field, action)
    }

    private mutating func add(suffix: [UInt8], _ field: Int, _ action: Action) {
        guard let last = suffix.last else { return fields[field].anyString.append(action) }
        fields[field].suffixLengths.insert(Int32(suffix.count))
        fields[field].suffixBytes |= 1 << UInt64(last & 63)
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
            add(prefix: first, field, ~number)
        } else if !last.isEmpty {
            add(suffix: last, field, ~number)
        } else {
            fields[field].stringTests.append(number)
        }
    }
}
