// SPDX-License-Identifier: Apache-2.0

import TestSupport

internal import EventTable
internal import StreamRecords

/// Counts and figures.
extension StoreQuestion {
    static let statistics = [1, 2, 10, 99, 100, 101].map { count in
        StoreQuestion("Statistics of \(count) executions agree with a count by hand") { store, found in
            let facts = try await fill(store, count)
            let until = count / 2 + 1
            for range in [TimeRange.all, TimeRange(until: at(Int64(until)))] {
                let within = range == .all ? facts : Array(facts.prefix(until))
                let statistics = try await store.statistics(range, scanning: true)
                found.expect(
                    statistics.functions, Dictionary(grouping: within, by: \.key.name).values.map(byHand).sorted { $0.name < $1.name }, "functions")
                let names = [(within.count + 1) / 2, within.count / 2]
                func counts(_ first: String, _ second: String) -> [NamedCount] {
                    zip([first, second], names).filter { $1 > 0 }.map { NamedCount(name: $0, count: $1) }
                }
                found.expect(statistics.tables, [TableStatistics(name: "Products", operations: counts("INSERT", "REMOVE"))], "tables")
                found.expect(statistics.queues, counts("q0", "q1"), "queues")
                found.expect(statistics.buses, [NamedCount(name: "bus", count: within.count)], "buses")
            }
            found.expect(
                try await store.statistics(TimeRange(from: at(Int64(count))), scanning: true),
                EventStatistics(functions: [], tables: [], queues: [], buses: []), "what comes after all")
        }
    }

    /// Executions of three functions, as many changes, messages and events; one of each a second. The executions are returned, in order.
    private static func fill(_ store: any EventStore, _ count: Int) async throws -> [Invocation] {
        var random = SeededRandom(seed: UInt64(count))
        var writes: [EventWrite] = []
        var facts: [Invocation] = []
        for number in 0..<count {
            let time = at(Int64(number))
            var fact = Invocation(key: EventKey(id: "r\(number)", name: "f\(number % 3)"), seen: time)
            if Int.random(in: 0...9, using: &random) > 0 {
                fact.report = .init(
                    at: at(Int64(number) + 5), durationMS: Double(Int.random(in: 1...4000, using: &random)) / 4,
                    billedMS: Double(Int.random(in: 1...1000, using: &random)), initMS: number % 7 == 0 ? 12 : nil, memoryMB: 128 << (number % 2),
                    maxMemoryMB: Int.random(in: 50...120, using: &random))
            }
            switch Int.random(in: 0...5, using: &random) {
            case 0: fact.failure = .init(.timeout, at: time)
            case 1: fact.failure = .init(.error, at: time, errorType: ["A", "B"].randomElement(using: &random))
            case 2: fact.functionError = "Handled"
            default: break
            }
            facts.append(fact)
            writes.append(.note(fact))
            writes.append(.put(change("c\(number)", at: time, sequence: number, operation: ["INSERT", "REMOVE"][number % 2])))
            for (kind, id, name) in [(EventEntry.Kind.message, "m\(number)", "q\(number % 2)"), (.event, "e\(number)", "bus")] {
                writes.append(.put(EventEntry(key: EventKey(id: id, name: name), kind: kind, sort: SortKey.text(time: time, id: id), payload: "{}")))
            }
        }
        _ = try await store.write(writes)
        return facts
    }

    private static func byHand(_ facts: [Invocation]) -> FunctionStatistics {
        let now = at(10 * Invocation.longest)
        let durations = facts.compactMap { $0.report?.durationMS }.sorted()
        var quantiles: Quantiles?
        if let most = durations.last {
            func percentile(_ percent: Int) -> Double {
                durations.first { value in durations.count { $0 <= value } * 100 >= percent * durations.count } ?? most
            }
            quantiles = Quantiles(count: durations.count, p50: percentile(50), p90: percentile(90), p99: percentile(99), max: most)
        }
        let types = Dictionary(grouping: facts.compactMap(\.failure)) { $0.errorType ?? $0.problem.rawValue }
        return FunctionStatistics(
            name: facts[0].key.name, executions: facts.count, errors: facts.count { $0.status(at: now) == .error },
            timeouts: facts.count { $0.status(at: now) == .timeout }, unfinished: facts.count { $0.status(at: now) == .unknown },
            coldStarts: facts.count { $0.report?.initMS != nil }, duration: quantiles,
            billedMS: facts.reduce(0) { $0 + ($1.report?.billedMS ?? 0) }, memoryMB: facts.compactMap { $0.report?.memoryMB }.max(),
            maxMemoryMB: facts.compactMap { $0.report?.maxMemoryMB }.max(),
            errorTypes: types.map { NamedCount(name: $0.key, count: $0.value.count) }.sorted {
                $0.count != $1.count ? $0.count > $1.count : $0.name < $1.name
            })
    }
}
