// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What one value of a field means to the patterns.
extension Tally {
    /// - Parameter text: a string's content, or a number as it was written; meaningless for the other kinds.
    @inline(__always)
    mutating func leaf(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let entry = tables.fields[field]
        if entry.needs.contains(.seen) { see(field, in: element) }
        if entry.needs.contains(.exists) { perform(entry.exists, element) }
        if kind == .string {
            if entry.needs.contains(.texts),
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
    private mutating func perform(_ actions: PatternTables.Actions, _ element: Int32) {
        for place in Int(actions.start)..<Int(actions.end) { meet(Int(tables.actions[place]), in: element) }
    }

    /// Actions among which there may be tests: they are conditions' numbers, or a test's number inverted.
    private mutating func perform(_ actions: PatternTables.Actions, _ element: Int32, testing text: borrowing JSONText) {
        for place in Int(actions.start)..<Int(actions.end) {
            let action = tables.actions[place]
            if action >= 0 { meet(Int(action), in: element) } else { test(Int(~action), .string, text, element) }
        }
    }

    private mutating func test(_ number: Int, _ kind: LeafKind, _ text: borrowing JSONText, _ element: Int32) {
        let test = tables.tests[number]
        if test.test.isMet(by: kind, text, nil) { meet(test.condition, in: element) }
    }

    // MARK: Strings

    private mutating func more(of text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let details = tables.details[field]
        perform(details.content.anyString, element)
        for length in details.content.prefixLengths {
            if length > text.count { break }
            let hash = text.hash(prefix: length)
            if let actions = tables.actions(text, at: 0, count: length, hash, field: field, part: .prefix) {
                perform(actions, element, testing: text)
            }
        }
        for length in details.content.suffixLengths {
            if length > text.count { break }
            let hash = text.hash(suffix: length)
            if let actions = tables.actions(text, at: text.count - length, count: length, hash, field: field, part: .suffix) {
                perform(actions, element, testing: text)
            }
        }
        if text.count <= details.content.longestIgnoringCase {
            var lowercased = JSONBuffer(capacity: text.count)
            for place in 0..<text.count {
                let byte = text.byte(at: place)
                lowercased.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
            }
            let hash = lowercased.text.hash(prefix: text.count)
            if let actions = tables.actions(lowercased.text, at: 0, count: text.count, hash, field: field, part: .ignoringCase) {
                perform(actions, element)
            }
        }
        if !details.content.addresses.isEmpty || !details.content.networkTests.isEmpty, let address = IPAddress(text) {
            if let actions = details.content.addresses[address] { perform(actions, element) }
            for number in details.content.networkTests {
                if case .network(let network) = tables.tests[number].test, network.contains(address) {
                    meet(tables.tests[number].condition, in: element)
                }
            }
        }
        for number in details.content.stringTests { test(number, .string, text, element) }
    }

    // MARK: Other kinds

    private mutating func other(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let details = tables.details[field]
        switch kind {
        case .number: number(text, field, details, element)
        case .yes: perform(details.content.yes, element)
        case .no: perform(details.content.no, element)
        default: perform(details.content.null, element)
        }
        if kind != .number {
            for number in details.content.otherTests { test(number, kind, text, element) }
        }
    }

    private mutating func number(
        _ text: borrowing JSONText, _ field: Int, _ details: PatternTables.FieldDetails, _ element: Int32
    ) {
        // Fields whose conditions have nothing to do with numbers are not asked what theirs are worth.
        let double = details.content.hasDoubles ? PatternNumber(text, .doubles) : nil
        let exact = details.content.hasExactNumbers ? PatternNumber(text, .exact) : nil
        if let double, let actions = details.content.numbers[double] { perform(actions, element) }
        if let exact, let actions = details.content.numbers[exact] { perform(actions, element) }
        if double == nil && !details.content.numberTexts.isEmpty {
            let bytes = (0..<text.count).map { text.byte(at: $0) }
            if let actions = details.content.numberTexts[bytes] { perform(actions, element) }
        }
        for number in details.content.numberTests {
            let test = tables.tests[number]
            if test.test.isMet(by: .number, text, test.numbers == .doubles ? double : exact) { meet(test.condition, in: element) }
        }
    }
}
