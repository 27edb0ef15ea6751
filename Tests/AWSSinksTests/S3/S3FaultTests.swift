// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Testing

@testable import AWSSinks

@Suite("The sink s3-json, when things go wrong") struct S3FaultTests {
    @Test("Whatever goes wrong, each record has one object in the end", arguments: 0..<3)
    func schedules(seed: UInt64) async throws {
        let batches = Array(try Samples.batches("products").prefix(2))
        let bucket = try await Bucket.make()
        let ids = Set(batches.flatMap { $0 }.map(\.id.id))
        try await FaultedServices.with(.random(seed: seed, rate: 0.3, kinds: FaultSchedule.Kind.signed)) { services, proxy in
            let configuration = """
                {"sinks": {"a": {"type": "s3-json", "bucket": "\(bucket)", "key": "{id}", "attempts": 1}}, "routes": [{"name": "all", "to": ["a"]}]}
                """
            let counts = try await deliver(batches, configuration: configuration, services: services, rounds: 200)
            #expect(counts.retry == 0 && counts.rejected == 0, "seed \(seed)")
        }
        let keys = try await Bucket.keys(bucket)
        #expect(Set(keys).count == keys.count && keys.count == ids.count, "seed \(seed)")
        for key in keys.prefix(8) { #expect(try await JSONValue(parsing: Bucket.object(bucket, key).bytes)["kind"] == "change", "seed \(seed)") }
    }

    @Test("Batches lose nothing either", arguments: 0..<2)
    func batches(seed: UInt64) async throws {
        let batches = Array(try Samples.batches("products").prefix(2))
        let bucket = try await Bucket.make()
        let ids = Set(batches.flatMap { $0 }.map(\.id.id))
        try await FaultedServices.with(.random(seed: seed, rate: 0.5, kinds: FaultSchedule.Kind.signed)) { services, proxy in
            let configuration = #"{"sinks": {"a": {"type": "s3-json", "bucket": "\#(bucket)", "batch": true}}, "routes": [{"name": "all", "to": ["a"]}]}"#
            let counts = try await deliver(batches, configuration: configuration, services: services, rounds: 200)
            #expect(counts.retry == 0 && counts.rejected == 0, "seed \(seed)")
        }
        var found: Set<String> = []
        for key in try await Bucket.keys(bucket) {
            for line in try Gzip.decompress(try await Bucket.object(bucket, key).bytes, limit: 1 << 24).split(separator: UInt8(ascii: "\n")) {
                found.insert(try JSONValue(parsing: line)["id"]?.stringValue ?? "")
            }
        }
        #expect(found == ids, "seed \(seed)")
    }

    @Test("A conflict is a retry; a refusal of the whole is told once and the rest is not sent", arguments: [
        (409, "ConditionalRequestConflict", false), (501, "NotImplemented", true), (403, "AccessDenied", true), (404, "NoSuchBucket", true),
        (503, "SlowDown", false),
    ])
    func refusals(status: Int, code: String, stops: Bool) async throws {
        let batches = Array(try Samples.batches("products").prefix(1))
        let bucket = try await Bucket.make()
        let count = try #require(batches.first).count
        #expect(count > 1)
        let faults = FaultSchedule { _ in .error(status: status, code: code) }
        try await FaultedServices.with(faults) { services, proxy in
            let configuration = """
                {"sinks": {"a": {"type": "s3-json", "bucket": "\(bucket)", "concurrency": 1, "attempts": 1}}, "routes": [{"name": "all", "to": ["a"]}]}
                """
            let counts = try await deliver(batches, configuration: configuration, services: services)
            #expect(counts == DeliveryCounts(received: count, retry: count))
            #expect((proxy.exchanges.count == 1) == stops)
        }
        #expect(try await Bucket.keys(bucket) == [])
    }
}
#endif
