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

    /// - Parameter names: the sinks' names, which give them their numbers.
    init(_ routes: [Route], sinks names: [String]) {
        self.routes = routes
        sinks = routes.map { route in route.to.compactMap { names.firstIndex(of: $0) } }
    }

    func plan(for source: RecordSource, _ operation: Operation?) -> Plan {
        var plan: Plan = []
        for (route, sinks) in zip(routes.indices, sinks) where routes[route].matches(source, operation) {
            for sink in sinks where !plan.contains(where: { $0.sink == sink }) {
                plan.append(Target(sink: sink, route: route))
            }
        }
        return plan
    }

    /// The plans of a batch's records. Few records of a batch differ in source and operation, so matching is done for
    /// each such pair once, and the way of a single record costs two look-ups.
    func plans(for records: RecordBatch) -> Plans {
        let sources = records.sources
        // A code for each operation that AWS knows today, and one for all others, which are told apart by name.
        let codes = 5
        let others: UInt8 = 4
        var known = [UInt16?](repeating: nil, count: sources.count * codes)
        var byName: [Named: UInt16] = [:]
        var plans = Plans(all: [], ofRecord: [])
        plans.ofRecord.reserveCapacity(records.count)
        for index in 0..<records.count {
            let source = records.sourceIndex(at: index)
            let code = min(records.operationCode(at: index), others)
            let place = source * codes + Int(code)
            if let plan = known[place] {
                plans.ofRecord.append(plan)
                continue
            }
            let operation = records.operation(at: index)
            let named = Named(source: source, operation: operation)
            let number = byName[named] ?? plans.number(of: plan(for: sources[source], operation))
            byName[named] = number
            if code != others { known[place] = number }
            plans.ofRecord.append(number)
        }
        return plans
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
