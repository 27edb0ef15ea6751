// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
internal import StreamRecords

/// The engine's numbers, told to whatever backend the program has, batch by batch.
///
/// | metric | type | dimensions |
/// |---|---|---|
/// | `sluice_records_received`, `…_delivered`, `…_filtered`, `…_rejected`, `…_parked`, `…_retried` | counter | |
/// | `sluice_sink_delivered`, `…_rejected`, `…_retried` | counter | `sink` |
/// | `sluice_sink_latency`: how long the sink took for a batch | timer, nanoseconds | `sink` |
/// | `sluice_lag`: how old the last record of a batch was when its delivery ended | gauge, seconds | `kind`, `source` |
///
/// Rejected counts the parked ones as well, and delivered at a sink what it had already. The numbers are those of ``BatchReport``; what Lambda's
/// host writes for CloudWatch is made of the same.
struct PipelineMetrics {
    private struct ForSink {
        var delivered: Counter
        var rejected: Counter
        var retried: Counter
        var latency: CoreMetrics.Timer
    }

    private struct SourceName: Hashable {
        var kind: Record.Kind
        var name: String
    }

    private let factory: any MetricsFactory
    private let received: Counter
    private let delivered: Counter
    private let filtered: Counter
    private let rejected: Counter
    private let parked: Counter
    private let retried: Counter
    private var sinks: [String: ForSink] = [:]
    private var lags: [SourceName: Gauge] = [:]

    /// A backend keeps each series for ever; a pipeline that sees more sources than this tells the lag of the first ones.
    private static let mostSources = 1000

    /// Absent where nobody listens: then nothing is counted twice.
    init?(_ factory: any MetricsFactory, sinks names: [String]) {
        if factory is NOOPMetricsHandler { return nil }
        func counter(_ name: String, _ sink: String? = nil) -> Counter {
            Counter(label: name, dimensions: sink.map { [("sink", $0)] } ?? [], factory: factory)
        }
        self.factory = factory
        received = counter("sluice_records_received")
        delivered = counter("sluice_records_delivered")
        filtered = counter("sluice_records_filtered")
        rejected = counter("sluice_records_rejected")
        parked = counter("sluice_records_parked")
        retried = counter("sluice_records_retried")
        for name in names {
            sinks[name] = ForSink(
                delivered: counter("sluice_sink_delivered", name), rejected: counter("sluice_sink_rejected", name),
                retried: counter("sluice_sink_retried", name),
                latency: CoreMetrics.Timer(label: "sluice_sink_latency", dimensions: [("sink", name)], factory: factory))
        }
    }

    mutating func note(_ report: BatchReport, _ records: RecordBatch, now: () -> Timestamp) {
        let counts = report.counts
        if counts.received == 0 { return }
        received.increment(by: counts.received)
        delivered.increment(by: counts.delivered)
        filtered.increment(by: counts.filtered)
        rejected.increment(by: counts.rejected + counts.parked)
        parked.increment(by: counts.parked)
        retried.increment(by: counts.retry)
        for counts in report.sinks {
            guard let sink = sinks[counts.sink] else { continue }
            sink.delivered.increment(by: counts.delivered + counts.alreadyThere + counts.remembered)
            sink.rejected.increment(by: counts.rejected)
            sink.retried.increment(by: counts.retry)
            let (seconds, attoseconds) = counts.elapsed.components
            sink.latency.recordNanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
        }
        guard !records.isEmpty, let time = records.lastTime else { return }
        let source = records.sources[records.sourceIndex(at: records.count - 1)]
        let name = SourceName(kind: source.kind, name: source.name)
        guard lags[name] != nil || lags.count < Self.mostSources else { return }
        let gauge = lags[name] ?? Gauge(label: "sluice_lag", dimensions: [("kind", name.kind.rawValue), ("source", name.name)], factory: factory)
        lags[name] = gauge
        // Clocks of two machines differ; no record comes from the future.
        gauge.record(Double(max(0, now().milliseconds - time.milliseconds)) / 1000)
    }
}
