// SPDX-License-Identifier: Apache-2.0

/// Counts and figures over the event table.
public struct EventStatistics: Sendable, Hashable {
    /// By function, in order of their names.
    public var functions: [FunctionStatistics]
    /// By table, in order of their names.
    public var tables: [TableStatistics]
    /// The number of messages by queue, in order of their names.
    public var queues: [NamedCount]
    /// The number of events by bus, in order of their names.
    public var buses: [NamedCount]

    public init(functions: [FunctionStatistics], tables: [TableStatistics], queues: [NamedCount], buses: [NamedCount]) {
        self.functions = functions
        self.tables = tables
        self.queues = queues
        self.buses = buses
    }
}

/// How the executions of a function went.
public struct FunctionStatistics: Sendable, Hashable {
    public var name: String
    /// All executions that were seen.
    public var executions: Int
    /// Those that failed, time-outs not included.
    public var errors: Int
    /// Those that ran out of time.
    public var timeouts: Int
    /// Those of which neither an end nor a failure is known.
    public var unfinished: Int
    /// Those that had to set up their environment first.
    public var coldStarts: Int
    /// How long they took, in milliseconds; nil where no execution has reported.
    public var duration: Quantiles?
    /// What is billed in all, in milliseconds.
    public var billedMS: Double
    /// The greatest memory that the function was given, MB.
    public var memoryMB: Int?
    /// The greatest memory that an execution took, MB.
    public var maxMemoryMB: Int?
    /// The error types that occurred, the most frequent first.
    public var errorTypes: [NamedCount]

    public init(
        name: String, executions: Int, errors: Int, timeouts: Int, unfinished: Int, coldStarts: Int, duration: Quantiles?,
        billedMS: Double, memoryMB: Int?, maxMemoryMB: Int?, errorTypes: [NamedCount]
    ) {
        self.name = name
        self.executions = executions
        self.errors = errors
        self.timeouts = timeouts
        self.unfinished = unfinished
        self.coldStarts = coldStarts
        self.duration = duration
        self.billedMS = billedMS
        self.memoryMB = memoryMB
        self.maxMemoryMB = maxMemoryMB
        self.errorTypes = errorTypes
    }
}

/// Percentiles by the nearest rank: p90 is the least value that at least 90 % of all values do not exceed, so every one of
/// them is a value that occurred.
public struct Quantiles: Sendable, Hashable {
    public var count: Int
    public var p50, p90, p99, max: Double

    public init(count: Int, p50: Double, p90: Double, p99: Double, max: Double) {
        self.count = count
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
        self.max = max
    }

    /// The rank, from 1, of a percentile among `count` ordered values.
    public static func rank(_ percent: Int, of count: Int) -> Int { Swift.max(1, (count * percent + 99) / 100) }
}

/// What happened to the items of a table.
public struct TableStatistics: Sendable, Hashable {
    public var name: String
    /// The number of changes by operation, in order of the operations' names.
    public var operations: [NamedCount]
    /// All changes.
    public var changes: Int { operations.reduce(0) { $0 + $1.count } }

    public init(name: String, operations: [NamedCount]) {
        self.name = name
        self.operations = operations
    }
}

/// How often something occurred.
public struct NamedCount: Sendable, Hashable {
    public var name: String
    public var count: Int

    public init(name: String, count: Int) {
        self.name = name
        self.count = count
    }
}
