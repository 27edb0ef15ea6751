// SPDX-License-Identifier: Apache-2.0

/// Decides whether an alternative's conditions can be met together: fields that stand in one array have to come from one of its elements.
///
/// Conditions are taken in matching order; each picks an element that agrees with those picked before. What was tried in vain is remembered as far as
/// it matters to the conditions that follow, so that many elements of many arrays do not multiply.
struct ElementSearch {
    /// Where something was found: a tree of elements, of which only those with something in or below them are there.
    private struct Places {
        var isHere: Set<Int32> = []
        /// For an element the arrays in it, and for each the elements that lead on.
        var below: [Int32: [Int32: [Int32]]] = [:]
        /// All that `below` leads to.
        var reached: Set<Int32> = []
        var arrays: Set<Int32> = []
    }

    /// What the conditions from one on can still be told of the picks before: the element of each array.
    private struct State: Hashable {
        var condition: Int
        var picks: [Int32]
    }

    private let tables: PatternTables
    private let elements: [Tally.Element]
    private var met: [Int: Places] = [:]
    private var seen: [Int: Places] = [:]

    private var conditions: [Int] = []
    /// For each condition, and all that follow, the arrays that matter.
    private var relevant: [[Int32]] = []
    private var picked: [Int32: Int32] = [:]
    private var failed: Set<State> = []

    init(_ tables: PatternTables, elements: [Tally.Element]) {
        self.tables = tables
        self.elements = elements
    }

    mutating func add(condition: Int, in element: Int32) { add(element, to: &met[condition, default: Places()]) }

    mutating func add(field: Int, in element: Int32) { add(element, to: &seen[field, default: Places()]) }

    private func add(_ element: Int32, to places: inout Places) {
        guard places.isHere.insert(element).inserted else { return }
        var element = element
        while element > 0 {
            let entry = elements[Int(element)]
            places.arrays.insert(entry.array)
            guard places.reached.insert(element).inserted else { return }
            places.below[entry.parent, default: [:]][entry.array, default: []].append(element)
            element = entry.parent
        }
    }

    mutating func succeeds(_ alternative: PatternTables.Alternative) -> Bool {
        conditions = alternative.conditions.range.map { Int(tables.conditionsOfAlternatives[$0]) }
        var arrays: Set<Int32> = []
        relevant = [[]]
        picked = [:]
        failed = []
        for condition in conditions.reversed() {
            arrays.formUnion(met[condition]?.arrays ?? [])
            if tables.conditions[condition].allowsAbsence { arrays.formUnion(seen[Int(tables.conditions[condition].field)]?.arrays ?? []) }
            relevant.append(arrays.sorted())
        }
        relevant.reverse()
        return solve(0)
    }

    /// Whether the conditions from one on can be met with the picks made so far.
    private mutating func solve(_ place: Int) -> Bool {
        guard place < conditions.count else { return true }
        let state = State(condition: place, picks: relevant[place].map { picked[$0] ?? 0 })
        if failed.contains(state) { return false }
        let condition = tables.conditions[conditions[place]]
        if condition.allowsAbsence {
            let places = seen[Int(condition.field)]
            if places.map({ allowed($0).isEmpty }) ?? true, solve(place + 1) { return true }
        }
        for element in met[conditions[place]].map({ allowed($0) }) ?? [] {
            let added = pick(element)
            if solve(place + 1) { return true }
            for array in added { picked[array] = nil }
        }
        failed.insert(state)
        return false
    }

    /// The elements that agree with the picks.
    private func allowed(_ places: Places) -> [Int32] {
        var found: [Int32] = []
        var open: [Int32] = [0]
        while let element = open.popLast() {
            if places.isHere.contains(element) { found.append(element) }
            for (array, inside) in places.below[element] ?? [:] {
                if let pick = picked[array] {
                    if places.reached.contains(pick) { open.append(pick) }
                } else {
                    open += inside
                }
            }
        }
        return found
    }

    /// Picks an element with those around it.
    /// - Returns: the arrays that nothing was picked of before.
    private mutating func pick(_ element: Int32) -> [Int32] {
        var added: [Int32] = []
        var element = element
        while element > 0 {
            let entry = elements[Int(element)]
            if picked[entry.array] == nil {
                picked[entry.array] = element
                added.append(entry.array)
            }
            element = entry.parent
        }
        return added
    }
}
