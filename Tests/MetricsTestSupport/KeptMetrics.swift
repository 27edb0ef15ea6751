// SPDX-License-Identifier: Apache-2.0

public import CoreMetrics
internal import Synchronization

/// A backend that keeps the sums of counters and the last values of the rest.
public final class KeptMetrics: MetricsFactory {
    private let kept = Mutex<[String: Double]>([:])

    public init() {}

    public var values: [String: Double] { kept.withLock { $0 } }

    private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
        let suffix = dimensions.isEmpty ? "" : "{\(dimensions.map { "\($0)=\($1)" }.joined(separator: ","))}"
        return Handler(name: label + suffix, metrics: self)
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { handler(label, dimensions) }
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler { NOOPMetricsHandler.instance }
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { NOOPMetricsHandler.instance }
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler { handler(label, dimensions) }
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handler(label, dimensions) }
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        let name: String
        let metrics: KeptMetrics

        init(name: String, metrics: KeptMetrics) {
            self.name = name
            self.metrics = metrics
        }

        func increment(by amount: Int64) { metrics.kept.withLock { $0[name, default: 0] += Double(amount) } }
        func reset() {}
        func record(_ value: Int64) { record(Double(value)) }
        func record(_ value: Double) { metrics.kept.withLock { $0[name] = value } }
        func recordNanoseconds(_ duration: Int64) { record(duration) }
    }
}
