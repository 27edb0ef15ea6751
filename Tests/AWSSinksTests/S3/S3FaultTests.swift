// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Synchronization
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
        // Those that may pass are sent twice by the client; three in a row end it. A policy may deny one name alone.
        (409, "ConditionalRequestConflict", 6), (501, "NotImplemented", 1), (403, "AccessDenied", 3), (404, "NoSuchBucket", 1), (503, "SlowDown", 6),
        (400, "InvalidStorageClass", 1),
    ])
    func refusals(status: Int, code: String, calls: Int) async throws {
        let batches = Array(try Samples.batches("products").prefix(1))
        let bucket = try await Bucket.make()
        let count = try #require(batches.first).count
        #expect(count > 3)
        let faults = FaultSchedule { _ in .error(status: status, code: code) }
        try await FaultedServices.with(faults) { services, proxy in
            let configuration = """
                {"sinks": {"a": {"type": "s3-json", "bucket": "\(bucket)", "concurrency": 1, "attempts": 1}}, "routes": [{"name": "all", "to": ["a"]}]}
                """
            let counts = try await deliver(batches, configuration: configuration, services: services)
            #expect(counts == DeliveryCounts(received: count, retry: count))
            #expect(proxy.exchanges.count == calls)
        }
        #expect(try await Bucket.keys(bucket) == [])
    }

    @Test("Where a policy denies some names, the others are put", arguments: [1, 4]) func somethingIsDenied(concurrency: Int) async throws {
        let changes = (0..<12).map { Change(number: $0, key: $0, operation: $0 % 2 == 0 ? "INSERT" : "MODIFY") }
        let bucket = FakeBucket()
        let schedule = FaultSchedule { $0.target.contains("/INSERT/") ? .error(status: 403, code: "AccessDenied") : .none }
        try await withServices(transport: FaultTransport(bucket.answer, schedule)) { services in
            let own = #"{"bucket":"archive","key":"{op}/{id}","attempts":1,"concurrency":\#(concurrency)}"#
            let sink = try await S3JSONSink(settings(S3JSONSink.Settings.self, own), .test, SinkClient(services, pause: noPause))
            let report = try await Pipeline.into(sink).deliver(batch(changes))
            #expect(report.fates.map(\.isDelivered) == changes.map { $0.operation == "MODIFY" })
            #expect(report.fates[0].isRetry && report.fates[0].reason.contains("AccessDenied"))
        }
        #expect(bucket.puts.count == 6)
    }

    @Test("A success that is not S3's own is none", arguments: [false, true]) func aSuccessThatIsNotS3s(isBatching: Bool) async throws {
        let transport = FaultTransport { _ in ProxiedAnswer(headers: [("content-type", "text/html")], body: Array("<html>".utf8)) }
        try await withServices(transport: transport) { services in
            let own = #"{"bucket":"archive","batch":\#(isBatching)}"#
            let sink = try await S3JSONSink(settings(S3JSONSink.Settings.self, own), .test, SinkClient(services, pause: noPause))
            let report = try await Pipeline.into(sink).deliver(batch([Change(number: 0, key: 0)]))
            #expect(report.fates[0].isRetry && report.fates[0].reason.contains("without an ETag"), "\(report.fates[0])")
        }
    }

    @Test("Behind an object that fails the later records of its keys wait, and the others of their objects go on") func orderOfObjects() async throws {
        let changes = [("INSERT", 0), ("INSERT", 1), ("MODIFY", 0), ("MODIFY", 2), ("REMOVE", 1)].enumerated().map { Change(number: $0, key: $1.1, operation: $1.0) }
        let bucket = FakeBucket()
        let isFailing = Mutex(true)
        let schedule = FaultSchedule { $0.target.contains("/INSERT/") && isFailing.withLock { $0 } ? .error(status: 500, code: "InternalError") : .none }
        try await withServices(transport: FaultTransport(bucket.answer, schedule)) { services in
            let sink = try await S3JSONSink(
                settings(S3JSONSink.Settings.self, #"{"bucket":"archive","batch":true,"key":"{op}/{id}"}"#), .test, SinkClient(services, pause: noPause))
            let pipeline = try Pipeline.into(sink)
            let report = try await pipeline.deliver(batch(changes))
            #expect(report.fates.map(\.isDelivered) == [false, false, false, true, false])
            #expect([2, 4].allSatisfy { report.fates[$0].reason.contains("waits for an earlier record") })
            let first = try bucket.ids
            #expect(first == ["event-3"])
            isFailing.withLock { $0 = false }
            try await pipeline.expect(delivered: 5, of: batch(changes))
        }
        let ids = try bucket.ids
        #expect(ids.count == 5 && Redelivery(changes).keepsOrder(ids))
    }

    @Test("No record is in an object before the one that has the earlier record of its key") func orderWithinABatch() async throws {
        // By their names alone, the third would be in the object of the first, and so before the second.
        let changes = ["INSERT", "REMOVE", "INSERT", "INSERT", "REMOVE"].enumerated().map { Change(number: $0, key: 0, operation: $1) }
        let bucket = FakeBucket()
        try await withServices(transport: FaultTransport(bucket.answer)) { services in
            let sink = try await S3JSONSink(
                settings(S3JSONSink.Settings.self, #"{"bucket":"archive","batch":true,"key":"{op}/{id}"}"#), .test, SinkClient(services, pause: noPause))
            try await Pipeline.into(sink).expect(delivered: 5, of: batch(changes))
        }
        let ids = try bucket.ids
        #expect(ids == changes.map(\.id) && bucket.puts.count == 4)
    }
}

extension FakeBucket {
    /// The ids of the records in objects of several, in the order in which they were put.
    var ids: [String] {
        get throws {
            try puts.flatMap { try Gzip.decompress($0.bytes, limit: 1 << 20).split(separator: UInt8(ascii: "\n")) }
                .compactMap { try JSONValue(parsing: $0)["id"]?.stringValue }
        }
    }
}
#endif
