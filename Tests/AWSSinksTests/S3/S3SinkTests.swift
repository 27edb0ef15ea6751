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

@Suite("The sink s3-json, against moto") struct S3SinkTests {
    @Test("Each record has an object of its own, once") func eachRecordHasAnObject() async throws {
        let batches = try Samples.batches("products")
        try await MotoServer.with { services in
            let bucket = try await Bucket.make()
            let first = try await deliver(batches, to: "s3://\(bucket)/archive/2026", services: services)
            #expect(first.received > 20)
            #expect(first.delivered + first.alreadyThere == first.received)
            let keys = try await Bucket.keys(bucket)
            #expect(keys.count == first.delivered)
            #expect(keys.contains { $0.hasPrefix("archive/2026/change/Products/2026-") })
            #expect(keys.allSatisfy { $0.hasPrefix("archive/2026/change/") && $0.hasSuffix(".json") })
            let again = try await deliver(batches, to: "s3://\(bucket)/archive/2026", services: services)
            #expect(again == DeliveryCounts(received: first.received, delivered: 0, alreadyThere: first.received))

            var lines: Set<String> = []
            for record in batches.flatMap({ $0 }) {
                var writer = JSONWriter()
                record.write(.plain, into: &writer)
                lines.insert(String(decoding: writer.array, as: UTF8.self) + "\n")
            }
            for key in keys.prefix(12) {
                let object = try await Bucket.object(bucket, key)
                #expect(lines.contains(String(decoding: object.bytes, as: UTF8.self)))
                #expect(object.head["ContentType"] == "application/json")
            }
        }
    }

    @Test("Batches are gzip'd lines under a name that the same batch has again") func batches() async throws {
        let batches = try Samples.batches("products")
        try await MotoServer.with { services in
            let bucket = try await Bucket.make()
            let configuration = """
                {"sinks": {"a": {"type": "s3-json", "bucket": "\(bucket)", "batch": true, "storage_class": "STANDARD_IA", "content_type": "text/plain",
                  "key": "{kind}/{op}/{id}.gz"}}, "routes": [{"name": "all", "to": ["a"]}]}
                """
            let first = try await deliver(batches, configuration: configuration, services: services)
            #expect(first.delivered == first.received)
            let keys = try await Bucket.keys(bucket)
            #expect(Set(keys.map { String($0.prefix { $0 != "/" }) }) == ["change"])
            #expect(keys.contains { $0.hasPrefix("change/MODIFY/") })
            #expect(keys.count < first.received)
            #expect(try await deliver(batches, configuration: configuration, services: services).delivered == first.received)
            #expect(try await Bucket.keys(bucket) == keys)
            var found = 0
            for key in keys {
                let object = try await Bucket.object(bucket, key)
                #expect(object.head["ContentType"] == "text/plain")
                #expect(object.head["ContentEncoding"] == "gzip")
                #expect(object.head["StorageClass"] == "STANDARD_IA")
                for line in try Gzip.decompress(object.bytes, limit: 1 << 24).split(separator: UInt8(ascii: "\n")) {
                    let value = try JSONValue(parsing: line)
                    #expect(key.hasPrefix("change/\(value["op"]?.stringValue ?? "")/"))
                    found += 1
                }
            }
            #expect(found == first.received)
        }
    }

    @Test("What S3 would not take as a name is made safe") func awkwardNames() async throws {
        let ids = [
            "plain", "a/b/../c", "..", " ", "%2F", "ä☕\u{10FFFF}", "a?b#c&d=e+f", String(repeating: "x", count: 4000), "tab\tline\n", "\u{0}", "-",
        ]
        let messages = ids.map { id in
            JSONValue.object([
                JSONMember(name: "messageId", value: .string(id)), JSONMember(name: "receiptHandle", value: "h"), JSONMember(name: "body", value: "b"),
                JSONMember(name: "attributes", value: ["SentTimestamp": "1795186800000"]), JSONMember(name: "messageAttributes", value: [:]),
                JSONMember(name: "eventSource", value: "aws:sqs"),
                JSONMember(name: "eventSourceARN", value: "arn:aws:sqs:eu-central-1:123456789012:mails"), JSONMember(name: "awsRegion", value: "eu-central-1"),
            ])
        }
        let event = JSONValue.object([JSONMember(name: "Records", value: .array(messages))])
        try await MotoServer.with { services in
            let bucket = try await Bucket.make()
            let prefix = String(repeating: "p", count: 512)
            let configuration = """
                {"sinks": {"a": {"type": "s3-json", "bucket": "\(bucket)", "prefix": "/\(prefix)/",
                  "key": "{queue}/{source}-{kind}-{queue}-{account}-{region}-{table}/{id}/{id}/{id}/{id}/{id}/{id}/{id}.json"}},
                  "routes": [{"name": "all", "to": ["a"]}]}
                """
            let batches = RecordBatch.decode(Array(event.text.utf8))
            let counts = try await deliver(batches, configuration: configuration, services: services)
            #expect(counts == DeliveryCounts(received: ids.count, delivered: ids.count))
            let keys = try await Bucket.keys(bucket)
            #expect(Set(keys).count == ids.count)
            #expect(keys.allSatisfy { $0.utf8.count <= 1024 && $0.hasSuffix(".json") && $0.hasPrefix(prefix + "/mails/") })
            #expect(keys.contains { $0.utf8.count == 1024 })
            #expect(try await deliver(batches, configuration: configuration, services: services).alreadyThere == ids.count)
        }
    }

    @Test("An object that is there is this record's own where the name tells its source; else it is compared") func comparison() async throws {
        let changes = [Change(number: 0, key: 0), Change(number: 1, key: 1)]
        // The same ids in another table.
        let others = changes.map { change in
            var change = change
            change.table = "Orders"
            return change
        }
        let denied = FaultSchedule { $0.method == "GET" ? .error(status: 403, code: "AccessDenied") : .none }
        for (key, schedule, gets, rejected) in [
            ("{table}/{id}", .none, 0, 0), ("{source}/{id}", .none, 0, 0), ("{id}", .none, 4, 2), ("{queue}/{id}", .none, 4, 2), ("{id}", denied, 4, 0),
        ] as [(String, FaultSchedule, Int, Int)] {
            let bucket = FakeBucket()
            try await FaultProxy.with(.service { bucket.answer($0) }, schedule) { proxy in
                try await withServices(url: proxy.url) { services in
                    let json = #"{"bucket":"archive","key":"\#(key)"}"#
                    let sink = try await S3JSONSink(AWSSinksTests.settings(S3JSONSink.Settings.self, json), .test, SinkClient(services, pause: noPause))
                    let pipeline = try Pipeline.into(sink)
                    try await pipeline.expect(delivered: 2, of: batch(changes))
                    try await pipeline.expect(delivered: 2, of: batch(changes))
                    let report = try await pipeline.deliver(batch(others))
                    #expect(report.counts.rejected == rejected && report.counts.delivered == 2 - rejected, "\(key)")
                    #expect(rejected == 0 || report.fates[0].reason.contains("put {source} into `key`"))
                    #expect(proxy.exchanges.filter { $0.request.method == "GET" }.count == gets, "\(key)")
                }
            }
            #expect(bucket.puts.count == bucket.objects.count)
        }
    }

    @Test("An object that goes before it is compared concerns its own record alone", arguments: [1, 2]) func anObjectThatGoes(times: Int) async throws {
        let changes = (0..<5).map { Change(number: $0, key: $0) }
        let bucket = FakeBucket()
        let left = Mutex(times)
        let schedule = FaultSchedule { request in
            guard request.method == "GET", request.target.contains("event-0"), left.withLock({ left in defer { left -= 1 }; return left > 0 }) else { return .none }
            return .error(status: 404, code: "NoSuchKey")
        }
        try await withServices(transport: FaultTransport(bucket.answer, schedule)) { services in
            // Two attempts, which is the default.
            let sink = try await S3JSONSink(
                AWSSinksTests.settings(S3JSONSink.Settings.self, #"{"bucket":"archive","key":"{id}","concurrency":1}"#), .test, SinkClient(services, pause: noPause))
            try await Pipeline.into(sink).expect(delivered: 1, of: batch([changes[0]]))
            // Another pipeline, which does not remember.
            let report = try await Pipeline.into(sink).deliver(batch(changes))
            #expect(report.fates.map(\.isDelivered) == [times == 1, true, true, true, true])
            #expect(times == 1 || (report.fates[0].isRetry && report.fates[0].reason.contains("NoSuchKey")), "\(report.fates[0].reason)")
        }
        #expect(bucket.objects.count == 5)
    }

    @Test("Keys are left alone up to 1,024 bytes, and keep their ending beyond", arguments: [1, 1023, 1024, 1025, 5000])
    func boundedKeys(bytes: Int) {
        for character in ["x", "ä", "☕"] {
            let key = String(repeating: character, count: bytes / character.utf8.count) + String(repeating: "y", count: bytes % character.utf8.count)
            let whole = bytes > 20 ? "p/" + key.dropLast(10) + ".json" : key
            let bounded = ObjectNames.bounded(whole)
            #expect(bounded.utf8.count <= 1024)
            #expect((bounded == whole) == (whole.utf8.count <= 1024))
            #expect(bounded == whole || bounded.hasSuffix(".json"))
            #expect(bounded == whole || bounded != ObjectNames.bounded(whole + "2.json"))
        }
    }

    @Test("A bucket's name has 3 to 63 characters, a prefix up to 512 bytes") func lengths() throws {
        for (count, isSound) in [(2, false), (3, true), (63, true), (64, false)] {
            let name = String(repeating: "b", count: count)
            #expect((try? BucketReference(name))?.description == (isSound ? name : nil), "\(count)")
        }
        // Both have 512 bytes.
        for text in [String(repeating: "p", count: 512), String(repeating: "ä", count: 256)] {
            #expect(try ObjectPrefix(text).text == text + "/")
            #expect(try ObjectPrefix("/" + text + "/").text == text + "/")
            #expect(throws: ConfigurationValueError.self) { try ObjectPrefix(text + "p") }
        }
    }

    @Test("Settings that make no sense are told before anything is sent", arguments: [
        (#""bucket": "Not_A_Bucket""#, "bucket"), (#""bucket": "ab""#, "bucket"), (#""bucket": "abc", "prefix": "a/../b""#, "prefix"),
        (#""bucket": "abc", "key": "{kind}.json""#, "{id}"), (#""bucket": "abc", "concurrency": 0"#, "concurrency"),
        (#""bucket": "abc", "attempts": 99"#, "attempts"), (#""bucket": "abc", "timeout": "1ms""#, "timeout"), (#""bucket": "abc", "buckets": "x""#, "buckets"),
        (#""key": "{id}""#, "bucket"),
    ])
    func settings(settings: String, named: String) async throws {
        try await MotoServer.with { services in
            let configuration = #"{"sinks": {"a": {"type": "s3-json", "# + settings + #"}}, "routes": [{"name": "all", "to": ["a"]}]}"#
            await #expect { _ = try await deliver([], configuration: configuration, services: services) } throws: { "\($0)".contains(named) }
        }
    }

    @Test("The short form names bucket and prefix") func shortForm() throws {
        var registry = SinkRegistry()
        registry.registerAWSSinks(AWSServices(AWSConfiguration(region: "eu-central-1", environment: [:])))
        #expect(registry.shortForms.contains("s3://BUCKET/PREFIX"))
        for (text, bucket, prefix) in [("s3://abc", "abc", nil), ("s3://abc/", "abc", nil), ("s3://abc/d/e", "abc", "d/e")] as [(String, String, String?)] {
            let sink = try Configuration(sendingEverythingTo: [text], registry: registry).sinks.first
            #expect(sink?.settings["bucket"]?.string == bucket)
            #expect(sink?.settings["prefix"]?.string == prefix)
        }
        for text in ["s3:abc", "s3://", "s3:///d"] {
            #expect(throws: (any Error).self) { try Configuration(sendingEverythingTo: [text], registry: registry) }
        }
    }
}
#endif
