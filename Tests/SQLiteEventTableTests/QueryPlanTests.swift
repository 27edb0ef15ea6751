// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import EventTableTestSupport
import GRDB
import Testing
import TestSupport

@testable import SQLiteEventTable

/// SQLite is asked how it would answer each question: by an index, whatever the table's size.
struct QueryPlanTests {
    private static func plan(_ sql: String, _ arguments: StatementArguments, in store: SQLiteEventStore) async throws -> [String] {
        try await store.pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { $0["detail"] as String }
        }
    }

    /// Every listing that the API and the command can ask for, with the index that is to answer it.
    static let listings: [(query: EventQuery, index: String)] = {
        var listings: [(EventQuery, String)] = []
        let cursor = EventCursor(sort: "2026-11-20T15:00:00.000Z#r", key: EventKey(id: "r", name: "orders"))
        for range in [TimeRange.all, TimeRange(from: at(0), until: at(9))] {
            for cursor in [nil, cursor] {
                for isDescending in [false, true] {
                    listings.append((EventQuery(.subject("Products#{}"), range: range, descending: isDescending, after: cursor), "events_by_subject"))
                    for function in [nil, FunctionName("orders")] {
                        for status in [nil] + Invocation.Status.allCases {
                            for verdict in [nil] + Judgement.Validity.allCases {
                                guard
                                    let query = try? EventQuery.executions(
                                        function: function, status: status, verdict: verdict, range: range, descending: isDescending,
                                        after: cursor)
                                else { continue }
                                let indexes = function == nil ? ["problem", "verdict"] : ["function_and_problem", "function_and_verdict"]
                                let index =
                                    switch query.selection {
                                    case .problem: indexes[0]
                                    case .verdict: indexes[1]
                                    default: "function"
                                    }
                                listings.append((query, "events_by_\(index)"))
                            }
                        }
                    }
                }
            }
        }
        return listings
    }()

    @Test("Every listing is a search in an index")
    func listings() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        #expect(Self.listings.count > 100)
        for (query, index) in Self.listings {
            let (sql, arguments) = SQLiteReader.statement(query, now: at(0))
            let plan = try await Self.plan(sql, arguments, in: store)
            #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(query): \(plan)")
            // With a function, a status and a verdict there are two good ways.
            let isFree = query.filter.verdict != nil && query.filter.status != nil
            #expect(isFree || plan.first?.hasPrefix("SEARCH events USING INDEX \(index) ") == true, "\(query): \(plan)")
            // Only rows of one moment are sorted; what is sorted whole would have to be read whole.
            #expect(!plan.contains { $0.contains("USE TEMP B-TREE FOR ORDER BY") }, "\(query): \(plan)")
        }
    }

    @Test("What is not listed is found by its key")
    func keys() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path("e.db"))
        for sql in [
            "SELECT * FROM events WHERE aws_request_id = CAST('r' AS TEXT)",
            "SELECT * FROM verdicts WHERE aws_request_id = CAST('r' AS TEXT) AND FunctionName = CAST('f' AS TEXT) ORDER BY at, id",
            "SELECT * FROM reruns WHERE key = CAST('k' AS TEXT) AND aws_request_id = CAST('r' AS TEXT)",
            "SELECT * FROM events WHERE expires_at <= 5 ORDER BY expires_at LIMIT 10",
            "SELECT * FROM log_lines WHERE expires_at <= 5 ORDER BY expires_at LIMIT 10",
            "SELECT * FROM reruns WHERE expires_at <= 5 ORDER BY expires_at LIMIT 10",
        ] {
            let plan = try await Self.plan(sql, [], in: store)
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(sql): \(plan)")
        }
    }
}

#endif
