// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Testing

/// Runs `body` with a pipeline into a sink whose bus is in memory, behind a proxy.
func withBus<Result>(
    _ bus: FakeBus, _ schedule: FaultSchedule = .none, settings text: String = "{}", name: String = "orders", envelope: Envelope = .plain,
    _ body: (Pipeline, FaultProxy) async throws -> Result
) async throws -> Result {
    try await FaultProxy.with(.service { bus.answer($0) }, schedule) { proxy in
        try await withServices(url: proxy.url) { services in
            let json = try JSONValue(parsing: text).setting("bus", .string(name))
            let sink = try await EventBridgeSink(settings(EventBridgeSink.Settings.self, json.text), .test, SinkClient(services, pause: noPause))
            return try await body(Pipeline.into(sink, envelope: envelope), proxy)
        }
    }
}

@Suite("The sink eventbridge") struct EventBridgeSinkTests {
    @Test("A change becomes an event with its source, type, time, resource and detail") func aChangeBecomesAnEvent() async throws {
        let bus = FakeBus()
        try await withBus(bus) { pipeline, _ in
            let records = try batch([Change(number: 1, key: 5)])
            try await pipeline.expect(delivered: 1, of: records)
            let event = try #require(bus.events.first)
            #expect(event["EventBusName"] == "orders")
            #expect(event["Source"] == "sluice.Products")
            #expect(event["DetailType"] == "change MODIFY")
            #expect(event["Detail"]?.stringValue == records.lines["event-1"])
            #expect(event["Time"] == .number("1790000000"))
            #expect(event["Resources"] == ["arn:aws:dynamodb:eu-central-1:123456789012:table/Products"])
        }
    }

    @Test("Source and type come from templates") func sourceAndTypeComeFromTemplates() async throws {
        let bus = FakeBus()
        try await withBus(bus, settings: #"{"source":"shop.{table}.{region}","detail_type":"{op}{queue}"}"#) { pipeline, _ in
            _ = try await pipeline.deliver(batch([Change(number: 1, key: 5)]))
            #expect(bus.events[0]["Source"] == "shop.Products.eu-central-1")
            #expect(bus.events[0]["DetailType"] == "MODIFY")
        }
    }

    @Test("An event keeps its own source, type and resources, except AWS's") func anEventKeepsItsOwn() async throws {
        for (source, expected) in [("shop.orders", "shop.orders"), ("aws.s3", "sluice.event"), ("AWS.s3", "sluice.event"), ("awsome", "awsome")] {
            let bus = FakeBus()
            try await withBus(bus) { pipeline, _ in
                let event = """
                    {"version":"0","id":"e-1","detail-type":"Order Paid","source":"\(source)","account":"123456789012","time":"2026-11-20T15:00:00Z",\
                    "region":"eu-central-1","resources":["arn:aws:s3:::a","arn:aws:s3:::b"],"detail":{"n":1}}
                    """
                try await pipeline.expect(delivered: 1, of: batch(event: event))
                let sent = try #require(bus.events.first)
                #expect(sent["Source"]?.stringValue == expected)
                #expect(sent["DetailType"] == "Order Paid")
                #expect(sent["Resources"] == ["arn:aws:s3:::a", "arn:aws:s3:::b"])
                #expect(sent["Time"] == .number("1795186800"))
            }
        }
    }

    @Test("An unknown bus ends the start") func anUnknownBusEndsTheStart() async throws {
        let bus = FakeBus()
        await #expect {
            try await withBus(bus, name: "order") { _, _ in }
        } throws: { error in
            (error as? AWSSinkError)?.code == .notFound && "\(error)".contains("there is no bus order")
        }
        // Somebody who knows better may say so.
        try await withBus(bus, settings: #"{"verify":false}"#, name: "other") { pipeline, _ in
            try await pipeline.expect(delivered: 1, of: batch([Change(number: 1, key: 1)]))
        }
        await #expect {
            try await withBus(bus, .list([.error(status: 400, code: "AccessDeniedException")])) { _, _ in }
        } throws: { error in
            "\(error)".contains("events:DescribeEventBus")
        }
    }

    @Test("Ten entries go into a call, the eleventh into the next") func tenEntriesGoIntoACall() async throws {
        for (count, calls) in [(10, [10]), (11, [10, 1])] {
            let bus = FakeBus()
            try await withBus(bus, settings: #"{"concurrency":1}"#) { pipeline, _ in
                try await pipeline.expect(delivered: count, of: batch((0..<count).map { Change(number: $0, key: $0) }))
                #expect(bus.calls == calls)
            }
        }
    }

    @Test("A call has up to 256 KiB, one event too, and more where the settings say so") func aCallHasUpTo() async throws {
        let empty = try size(of: Change(number: 0, key: 0, text: ""))
        for (surplus, calls) in [(0, [2]), (1, [1, 1])] {
            let bus = FakeBus()
            try await withBus(bus, settings: #"{"concurrency":1}"#) { pipeline, _ in
                let changes = [
                    Change(number: 0, key: 0, text: text(100_000 - empty)), Change(number: 1, key: 1, text: text((256 << 10) - 100_000 - empty + surplus)),
                ]
                try await pipeline.expect(delivered: 2, of: batch(changes))
                #expect(bus.calls == calls)
            }
        }
        for (surplus, isDelivered) in [(0, true), (1, false)] {
            let bus = FakeBus()
            try await withBus(bus) { pipeline, _ in
                let report = try await pipeline.deliver(batch([Change(number: 0, key: 0, text: text((256 << 10) - empty + surplus))]))
                #expect(report.fates[0].isDelivered == isDelivered && report.fates[0].isRejected == !isDelivered)
            }
        }
        let large = FakeBus(maximumBytes: 1 << 20)
        try await withBus(large, settings: #"{"maximum_bytes":"1 MiB"}"#) { pipeline, _ in
            try await pipeline.expect(delivered: 1, of: batch([Change(number: 0, key: 0, text: text(1_000_000))]))
        }
        // A setting that is too high is found out, and what is too large alone is rejected.
        let small = FakeBus(maximumBytes: 10_000)
        try await withBus(small, settings: #"{"concurrency":1}"#) { pipeline, _ in
            let changes = (0..<10).map { Change(number: $0, key: $0, text: text($0 == 4 ? 20_000 : 2000)) }
            let report = try await pipeline.deliver(batch(changes))
            #expect(report.counts.delivered == 9 && report.fates[4].isRejected)
        }
    }

    @Test("A detail type has up to 128 characters") func aDetailTypeHasUpTo() async throws {
        for (length, isDelivered) in [(128, true), (129, false)] {
            // With MODIFY in it.
            try await withBus(FakeBus(), settings: #"{"detail_type":"\#(text(length - 6)){op}"}"#) { pipeline, _ in
                let report = try await pipeline.deliver(batch([Change(number: 0, key: 0)]))
                #expect(report.fates[0].isDelivered == isDelivered && report.fates[0].isRejected == !isDelivered)
            }
        }
    }

    @Test("Failures are told by place") func failuresAreToldByPlace() async throws {
        let bus = FakeBus()
        let faults = Fault.entries([
            0: .failed(code: "MalformedDetail", senderFault: true), 2: .failed(code: "ThrottlingException", senderFault: false),
            3: .failed(code: "InternalFailure", senderFault: false), 4: .unnamed(isDone: false),
        ])
        try await withBus(bus, .list([faults], operation: "PutEvents")) { pipeline, proxy in
            let report = try await pipeline.deliver(batch((0..<6).map { Change(number: $0, key: $0) }))
            #expect(report.fates.map(\.isDelivered) == [false, true, true, true, true, true])
            #expect(report.fates[0].isRejected && report.fates[0].reason.contains("MalformedDetail"))
            #expect(proxy.exchanges.compactMap { $0.request.json?["Entries"]?.elements.count } == [6, 3])
            #expect(bus.events.count == 5)
        }
    }

    @Test("An answer with too few entries, or a count without failures, is no success") func anAnswerThatDoesNotFit() async throws {
        let bus = FakeBus()
        let wrong: [JSONValue] = [
            ["FailedEntryCount": .number("0"), "Entries": []], ["FailedEntryCount": .number("1"), "Entries": [["EventId": "1"], ["EventId": "2"]]], [:],
            ["FailedEntryCount": .number("0"), "Entries": [["EventId": "1"], ["ErrorCode": "InternalFailure"]]],
        ]
        for answer in wrong {
            try await FaultProxy.with(.service { $0.operation == "PutEvents" ? ProxiedAnswer(answer) : bus.answer($0) }) { proxy in
                try await withServices(url: proxy.url, attempts: 1) { services in
                    let sink = try await EventBridgeSink(
                        settings(EventBridgeSink.Settings.self, #"{"bus":"orders","attempts":1}"#), .test, SinkClient(services, pause: noPause))
                    let report = try await Pipeline.into(sink).deliver(batch([Change(number: 0, key: 0), Change(number: 1, key: 1)]))
                    #expect(report.fates[1].isRetry, "\(answer.text)")
                }
            }
        }
    }

    @Test("Integers beyond 64 bits become strings, and nothing else changes") func integersBeyond64Bits() async throws {
        let bus = FakeBus()
        try await withBus(bus) { pipeline, _ in
            let extra = #""big":{"N":"12345678901234567890123"},"edge":{"N":"9223372036854775807"},"over":{"N":"9223372036854775808"},"#
                + #""low":{"N":"-9223372036854775808"},"under":{"N":"-9223372036854775809"},"list":{"L":[{"N":"99999999999999999999"},{"S":"99999999999999999999"}]}"#
            let records = try batch([Change(number: 0, key: 0, extra: extra)])
            try await pipeline.expect(delivered: 1, of: records)
            let expected = try #require(records.lines["event-0"])
                .replacing("12345678901234567890123", with: "\"12345678901234567890123\"").replacing(":9223372036854775808,", with: ":\"9223372036854775808\",")
                .replacing("-9223372036854775809", with: "\"-9223372036854775809\"").replacing("[99999999999999999999,", with: "[\"99999999999999999999\",")
            #expect(bus.events.first?["Detail"]?.stringValue == expected)
        }
    }

    @Test("What is in strings, floats and exponents stays") func whatIsInStringsStays() throws {
        for text in [
            #"{"a":"12345678901234567890123"}"#, #"{"a":12345678901234567890.5}"#, #"{"a":1e400,"b":1E+30}"#, #"{"a\"":"\\","b":[-1,0,1.5,true,null,"}"]}"#, "{}",
            #"{"12345678901234567890123":1}"#,
        ] {
            #expect(try EventDetail.text(of: Array(text.utf8)) == text)
        }
        #expect(try EventDetail.text(of: Array(#"{"a":[18446744073709551616],"b":-18446744073709551616}"#.utf8)) == #"{"a":["18446744073709551616"],"b":"-18446744073709551616"}"#)
        for text in ["[1]", "1", "\"a\"", "null"] {
            #expect(throws: DetailError.self) { try EventDetail.text(of: Array(text.utf8)) }
        }
    }

    @Test("A detail is up to 1000 deep") func aDetailIsUpTo1000Deep() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try EventDetail.text(of: nested(1000)) }
        #expect(throws: DetailError.self) { try EventDetail.text(of: nested(1001)) }
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: max(0, count)) }

    /// What EventBridge counts for the event of a change.
    private func size(of change: Change) throws -> Int {
        let detail = try #require(try batch([change]).lines[change.id])
        let resource = "arn:aws:dynamodb:eu-central-1:123456789012:table/Products"
        return 14 + "sluice.Products".utf8.count + "change MODIFY".utf8.count + detail.utf8.count + resource.utf8.count
    }
}
#endif
