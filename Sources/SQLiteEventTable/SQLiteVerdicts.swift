// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import StreamRecords

/// Keeps judgements, and in an execution's row the latest of them.
enum SQLiteVerdicts {
    static func judge(_ key: EventKey, _ judgement: Judgement, now: Timestamp, in db: Database) throws -> JudgeAnswer {
        let isThere = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM events WHERE aws_request_id = CAST(? AS TEXT) AND FunctionName = CAST(? AS TEXT)
                  AND kind = 'invocation' AND \(SQLiteReader.notExpired))
                """,
            arguments: [text(key.id), text(key.name), now.milliseconds / 1000])
        guard isThere == true else { return .notFound }
        try db.execute(
            sql: """
                INSERT INTO verdicts (aws_request_id, FunctionName, at, id, validity, author, note)
                VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), CAST(? AS TEXT))
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                text(key.id), text(key.name), judgement.at.description, text(judgement.id), judgement.validity.rawValue, text(judgement.by),
                text(judgement.note),
            ])
        guard db.changesCount > 0 else { return .alreadyThere }
        try db.execute(
            sql: """
                UPDATE events SET validity = ?3, validity_by = CAST(?4 AS TEXT), validity_at = ?5, validity_note = CAST(?6 AS TEXT)
                WHERE aws_request_id = CAST(?1 AS TEXT) AND FunctionName = CAST(?2 AS TEXT) AND kind = 'invocation'
                  AND (validity_at IS NULL OR validity_at <= ?5)
                """,
            arguments: [
                text(key.id), text(key.name), judgement.validity.rawValue, text(judgement.by), judgement.at.description, text(judgement.note),
            ])
        return .judged
    }

    static func judgements(of key: EventKey, in db: Database) throws -> [Judgement] {
        guard try SQLiteSchema.hasVerdicts(db) else { return [] }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT at, CAST(id AS BLOB) AS id, validity, CAST(author AS BLOB) AS author, CAST(note AS BLOB) AS note FROM verdicts
                WHERE aws_request_id = CAST(? AS TEXT) AND FunctionName = CAST(? AS TEXT) ORDER BY verdicts.at, verdicts.id
                """,
            arguments: [text(key.id), text(key.name)]
        ).compactMap { row in
            guard let validity = Judgement.Validity(rawValue: row["validity"]), let at = Timestamp(iso8601: row["at"]) else { return nil }
            return Judgement(id: row.requiredText("id"), validity: validity, note: row.text("note"), by: row.text("author"), at: at)
        }
    }
}

#endif
