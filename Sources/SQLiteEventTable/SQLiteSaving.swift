// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB

/// Saves recorded invocations.
enum SQLiteSaving {
    private static let recorded = """
        SELECT kind, CAST(params AS BLOB) AS params, CAST(response AS BLOB) AS response, CAST(source AS BLOB) AS source,
          CAST(function_error AS BLOB) AS function_error
        FROM events WHERE aws_request_id = CAST(? AS TEXT) AND FunctionName = CAST(? AS TEXT)
        """

    /// Within a transaction that holds the write lock: what is compared cannot change before it is written.
    static func save(_ invocation: Invocation, in db: Database) throws -> SaveAnswer {
        let there = try Row.fetchOne(
            db.cachedStatement(sql: recorded), arguments: [text(invocation.key.id), text(invocation.key.name)])
        if let there {
            let kind: String = there["kind"]
            if kind != EventKind.invocation.rawValue { return .conflict(["kind"]) }
            let differing = SavedColumn.allCases.filter { column in
                guard let new = column.value(of: invocation), let old = there.text(column.rawValue) else { return false }
                return !new.utf8.elementsEqual(old.utf8)
            }
            if !differing.isEmpty { return .conflict(differing.map(\.rawValue)) }
        }
        return try SQLiteWriter.note(invocation, into: db) ? .written : .alreadyThere
    }
}

#endif
