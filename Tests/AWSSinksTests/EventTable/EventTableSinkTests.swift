// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import JSONTape
import Sluice
import StreamRecords
import Testing

@testable import AWSSinks

@Suite("The sink event-table over DynamoDB, behind the engine") struct EventTableSinkTests {
    @Test("A second run over the same recordings changes nothing, and says so") func twice() async throws {
        let batches = try Samples.batches()
        try await EventTableFixture.with { fixture in
            let first = try await deliver(batches, to: "dynamodb:\(fixture.table)", services: fixture.services)
            #expect(first.received > 400)
            #expect(first.delivered + first.alreadyThere == first.received)
            let rows = try await fixture.items()
            let second = try await deliver(batches, to: "dynamodb:\(fixture.table)", services: fixture.services)
            #expect(second == DeliveryCounts(received: first.received, alreadyThere: first.received))
            #expect(try await Set(fixture.items()) == Set(rows))

            let page = try await fixture.store.page(EventQuery(.subject("Products#{\"Id\":5}")))
            let operations = page.rows.compactMap { row in
                if case .entry(let entry) = row { entry.operation } else { nil }
            }
            #expect(operations.first == "INSERT" && operations.last == "REMOVE" && operations.count > 3)
            let failed = try await fixture.store.page(EventQuery(.problem(.timeout)))
            #expect(!failed.rows.isEmpty)
            for row in failed.rows {
                #expect(try await !fixture.store.logLines(requestID: row.key.id, limit: 1000).lines.isEmpty)
            }
        }
    }

    @Test("Rows bear the time at which they may go, counted from what they tell") func retention() async throws {
        let batches = Array(try Samples.batches("products").prefix(1))
        try await EventTableFixture.with { fixture in
            let configuration = """
                {"sinks": {"h": {"type": "event-table", "table": "dynamodb:\(fixture.table)", "retention": "36500d"}}, "routes": [{"name": "all", "to": ["h"]}]}
                """
            let counts = try await deliver(batches, configuration: configuration, services: fixture.services)
            #expect(counts.delivered == counts.received)
            for record in batches[0] {
                let row = try #require(try await fixture.store.rows(id: record.idText).first)
                guard case .entry(let entry) = row else { continue }
                #expect(entry.expiresAt == (record.time?.milliseconds ?? 0) / 1000 + 36500 * 86400)
            }
        }
    }

    @Test("Whatever goes wrong, the table comes out the same", arguments: 0..<3)
    func faults(seed: UInt64) async throws {
        let batches = Array(try Samples.batches("products").prefix(1)) + Array(try Samples.batches("logs").prefix(1))
        #expect(batches.count == 2)
        try await EventTableFixture.with { fixture in
            try await EventTableFixture.with { plain in
                _ = try await deliver(batches, to: "dynamodb:\(plain.table)", services: plain.services)
                try await FaultedServices.with(.random(seed: seed, rate: 0.15, kinds: FaultSchedule.Kind.signed)) { services, _ in
                    let configuration = """
                        {"sinks": {"h": {"type": "event-table", "table": "dynamodb:\(fixture.table)", "attempts": 1}}, "routes": [{"name": "all", "to": ["h"]}]}
                        """
                    let counts = try await deliver(batches, configuration: configuration, services: services, rounds: 300)
                    #expect(counts.retry == 0 && counts.rejected == 0, "seed \(seed)")
                }
                func rows(_ fixture: EventTableFixture) async throws -> [String] {
                    try await fixture.items().filter { $0["kind"] != "log" }.map { item in
                        JSONValue.object(item.sorted { $0.key < $1.key }.map { JSONMember(name: $0.key, value: $0.value) }).text
                    }.sorted()
                }
                #expect(try await rows(fixture) == rows(plain), "seed \(seed)")
                for item in try await plain.items() where item["kind"] == "invocation" {
                    let id = item["aws_request_id"]?.stringValue ?? ""
                    #expect(try await fixture.store.logLines(requestID: id, limit: 1000) == plain.store.logLines(requestID: id, limit: 1000), "seed \(seed)")
                }
            }
        }
    }

    @Test("A table of another kind, and settings that make no sense, are told", arguments: [
        (#""table": "sqlite:x.db""#, "sqlite"), (#""table": "dynamodb:events", "concurrency": 1000"#, "concurrency"),
        (#""table": "dynamodb:events", "retention": "10ms""#, "retention"), (#""table": "postgres:t""#, "dynamodb"),
    ])
    func settings(settings: String, named: String) async throws {
        try await MotoServer.with { services in
            let configuration = #"{"sinks": {"h": {"type": "event-table", "# + settings + #"}}, "routes": [{"name": "all", "to": ["h"]}]}"#
            await #expect { _ = try await deliver([], configuration: configuration, services: services) } throws: { "\($0)".contains(named) }
        }
    }

    @Test("A sink whose table no table can be called does not start, and says what to do", arguments: [
        ("my table", #""my table""#), (#"events\n"#, #"remove the blank or line break"#), ("ev", "3 to 255"), ("events/x", "3 to 255"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:events", "table/NAME"),
    ])
    func names(name: String, named: String) async throws {
        try await withServices(transport: FaultTransport { _ in ProxiedAnswer(.object([])) }) { services in
            let configuration = #"{"sinks": {"h": {"type": "event-table", "table": "dynamodb:\#(name)"}}, "routes": [{"name": "all", "to": ["h"]}]}"#
            let error = await #expect(throws: ConfigurationErrors.self) { _ = try await deliver([], configuration: configuration, services: services) }
            let text = error.map { "\($0)" } ?? ""
            for part in ["sinks.h", named] { #expect(text.contains(part), "\(text)") }
        }
    }

    @Test("Names and ARNs that a table can have are taken", arguments: [
        "abc", String(repeating: "x", count: 255), "A-z_0.9", "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/events",
    ])
    func soundNames(name: String) { #expect(TableLayout.flaw(inTable: name) == nil) }

    @Test("And others are not", arguments: [
        "", "ab", String(repeating: "x", count: 256), "événements", "a b", "arn:aws:dynamodb:eu-west-1:123456789012:table/", "arn:aws:sqs:eu-west-1:1:table/events",
        "arn:aws:dynamodb:eu-west-1:1:table/events/index/x", "arn:aws:dynamodb:eu-west-1:1:table/events:x", "arn:",
    ])
    func flawedNames(name: String) { #expect(TableLayout.flaw(inTable: name) != nil) }
}
#endif
