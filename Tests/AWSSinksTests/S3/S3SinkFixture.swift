// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import Foundation
import JSONTape
import Sluice
import StreamRecords
import TestSupport

@testable import AWSSinks

/// Recorded streams, as the samples hold them.
enum Samples {
    /// All batches of records under a folder of the samples.
    static func batches(_ folder: String = "") throws -> [RecordBatch] {
        try Repository.files(below: "samples/streams/\(folder)").flatMap { RecordBatch.decode(try Repository.bytes($0)) }
    }
}

/// What some batches came to.
struct DeliveryCounts: Equatable {
    var received = 0
    var delivered = 0
    var alreadyThere = 0
    var retry = 0
    var rejected = 0
}

/// Takes batches through one sink, each until nothing is left to retry, or as often as `rounds` says.
func deliver(_ batches: [RecordBatch], to sink: String, services: AWSServices, rounds: Int = 1) async throws -> DeliveryCounts {
    var registry = SinkRegistry()
    registry.registerAWSSinks(services)
    let configuration = try Configuration(sendingEverythingTo: [sink], registry: registry)
    return try await deliver(batches, configuration, registry, rounds: rounds)
}

/// The same with a configuration's text, JSON.
func deliver(_ batches: [RecordBatch], configuration text: String, services: AWSServices, rounds: Int = 1) async throws -> DeliveryCounts {
    var registry = SinkRegistry()
    registry.registerAWSSinks(services)
    let configuration = try Configuration(reading: ConfigurationNode(json: text, file: "test.json"), registry: registry, environment: [:])
    return try await deliver(batches, configuration, registry, rounds: rounds)
}

private func deliver(_ batches: [RecordBatch], _ configuration: Configuration, _ registry: SinkRegistry, rounds: Int) async throws -> DeliveryCounts {
    let pipeline = try await Pipeline(configuration, sinks: registry)
    var counts = DeliveryCounts()
    for batch in batches {
        counts.received += batch.count
        for round in 1...rounds {
            let report = try await pipeline.deliver(pipeline.prepare(batch))
            for sink in report.sinks {
                counts.delivered += sink.delivered
                counts.alreadyThere += sink.alreadyThere
            }
            if report.counts.retry == 0 || round == rounds {
                counts.retry += report.counts.retry
                counts.rejected += report.counts.rejected
                break
            }
        }
    }
    try await pipeline.shutdown()
    return counts
}

/// A bucket of its own in moto.
enum Bucket {
    static func make() async throws -> String {
        let name = MotoServer.name("archive")
        _ = try await MotoServer.boto("s3", "create_bucket", [
            "Bucket": .string(name), "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"],
        ])
        return name
    }

    /// The objects' keys, read by boto3.
    static func keys(_ bucket: String) async throws -> [String] {
        var keys: [String] = []
        var token: JSONValue?
        repeat {
            var arguments: JSONValue = ["Bucket": .string(bucket)]
            if let token { arguments = ["Bucket": .string(bucket), "ContinuationToken": token] }
            let page = try await MotoServer.boto("s3", "list_objects_v2", arguments)
            if case .array(let objects)? = page["Contents"] { keys += objects.compactMap { $0["Key"]?.stringValue } }
            token = page["NextContinuationToken"]
        } while token != nil
        return keys
    }

    /// An object as boto3 reads it, and its bytes.
    static func object(_ bucket: String, _ key: String) async throws -> (head: JSONValue, bytes: [UInt8]) {
        let head = try await MotoServer.boto("s3", "get_object", ["Bucket": .string(bucket), "Key": .string(key)])
        return (head, try Base64.decode(head["Body"]?["b"]?.stringValue ?? ""))
    }
}
#endif
