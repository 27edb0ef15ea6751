// SPDX-License-Identifier: Apache-2.0

/// What is kept of a record.
struct Row: Sendable {
    var id: String
    var kind: String
    var source: String
    /// The ordering key; empty where there is none.
    var key: String
    /// As RFC 3339 has it; empty where the record has none.
    var time: String
    /// JSON.
    var record: String
}

/// The table, and the one statement that writes to it.
struct Upsert: Sendable {
    /// The name as it stands in SQL, in quotes.
    let table: String

    /// - Parameter name: `records`, or with a schema `audit.records`.
    init(table name: String) {
        table = name.split(separator: ".", omittingEmptySubsequences: false).map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ".")
    }

    var creation: String {
        """
        CREATE TABLE IF NOT EXISTS \(table) (
          arrival bigint GENERATED ALWAYS AS IDENTITY,
          source text NOT NULL,
          id text NOT NULL,
          kind text NOT NULL,
          key text,
          time timestamptz,
          record jsonb NOT NULL,
          PRIMARY KEY (source, id)
        )
        """
    }

    /// Writes rows on the condition that none has their id; tells the places of those that were written. The rows come as one array a column,
    /// so that the statement is the same for any number of them.
    var statement: String {
        """
        WITH given AS (
          SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
            WITH ORDINALITY AS g(source, id, kind, key, time, record, place)
        ), written AS (
          INSERT INTO \(table) (source, id, kind, key, time, record)
          SELECT source, id, kind, nullif(key, ''), nullif(time, '')::timestamptz, record::jsonb FROM given ORDER BY place
          ON CONFLICT (source, id) DO NOTHING
          RETURNING source, id
        )
        SELECT min(place) FROM written JOIN given USING (source, id) GROUP BY source, id
        """
    }

    /// The statement's parameters.
    static func parameters(_ rows: some Sequence<Row>) -> [String] {
        [\Row.source, \.id, \.kind, \.key, \.time, \.record].map { column in array(rows.map { $0[keyPath: column] }) }
    }

    /// An array's text: <https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO>
    static func array(_ texts: [String]) -> String {
        var out = "{"
        for (index, text) in texts.enumerated() {
            if index > 0 { out += "," }
            out += "\""
            for scalar in text.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { out.unicodeScalars.append("\\") }
                out.unicodeScalars.append(scalar)
            }
            out += "\""
        }
        return out + "}"
    }
}
