// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import StreamRecords

/// Counts and figures, all from one snapshot of the file.
enum SQLiteStatistics {
    static func statistics(_ range: TimeRange, now: Timestamp, in db: Database) throws -> EventStatistics {
        var conditions = [SQLiteReader.notExpired]
        var arguments: [DatabaseValue] = [(now.milliseconds / 1000).databaseValue]
        SQLiteReader.limit(to: range, &conditions, &arguments)
        let selection = Selection(condition: conditions.joined(separator: " AND "), arguments: StatementArguments(arguments))
        let counted = try entries(selection, in: db)
        return EventStatistics(
            functions: try functions(selection, in: db), tables: counted.tables, queues: counted.queues, buses: counted.buses)
    }

    private struct Selection {
        let condition: String
        let arguments: StatementArguments
    }

    private static func functions(_ selection: Selection, in db: Database) throws -> [FunctionStatistics] {
        // The status as Invocation.status tells it; an execution without an end is unfinished, however long ago it began.
        var functions = try Row.fetchAll(
            db,
            sql: """
                SELECT FunctionName, count(*) AS executions,
                  count(*) FILTER (WHERE problem = 'error' OR (problem IS NULL AND function_error IS NOT NULL)) AS errors,
                  count(*) FILTER (WHERE problem = 'timeout') AS timeouts,
                  count(*) FILTER (WHERE problem IS NULL AND function_error IS NULL AND report_at IS NULL AND response IS NULL)
                    AS unfinished,
                  count(init_ms) AS coldStarts, total(billed_ms) AS billed, max(memory_mb) AS memory, max(max_memory_mb) AS maxMemory
                FROM events WHERE kind = 'invocation' AND \(selection.condition)
                GROUP BY FunctionName ORDER BY FunctionName
                """,
            arguments: selection.arguments
        ).map { row in
            FunctionStatistics(
                name: row["FunctionName"], executions: row["executions"], errors: row["errors"], timeouts: row["timeouts"],
                unfinished: row["unfinished"], coldStarts: row["coldStarts"], duration: nil, billedMS: row["billed"],
                memoryMB: row["memory"], maxMemoryMB: row["maxMemory"], errorTypes: [])
        }
        let places = Dictionary(uniqueKeysWithValues: functions.indices.map { (functions[$0].name, $0) })
        let types = try Row.fetchCursor(
            db,
            sql: """
                SELECT FunctionName, coalesce(error_type, problem) AS type, count(*) AS count
                FROM events WHERE kind = 'invocation' AND problem IS NOT NULL AND \(selection.condition)
                GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
                """,
            arguments: selection.arguments)
        while let row = try types.next() {
            guard let place = places[row["FunctionName"]] else { continue }
            functions[place].errorTypes.append(NamedCount(name: row["type"], count: row["count"]))
        }
        for (name, quantiles) in try durations(selection, in: db) {
            guard let place = places[name] else { continue }
            functions[place].duration = quantiles
        }
        return functions
    }

    /// SQLite sorts the durations, in a temporary file where they are many; only those at the ranks asked for come out.
    private static func durations(_ selection: Selection, in db: Database) throws -> [(String, Quantiles)] {
        try Row.fetchAll(
            db,
            sql: """
                WITH ranked AS (
                  SELECT FunctionName AS name, duration_ms AS ms,
                    row_number() OVER (PARTITION BY FunctionName ORDER BY duration_ms) AS rank,
                    count(*) OVER (PARTITION BY FunctionName) AS n
                  FROM events WHERE kind = 'invocation' AND duration_ms IS NOT NULL AND \(selection.condition))
                SELECT name, n,
                  max(ms) FILTER (WHERE rank = max(1, (n * 50 + 99) / 100)) AS p50,
                  max(ms) FILTER (WHERE rank = max(1, (n * 90 + 99) / 100)) AS p90,
                  max(ms) FILTER (WHERE rank = max(1, (n * 99 + 99) / 100)) AS p99,
                  max(ms) AS most
                FROM ranked GROUP BY name, n
                """,
            arguments: selection.arguments
        ).map { row in
            (row["name"], Quantiles(count: row["n"], p50: row["p50"], p90: row["p90"], p99: row["p99"], max: row["most"]))
        }
    }

    private static func entries(
        _ selection: Selection, in db: Database
    ) throws -> (tables: [TableStatistics], queues: [NamedCount], buses: [NamedCount]) {
        var tables: [TableStatistics] = []
        var queues: [NamedCount] = []
        var buses: [NamedCount] = []
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT kind, FunctionName, coalesce(op, '') AS op, count(*) AS count
                FROM events WHERE kind <> 'invocation' AND \(selection.condition) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """,
            arguments: selection.arguments)
        while let row = try cursor.next() {
            let name: String = row["FunctionName"]
            let kind: String = row["kind"]
            switch EventEntry.Kind(rawValue: kind) {
            case .change:
                let operation = NamedCount(name: row["op"], count: row["count"])
                if tables.last?.name == name {
                    tables[tables.count - 1].operations.append(operation)
                } else {
                    tables.append(TableStatistics(name: name, operations: [operation]))
                }
            case .message: queues.append(NamedCount(name: name, count: row["count"]))
            case .event: buses.append(NamedCount(name: name, count: row["count"]))
            case nil: continue
            }
        }
        return (tables, queues, buses)
    }
}

#endif
