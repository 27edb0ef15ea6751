// SPDX-License-Identifier: Apache-2.0

#if Server

internal import CoreMetrics
internal import EventAPI
internal import Synchronization

/// What the server answers, told to whatever backend the program has.
///
/// | metric | type | dimensions |
/// |---|---|---|
/// | `sluice_requests` | counter | `route`, `status` |
/// | `sluice_request_latency`: from the last byte of the request to the first of its answer | timer, nanoseconds | `route` |
///
/// The route is the method and the path as the OpenAPI document has it, `GET /executions/{id}`, so there are no more series than there are routes
/// and ways to answer; `none` where the path or method is none of these, or no request came.
final class ServerMetrics: Sendable {
    private struct Answer: Hashable {
        var route: String
        var status: Int
    }

    private struct Series {
        var counters: [Answer: Counter] = [:]
        var timers: [String: CoreMetrics.Timer] = [:]
    }

    private let factory: any MetricsFactory
    private let series = Mutex(Series())

    /// Absent where nobody listens: then nothing is counted.
    init?(_ factory: any MetricsFactory) {
        if factory is NOOPMetricsHandler { return nil }
        self.factory = factory
    }

    func note(_ response: APIResponse, _ time: Duration) {
        let answer = Answer(route: response.route ?? "none", status: response.status)
        let (counter, timer) = series.withLock { series in
            let counter = series.counters[answer] ?? Counter(
                label: "sluice_requests", dimensions: [("route", answer.route), ("status", String(answer.status))], factory: factory)
            series.counters[answer] = counter
            let timer = series.timers[answer.route] ?? CoreMetrics.Timer(
                label: "sluice_request_latency", dimensions: [("route", answer.route)], factory: factory)
            series.timers[answer.route] = timer
            return (counter, timer)
        }
        counter.increment()
        let (seconds, attoseconds) = time.components
        timer.recordNanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}

#endif
