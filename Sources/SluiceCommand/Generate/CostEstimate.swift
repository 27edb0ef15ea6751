// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a million records cost, roughly: list prices of us-east-1 in US dollars as they were in 2025, records of 2 KB in batches of 100, each
/// to every sink but those for rejected records. Storage, data transfer and free tiers are left out.
struct CostEstimate {
    struct Line: Hashable {
        var what: String
        var dollars: Double
        /// What makes it so much, and what would make it less.
        var advice: String?
    }

    private static let records = 1_000_000.0
    private static let invocations = records / 100
    private static let gigabytes = records * 2 / 1_000_000

    /// <https://aws.amazon.com/lambda/pricing>, per request and per GB and second.
    private static let invocation = 0.20 / 1_000_000
    private static let memorySecond = 0.0000166667
    /// <https://aws.amazon.com/s3/pricing>, per PUT.
    private static let put = 0.005 / 1000
    /// <https://aws.amazon.com/dynamodb/pricing/on-demand>, per write request unit of 1 KB.
    private static let write = 0.625 / 1_000_000
    /// <https://aws.amazon.com/sqs/pricing>, per request of up to 64 KB.
    private static let send = 0.40 / 1_000_000
    /// <https://aws.amazon.com/eventbridge/pricing>, per event of up to 64 KB.
    private static let event = 1.00 / 1_000_000
    /// <https://aws.amazon.com/cloudwatch/pricing>, per GB of log taken in.
    private static let log = 0.50

    let lines: [Line]

    init(_ plan: DeploymentPlan, memoryMB: Int = 256) {
        var lines: [Line] = []
        // Seconds that a batch takes; sinks work at the same time, so the slowest counts.
        var seconds = 0.01
        for sink in plan.sinks where !sink.isForRejected {
            let (line, time) = Self.line(sink)
            if let line { lines.append(line) }
            seconds = max(seconds, time)
        }
        let compute = Self.invocations * (Self.invocation + seconds * Double(memoryMB) / 1024 * Self.memorySecond)
        self.lines = [Line(what: "Lambda, \(memoryMB) MB", dollars: compute)] + lines
    }

    private static func line(_ sink: DeploymentPlan.Sink) -> (Line?, seconds: Double) {
        let name = "sink \(sink.name)"
        switch sink.target {
        case .bucket(_, _, isBatching: false):
            return (
                Line(
                    what: "\(name): S3, one object a record", dollars: records * put,
                    advice: "batch: true puts many records in one object, for a hundredth"), 0.3
            )
        case .bucket(_, _, isBatching: true): return (Line(what: "\(name): S3, one object a batch", dollars: invocations * put), 0.05)
        case .table:
            return (
                Line(
                    what: "\(name): DynamoDB, 3 KB a row and as much in an index", dollars: records * 6 * write,
                    advice: "route only what is asked for later"), 0.2
            )
        case .queue: return (Line(what: "\(name): SQS, ten messages a request", dollars: records / 10 * send), 0.1)
        case .bus: return (Line(what: "\(name): EventBridge", dollars: records * event), 0.1)
        case .function: return (Line(what: "\(name): invocations, without what the function costs", dollars: invocations * invocation), 0.2)
        case .ownLog:
            return (
                Line(
                    what: "\(name): CloudWatch Logs, whole records", dollars: gigabytes * log,
                    advice: "envelope: { fields: … } logs only what is read"), 0.01
            )
        case .unknown: return (nil, 0.05)
        }
    }

    var total: Double { lines.reduce(0) { $0 + $1.dollars } }

    /// Lines for people.
    var text: [String] {
        (lines + [Line(what: "together", dollars: total)]).map { line in
            let amount = String(format: "%8.2f", line.dollars)
            return "\(amount)  \(line.what)\(line.advice.map { " (\($0))" } ?? "")"
        }
    }
}
