// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// Statistics from rows, counted one by one, for stores that cannot count themselves.
public struct EventTally: Sendable {
    private var functions: [String: Executions] = [:]
    private var tables: [String: [String: Int]] = [:]
    private var queues: [String: Int] = [:]
    private var buses: [String: Int] = [:]

    public init() {}

    /// Counts an execution.
    /// - Parameter now: decides whether one without an end still runs, which counts as unfinished either way.
    public mutating func add(_ invocation: Invocation, at now: Timestamp) {
        functions[invocation.key.name, default: Executions()].add(Executions(invocation, at: now))
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
        functions.merge(other.functions) { executions, others in
            var executions = executions
            executions.add(others)
            return executions
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

/// Those of one function.
private struct Executions: Sendable {
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

    init() {}

    /// A single one.
    init(_ invocation: Invocation, at now: Timestamp) {
        executions = 1
        switch invocation.status(at: now) {
        case .ok: break
        case .error: errors = 1
        case .timeout: timeouts = 1
        case .running, .unknown: unfinished = 1
        }
        if let failure = invocation.failure { errorTypes[failure.errorType ?? failure.problem.rawValue] = 1 }
        guard let report = invocation.report else { return }
        coldStarts = report.initMS == nil ? 0 : 1
        durations = report.durationMS.map { [$0] } ?? []
        billedMS = report.billedMS ?? 0
        memoryMB = report.memoryMB
        maxMemoryMB = report.maxMemoryMB
    }

    mutating func add(_ other: Executions) {
        executions += other.executions
        errors += other.errors
        timeouts += other.timeouts
        unfinished += other.unfinished
        coldStarts += other.coldStarts
        durations += other.durations
        billedMS += other.billedMS
        memoryMB = [memoryMB, other.memoryMB].compactMap(\.self).max()
        maxMemoryMB = [maxMemoryMB, other.maxMemoryMB].compactMap(\.self).max()
        errorTypes.merge(other.errorTypes, uniquingKeysWith: +)
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
