// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB

/// The tables of the file, and how a file comes to have them.
///
/// Two parts of the event table's model are left out, since SQLite does not need them. `parts`: a text of any size goes into its row
/// (SQLite keeps what exceeds a page on pages of its own, and a row scan skips them), whereas a DynamoDB item ends at 400 KB.
/// `log_minutes`: an execution's lines are found by an index on their request id.
enum SQLiteSchema {
    /// Written into the file's header, so that it is never mistaken for something else: "Slce".
    static let applicationID: Int32 = 0x536C_6365

    /// The version of the newest schema, kept in `user_version`.
    static var version: Int { migrations.count }

    /// The steps from an empty file on. A step that has been released is never changed.
    private static let migrations = [
        """
        CREATE TABLE events (
          aws_request_id TEXT NOT NULL,
          FunctionName TEXT NOT NULL,
          kind TEXT NOT NULL,
          sort TEXT NOT NULL,
          op TEXT,
          subject TEXT,
          qualifier TEXT,
          source TEXT,
          caused_by TEXT,
          function_error TEXT,
          report_at TEXT,
          duration_ms REAL,
          billed_ms REAL,
          init_ms REAL,
          memory_mb INTEGER,
          max_memory_mb INTEGER,
          report_status TEXT,
          problem TEXT,
          problem_at TEXT,
          error_type TEXT,
          error_message TEXT,
          validity TEXT,
          validity_by TEXT,
          validity_at TEXT,
          validity_note TEXT,
          expires_at INTEGER,
          keys TEXT,
          changed TEXT,
          params TEXT,
          response TEXT,
          payload TEXT,
          PRIMARY KEY (aws_request_id, FunctionName)
        ) STRICT;
        CREATE INDEX events_by_subject ON events (subject, sort) WHERE subject IS NOT NULL;
        CREATE INDEX events_by_function ON events (FunctionName, sort) WHERE kind = 'invocation';
        CREATE INDEX events_by_problem ON events (problem, sort) WHERE problem IS NOT NULL;
        CREATE INDEX events_by_verdict ON events (validity, sort) WHERE validity IS NOT NULL;
        CREATE INDEX events_by_expiry ON events (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TABLE log_lines (
          account TEXT NOT NULL,
          log_group TEXT NOT NULL,
          stream TEXT NOT NULL,
          ms INTEGER NOT NULL,
          id TEXT NOT NULL,
          request_id TEXT,
          message TEXT NOT NULL,
          PRIMARY KEY (account, log_group, stream, ms, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX log_lines_by_request ON log_lines (request_id) WHERE request_id IS NOT NULL;
        """,
        """
        CREATE INDEX events_by_function_and_problem ON events (FunctionName, problem, sort)
          WHERE kind = 'invocation' AND problem IS NOT NULL;
        CREATE INDEX events_by_function_and_verdict ON events (FunctionName, validity, sort)
          WHERE kind = 'invocation' AND validity IS NOT NULL;
        ALTER TABLE log_lines ADD COLUMN expires_at INTEGER;
        CREATE INDEX log_lines_by_expiry ON log_lines (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TABLE verdicts (
          aws_request_id TEXT NOT NULL,
          FunctionName TEXT NOT NULL,
          at TEXT NOT NULL,
          id TEXT NOT NULL,
          validity TEXT NOT NULL,
          author TEXT,
          note TEXT,
          PRIMARY KEY (aws_request_id, FunctionName, at, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE reruns (
          key TEXT NOT NULL,
          aws_request_id TEXT NOT NULL,
          FunctionName TEXT NOT NULL,
          function TEXT NOT NULL,
          state TEXT NOT NULL,
          started_at TEXT NOT NULL,
          ended_at TEXT,
          new_id TEXT,
          note TEXT,
          expires_at INTEGER,
          PRIMARY KEY (key, aws_request_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX reruns_by_expiry ON reruns (expires_at) WHERE expires_at IS NOT NULL;
        """,
    ]

    /// Whose file this is.
    enum Owner {
        /// Nobody's: no tables yet.
        case empty
        /// Ours, with the version of its schema.
        case eventTable(version: Int)
        /// Another program's.
        case other
    }

    static func owner(_ db: Database) throws -> Owner {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if application == applicationID {
            return .eventTable(version: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
        }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        return application == 0 && tables == 0 ? .empty : .other
    }

    /// Whether a file of an older version, opened to be read, has what came later.
    static func hasVerdicts(_ db: Database) throws -> Bool {
        guard db.configuration.readonly else { return true }
        return try (Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0) >= 2
    }

    /// Brings the file to the newest schema. Runs in a transaction that holds the write lock, so that two processes may open a
    /// new file at once.
    /// - Parameter newest: the schema to bring it to; tests make files of older ones.
    static func migrate(_ db: Database, from version: Int, to newest: Int = Self.version) throws {
        for step in migrations[version..<newest] { try db.execute(sql: step) }
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(newest)")
    }
}

#endif
