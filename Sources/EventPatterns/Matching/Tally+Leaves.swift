// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What one value of a field means to the patterns.
extension Tally {
    /// - Parameter text: a string's content, or a number as it was written; meaningless for the other kinds.
    @inline(__always)
    mutating func leaf(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        if tables.fields[field].needs.contains(.repeats) { leafAgain(kind, text, field, element) } else { newLeaf(kind, text, field, element) }
    }

    @inline(__always)
    mutating func newLeaf(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let entry = tables.fields[field]
        if entry.needs.contains(.seen) { see(field, in: element) }
        if entry.needs.contains(.exists) { perform(entry.exists, element) }
        if kind == .string {
            if entry.textLengths & JSONNameLengths.bit(text.count) != 0,
                let actions = tables.actions(text, at: 0, count: text.count, text.hash(prefix: text.count), field: field, part: .whole)
            {
                perform(actions, element)
            }
            if entry.needs.contains(.moreOfStrings) { more(of: text, field, element) }
        } else {
            other(kind, text, field, element)
        }
    }

    @inline(__always)
    private mutating func perform(_ actions: PatternTables.Part, _ element: Int32) {
        for place in actions.range { meet(Int(tables.actions[place]), in: element) }
    }

    /// Actions among which there may be tests: they are conditions' numbers, or a test's number inverted.
    private mutating func perform(_ actions: PatternTables.Part, _ element: Int32, testing text: borrowing JSONText) {
        for place in actions.range {
            let action = tables.actions[place]
            if action >= 0 { meet(Int(action), in: element) } else { test(Int(~action), .string, text, element) }
        }
    }

    private mutating func test(_ number: Int, _ kind: LeafKind, _ text: borrowing JSONText, _ element: Int32) {
        let test = tables.tests.tests[number]
        if tables.isMet(test, by: kind, text, nil) { meet(Int(test.condition), in: element) }
    }

    // MARK: Strings

    private mutating func more(of text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let entry = tables.fields[field]
        perform(entry.anyString, element)
        if entry.prefixBytes &>> UInt64(text.byte(at: 0) & 63) & 1 != 0 {
            for place in entry.prefixLengths.range {
                let length = Int(tables.lengths[place])
                if length > text.count { break }
                if let actions = tables.actions(text, at: 0, count: length, text.hash(prefix: length), field: field, part: .prefix) {
                    perform(actions, element, testing: text)
                }
            }
        }
        if entry.suffixBytes &>> UInt64(text.byte(at: text.count &- 1) & 63) & 1 != 0 {
            for place in entry.suffixLengths.range {
                let length = Int(tables.lengths[place])
                if length > text.count { break }
                let start = text.count &- length
                if let actions = tables.actions(text, at: start, count: length, text.hash(suffix: length), field: field, part: .suffix) {
                    perform(actions, element, testing: text)
                }
            }
        }
        if entry.textLengthsIgnoringCase & JSONNameLengths.bit(text.count) != 0 { inLowerCase(text, field, element) }
        if entry.needs.contains(.addresses) { address(text, entry, field, element) }
        for place in entry.stringTests.range { test(Int(tables.actions[place]), .string, text, element) }
    }

    private mutating func inLowerCase(_ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        lowercased.removeAll()
        for place in 0..<text.count {
            let byte = text.byte(at: place)
            lowercased.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
        let hash = lowercased.text.hash(prefix: text.count)
        if let actions = tables.actions(lowercased.text, at: 0, count: text.count, hash, field: field, part: .ignoringCase) {
            perform(actions, element)
        }
    }

    private mutating func address(_ text: borrowing JSONText, _ entry: PatternTables.Field, _ field: Int, _ element: Int32) {
        guard let address = IPAddress(text) else { return }
        if let actions = tables.values[field].addresses[address] { perform(actions, element) }
        for place in entry.networks.range {
            let network = tables.networks[place]
            if network.network.contains(address) { meet(Int(network.condition), in: element) }
        }
    }

    // MARK: Other kinds

    private mutating func other(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        switch kind {
        case .number: return number(text, field, element)
        case .yes: perform(tables.fields[field].yes, element)
        case .no: perform(tables.fields[field].no, element)
        default: perform(tables.fields[field].null, element)
        }
        for place in tables.fields[field].otherTests.range { test(Int(tables.actions[place]), kind, text, element) }
    }

    private mutating func number(_ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let needs = tables.fields[field].needs
        // Fields whose conditions have nothing to do with numbers are not asked what theirs are worth.
        let double = needs.contains(.doubles) ? PatternNumber.double(of: text) : nil
        if let double {
            for place in tables.fields[field].ranges.range {
                let range = tables.ranges[place]
                if range.contains(double) { meet(Int(range.condition), in: element) }
            }
        }
        if needs.contains(.numbers) || !tables.fields[field].numberTests.isEmpty { value(double, text, tables.fields[field], field, element) }
        if double == nil && needs.contains(.numberTexts) {
            let bytes = (0..<text.count).map { text.byte(at: $0) }
            if let actions = tables.values[field].numberTexts[bytes] { perform(actions, element) }
        }
    }

    /// What is asked of a number's value beyond ranges of doubles.
    private mutating func value(_ double: Double?, _ text: borrowing JSONText, _ entry: PatternTables.Field, _ field: Int, _ element: Int32) {
        let double = double.map { PatternNumber.double($0) }
        let exact = entry.needs.contains(.exactNumbers) ? PatternNumber(text, .exact) : nil
        if let double, let actions = tables.values[field].numbers[double] { perform(actions, element) }
        if let exact, let actions = tables.values[field].numbers[exact] { perform(actions, element) }
        for place in entry.numberTests.range {
            let test = tables.tests.tests[Int(tables.actions[place])]
            if tables.isMet(test, by: .number, text, test.isExact ? exact : double) { meet(Int(test.condition), in: element) }
        }
    }
}
