// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// The routes of a configuration with their sinks as numbers, ready to decide about records.
struct RoutingTable: Sendable {
    /// One sink that a record goes to, and the first route that leads there.
    struct Target: Sendable, Hashable {
        var sink: Int
        var route: Int
    }

    /// Where a record goes; empty where no route matches. Records with the same plan go the same way.
    typealias Plan = [Target]

    let routes: [Route]
    private let sinks: [[Int]]
    /// For each sink what makes the digests by which its items are ordered: the redaction of the first route to it that may hide a key.
    /// It has to be one for all batches, since an item must keep its ordering key.
    let orderings: [Redaction?]
    /// Nil where no route asks for values.
    private let values: ValueConditions?
    /// For each route whether all records can take it as far as its source and operation go, and whether it asks for values.
    private let isOpen: [Bool]
    private let isValued: [Bool]
    /// All routes that ask for values: where every route is open, as those with nothing but patterns are, records of all sources share it.
    private let everyValued: ValuedRoutes?

    /// - Parameter names: the sinks' names, which give them their numbers.
    init(_ routes: [Route], sinks names: [String]) {
        self.routes = routes
        sinks = routes.map { route in route.to.compactMap { names.firstIndex(of: $0) } }
        orderings = names.map { name in
            routes.first { $0.to.contains(name) && $0.redaction?.touchesItems == true }?.redaction
        }
        let values = ValueConditions(routes)
        self.values = values
        isOpen = routes.map(\.isOpen)
        let isValued = routes.map(\.looksAtValues)
        self.isValued = isValued
        everyValued = values.map { ValuedRoutes(routes.indices.filter { isValued[$0] }, $0) }
    }

    /// The members of changes that routes look at, nil where they ask for no values.
    var outlining: OutlineInterest? { values?.interest }

    /// The routes that records of this source and operation can take.
    private func candidates(for source: RecordSource, _ operation: Operation?) -> [Int] {
        isOpen.indices.filter { isOpen[$0] || routes[$0].mayTake(source, operation) }
    }

    private func plan(along taken: [Int]) -> Plan {
        var plan: Plan = []
        for route in taken {
            for sink in sinks[route] where !plan.contains(where: { $0.sink == sink }) {
                plan.append(Target(sink: sink, route: route))
            }
        }
        return plan
    }

    /// The plans of a batch's records. Few records of a batch differ in source and operation, so matching is done for
    /// each such pair once, and the way of a single record costs two look-ups; where a route asks for values, each record is
    /// held against the conditions of all such routes together.
    func plans(for records: RecordBatch) -> Plans {
        let sources = records.sources
        // A code for each operation that AWS knows today, and one for all others, which are told apart by name.
        let codes = 5
        let others: UInt8 = 4
        var known = [Way?](repeating: nil, count: sources.count * codes)
        var byName: [Named: Way] = [:]
        var plans = Plans()
        plans.ofRecord.reserveCapacity(records.count)
        var choices: [Choice] = []
        var matcher = values.map { ValueMatcher($0, records) }
        for index in 0..<records.count {
            let source = records.sourceIndex(at: index)
            let code = min(records.operationCode(at: index), others)
            let place = source * codes + Int(code)
            let way: Way
            if let found = known[place] {
                way = found
            } else {
                let operation = records.operation(at: index)
                let named = Named(source: source, operation: operation)
                way = (code == others ? byName[named] : nil) ?? self.way(of: candidates(for: sources[source], operation), &plans, &choices)
                if code == others { byName[named] = way } else { known[place] = way }
            }
            switch way {
            case .plan(let number): plans.ofRecord.append(number)
            case .choice(let number):
                let taken = matcher?.routes(choices[number].valued, at: index) ?? RouteSet()
                plans.ofRecord.append(self.plan(of: number, taken, &plans, &choices))
            }
        }
        return plans
    }

    /// How records of one source and operation get their plan.
    private enum Way {
        /// All of them have this one.
        case plan(UInt32)
        /// Their values decide: the place among the choices.
        case choice(Int)
    }

    private struct Choice {
        let candidates: [Int]
        /// Those of them that ask for values.
        let valued: ValuedRoutes
        /// What was decided before, and what last: often the next record is like the one before.
        private var plans: [RouteSet: UInt32] = [:]
        private var lastTaken = RouteSet()
        private var lastPlan: UInt32?

        init(candidates: [Int], valued: ValuedRoutes) {
            self.candidates = candidates
            self.valued = valued
        }

        mutating func plan(_ taken: RouteSet) -> UInt32? {
            if let lastPlan, lastTaken == taken { return lastPlan }
            guard let known = plans[taken] else { return nil }
            lastTaken = taken
            lastPlan = known
            return known
        }

        mutating func remember(_ plan: UInt32, for taken: RouteSet) {
            plans[taken] = plan
            lastTaken = taken
            lastPlan = plan
        }
    }

    private func way(of candidates: [Int], _ plans: inout Plans, _ choices: inout [Choice]) -> Way {
        let valued = candidates.filter { isValued[$0] }
        guard !valued.isEmpty, let values, let everyValued else { return .plan(plans.number(of: plan(along: candidates))) }
        if let known = choices.firstIndex(where: { $0.candidates == candidates }) { return .choice(known) }
        choices.append(Choice(candidates: candidates, valued: valued == everyValued.routes ? everyValued : ValuedRoutes(valued, values)))
        return .choice(choices.count - 1)
    }

    private func plan(of number: Int, _ taken: RouteSet, _ plans: inout Plans, _ choices: inout [Choice]) -> UInt32 {
        if let known = choices[number].plan(taken) { return known }
        let choice = choices[number]
        let along = choice.candidates.filter { route in choice.valued.routes.firstIndex(of: route).map { taken.contains($0) } ?? true }
        let plan = plans.number(of: plan(along: along))
        choices[number].remember(plan, for: taken)
        return plan
    }

    private struct Named: Hashable {
        var source: Int
        var operation: Operation?
    }

    /// The plans that occur in a batch, and which record has which.
    struct Plans: Sendable {
        var all: [Plan] = []
        var ofRecord: [UInt32] = []
        private var numbers: [Plan: UInt32] = [:]

        mutating func number(of plan: Plan) -> UInt32 {
            if let number = numbers[plan] { return number }
            let number = UInt32(all.count)
            all.append(plan)
            numbers[plan] = number
            return number
        }
    }
}
