// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import GRDB
import Testing
import TestSupport

@testable import SQLiteEventTable

/// The same facts in any order, any number of times, in any batches, from two processes' stores, give the same rows.
struct ConvergenceTests {
    private static func dump(_ store: SQLiteEventStore) async throws -> [String] {
        try await store.pool.read { db in
            let events = try Row.fetchAll(db, sql: "SELECT * FROM events ORDER BY aws_request_id, FunctionName")
            let lines = try Row.fetchAll(db, sql: "SELECT *, hex(message) FROM log_lines ORDER BY account, log_group, stream, ms, id")
            return (events + lines).map(\.description)
        }
    }

    @Test("Shuffled and doubled schedules give the same rows", arguments: 0..<300)
    func schedules(seed: UInt64) async throws {
        var convergence = ConvergenceCase(seed: seed)
        let writes = convergence.writes
        let folder = try TemporaryFolder()
        let plain = try await SQLiteEventStore(path: folder.path("plain.db"))
        for write in writes { _ = try await plain.write([write]) }

        // Two connections of their own stand for two processes.
        let stores = [
            try await SQLiteEventStore(path: folder.path("shuffled.db")), try await SQLiteEventStore(path: folder.path("shuffled.db")),
        ]
        for (number, batch) in convergence.schedule().enumerated() {
            let answers = try await stores[number % 2].write(batch)
            #expect(answers.count == batch.count)
        }
        #expect(try await Self.dump(plain) == Self.dump(stores[0]), "seed \(seed)")
        #expect(try await stores[1].write(writes).allSatisfy { $0 == .alreadyThere }, "seed \(seed)")

        for (key, expected) in convergence.executions {
            let row = try await stores[0].rows(id: key.id).first { $0.key == key }
            // SQLite finds an execution's lines by its id.
            var expected = expected
            expected.logMinutes = []
            #expect(row == .invocation(expected), "seed \(seed)")
        }
        for store in stores + [plain] { try await store.close() }
    }
}

#endif
