// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import GRDB
import StreamRecords
import Testing
import TestSupport

@testable import SQLiteEventTable

struct MigrationTests {
    /// A file as the first version left it.
    private static func old(_ path: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.write { db in
            try SQLiteSchema.migrate(db, from: 0, to: 1)
            try db.execute(
                sql: """
                    INSERT INTO events (aws_request_id, FunctionName, kind, sort, params)
                    VALUES ('r', 'orders', 'invocation', '2026-11-20T15:00:00.000Z#r', '1')
                    """)
            try db.execute(
                sql: """
                    INSERT INTO log_lines (account, log_group, stream, ms, id, request_id, message) VALUES ('1', 'g', 's', 5, 'l', 'r', 'hello')
                    """)
        }
        try queue.close()
    }

    @Test("A file of the first version is read as it is")
    func reading() async throws {
        let folder = try TemporaryFolder()
        try await Self.old(folder.path("e.db"))
        let store = try await SQLiteEventStore(path: folder.path("e.db"), access: .readOnly)
        #expect(try await store.rows(id: "r").map(\.key.name) == ["orders"])
        #expect(try await store.logLines(requestID: "r", limit: 5).lines.map(\.message) == ["hello"])
        #expect(try await store.judgements(of: EventKey(id: "r", name: "orders")) == [])
        #expect(try await store.rerun(key: "k", of: "r") == nil)
        #expect(try await store.page(try .executions(function: FunctionName("orders"))).rows.count == 1)
        try await store.close()
    }

    @Test("A file of the first version is brought to the newest when it is written to", arguments: [SQLiteEventStore.Access.readWrite, .existing])
    func writing(access: SQLiteEventStore.Access) async throws {
        let folder = try TemporaryFolder()
        try await Self.old(folder.path("e.db"))
        let store = try await SQLiteEventStore(path: folder.path("e.db"), access: access)
        let key = EventKey(id: "r", name: "orders")
        #expect(try await store.judge(key, Judgement(id: "1", validity: .valid, at: at(5))) == .judged)
        #expect(try await store.judgements(of: key).count == 1)
        #expect(try await store.logLines(requestID: "r", limit: 5).lines.map(\.message) == ["hello"])
        try await store.close()
        let again = try await SQLiteEventStore(path: folder.path("e.db"), access: .readOnly)
        #expect(try await again.judgements(of: key).count == 1)
        try await again.close()
    }

    @Test("A file that is to be changed must be there")
    func missing() async throws {
        let folder = try TemporaryFolder()
        await #expect { _ = try await SQLiteEventStore(path: folder.path("none.db"), access: .existing) } throws: {
            ($0 as? EventStoreError)?.code == .missing
        }
    }

    @Test("What has expired is removed by who writes, with its lines and judgements")
    func expiry() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        var old = change("old", sequence: 1)
        old.expiresAt = 1000
        var line = LogLine(stream: .init(account: "1", group: "g", name: "s"), time: at(0), id: "l", requestID: "r", message: "m")
        line.expiresAt = 1000
        // Each store looks with its first write, and then once a minute.
        _ = try await store.write([.put(old), .put(change("new", sequence: 2)), .line(line)])
        try await store.close()
        let other = try await SQLiteEventStore(path: folder.path("e.db"))
        _ = try await other.write([.put(change("newer", sequence: 3))])
        let left = try await other.pool.read { db in
            try String.fetchAll(db, sql: "SELECT aws_request_id FROM events ORDER BY 1") + String.fetchAll(db, sql: "SELECT id FROM log_lines")
        }
        #expect(left == ["new", "newer"])
        try await other.close()
    }
}

#endif
