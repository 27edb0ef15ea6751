// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What has been found of one event: which conditions are met and where, and which alternatives have all they need.
struct Tally: ~Copyable {
    /// An element of an array, as far as fields were found in it. The first one stands for the event itself, outside of all arrays.
    struct Element: BitwiseCopyable {
        /// Which array of the event it is in.
        var array: Int32
        /// The element that the array is in.
        var parent: Int32
    }

    let tables: PatternTables
    /// For each condition the event it was met in last, times two; plus one where it was met outside of arrays.
    private var met: JSONScratch<UInt32>
    /// The same for fields that were seen.
    private var seen: JSONScratch<UInt32>
    private var event: UInt32 = 0

    private(set) var elements = [Element(array: -1, parent: -1)]
    private var arrays: Int32 = 0
    /// Conditions met and fields seen in elements of arrays.
    private(set) var metInside: [(condition: Int32, element: Int32)] = []
    private(set) var seenInside: [(field: Int32, element: Int32)] = []
    /// Conditions met, in this event for the first time: the first so many of these.
    private var deciding: JSONScratch<Int32>
    private var decidingCount = 0
    /// Of fields that mostly say the same again.
    private var lastTexts: LastTexts
    private let hasUnconditional: Bool
    /// Alternatives that could not be told without a look into arrays.
    private var unclear: [Int32] = []
    /// A string in lower case.
    var lowercased = JSONBuffer()

    init(_ tables: PatternTables) {
        self.tables = tables
        met = JSONScratch(repeating: 0, count: tables.conditions.count)
        seen = JSONScratch(repeating: 0, count: tables.fields.count)
        deciding = JSONScratch(repeating: 0, count: tables.conditions.count)
        lastTexts = LastTexts(fields: tables.fields.count)
        hasUnconditional = !tables.unconditional.isEmpty
    }

    mutating func begin() {
        // Half of the numbers, since they are doubled.
        if event == UInt32.max / 2 - 1 {
            event = 0
            met.fill(0)
            seen.fill(0)
        }
        event += 1
        decidingCount = 0
        if elements.count > 1 || arrays > 0 {
            elements.removeSubrange(1...)
            metInside.removeAll(keepingCapacity: true)
            seenInside.removeAll(keepingCapacity: true)
            arrays = 0
        }
    }

    mutating func newArray() -> Int32 {
        arrays += 1
        return arrays
    }

    mutating func newElement(of array: Int32, in parent: Int32) -> Int32 {
        elements.append(Element(array: array, parent: parent))
        return Int32(elements.count - 1)
    }

    // MARK: Finding

    @inline(__always)
    mutating func see(_ field: Int, in element: Int32) {
        let current = event &* 2
        if element == 0 {
            seen[field] = current | 1
        } else {
            if seen[field] < current { seen[field] = current }
            seenInside.append((Int32(truncatingIfNeeded: field), element))
        }
    }

    @inline(__always)
    mutating func meet(_ condition: Int, in element: Int32) {
        let current = event &* 2
        let before = met[condition]
        // A condition comes here once for an event, so there is room for it.
        if before < current {
            deciding[decidingCount] = Int32(truncatingIfNeeded: condition)
            decidingCount &+= 1
        }
        if element == 0 {
            met[condition] = current | 1
        } else {
            if before < current { met[condition] = current }
            metInside.append((Int32(truncatingIfNeeded: condition), element))
        }
    }

    // MARK: What repeats

    /// Meets what a field's last string met, if that is the string that stands next. Then it is gone over.
    @inline(__always)
    mutating func takeAgain(_ t: inout JSONTranscriber, _ field: Int) -> Bool {
        guard tables.fields[field].needs.contains(.repeats), let met = lastTexts.find(field, next: &t) else { return false }
        _ = lastTexts.enter(field, event)
        meetAgain(met, field)
        return true
    }

    /// A value of a field that mostly says the same again.
    @inline(never)
    mutating func leafAgain(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        let isFirst = lastTexts.enter(field, event)
        let isKept = kind == .string && element == 0
        if isKept, let met = lastTexts.find(field, text) { return meetAgain(met, field) }
        let before = decidingCount
        newLeaf(kind, text, field, element)
        // What another value of the field has met already is not met for the first time.
        if isKept && isFirst { lastTexts.keep(text, of: field, meeting: deciding, before..<decidingCount) }
    }

    private mutating func meetAgain(_ met: PatternTables.Part, _ field: Int) {
        if tables.fields[field].needs.contains(.seen) { see(field, in: 0) }
        for place in met.range { meet(Int(lastTexts.conditions[place]), in: 0) }
    }

    // MARK: Deciding

    /// Sets the bit of each pattern that matches.
    mutating func decide(_ patterns: inout JSONScratch<UInt64>) {
        if decidingCount == 0 && !hasUnconditional { return }
        for place in 0..<decidingCount {
            for alternative in tables.conditions[Int(deciding[place])].alternatives.range {
                decide(tables.alternativesOfConditions[alternative], &patterns)
            }
        }
        for place in tables.unconditional.indices { decide(tables.unconditional[place], &patterns) }
        if !unclear.isEmpty { decideInside(&patterns) }
    }

    private mutating func decide(_ number: Int32, _ patterns: inout JSONScratch<UInt64>) {
        let alternative = tables.alternatives[Int(number)]
        let pattern = Int(alternative.pattern)
        if patterns[pattern &>> 6] &>> UInt64(pattern & 63) & 1 != 0 { return }
        switch isMet(alternative) {
        case true?: patterns[pattern &>> 6] |= 1 &<< UInt64(pattern & 63)
        case false?: break
        case nil: unclear.append(number)
        }
    }

    /// Whether an alternative's conditions are met; nil where that depends on the elements of arrays that they were met in.
    private func isMet(_ alternative: PatternTables.Alternative) -> Bool? {
        let current = event &* 2
        var isClear = true
        for place in alternative.conditions.range {
            let number = Int(tables.conditionsOfAlternatives[place])
            if met[number] == current | 1 { continue }
            let condition = tables.conditions[number]
            if met[number] < current {
                guard condition.allowsAbsence else { return false }
                if seen[Int(condition.field)] < current { continue }
                // Outside of arrays there is but one way.
                if seen[Int(condition.field)] == current | 1 { return false }
            }
            isClear = false
        }
        if isClear { return true }
        return elements.count == 1 ? false : nil
    }

    @inline(never)
    private mutating func decideInside(_ patterns: inout JSONScratch<UInt64>) {
        let current = event &* 2
        var search = everythingInside()
        for alternative in unclear {
            let alternative = tables.alternatives[Int(alternative)]
            let pattern = Int(alternative.pattern)
            if patterns[pattern &>> 6] &>> UInt64(pattern & 63) & 1 != 0 { continue }
            for place in alternative.conditions.range {
                let number = Int(tables.conditionsOfAlternatives[place])
                if met[number] == current | 1 { search.add(condition: number, in: 0) }
                let field = Int(tables.conditions[number].field)
                if seen[field] == current | 1 { search.add(field: field, in: 0) }
            }
            if search.succeeds(alternative) { patterns[pattern &>> 6] |= 1 &<< UInt64(pattern & 63) }
        }
        unclear.removeAll(keepingCapacity: true)
    }

    private func everythingInside() -> ElementSearch {
        var search = ElementSearch(tables, elements: elements)
        for (condition, element) in metInside { search.add(condition: Int(condition), in: element) }
        for (field, element) in seenInside { search.add(field: Int(field), in: element) }
        return search
    }
}
