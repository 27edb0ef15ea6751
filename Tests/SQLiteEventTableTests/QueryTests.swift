// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import SQLiteEventTable
import StreamRecords
import Testing
import TestSupport

struct QueryTests {
    @Test("An item's history comes in order, page by page, in both directions and in a range of time", arguments: [1, 3, 7, 100])
    func history(limit: Int) async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        var random = SeededRandom(seed: UInt64(limit))
        // Several changes share a millisecond; their sequence numbers tell them apart.
        let entries = (0..<40).map { change("c\($0)", item: $0 % 2, at: at(Int64($0 / 8)), sequence: 5 + $0 * 7) }
        _ = try await store.write(entries.shuffled(using: &random).map { .put($0) })
        let expected = entries.filter { $0.subject == "Products#{\"Id\":1}" }.map(\.key.id)

        func ids(_ range: TimeRange, descending: Bool) async throws -> [String] {
            var ids: [String] = []
            var pages = 0
            var query = EventQuery(.subject("Products#{\"Id\":1}"), range: range, descending: descending, limit: limit)
            repeat {
                let page = try await store.page(query)
                #expect(page.rows.count <= limit)
                #expect(page.next == nil || page.rows.count == limit)
                ids += page.rows.map(\.key.id)
                query.cursor = page.next
                pages += 1
            } while query.cursor != nil && pages < 100
            return ids
        }
        #expect(try await ids(.all, descending: false) == expected)
        #expect(try await ids(.all, descending: true) == expected.reversed())
        let middle = entries.filter { $0.subject == "Products#{\"Id\":1}" && ("2026-11-20T15:00:00.001Z"..<"2026-11-20T15:00:00.003Z").contains($0.sort) }
        #expect(!middle.isEmpty && middle.count < expected.count)
        #expect(try await ids(TimeRange(from: at(1), until: at(3)), descending: false) == middle.map(\.key.id))
    }

    @Test("Executions are listed by function, however it is named, and by problem")
    func executions() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        var writes: [EventWrite] = []
        for number in 0..<9 {
            let function = FunctionName(number % 3 == 0 ? "arn:aws:lambda:eu-west-1:123456789012:function:mails:live" : "orders")
            var facts = Invocation(key: EventKey(requestID: "r\(number)", function: function), seen: at(Int64(number)))
            if number == 4 { facts.failure = .init(.timeout, at: at(5)) }
            if number == 6 { facts.failure = .init(.error, at: at(7), errorType: "E") }
            writes.append(.note(facts))
        }
        _ = try await store.write(writes)
        #expect(try await store.page(EventQuery(.function(FunctionName("mails:7")))).rows.map(\.key.id) == ["r0", "r3", "r6"])
        #expect(try await store.page(EventQuery(.problem(.timeout))).rows.map(\.key.id) == ["r4"])
        #expect(try await store.page(EventQuery(.problem(.error))).rows.map(\.key.id) == ["r6"])
        #expect(try await store.page(EventQuery(.verdict("valid"))).rows == [])
        var all: [String] = []
        try await store.forEachRow(EventQuery(.function(FunctionName("orders")), limit: 2)) { all.append($0.key.id) }
        #expect(all == ["r1", "r2", "r4", "r5", "r7", "r8"])
    }

    @Test("Rows that have expired are not read")
    func expiry() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        var old = change("old", sequence: 1)
        old.expiresAt = 1_000
        var fresh = change("fresh", sequence: 2)
        fresh.expiresAt = 99_999_999_999
        _ = try await store.write([.put(old), .put(fresh)])
        #expect(try await store.rows(id: "old") == [])
        #expect(try await store.rows(id: "fresh") == [.entry(fresh)])
        #expect(try await store.page(EventQuery(.subject(fresh.subject!))).rows == [.entry(fresh)])
        #expect(try await store.statistics(.all).tables == [TableStatistics(name: "Products", operations: [NamedCount(name: "MODIFY", count: 1)])])
    }

    @Test("An execution's lines are gathered from all its streams, the nameless between START and END among them")
    func logLines() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        let first = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "a")
        let second = LogLine.Stream(account: "1", group: "/aws/lambda/f", name: "b")
        let r = "8f507cfc-0000-4697-b07a-ac58fc914c0a"
        let q = "8f507cfc-0000-4697-b07a-ac58fc914c0b"
        var number = 0
        func line(_ stream: LogLine.Stream, _ time: Int64, _ requestID: String?, _ message: String) -> LogLine {
            number += 1
            return LogLine(
                stream: stream, time: at(time), id: String(10_000 + number), requestID: requestID, message: message)
        }
        let lines = [
            line(first, 0, nil, "INIT_START"), line(first, 1, r, "START RequestId: \(r) Version: 1"), line(first, 1, nil, "one"),
            line(first, 2, r, "two"), line(first, 3, r, "END RequestId: \(r)"), line(first, 3, r, "REPORT RequestId: \(r)"),
            line(first, 4, q, "START RequestId: \(q) Version: 1"), line(first, 5, nil, "of q"), line(first, 6, q, "END RequestId: \(q)"),
            line(second, 60_000, r, "START RequestId: \(r) Version: 1"), line(second, 60_001, nil, "again"),
            line(second, 60_001 + Invocation.longest, nil, "far later"),
        ]
        var random = SeededRandom(seed: 3)
        _ = try await store.write(lines.shuffled(using: &random).map { .line($0) })
        let all = try await store.logLines(requestID: r, limit: 100)
        #expect(all.isComplete)
        #expect(all.lines == Array(lines[1...5]) + Array(lines[9...10]))
        for limit in 0..<7 {
            let some = try await store.logLines(requestID: r, limit: limit)
            #expect(some.lines == Array(all.lines.prefix(limit)))
            #expect(!some.isComplete)
        }
        #expect(try await store.logLines(requestID: r, limit: 7).isComplete)
        #expect(try await store.logLines(requestID: "nobody", limit: 7) == LogLinePage(lines: [], isComplete: true))
    }
}

#endif
