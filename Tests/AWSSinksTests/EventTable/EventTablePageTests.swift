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

@Suite("Listings of the event table in DynamoDB") struct EventTablePageTests {
    @Test("An item's history comes in order, page by page, in both directions and in a range of time", arguments: [1, 7, 100])
    func history(limit: Int) async throws {
        try await EventTableFixture.with { fixture in
            var random = SeededRandom(seed: UInt64(limit))
            let entries = (0..<40).map { change("c\($0)", item: $0 % 2, at: at(Int64($0 / 8)), sequence: 5 + $0 * 7) }
            _ = try await fixture.store.write(entries.shuffled(using: &random).map { .put($0) })
            let expected = entries.filter { $0.subject == "Products#{\"Id\":1}" }.map(\.key.id)
            let query = EventQuery(.subject("Products#{\"Id\":1}"), limit: limit)
            #expect(try await ids(query, fixture) == expected)
            var backwards = query
            backwards.descending = true
            #expect(try await ids(backwards, fixture) == expected.reversed())
            var middle = query
            middle.range = TimeRange(from: at(1), until: at(3))
            let within = entries.filter { $0.subject == "Products#{\"Id\":1}" && ("2026-11-20T15:00:00.001Z"..<"2026-11-20T15:00:00.003Z").contains($0.sort) }
            #expect(!within.isEmpty && within.count < expected.count)
            #expect(try await ids(middle, fixture) == within.map(\.key.id))
            middle.range = TimeRange(from: at(3), until: at(1))
            #expect(try await ids(middle, fixture) == [])
        }
    }

    @Test("Executions are listed over all shards in order, by function and by problem", arguments: [1, 4, 100])
    func executions(limit: Int) async throws {
        try await EventTableFixture.with { fixture in
            var writes: [EventWrite] = []
            for number in 0..<24 {
                let function = FunctionName(number % 3 == 0 ? "arn:aws:lambda:eu-west-1:123456789012:function:mails:live" : "orders")
                var facts = Invocation(key: EventKey(requestID: "r\(number)", function: function), seen: at(Int64(number / 2)))
                if number % 5 == 0 { facts.failure = .init(number % 2 == 0 ? .timeout : .error, at: at(5)) }
                if number == 7 { facts.expiresAt = 1000 }
                writes.append(.note(facts))
            }
            _ = try await fixture.store.write(writes)
            func expected(_ isMeant: (Int) -> Bool) -> [String] {
                (0..<24).filter { isMeant($0) && $0 != 7 }.sorted { ($0 / 2, "r\($0)") < ($1 / 2, "r\($1)") }.map { "r\($0)" }
            }
            #expect(try await ids(EventQuery(.function(FunctionName("mails:7")), limit: limit), fixture) == expected { $0 % 3 == 0 })
            #expect(try await ids(EventQuery(.function(FunctionName("orders")), limit: limit), fixture) == expected { $0 % 3 != 0 })
            #expect(try await ids(EventQuery(.function(FunctionName("orders")), descending: true, limit: limit), fixture) == expected { $0 % 3 != 0 }.reversed())
            #expect(try await ids(EventQuery(.problem(.timeout), limit: limit), fixture) == expected { $0 % 10 == 0 })
            #expect(try await ids(EventQuery(.problem(.error), limit: limit), fixture) == expected { $0 % 10 == 5 })
            #expect(try await ids(EventQuery(.verdict("valid"), limit: limit), fixture) == [])
            #expect(try await fixture.store.rows(id: "r7") == [])
        }
    }

    private func ids(_ query: EventQuery, _ fixture: EventTableFixture) async throws -> [String] {
        var ids: [String] = []
        var pages = 0
        var query = query
        repeat {
            let page = try await fixture.store.page(query)
            #expect(page.rows.count <= query.limit)
            #expect(page.next == nil || page.rows.count == query.limit)
            ids += page.rows.map(\.key.id)
            query.cursor = page.next
            pages += 1
        } while query.cursor != nil && pages < 100
        return ids
    }
}
#endif
