// SPDX-License-Identifier: Apache-2.0

#if SQLite

import FoundationEssentials
import GRDB

// GRDB hands text over as C strings, which end at a NUL. Names, ids and messages come from outside and may hold one, so where they do
// they pass as bytes, in both directions, and the statement makes text of them: `CAST(? AS TEXT)`, `CAST(column AS BLOB)`.
// JSON always escapes a NUL; columns that hold JSON need none of this.

/// A text that may hold a NUL, as an argument for `CAST(? AS TEXT)`.
func text(_ string: String?) -> DatabaseValue {
    guard let string else { return .null }
    return string.utf8.contains(0) ? Data(string.utf8).databaseValue : string.databaseValue
}

extension Row {
    /// The text of a column that was selected as `CAST(column AS BLOB)`.
    func text(_ column: String) -> String? {
        guard let data: Data = self[column] else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// As `text`, of a column that is never NULL.
    func requiredText(_ column: String) -> String { text(column) ?? "" }
}

#endif
