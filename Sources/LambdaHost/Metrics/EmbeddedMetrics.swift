// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Sluice
internal import StreamRecords

/// Metrics as lines of the log that CloudWatch reads, in the
/// [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
///
/// | metric | unit | dimensions |
/// |---|---|---|
/// | Received, Delivered, Filtered, Rejected, Retried | Count | FunctionName |
/// | IteratorAge: how long ago the stream got the last record of its event | Milliseconds | FunctionName |
/// | Delivered, Rejected, Retried | Count | FunctionName, Sink |
/// | SinkLatency: how long the sink took for the event, where it was called | Milliseconds | FunctionName, Sink |
///
/// Rejected counts the parked ones as well.
struct EmbeddedMetrics: Sendable {
    let namespace: String
    let functionName: String

    /// The lines about one event, each with its line feed.
    func lines(_ tally: EventTally, _ shape: EventShape?, requestID: String, now: Timestamp, into writer: inout JSONWriter) {
        var metrics = [
            Metric("Received", .count, Double(tally.counts.received)), Metric("Delivered", .count, Double(tally.counts.delivered)),
            Metric("Filtered", .count, Double(tally.counts.filtered)),
            Metric("Rejected", .count, Double(tally.counts.parked + tally.counts.rejected)),
            Metric("Retried", .count, Double(tally.counts.retry)),
        ]
        if let shape, shape.source == .stream, let last = shape.lastTime ?? tally.lastTime {
            // Clocks of two machines differ; no record comes from the future.
            metrics.append(Metric("IteratorAge", .milliseconds, Double(max(0, now.milliseconds - last.milliseconds))))
        }
        line(metrics, sink: nil, requestID, now, &writer)
        for sink in tally.sinks {
            var metrics = [
                Metric("Delivered", .count, Double(sink.delivered + sink.alreadyThere + sink.remembered)),
                Metric("Rejected", .count, Double(sink.rejected)), Metric("Retried", .count, Double(sink.retry)),
            ]
            // A sink whose records went out before was not called, and was not quick.
            if sink.elapsed > .zero { metrics.append(Metric("SinkLatency", .milliseconds, sink.elapsed.milliseconds)) }
            line(metrics, sink: sink.sink, requestID, now, &writer)
        }
    }

    /// What CloudWatch takes for a dimension's value: 1 to 1024 characters of ASCII, no control characters, not all blank, no colon in front.
    /// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
    static func dimension(_ text: String) -> String {
        let value = text.prefix(1024).map { character -> Character in
            guard let byte = character.asciiValue, byte >= 0x20, byte < 0x7F else { return "_" }
            return character
        }
        if value.allSatisfy({ $0 == " " }) { return "-" }
        return value.first == ":" ? "_" + String(value.dropFirst()) : String(value)
    }

    private struct Metric {
        enum Unit: String { case count = "Count", milliseconds = "Milliseconds" }

        let name: String
        let unit: Unit
        let value: Double

        init(_ name: String, _ unit: Unit, _ value: Double) {
            self.name = name
            self.unit = unit
            self.value = value
        }
    }

    private func line(_ metrics: [Metric], sink: String?, _ requestID: String, _ now: Timestamp, _ writer: inout JSONWriter) {
        writer.write(raw: "{\"_aws\":{\"Timestamp\":")
        writer.write(int: now.milliseconds)
        writer.write(raw: ",\"CloudWatchMetrics\":[{\"Namespace\":")
        writer.write(string: namespace)
        writer.write(raw: ",\"Dimensions\":[[\"FunctionName\"")
        if sink != nil { writer.write(raw: ",\"Sink\"") }
        writer.write(raw: "]],\"Metrics\":[")
        for (place, metric) in metrics.enumerated() {
            if place > 0 { writer.write(raw: ",") }
            writer.write(raw: "{\"Name\":\"\(metric.name)\",\"Unit\":\"\(metric.unit.rawValue)\"}")
        }
        writer.write(raw: "]}]},\"FunctionName\":")
        writer.write(string: EmbeddedMetrics.dimension(functionName))
        if let sink {
            writer.write(raw: ",\"Sink\":")
            writer.write(string: EmbeddedMetrics.dimension(sink))
        }
        for metric in metrics {
            writer.write(raw: ",\"\(metric.name)\":")
            writer.write(raw: number(metric.value))
        }
        // Not a dimension: a search finds the event's log lines by it.
        writer.write(raw: ",\"requestId\":")
        writer.write(string: requestID)
        writer.write(raw: "}\n")
    }

    /// With at most three decimals: a thousandth of a millisecond says enough.
    private func number(_ value: Double) -> String {
        let thousandths = Int64((min(max(value, 0), 1e15) * 1000).rounded())
        if thousandths % 1000 == 0 { return "\(thousandths / 1000)" }
        let digits = String(1000 + thousandths % 1000).dropFirst()
        return "\(thousandths / 1000).\(digits)"
    }
}

extension Duration {
    /// In milliseconds, with a fraction.
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}
