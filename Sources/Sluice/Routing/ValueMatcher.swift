// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import StreamRecords

/// Holds a batch's records against the routes' conditions on values, each set of patterns at most once for a record.
struct ValueMatcher: ~Copyable {
    private let conditions: ValueConditions
    private let records: RecordBatch
    /// Where values stand, in a batch whose lines were made in one pass: then nothing needs an index. Of no records in other batches; what is
    /// optional would be copied for each record.
    private let outlines: RecordOutlines
    private let isOutlined: Bool
    /// Of the other batches.
    private let changes: ChangePartReader?
    private var events: PatternMatcher
    private var old: PatternMatcher
    private var new: PatternMatcher
    private let wantsMessage: Bool

    init(_ conditions: ValueConditions, _ records: RecordBatch) {
        self.conditions = conditions
        self.records = records
        // Outlines that were made for somebody else may lack some.
        let outlines = records.outlines.flatMap { $0.interest.covers(conditions.interest) ? $0 : nil }
        self.outlines = outlines ?? .none
        isOutlined = outlines != nil
        changes = outlines == nil ? ChangePartReader(records) : nil
        events = PatternMatcher(conditions.events)
        old = PatternMatcher(conditions.old)
        new = PatternMatcher(conditions.new)
        wantsMessage = events.wants("message")
    }

    /// Which of these routes a record takes as far as values decide, as places in the list.
    mutating func routes(_ valued: ValuedRoutes, at index: Int) -> RouteSet {
        var taken = RouteSet()
        if valued.hasTold {
            matchEvent(index)
            events.eachMatch { taken.formUnion(valued.told[$0]) }
        }
        if !valued.others.isEmpty { add(valued.others, of: valued.routes, at: index, hasEvents: valued.hasTold, to: &taken) }
        return taken
    }

    private mutating func add(_ places: [Int], of routes: [Int], at index: Int, hasEvents: Bool, to taken: inout RouteSet) {
        var hasEvents = hasEvents
        var hasOld = false
        var hasNew = false
        for place in places {
            let needs = conditions.needs[routes[place]]
            if !needs.events.isEmpty {
                matchEventOnce(index, &hasEvents)
                if !all(needs.events, events) { continue }
            }
            if !needs.otherEvents.isEmpty {
                matchEventOnce(index, &hasEvents)
                if any(needs.otherEvents, events) { continue }
            }
            if !needs.was.isEmpty {
                if !hasOld {
                    hasOld = true
                    ValueMatcher.match(.old, &old, records, isOutlined, outlines, index)
                }
                if !all(needs.was, old) { continue }
            }
            if !needs.becomes.isEmpty {
                if !hasNew {
                    hasNew = true
                    ValueMatcher.match(.new, &new, records, isOutlined, outlines, index)
                }
                if !all(needs.becomes, new) { continue }
            }
            // Comparing images is the dearest, so it comes last.
            if needs.changed.allSatisfy({ isAnyChanged(conditions.paths[$0], index) }) { taken.insert(place) }
        }
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
        if isOutlined {
            ValueMatcher.add(outlines, conditions.parts, index, to: &events)
        } else {
            addIndexedEvent(index)
        }
        events.finish()
    }

    private static func add(
        _ outlines: borrowing RecordOutlines, _ parts: [(part: ChangePart, place: PatternPlace)], _ index: Int, to events: inout PatternMatcher
    ) {
        for number in parts.indices {
            let members = outlines.members(of: parts[number].part, at: index)
            if members.isEmpty { continue }
            switch parts[number].part {
            case .record, .stream: events.add(members, of: outlines.text, below: parts[number].place)
            case .new, .old: events.add(attributes: members, of: outlines.text, below: parts[number].place)
            }
        }
    }

    private mutating func addIndexedEvent(_ index: Int) {
        let parts = conditions.parts
        let isTaken = changes?.each(at: index, of: conditions.changeParts) { view, part in
            for number in parts.indices where parts[number].part == part { events.add(membersOf: view, below: parts[number].place) }
        }
        if isTaken == true { return }
        records.eachEventPart(at: index, wantsMessage: wantsMessage) { view, part in
            switch part {
            case .members(let left): events.add(membersOf: view, except: left)
            case .member(let name): events.add(view, as: name)
            }
        }
    }

    private static func match(
        _ side: ImageSide, _ matcher: inout PatternMatcher, _ records: RecordBatch, _ isOutlined: Bool, _ outlines: borrowing RecordOutlines,
        _ index: Int
    ) {
        matcher.begin()
        if isOutlined {
            matcher.add(plainValuesOf: outlines.members(of: side == .old ? .old : .new, at: index), of: outlines.text)
        } else {
            _ = records.withImage(side, at: index) { matcher.add(plainValuesOf: $0) }
        }
        matcher.finish()
    }
}
