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
    /// Nil where no route asks for values.
    private let values: ValueConditions?

    /// - Parameter names: the sinks' names, which give them their numbers.
    init(_ routes: [Route], sinks names: [String]) {
        self.routes = routes
        sinks = routes.map { route in route.to.compactMap { names.firstIndex(of: $0) } }
        values = ValueConditions(routes)
    }

    /// Whether routes ask for records' values.
    var looksAtValues: Bool { values != nil }

    /// The routes that records of this source and operation can take.
    private func candidates(for source: RecordSource, _ operation: Operation?) -> [Int] {
        routes.indices.filter { routes[$0].mayTake(source, operation) }
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
        var plans = Plans(all: [], ofRecord: [])
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
                way = byName[named] ?? self.way(of: candidates(for: sources[source], operation), &plans, &choices)
                byName[named] = way
                if code != others { known[place] = way }
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
        case plan(UInt16)
        /// Their values decide: the place among the choices.
        case choice(Int)
    }

    private struct Choice {
        var candidates: [Int]
        /// Those of them that ask for values.
        var valued: [Int]
        /// What was decided before, and what last: often the next record is like the one before.
        var plans: [RouteSet: UInt16] = [:]
        var last: (taken: RouteSet, plan: UInt16)?
    }

    private func way(of candidates: [Int], _ plans: inout Plans, _ choices: inout [Choice]) -> Way {
        let valued = candidates.filter { routes[$0].looksAtValues }
        guard !valued.isEmpty else { return .plan(plans.number(of: plan(along: candidates))) }
        choices.append(Choice(candidates: candidates, valued: valued))
        return .choice(choices.count - 1)
    }

    private func plan(of number: Int, _ taken: RouteSet, _ plans: inout Plans, _ choices: inout [Choice]) -> UInt16 {
        if let last = choices[number].last, last.taken == taken { return last.plan }
        if let known = choices[number].plans[taken] {
            choices[number].last = (taken, known)
            return known
        }
        let choice = choices[number]
        let along = choice.candidates.filter { route in choice.valued.firstIndex(of: route).map { taken.contains($0) } ?? true }
        let plan = plans.number(of: plan(along: along))
        choices[number].plans[taken] = plan
        choices[number].last = (taken, plan)
        return plan
    }

    private struct Named: Hashable {
        var source: Int
        var operation: Operation?
    }

    /// The plans that occur in a batch, and which record has which.
    struct Plans: Sendable {
        var all: [Plan]
        var ofRecord: [UInt16]

        mutating func number(of plan: Plan) -> UInt16 {
            if let number = all.firstIndex(of: plan) { return UInt16(number) }
            all.append(plan)
            return UInt16(all.count - 1)
        }
    }
}
