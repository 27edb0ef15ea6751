// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import Foundation
import GRDB
import Sluice
import StreamRecords
import Testing
import TestSupport

@testable import SQLiteEventTable

/// The sink as it runs: behind the engine, with recorded streams.
struct SinkTests {
    private static func registry() -> SinkRegistry {
        var registry = SinkRegistry()
        registry.registerSQLiteEventTable()
        return registry
    }

    /// Takes all samples into a table, and counts: received, delivered, there already.
    private static func run(into path: String) async throws -> (Int, Int, Int) {
        let configuration = try Configuration(sendingEverythingTo: ["sqlite:\(path)"], registry: registry())
        let pipeline = try await Pipeline(configuration, sinks: registry())
        var counts = (0, 0, 0)
        for file in try Repository.files(below: "samples/streams") {
            for batch in RecordBatch.decode(try Repository.bytes(file)) {
                let report = try await pipeline.deliver(pipeline.prepare(batch))
                #expect(report.isClean)
                counts.0 += batch.count
                for sink in report.sinks {
                    counts.1 += sink.delivered
                    counts.2 += sink.alreadyThere
                }
            }
        }
        try await pipeline.shutdown()
        return counts
    }

    private static func dump(_ path: String) async throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        return try await queue.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM events ORDER BY 1, 2").map(\.description)
                + Row.fetchAll(db, sql: "SELECT * FROM log_lines ORDER BY 1, 2, 3, 4, 5").map(\.description)
        }
    }

    @Test("A second run over the same input changes nothing, and says so")
    func twice() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.db")
        let first = try await Self.run(into: path)
        #expect(first.0 > 400)
        // The samples hold some records twice, as deliveries at least once do.
        #expect(first.1 + first.2 == first.0)
        let rows = try await Self.dump(path)
        #expect(rows.count >= first.1)
        let second = try await Self.run(into: path)
        #expect(second == (first.0, 0, first.0))
        #expect(try await Self.dump(path) == rows)
    }

    @Test("What happened to product 5 is told again as it happened")
    func product5() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.db")
        _ = try await Self.run(into: path)
        let store = try await SQLiteEventStore(path: path, access: .readOnly)
        let page = try await store.page(EventQuery(.subject("Products#{\"Id\":5}")))
        let operations = page.rows.compactMap { row in
            if case .entry(let entry) = row { entry.operation } else { nil }
        }
        #expect(operations.first == "INSERT")
        #expect(operations.last == "REMOVE")
        #expect(operations.dropFirst().dropLast().allSatisfy { $0 == "MODIFY" })
        #expect(operations.count > 3)
        let statistics = try await store.statistics(.all)
        #expect(statistics.functions.contains { $0.errors > 0 })
        #expect(statistics.functions.contains { $0.timeouts > 0 })
        #expect(!statistics.queues.isEmpty && !statistics.buses.isEmpty)
        try await store.close()
    }

    @Test("Settings name a SQLite file, and a mistake is told")
    func settings() async throws {
        let folder = try TemporaryFolder()
        func start(_ sink: String) async throws {
            let configuration = try Configuration(sendingEverythingTo: [sink], registry: Self.registry())
            try await Pipeline(configuration, sinks: Self.registry()).shutdown()
        }
        try await start("sqlite:\(folder.path("e.db"))")
        await #expect(throws: ConfigurationErrors.self) { try await start("sqlite:") }
        await #expect(throws: ConfigurationErrors.self) { try await start("sqlite:\(folder.path("e.db"))/below a file/e.db") }
    }

    @Test("A store that fails means: all to be retried")
    func failing() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.db")
        let store = try await SQLiteEventStore(path: path)
        try await store.pool.write { db in
            try db.execute(sql: "CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'refused'); END")
        }
        let sink = EventTableSink(store: store)
        let pipeline = try Pipeline(sinks: [("history", sink)], routes: [Route(name: "all", to: ["history"])])
        let batch = try #require(RecordBatch.decode(try Repository.bytes("samples/streams/products/1-created.json")).first)
        let report = try await pipeline.deliver(pipeline.prepare(batch))
        #expect(report.counts.retry == batch.count)
        try await store.pool.write { try $0.execute(sql: "DROP TRIGGER refuse") }
        let again = try await pipeline.deliver(pipeline.prepare(batch))
        #expect(again.counts.delivered == batch.count)
        try await pipeline.shutdown()
    }
}

#endif
