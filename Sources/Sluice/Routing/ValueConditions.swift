// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import StreamRecords

/// The routes' conditions on values, compiled together: one set for all patterns on what AWS sent, one for each image's.
struct ValueConditions: Sendable {
    /// What one route asks for: places in the sets, and paths.
    struct Needs: Sendable {
        var events: [Int] = []
        var otherEvents: [Int] = []
        var was: [Int] = []
        var becomes: [Int] = []
        var changed: [[AttributePath]] = []
    }

    /// For each route; empty where it asks for no values.
    let needs: [Needs]
    let events: PatternSet
    let old: PatternSet
    let new: PatternSet

    /// Nil where no route asks for values.
    init?(_ routes: [Route]) {
        guard routes.contains(where: \.looksAtValues) else { return nil }
        var needs: [Needs] = []
        var events: [EventPattern] = []
        var old: [EventPattern] = []
        var new: [EventPattern] = []
        for route in routes {
            var own = Needs()
            for condition in route.conditions {
                switch condition {
                case .kind, .source, .operation: break
                case .event(let pattern): own.events.append(ValueConditions.add(pattern, to: &events))
                case .eventOtherThan(let pattern): own.otherEvents.append(ValueConditions.add(pattern, to: &events))
                case .was(let pattern): own.was.append(ValueConditions.add(pattern, to: &old))
                case .becomes(let pattern): own.becomes.append(ValueConditions.add(pattern, to: &new))
                case .changed(let paths): own.changed.append(paths)
                }
            }
            needs.append(own)
        }
        self.needs = needs
        self.events = PatternSet(events)
        self.old = PatternSet(old)
        self.new = PatternSet(new)
    }

    private static func add(_ pattern: EventPattern, to patterns: inout [EventPattern]) -> Int {
        if let place = patterns.firstIndex(of: pattern) { return place }
        patterns.append(pattern)
        return patterns.count - 1
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

    func contains(_ place: Int) -> Bool {
        let word = place < 64 ? first : place >> 6 - 1 < more.count ? more[place >> 6 - 1] : 0
        return word >> UInt64(place & 63) & 1 != 0
    }
}
