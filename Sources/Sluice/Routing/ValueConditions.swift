// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import StreamRecords

/// The routes' conditions on values, compiled together: one set for all patterns on what AWS sent, one for each image's.
struct ValueConditions: Sendable {
    /// What one route asks for: ranges of `patterns` and `paths`. All of them are looked at for every record, so nothing in it counts references.
    struct Needs: Sendable {
        var events = 0..<0
        var otherEvents = 0..<0
        var was = 0..<0
        var becomes = 0..<0
        var changed = 0..<0
    }

    /// For each route; empty where it asks for no values.
    let needs: [Needs]
    /// For each route the first of its patterns on what AWS sent, negative where there is none: nearly all records are told by it alone.
    let firstEvents: [Int]
    /// Places in the sets.
    let patterns: [Int]
    let paths: [[AttributePath]]
    let events: PatternSet
    let old: PatternSet
    let new: PatternSet
    /// The objects of a change in which patterns on what AWS sent look for something.
    let parts: [(part: ChangePart, place: PatternPlace)]
    let changeParts: ChangeParts
    /// The members of changes that are looked at.
    let interest: OutlineInterest

    /// Nil where no route asks for values.
    init?(_ routes: [Route]) {
        guard routes.contains(where: \.looksAtValues) else { return nil }
        var needs: [Needs] = []
        var patterns: [Int] = []
        var paths: [[AttributePath]] = []
        var events: [EventPattern] = []
        var old: [EventPattern] = []
        var new: [EventPattern] = []
        for route in routes {
            // In this order, so that each kind has its range.
            var own = Needs()
            own.events = patterns.extend(by: route.conditions.compactMap { condition in
                if case .event(let pattern) = condition { ValueConditions.add(pattern, to: &events) } else { nil }
            })
            own.otherEvents = patterns.extend(by: route.conditions.compactMap { condition in
                if case .eventOtherThan(let pattern) = condition { ValueConditions.add(pattern, to: &events) } else { nil }
            })
            own.was = patterns.extend(by: route.conditions.compactMap { condition in
                if case .was(let pattern) = condition { ValueConditions.add(pattern, to: &old) } else { nil }
            })
            own.becomes = patterns.extend(by: route.conditions.compactMap { condition in
                if case .becomes(let pattern) = condition { ValueConditions.add(pattern, to: &new) } else { nil }
            })
            own.changed = paths.extend(by: route.conditions.compactMap { condition in
                if case .changed(let paths) = condition { paths } else { nil }
            })
            needs.append(own)
        }
        self.needs = needs
        firstEvents = needs.map { $0.events.isEmpty ? -1 : patterns[$0.events.lowerBound] }
        self.patterns = patterns
        self.paths = paths
        self.events = PatternSet(events)
        self.old = PatternSet(old)
        self.new = PatternSet(new)
        let set = self.events
        parts = ChangePart.allCases.compactMap { part in set.place(part.path, except: part.membersApart).map { (part, $0) } }
        changeParts = ChangeParts(parts.map { ChangeParts($0.part) })
        var interest = OutlineInterest()
        for (part, place) in parts { interest[part] = place.names }
        if let place = self.old.place([]) { interest[.old].formUnion(place.names) }
        if let place = self.new.place([]) { interest[.new].formUnion(place.names) }
        for path in paths.joined() { interest.insert(path) }
        self.interest = interest
    }

    private static func add(_ pattern: EventPattern, to patterns: inout [EventPattern]) -> Int {
        if let place = patterns.firstIndex(of: pattern) { return place }
        patterns.append(pattern)
        return patterns.count - 1
    }
}

extension Array {
    /// - Returns: where the elements are now.
    fileprivate mutating func extend(by elements: [Element]) -> Range<Int> {
        let start = count
        self += elements
        return start..<count
    }
}

/// Routes that ask for values, in a list, and what is known of all of them at once. One object, so that it is handed on by one reference.
final class ValuedRoutes: Sendable {
    let routes: [Int]
    /// For each pattern on what AWS sent the routes that ask for that and nothing else, by their places in the list.
    let told: [RouteSet]
    let hasTold: Bool
    /// The places of those that ask for more.
    let others: [Int]

    init(_ routes: [Int], _ conditions: ValueConditions) {
        var told = [RouteSet](repeating: RouteSet(), count: conditions.events.count)
        var others: [Int] = []
        for (place, route) in routes.enumerated() {
            let needs = conditions.needs[route]
            if needs.events.count == 1 && needs.otherEvents.isEmpty && needs.was.isEmpty && needs.becomes.isEmpty && needs.changed.isEmpty {
                told[conditions.firstEvents[route]].insert(place)
            } else {
                others.append(place)
            }
        }
        self.routes = routes
        self.told = told
        hasTold = others.count < routes.count
        self.others = others
    }
}

/// Some of a list of routes, by their places in it.
struct RouteSet: Hashable, Sendable {
    private var first: UInt64 = 0
    private var more: [UInt64] = []

    mutating func insert(_ place: Int) {
        let bit: UInt64 = 1 << UInt64(place & 63)
        if place < 64 {
            first |= bit
        } else {
            while more.count < place >> 6 { more.append(0) }
            more[place >> 6 - 1] |= bit
        }
    }

    @inline(__always)
    mutating func formUnion(_ other: RouteSet) {
        first |= other.first
        if !other.more.isEmpty { addMore(other) }
    }

    private mutating func addMore(_ other: RouteSet) {
        while more.count < other.more.count { more.append(0) }
        for place in other.more.indices { more[place] |= other.more[place] }
    }

    func contains(_ place: Int) -> Bool {
        let word = place < 64 ? first : place >> 6 - 1 < more.count ? more[place >> 6 - 1] : 0
        return word >> UInt64(place & 63) & 1 != 0
    }
}
