// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// Statistics from rows, counted one by one, for stores that cannot count themselves.
public struct EventTally: Sendable {
    private var functions: [String: Functions] = [:]
    private var tables: [String: [String: Int]] = [:]
    private var queues: [String: Int] = [:]
    private var buses: [String: Int] = [:]

    private struct Functions: Sendable {
        var executions = 0
        var errors = 0
        var timeouts = 0
        var unfinished = 0
        var coldStarts = 0
        var durations: [Double] = []
        var billedMS = 0.0
        var memoryMB: Int?
        var maxMemoryMB: Int?
        var errorTypes: [String: Int] = [:]
    }

    public init() {}

    /// Counts an execution.
    /// - Parameter now: as of when it has not ended yet; that alone does not count as unfinished or not.
    public mutating func add(_ invocation: Invocation, at now: Timestamp) {
        var function = functions[invocation.key.name] ?? Functions()
        function.executions += 1
        switch invocation.status(at: now) {
        case .ok: break
        case .error: function.errors += 1
        case .timeout: function.timeouts += 1
        case .running, .unknown: function.unfinished += 1
        }
        if let failure = invocation.failure { function.errorTypes[failure.errorType ?? failure.problem.rawValue, default: 0] += 1 }
        if let report = invocation.report {
            if report.initMS != nil { function.coldStarts += 1 }
            if let duration = report.durationMS { function.durations.append(duration) }
            function.billedMS += report.billedMS ?? 0
            function.memoryMB = [function.memoryMB, report.memoryMB].compactMap(\.self).max()
            function.maxMemoryMB = [function.maxMemoryMB, report.maxMemoryMB].compactMap(\.self).max()
        }
        functions[invocation.key.name] = function
    }

    /// Counts a change, a message or an event.
    /// - Parameters:
    ///   - name: of its table, queue or bus.
    ///   - operation: of a change.
    public mutating func add(_ kind: EventEntry.Kind, name: String, operation: String?) {
        switch kind {
        case .change: tables[name, default: [:]][operation ?? "", default: 0] += 1
        case .message: queues[name, default: 0] += 1
        case .event: buses[name, default: 0] += 1
        }
    }

    /// Adds what another one has counted.
    public mutating func add(_ other: EventTally) {
        for (name, its) in other.functions {
            var function = functions[name] ?? Functions()
            function.executions += its.executions
            function.errors += its.errors
            function.timeouts += its.timeouts
            function.unfinished += its.unfinished
            function.coldStarts += its.coldStarts
            function.durations += its.durations
            function.billedMS += its.billedMS
            function.memoryMB = [function.memoryMB, its.memoryMB].compactMap(\.self).max()
            function.maxMemoryMB = [function.maxMemoryMB, its.maxMemoryMB].compactMap(\.self).max()
            function.errorTypes.merge(its.errorTypes, uniquingKeysWith: +)
            functions[name] = function
        }
        tables.merge(other.tables) { $0.merging($1, uniquingKeysWith: +) }
        queues.merge(other.queues, uniquingKeysWith: +)
        buses.merge(other.buses, uniquingKeysWith: +)
    }

    /// What has been counted.
    public var statistics: EventStatistics {
        EventStatistics(
            functions: functions.sorted { $0.key.precedesInBytes($1.key) }.map { name, function in
                FunctionStatistics(
                    name: name, executions: function.executions, errors: function.errors, timeouts: function.timeouts, unfinished: function.unfinished,
                    coldStarts: function.coldStarts, duration: Quantiles(function.durations), billedMS: function.billedMS,
                    memoryMB: function.memoryMB, maxMemoryMB: function.maxMemoryMB,
                    errorTypes: Self.counts(function.errorTypes).sorted { $0.count > $1.count })
            },
            tables: tables.sorted { $0.key.precedesInBytes($1.key) }.map { TableStatistics(name: $0, operations: Self.counts($1)) },
            queues: Self.counts(queues), buses: Self.counts(buses))
    }

    /// In order of their names, which sorting by count keeps.
    private static func counts(_ counts: [String: Int]) -> [NamedCount] {
        counts.sorted { $0.key.precedesInBytes($1.key) }.map { NamedCount(name: $0, count: $1) }
    }
}

extension Quantiles {
    /// Those of some values; absent where there are none.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let most = sorted.last else { return nil }
        func percentile(_ percent: Int) -> Double { sorted[Self.rank(percent, of: sorted.count) - 1] }
        self.init(count: sorted.count, p50: percentile(50), p90: percentile(90), p99: percentile(99), max: most)
    }
}
