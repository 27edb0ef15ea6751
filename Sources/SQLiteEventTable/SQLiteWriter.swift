// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import StreamRecords

/// Writes batches by the event table's rules, each of which is one conditional statement.
enum SQLiteWriter {
    /// Writes a batch within the transaction that the connection is in.
    static func write(_ writes: [EventWrite], into db: Database) throws -> [WriteAnswer] {
        var answers = [WriteAnswer](repeating: .alreadyThere, count: writes.count)
        let put = try db.cachedStatement(sql: putEntry)
        let line = try db.cachedStatement(sql: putLine)
        var notes: [EventKey: (facts: Invocation, writes: [Int])] = [:]
        for (index, write) in writes.enumerated() {
            switch write {
            case .put(let entry):
                try put.execute(arguments: arguments(entry))
                if db.changesCount > 0 { answers[index] = .written }
            case .line(let logLine):
                try line.execute(arguments: arguments(logLine))
                if db.changesCount > 0 { answers[index] = .written }
            case .note(let facts):
                if notes[facts.key]?.facts.merge(facts) == nil {
                    notes[facts.key] = (facts, [index])
                } else {
                    notes[facts.key]?.writes.append(index)
                }
            }
        }
        for (facts, indices) in notes.values where try note(facts, into: db) {
            for index in indices { answers[index] = .written }
        }
        return answers
    }

    // MARK: Entries and lines

    private static let putEntry = """
        INSERT INTO events
          (aws_request_id, FunctionName, kind, sort, op, subject, keys, changed, payload, caused_by, expires_at)
        VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, CAST(? AS TEXT), ?)
        ON CONFLICT DO NOTHING
        """

    private static func arguments(_ entry: EventEntry) -> StatementArguments {
        // Subject, keys, changed and payload are JSON, in which a NUL is always escaped.
        [
            text(entry.key.id), text(entry.key.name), entry.kind.rawValue.databaseValue, text(entry.sort), text(entry.operation),
            entry.subject.databaseValue, entry.keys.databaseValue, entry.changed.databaseValue, entry.payload.databaseValue,
            text(entry.causedBy), entry.expiresAt.databaseValue,
        ]
    }

    private static let putLine = """
        INSERT INTO log_lines (account, log_group, stream, ms, id, request_id, message, expires_at)
        VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?)
        ON CONFLICT DO NOTHING
        """

    private static func arguments(_ line: LogLine) -> StatementArguments {
        [
            text(line.stream.account), text(line.stream.group), text(line.stream.name), line.time.milliseconds.databaseValue,
            text(line.id), text(line.requestID), text(line.message), line.expiresAt.databaseValue,
        ]
    }

    // MARK: Executions

    /// Facts that are kept as they were told first, and the earliest sight.
    private static let noteSeen = """
        INSERT INTO events
          (aws_request_id, FunctionName, kind, sort, qualifier, params, response, source, function_error, expires_at)
        VALUES (CAST(? AS TEXT), CAST(? AS TEXT), 'invocation', CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
          CAST(? AS TEXT), CAST(? AS TEXT), ?)
        ON CONFLICT DO UPDATE SET
          sort = min(sort, excluded.sort),
          qualifier = min(coalesce(qualifier, excluded.qualifier), coalesce(excluded.qualifier, qualifier)),
          params = coalesce(params, excluded.params),
          response = coalesce(response, excluded.response),
          source = coalesce(source, excluded.source),
          function_error = coalesce(function_error, excluded.function_error),
          expires_at = max(coalesce(expires_at, excluded.expires_at), coalesce(excluded.expires_at, expires_at))
        WHERE kind = 'invocation' AND (
          excluded.sort < sort
          OR (excluded.qualifier IS NOT NULL AND (qualifier IS NULL OR excluded.qualifier < qualifier))
          OR (excluded.params IS NOT NULL AND params IS NULL)
          OR (excluded.response IS NOT NULL AND response IS NULL)
          OR (excluded.source IS NOT NULL AND source IS NULL)
          OR (excluded.function_error IS NOT NULL AND function_error IS NULL)
          OR (excluded.expires_at IS NOT NULL AND (expires_at IS NULL OR excluded.expires_at > expires_at)))
        """

    /// The figures of the latest report.
    private static let noteReport = """
        UPDATE events SET report_at = ?3, duration_ms = ?4, billed_ms = ?5, init_ms = ?6, memory_mb = ?7, max_memory_mb = ?8,
          report_status = CAST(?9 AS TEXT)
        WHERE aws_request_id = CAST(?1 AS TEXT) AND FunctionName = CAST(?2 AS TEXT) AND kind = 'invocation' AND (
          report_at IS NULL OR
          (report_at, coalesce(duration_ms, -1), coalesce(billed_ms, -1), coalesce(init_ms, -1), coalesce(memory_mb, -1),
            coalesce(max_memory_mb, -1), coalesce(report_status, ''))
          < (?3, coalesce(?4, -1), coalesce(?5, -1), coalesce(?6, -1), coalesce(?7, -1), coalesce(?8, -1),
            coalesce(CAST(?9 AS TEXT), '')))
        """

    /// The first failure, a time-out before an error.
    private static let noteFailure = """
        UPDATE events SET problem = ?3, problem_at = ?4, error_type = CAST(?5 AS TEXT), error_message = CAST(?6 AS TEXT)
        WHERE aws_request_id = CAST(?1 AS TEXT) AND FunctionName = CAST(?2 AS TEXT) AND kind = 'invocation' AND (
          problem IS NULL OR problem < ?3 OR (problem = ?3 AND (problem_at > ?4 OR (problem_at = ?4 AND
            (coalesce(error_type, ''), coalesce(error_message, ''))
            < (coalesce(CAST(?5 AS TEXT), ''), coalesce(CAST(?6 AS TEXT), ''))))))
        """

    /// Writes facts, and tells whether they have changed the row.
    static func note(_ facts: Invocation, into db: Database) throws -> Bool {
        let id = text(facts.key.id)
        let name = text(facts.key.name)
        try db.cachedStatement(sql: noteSeen).execute(arguments: [
            id, name, text(facts.sort), text(facts.qualifier), text(facts.params), text(facts.response), text(facts.source),
            text(facts.functionError), facts.expiresAt.databaseValue,
        ])
        var changed = db.changesCount > 0
        if let report = facts.report {
            try db.cachedStatement(sql: noteReport).execute(arguments: [
                id, name, report.at.description.databaseValue, report.durationMS.databaseValue, report.billedMS.databaseValue,
                report.initMS.databaseValue, report.memoryMB.databaseValue, report.maxMemoryMB.databaseValue, text(report.status),
            ])
            if db.changesCount > 0 { changed = true }
        }
        if let failure = facts.failure {
            try db.cachedStatement(sql: noteFailure).execute(arguments: [
                id, name, failure.problem.rawValue.databaseValue, failure.at.description.databaseValue, text(failure.errorType),
                text(failure.errorMessage),
            ])
            if db.changesCount > 0 { changed = true }
        }
        return changed
    }
}

extension Optional where Wrapped: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
}

#endif
