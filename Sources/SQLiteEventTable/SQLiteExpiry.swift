// SPDX-License-Identifier: Apache-2.0

#if SQLite

import GRDB
import StreamRecords

/// Removes what has expired. DynamoDB does that by itself; a file has only those who write into it.
struct SQLiteExpiry: Sendable {
    /// When to look again.
    private var next: Timestamp?

    private static let pause: Int64 = 60_000
    /// How many rows of each table one write removes.
    private static let most = 1000

    /// Whether it is time to look. Whoever is told so does it; others are told no meanwhile.
    mutating func isDue(at now: Timestamp) -> Bool {
        if let next, now < next { return false }
        next = Timestamp(milliseconds: now.milliseconds + Self.pause)
        return true
    }

    mutating func note(isMore: Bool, at now: Timestamp) {
        if isMore { next = now }
    }

    /// - Returns: whether there may be more.
    static func remove(in db: Database, now: Timestamp) throws -> Bool {
        let seconds = now.milliseconds / 1000
        var isMore = false
        for (table, key) in [
            ("events", "aws_request_id, FunctionName"), ("log_lines", "account, log_group, stream, ms, id"), ("reruns", "key, aws_request_id"),
        ] {
            if table == "events" {
                // A judgement goes with the execution that it is about.
                try db.execute(
                    sql: """
                        DELETE FROM verdicts WHERE (aws_request_id, FunctionName) IN (
                          SELECT aws_request_id, FunctionName FROM events WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
                        """, arguments: [seconds, most])
            }
            try db.execute(
                sql: "DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)",
                arguments: [seconds, most])
            if db.changesCount == most { isMore = true }
        }
        return isMore
    }
}

#endif
