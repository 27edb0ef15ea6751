// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import EventTableTestSupport
import JSONTape
import StreamRecords
import Testing
import TestSupport

@testable import AWSSinks

@Suite("The event table in DynamoDB, against moto") struct EventTableStoreTests {
    @Test("A write is answered: written, or already there") func answers() async throws {
        try await EventTableFixture.with { (fixture: EventTableFixture) async throws -> Void in
            let store = fixture.store
            let first = EventWrite.put(change("c1", sequence: 1))
            let second = EventWrite.put(change("c2", sequence: 2))
            #expect(try await store.write([]) == [])
            #expect(try await store.write([first]) == [.written])
            #expect(try await store.write([first, second]) == [.alreadyThere, .written])
            var facts = Invocation(key: EventKey(id: "r", name: "f"), seen: at(5))
            #expect(try await store.write([.note(facts)]) == [.written])
            #expect(try await store.write([.note(facts)]) == [.alreadyThere])
            facts.report = .init(at: at(9), durationMS: 4)
            #expect(try await store.write([.note(facts)]) == [.written])
            facts.failure = .init(.error, at: at(8))
            #expect(try await store.write([.note(facts), .note(facts)]) == [.written, .written])
            #expect(try await store.write([.note(facts), .note(facts)]) == [.alreadyThere, .alreadyThere])
            #expect(try await store.rows(id: "r") == [.invocation(facts)])
        }
    }

    @Test("Rows are as the model says: boto3 reads names, types and shards") func rowsAreAsTheModelSays() async throws {
        try await EventTableFixture.with { fixture in
            var entry = change("c1", sequence: 1)
            entry.expiresAt = 9_999_999_999
            var facts = Invocation(key: EventKey(id: "r", name: "orders"), seen: at(5))
            facts.qualifier = "live"
            facts.report = .init(at: at(9), durationMS: 4.25, billedMS: 5, memoryMB: 128, maxMemoryMB: 60, status: "timeout")
            facts.failure = .init(.timeout, at: at(9), errorType: "E", errorMessage: "m")
            facts.logMinutes = [LogMinute(stream: .init(account: "1", group: "/aws/lambda/orders", name: "s#1"), at: at(9))]
            _ = try await fixture.store.write([.put(entry), .note(facts)])
            #expect(try await fixture.items(of: "c1") == [[
                "aws_request_id": "c1", "FunctionName": "Products", "kind": "change", "op": "MODIFY", "subject": "Products#{\"Id\":5}",
                "sort": .string(entry.sort), "keys": "{\"Id\":5}", "changed": "[\"price\"]", "payload": .string(entry.payload),
                "expires_at": ["n": "9999999999"],
            ]])
            // The first byte of SHA-256("r") is 0x45, which is 69: shard 5.
            #expect(try await fixture.items(of: "r") == [[
                "aws_request_id": "r", "FunctionName": "orders", "kind": "invocation", "fn_shard": "orders#5", "sort": .string(facts.sort),
                "qualifier": "live", "report_at": .string(at(9).description), "duration_ms": ["n": "4.25"], "billed_ms": ["n": "5"],
                "memory_mb": ["n": "128"], "max_memory_mb": ["n": "60"], "report_status": "timeout", "problem": "timeout#5",
                "problem_at": .string(at(9).description), "error_type": "E", "error_message": "m",
                "log_minutes": ["set": [.string(#"["1","/aws/lambda/orders","s#1","\#(at(9).description.prefix(16))"]"#)]],
            ]])
        }
    }

    @Test("Shuffled and doubled schedules give the same rows", arguments: 0..<12)
    func schedules(seed: UInt64) async throws {
        try await EventTableFixture.with { plain in
            try await EventTableFixture.with { shuffled in
                var convergence = ConvergenceCase(seed: seed)
                for write in convergence.writes { _ = try await plain.store.write([write]) }
                for batch in convergence.schedule() {
                    let answers = try await shuffled.store.write(batch)
                    #expect(answers.allSatisfy { $0 == .written || $0 == .alreadyThere }, "seed \(seed)")
                }
                func rows(_ fixture: EventTableFixture) async throws -> [String] {
                    try await fixture.items().filter { $0["kind"] != "log" }.map { item in
                        JSONValue.object(item.sorted { $0.key < $1.key }.map { JSONMember(name: $0.key, value: $0.value) }).text
                    }.sorted()
                }
                #expect(try await rows(plain) == rows(shuffled), "seed \(seed)")
                let withoutLines = convergence.writes.filter { if case .line = $0 { false } else { true } }
                #expect(try await shuffled.store.write(withoutLines).allSatisfy { $0 == .alreadyThere }, "seed \(seed)")
                for (key, expected) in convergence.executions {
                    let row = try await shuffled.store.rows(id: key.id).first { $0.key == key }
                    #expect(row == .invocation(expected), "seed \(seed)")
                }
                #expect(
                    try await plain.store.logLines(requestID: "r-0", limit: 100) == shuffled.store.logLines(requestID: "r-0", limit: 100),
                    "seed \(seed)")
            }
        }
    }

    @Test("Two writers at one row lose nothing", arguments: [1, 2] as [UInt64])
    func concurrentWriters(seed: UInt64) async throws {
        try await EventTableFixture.with { fixture in
            let convergence = ConvergenceCase(seed: seed)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        var random = SeededRandom(seed: seed * 100 + UInt64(writer))
                        for write in convergence.writes.shuffled(using: &random) {
                            let answers = try await fixture.store.write([write])
                            #expect(answers == [.written] || answers == [.alreadyThere])
                        }
                    }
                }
                try await group.waitForAll()
            }
            for (key, expected) in convergence.executions {
                let row = try await fixture.store.rows(id: key.id).first { $0.key == key }
                #expect(row == .invocation(expected), "seed \(seed)")
            }
        }
    }

    @Test("A row of another kind with the key of an execution is left alone") func otherKinds() async throws {
        try await EventTableFixture.with { fixture in
            let entry = change("c1", sequence: 1)
            _ = try await fixture.store.write([.put(entry)])
            var facts = Invocation(key: entry.key, seen: at(1))
            facts.report = .init(at: at(9), durationMS: 4)
            #expect(try await fixture.store.write([.note(facts)]) == [.alreadyThere])
            #expect(try await fixture.store.rows(id: "c1") == [.entry(entry)])
        }
    }

    @Test("Rows of before this program are read, and facts join them") func rowsOfOld() async throws {
        try await EventTableFixture.with { fixture in
            _ = try await MotoServer.boto("dynamodb", "put_item", [
                "TableName": .string(fixture.table),
                "Item": [
                    "aws_request_id": ["S": "r"], "FunctionName": ["S": "orders"],
                    "params": ["M": ["id": ["N": "5.0"], "tags": ["SS": ["a"]], "none": ["NULL": .bool(true)]]], "response": ["BOOL": .bool(true)],
                ],
            ])
            var facts = Invocation(key: EventKey(id: "r", name: "orders"), seen: at(5))
            facts.params = "{}"
            #expect(try await fixture.store.write([.note(facts)]) == [.written])
            let rows = try await fixture.store.rows(id: "r")
            guard case .invocation(let row)? = rows.first else {
                Issue.record("no row")
                return
            }
            #expect(row.params == #"{"id":5,"tags":["a"],"none":null}"#)
            #expect(row.response == "true")
            #expect(row.sort == facts.sort)
            #expect(try await fixture.store.page(EventQuery(.function(FunctionName("orders")))).rows == rows)
        }
    }

    @Test("No table, and a table without the indexes, are told as such") func wrongTables() async throws {
        try await MotoServer.with { services in
            let none = try DynamoDBEventStore(services, table: "no-such-table")
            let answers = try await none.write([.put(change("c1", sequence: 1)), .put(change("c2", sequence: 2))])
            for answer in answers {
                guard case .retry(let reason, _) = answer else {
                    Issue.record("\(answer)")
                    continue
                }
                #expect(reason.contains("no-such-table"))
            }
            await #expect { _ = try await none.rows(id: "x") } throws: { ($0 as? EventStoreError)?.code == .missing }
            await #expect { _ = try await none.statistics(.all) } throws: { ($0 as? EventStoreError)?.code == .notAvailable }
        }
    }
}
#endif
