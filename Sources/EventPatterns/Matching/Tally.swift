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
    /// Conditions met that alternatives are looked at for.
    private var deciding: [Int32] = []
    /// A string in lower case.
    var lowercased = JSONBuffer()

    init(_ tables: PatternTables) {
        self.tables = tables
        met = JSONScratch(repeating: 0, count: tables.conditions.count)
        seen = JSONScratch(repeating: 0, count: tables.fields.count)
    }

    mutating func begin() {
        // Half of the numbers, since they are doubled.
        if event == UInt32.max / 2 - 1 {
            event = 0
            met.fill(0)
            seen.fill(0)
        }
        event += 1
        deciding.removeAll(keepingCapacity: true)
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
        if before < current && !tables.conditions[condition].alternatives.isEmpty { deciding.append(Int32(truncatingIfNeeded: condition)) }
        if element == 0 {
            met[condition] = current | 1
        } else {
            if before < current { met[condition] = current }
            metInside.append((Int32(truncatingIfNeeded: condition), element))
        }
    }

    // MARK: Deciding

    /// Sets the bit of each pattern that matches.
    mutating func decide(_ patterns: inout JSONScratch<UInt64>) {
        var search: ElementSearch?
        for place in deciding.indices {
            for alternative in tables.conditions[Int(deciding[place])].alternatives.range {
                decide(Int(tables.alternativesOfConditions[alternative]), &patterns, &search)
            }
        }
        for place in tables.unconditional.indices { decide(Int(tables.unconditional[place]), &patterns, &search) }
    }

    private func decide(_ number: Int, _ patterns: inout JSONScratch<UInt64>, _ search: inout ElementSearch?) {
        let alternative = tables.alternatives[number]
        let pattern = Int(alternative.pattern)
        if patterns[pattern &>> 6] &>> UInt64(pattern & 63) & 1 != 0 { return }
        guard isMet(alternative, &search) else { return }
        patterns[pattern &>> 6] |= 1 &<< UInt64(pattern & 63)
    }

    private func isMet(_ alternative: PatternTables.Alternative, _ kept: inout ElementSearch?) -> Bool {
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
        if elements.count == 1 { return false }
        var search = kept.take() ?? everythingInside()
        for place in alternative.conditions.range {
            let number = Int(tables.conditionsOfAlternatives[place])
            if met[number] == current | 1 { search.add(condition: number, in: 0) }
            let field = Int(tables.conditions[number].field)
            if seen[field] == current | 1 { search.add(field: field, in: 0) }
        }
        let isFound = search.succeeds(alternative)
        kept = search
        return isFound
    }

    private func everythingInside() -> ElementSearch {
        var search = ElementSearch(tables, elements: elements)
        for (condition, element) in metInside { search.add(condition: Int(condition), in: element) }
        for (field, element) in seenInside { search.add(field: Int(field), in: element) }
        return search
    }
}
