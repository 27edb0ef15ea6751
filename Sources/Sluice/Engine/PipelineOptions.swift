// SPDX-License-Identifier: Apache-2.0

public import CoreMetrics
public import Logging
public import StreamRecords

/// What a host decides about a pipeline; the configuration says nothing of it.
public struct PipelineOptions: Sendable {
    /// What becomes of rejected records where the configuration names no place for them.
    public enum Unparked: Sendable, Hashable {
        /// They count as to be retried: nothing is lost while somebody finds out.
        case retry
        /// They are told in the report, and the host shows them to whoever runs it.
        case list
    }

    public var unparked: Unparked
    /// How many (record, sink) pairs of batches to be retried are remembered as delivered.
    public var rememberedDeliveries: Int
    /// Given to the sinks, with the sink's name put in. The engine tells it what became of each batch, see ``logsOutcomes``.
    public var logger: Logger
    /// Whether the engine itself says in the log what was rejected (warning), what must come again (notice) and what each batch came to (debug).
    /// Not for hosts that tell this in their own way.
    public var logsOutcomes: Bool
    /// Where the engine's numbers go: by default where the program's metrics go (`MetricsSystem.bootstrap`, which has to be called before the
    /// pipeline is made). README.md names them.
    public var metrics: any MetricsFactory
    /// Given to the sinks.
    public var environment: [String: String]
    /// Given to the sinks.
    public var end = RunEnd()
    /// The time by the clock on the wall: for the age of records, and in what is parked.
    public var now: @Sendable () -> Timestamp

    public init(
        unparked: Unparked = .retry, rememberedDeliveries: Int = 32_768, logger: Logger = Logger(label: "sluice"),
        environment: [String: String] = [:], logsOutcomes: Bool = true, metrics: any MetricsFactory = MetricsSystem.factory,
        now: @escaping @Sendable () -> Timestamp = { WallClock.now }
    ) {
        self.unparked = unparked
        self.rememberedDeliveries = rememberedDeliveries
        self.logger = logger
        self.environment = environment
        self.logsOutcomes = logsOutcomes
        self.metrics = metrics
        self.now = now
    }
}
