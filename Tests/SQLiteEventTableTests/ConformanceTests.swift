// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing
import TestSupport

@testable import SQLiteEventTable

/// The event table in a file keeps the rules of delivery.
@Suite(.timeLimit(.minutes(10))) struct ConformanceTests {
    /// Triggers refuse records, and another connection holds the file.
    final class Harness: SinkHarness {
        let folder: TemporaryFolder
        private let other: DatabaseQueue
        /// Takes the lock again and again, while the service is slow.
        private let locking = Mutex<Task<Void, Never>?>(nil)
        private var path: String { folder.path("events.db") }
        /// The table has no order of arrival.
        var guarantees: SinkGuarantees { .once }

        init() async throws {
            folder = try TemporaryFolder()
            try await SQLiteEventStore(path: folder.path("events.db")).close()
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            // A call that was given up may be writing still.
            configuration.busyMode = .timeout(10)
            other = try DatabaseQueue(path: folder.path("events.db"), configuration: configuration)
        }

        func makeSink(_ context: SinkContext) async throws -> any Sink {
            EventTableSink(store: try await SQLiteEventStore(path: path, patience: 1))
        }

        func arrived() async throws -> [String]? {
            try await other.read { db in
                try String.fetchAll(db, sql: "SELECT aws_request_id FROM events WHERE kind <> 'invocation' UNION ALL SELECT id FROM log_lines")
            }
        }

        func bring(_ condition: ServiceCondition) async throws -> Bool {
            let before = locking.withLock { $0.take() }
            before?.cancel()
            await before?.value
            try await other.writeWithoutTransaction { db in
                if db.isInsideTransaction { try db.rollback() }
                try db.execute(sql: "DROP TRIGGER IF EXISTS refuse")
                if condition.isStalled || condition.delay != nil { try db.beginTransaction(.exclusive) }
                if condition.isFailing || !condition.refused.isEmpty {
                    let names = condition.refused.map { "'\($0)'" }.joined(separator: ",")
                    try db.execute(
                        sql: """
                            CREATE TRIGGER refuse BEFORE INSERT ON events \(condition.isFailing ? "" : "WHEN NEW.aws_request_id IN (\(names))")
                            BEGIN SELECT RAISE(ABORT, 'refused'); END
                            """)
                }
            }
            if let delay = condition.delay {
                let task = Task { [other] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: delay)
                        try? await other.writeWithoutTransaction { if $0.isInsideTransaction { try $0.rollback() } }
                        try? await Task.sleep(for: delay)
                        try? await other.writeWithoutTransaction { if !$0.isInsideTransaction { try $0.beginTransaction(.exclusive) } }
                    }
                }
                locking.withLock { $0 = task }
            }
            return true
        }
    }

    @Test func theSinkKeepsTheRules() async throws {
        let report = await SinkConformance(try await Harness(), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        // Calls come one at a time, and nothing in a record is more than a table of texts can hold.
        #expect(report.skipped.map(\.name) == ["concurrent calls", "rejection"], "\(report)")
    }
}

#endif
