// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import StreamRecords

/// Reads rows and log lines.
enum SQLiteReader {
    static let notExpired = "(expires_at IS NULL OR expires_at > ?)"

    private static let rowsOfID = """
        SELECT \(EventColumn.list) FROM events WHERE aws_request_id = CAST(? AS TEXT) AND \(notExpired)
        ORDER BY events.sort, events.FunctionName
        """

    static func rows(id: String, now: Timestamp, in db: Database) throws -> [EventRow] {
        try eventRows(db.cachedStatement(sql: rowsOfID), [text(id), (now.milliseconds / 1000).databaseValue])
    }

    private static func eventRows(_ statement: Statement, _ arguments: StatementArguments) throws -> [EventRow] {
        // The cursor shows each row where SQLite has it, without a copy of all its columns.
        try Array(Row.fetchCursor(statement, arguments: arguments).map { try SQLiteRow($0).eventRow() })
    }

    static func page(_ query: EventQuery, now: Timestamp, in db: Database) throws -> EventPage {
        let limit = max(1, query.limit)
        let (sql, arguments) = statement(query, now: now)
        var rows = try eventRows(db.cachedStatement(sql: sql), arguments)
        guard rows.count > limit else { return EventPage(rows: rows, next: nil) }
        rows.removeLast()
        return EventPage(rows: rows, next: rows.last.map { EventCursor(sort: $0.sort, key: $0.key) })
    }

    /// What a listing asks SQLite: one row more than a page holds, which tells whether there is a next one.
    static func statement(_ query: EventQuery, now: Timestamp) -> (sql: String, arguments: StatementArguments) {
        var conditions: [String]
        var arguments: [DatabaseValue]
        switch query.selection {
        case .subject(let subject):
            conditions = ["subject = ?"]
            arguments = [subject.databaseValue]
        case .function(let function):
            conditions = ["kind = 'invocation'", "FunctionName = CAST(? AS TEXT)"]
            arguments = [text(function.name)]
        case .problem(let problem):
            conditions = ["kind = 'invocation'", "problem = ?"]
            arguments = [problem.rawValue.databaseValue]
        case .verdict(let verdict):
            conditions = ["kind = 'invocation'", "validity = ?"]
            arguments = [verdict.databaseValue]
        }
        filter(query, now, &conditions, &arguments)
        conditions.append(notExpired)
        arguments.append((now.milliseconds / 1000).databaseValue)
        // Of the range's end where the listing begins and the place where the last page ended, the one that leaves fewer rows is enough.
        var range = query.range
        var cursor = query.cursor
        if let place = cursor, let bound = query.descending ? range.until : range.from {
            let isBehind = place.sort.utf8.lexicographicallyPrecedes(bound.description.utf8)
            if isBehind != query.descending { cursor = nil } else if query.descending { range.until = nil } else { range.from = nil }
        }
        limit(to: range, &conditions, &arguments)
        if let cursor {
            conditions.append("(sort, aws_request_id, FunctionName) \(query.descending ? "<" : ">") (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))")
            arguments += [text(cursor.sort), text(cursor.key.id), text(cursor.key.name)]
        }
        let direction = query.descending ? "DESC" : "ASC"
        let limit = max(1, query.limit)
        arguments.append((limit == .max ? limit : limit + 1).databaseValue)
        let sql = """
            SELECT \(EventColumn.list) FROM events WHERE \(conditions.joined(separator: " AND "))
            ORDER BY events.sort \(direction), events.aws_request_id \(direction), events.FunctionName \(direction) LIMIT ?
            """
        return (sql, StatementArguments(arguments))
    }

    /// Adds a query's filter to its conditions. The status as `Invocation.status(at:)` tells it.
    private static func filter(_ query: EventQuery, _ now: Timestamp, _ conditions: inout [String], _ arguments: inout [DatabaseValue]) {
        if let name = query.filter.name, query.selection != .function(FunctionName(name)) {
            conditions.append("FunctionName = CAST(? AS TEXT)")
            arguments.append(text(name))
        }
        if let verdict = query.filter.verdict, query.selection != .verdict(verdict) {
            conditions.append("validity = ?")
            arguments.append(verdict.databaseValue)
        }
        let isUnfinished = "problem IS NULL AND function_error IS NULL AND report_at IS NULL AND response IS NULL"
        // Executions that were seen later than this may still be under way. Rows without a time sort before every time.
        let longestAgo = Timestamp(milliseconds: now.milliseconds - Invocation.longest + 1).description
        switch query.filter.status {
        case nil: return
        case .timeout where query.selection == .problem(.timeout), .error where query.selection == .problem(.error): return
        case .timeout: conditions.append("problem = 'timeout'")
        case .error: conditions.append("(problem = 'error' OR (problem IS NULL AND function_error IS NOT NULL))")
        case .ok:
            conditions.append("problem IS NULL AND function_error IS NULL AND (report_at IS NOT NULL OR response IS NOT NULL)")
        case .running:
            conditions.append("\(isUnfinished) AND sort >= ?")
            arguments.append(longestAgo.databaseValue)
        case .unknown:
            conditions.append("\(isUnfinished) AND sort < ?")
            arguments.append(longestAgo.databaseValue)
        }
    }

    /// Adds a range of time to a query's conditions.
    static func limit(to range: TimeRange, _ conditions: inout [String], _ arguments: inout [DatabaseValue]) {
        if let from = range.from {
            conditions.append("sort >= ?")
            arguments.append(from.description.databaseValue)
        }
        if let until = range.until {
            conditions.append("sort < ?")
            arguments.append(until.description.databaseValue)
        }
    }

    static func hasLogLines(requestID: String, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM log_lines WHERE request_id = CAST(? AS TEXT) LIMIT 1")
        return try Int.fetchOne(statement, arguments: [text(requestID)]) != nil
    }

    private static let streamsOfRequest = """
        SELECT CAST(account AS BLOB) AS account, CAST(log_group AS BLOB) AS log_group, CAST(stream AS BLOB) AS stream,
          min(ms) AS first, max(ms) AS last
        FROM log_lines WHERE request_id = CAST(? AS TEXT)
        GROUP BY log_lines.account, log_lines.log_group, log_lines.stream
        """

    static func logLines(requestID: String, limit: Int, in db: Database) throws -> LogLinePage {
        let streams = try Row.fetchAll(db.cachedStatement(sql: streamsOfRequest), arguments: [text(requestID)])
        let limit = max(0, limit)
        var lines: [LogLine] = []
        var isComplete = true
        for row in streams {
            let stream = LogLine.Stream(
                account: row.requiredText("account"), group: row.requiredText("log_group"), name: row.requiredText("stream"))
            let last: Int64 = row["last"]
            // What follows the last line that names the execution may belong to it as well: its end may not have come yet.
            let (end, overflow) = last.addingReportingOverflow(Invocation.longest)
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT ms, CAST(id AS BLOB) AS id, CAST(request_id AS BLOB) AS request_id, CAST(message AS BLOB) AS message
                    FROM log_lines
                    WHERE account = CAST(? AS TEXT) AND log_group = CAST(? AS TEXT) AND stream = CAST(? AS TEXT) AND ms BETWEEN ? AND ?
                    ORDER BY log_lines.ms, log_lines.id
                    """,
                arguments: [
                    text(stream.account), text(stream.group), text(stream.name), row["first"] as Int64, overflow ? last : end,
                ])
            var execution = ExecutionLines(of: requestID)
            var taken = 0
            while let row = try cursor.next() {
                let ms: Int64 = row["ms"]
                let line = LogLine(
                    stream: stream, time: Timestamp(milliseconds: ms), id: row.requiredText("id"), requestID: row.text("request_id"),
                    message: row.requiredText("message"))
                if execution.take(line) {
                    // Each stream may fill the page alone: which lines are the first is known only when all are merged.
                    if taken == limit {
                        isComplete = false
                        break
                    }
                    lines.append(line)
                    taken += 1
                } else if ms > last, !execution.isOpen {
                    break
                }
            }
        }
        if streams.count > 1 {
            lines.sort { ($0.time, $0.stream.group, $0.stream.name, $0.id) < ($1.time, $1.stream.group, $1.stream.name, $1.id) }
        }
        if lines.count > limit {
            lines.removeLast(lines.count - limit)
            isComplete = false
        }
        return LogLinePage(lines: lines, isComplete: isComplete)
    }
}

#endif
