// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import StreamRecords

/// Keeps what was run again, by idempotency key.
enum SQLiteReruns {
    static func begin(_ rerun: Rerun, now: Timestamp, in db: Database) throws -> RerunStart {
        try db.execute(
            sql: """
                INSERT INTO reruns (key, aws_request_id, FunctionName, function, state, started_at, ended_at, new_id, note, expires_at)
                VALUES (CAST(?1 AS TEXT), CAST(?2 AS TEXT), CAST(?3 AS TEXT), CAST(?4 AS TEXT), ?5, ?6, ?7, CAST(?8 AS TEXT), CAST(?9 AS TEXT), ?10)
                ON CONFLICT DO UPDATE SET
                  FunctionName = excluded.FunctionName, function = excluded.function, state = excluded.state, started_at = excluded.started_at,
                  ended_at = excluded.ended_at, new_id = excluded.new_id, note = excluded.note, expires_at = excluded.expires_at
                WHERE state = 'refused' OR expires_at <= ?11
                """,
            arguments: StatementArguments(values(rerun) + [(now.milliseconds / 1000).databaseValue]))
        if db.changesCount > 0 { return .begun }
        guard let there = try self.rerun(key: rerun.key, of: rerun.original.id, now: now, in: db) else {
            throw EventStoreError(.failed, "a rerun could be neither written nor read")
        }
        return .alreadyThere(there)
    }

    static func advance(_ rerun: Rerun, from state: Rerun.State, in db: Database) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE reruns SET function = CAST(?4 AS TEXT), state = ?5, started_at = ?6, ended_at = ?7, new_id = CAST(?8 AS TEXT),
                  note = CAST(?9 AS TEXT), expires_at = ?10
                WHERE key = CAST(?1 AS TEXT) AND aws_request_id = CAST(?2 AS TEXT) AND FunctionName = CAST(?3 AS TEXT) AND state = ?11
                """,
            arguments: StatementArguments(values(rerun) + [state.rawValue.databaseValue]))
        return db.changesCount > 0
    }

    private static func values(_ rerun: Rerun) -> [DatabaseValue] {
        [
            text(rerun.key), text(rerun.original.id), text(rerun.original.name), text(rerun.function.description),
            rerun.state.rawValue.databaseValue, rerun.startedAt.description.databaseValue, (rerun.endedAt?.description).databaseValue,
            text(rerun.newID), text(rerun.note), rerun.expiresAt.databaseValue,
        ]
    }

    static func rerun(key: String, of id: String, now: Timestamp, in db: Database) throws -> Rerun? {
        guard try SQLiteSchema.hasVerdicts(db) else { return nil }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT CAST(FunctionName AS BLOB) AS name, CAST(function AS BLOB) AS function, state, started_at, ended_at,
                  CAST(new_id AS BLOB) AS new_id, CAST(note AS BLOB) AS note, expires_at
                FROM reruns WHERE key = CAST(? AS TEXT) AND aws_request_id = CAST(? AS TEXT) AND \(SQLiteReader.notExpired)
                """,
            arguments: [text(key), text(id), now.milliseconds / 1000])
        guard let row else { return nil }
        let ended: String? = row["ended_at"]
        // A state that a later version has written says nothing to this one.
        return Rerun(
            key: key, original: EventKey(id: id, name: row.requiredText("name")), function: FunctionName(row.requiredText("function")),
            state: Rerun.State(rawValue: row["state"]) ?? .unknown,
            startedAt: Timestamp(iso8601: row["started_at"]) ?? Timestamp(milliseconds: 0), endedAt: ended.flatMap { Timestamp(iso8601: $0) },
            newID: row.text("new_id"), note: row.text("note"), expiresAt: row["expires_at"])
    }
}

#endif
