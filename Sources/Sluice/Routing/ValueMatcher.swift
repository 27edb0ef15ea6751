// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import StreamRecords

/// Holds a batch's records against the routes' conditions on values, each set of patterns at most once for a record.
struct ValueMatcher: ~Copyable {
    private let conditions: ValueConditions
    private let records: RecordBatch
    /// Where values stand, in a batch whose lines were made in one pass: then nothing needs an index.
    private let outlines: RecordOutlines?
    private var events: PatternMatcher
    private var old: PatternMatcher
    private var new: PatternMatcher
    private let wantsMessage: Bool
    /// The objects of a stream record in which the patterns look for something.
    private let parts: [(part: RecordOutlines.Part, place: PatternPlace)]

    init(_ conditions: ValueConditions, _ records: RecordBatch) {
        self.conditions = conditions
        self.records = records
        outlines = records.outlines
        events = PatternMatcher(conditions.events)
        old = PatternMatcher(conditions.old)
        new = PatternMatcher(conditions.new)
        wantsMessage = events.wants("message")
        var parts: [(part: RecordOutlines.Part, place: PatternPlace)] = []
        for (part, names) in [
            (RecordOutlines.Part.record, []), (.stream, ["dynamodb"]), (.new, ["dynamodb", "NewImage"]), (.old, ["dynamodb", "OldImage"]),
        ] {
            if let place = events.place(names) { parts.append((part, place)) }
        }
        self.parts = parts
    }

    /// Which of these routes a record takes as far as values decide, as places in the list.
    mutating func routes(_ routes: [Int], at index: Int) -> RouteSet {
        var taken = RouteSet()
        var hasEvents = false
        var hasOld = false
        var hasNew = false
        for place in routes.indices {
            let first = conditions.firstEvents[routes[place]]
            if first >= 0 {
                matchEventOnce(index, &hasEvents)
                if !events.isMatch(first) { continue }
            }
            let needs = conditions.needs[routes[place]]
            if needs.events.count > 1 && !all(needs.events, events) { continue }
            if !needs.otherEvents.isEmpty {
                matchEventOnce(index, &hasEvents)
                if any(needs.otherEvents, events) { continue }
            }
            if !needs.was.isEmpty {
                if !hasOld {
                    hasOld = true
                    ValueMatcher.match(.old, &old, records, outlines, index)
                }
                if !all(needs.was, old) { continue }
            }
            if !needs.becomes.isEmpty {
                if !hasNew {
                    hasNew = true
                    ValueMatcher.match(.new, &new, records, outlines, index)
                }
                if !all(needs.becomes, new) { continue }
            }
            // Comparing images is the dearest, so it comes last.
            if needs.changed.allSatisfy({ isAnyChanged(conditions.paths[$0], index) }) { taken.insert(place) }
        }
        return taken
    }

    private func all(_ patterns: Range<Int>, _ matcher: borrowing PatternMatcher) -> Bool {
        for place in patterns where !matcher.isMatch(conditions.patterns[place]) { return false }
        return true
    }

    private func any(_ patterns: Range<Int>, _ matcher: borrowing PatternMatcher) -> Bool {
        for place in patterns where matcher.isMatch(conditions.patterns[place]) { return true }
        return false
    }

    private func isAnyChanged(_ paths: [AttributePath], _ index: Int) -> Bool {
        paths.contains { records.isChanged($0, at: index) == true }
    }

    @inline(__always)
    private mutating func matchEventOnce(_ index: Int, _ isMatched: inout Bool) {
        if isMatched { return }
        isMatched = true
        matchEvent(index)
    }

    private mutating func matchEvent(_ index: Int) {
        events.begin()
        if let outlines {
            for (part, place) in parts {
                events.add(outlines.members(of: part, at: index), of: outlines.text, below: place)
            }
        } else {
            records.eachEventPart(at: index, wantsMessage: wantsMessage) { view, part in
                switch part {
                case .members(let left): events.add(membersOf: view, except: left)
                case .member(let name): events.add(view, as: name)
                }
            }
        }
        events.finish()
    }

    private static func match(
        _ side: ImageSide, _ matcher: inout PatternMatcher, _ records: RecordBatch, _ outlines: RecordOutlines?, _ index: Int
    ) {
        matcher.begin()
        if let outlines {
            matcher.add(plainValuesOf: outlines.members(of: side == .old ? .old : .new, at: index), of: outlines.text)
        } else {
            _ = records.withImage(side, at: index) { matcher.add(plainValuesOf: $0) }
        }
        matcher.finish()
    }
}
