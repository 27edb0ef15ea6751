// SPDX-License-Identifier: Apache-2.0

/// The name of an event table, as a configuration's `table` and the option `--table` give it: `sqlite:events.db`, `dynamodb:eventtable`.
public struct EventTableName: Sendable, Hashable, CustomStringConvertible {
    /// The file that is meant where nobody names a table.
    public static let standard = EventTableName(sqlite: "events.db")

    /// The kind of store: `sqlite`, `dynamodb`.
    public let scheme: String
    /// What the store calls the table: for SQLite the path of the file, for DynamoDB the table's name.
    public let place: String

    /// A SQLite file.
    public init(sqlite path: String) {
        scheme = "sqlite"
        place = path
    }

    /// A DynamoDB table.
    public init(dynamoDB table: String) {
        scheme = "dynamodb"
        place = table
    }

    /// Reads a name.
    /// - Throws: ``EventStoreError`` with the code ``EventStoreError/Code/badName``.
    public init(_ text: String) throws(EventStoreError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "sqlite" || parts[0] == "dynamodb" else {
            throw EventStoreError(.badName, "“\(text)” names no event table: sqlite:PATH or dynamodb:NAME is expected, as in sqlite:events.db")
        }
        guard !parts[1].isEmpty else {
            throw EventStoreError(.badName, "“\(text)” does not tell which table: sqlite:PATH or dynamodb:NAME is expected, as in sqlite:events.db")
        }
        scheme = String(parts[0])
        place = String(parts[1])
    }

    public var description: String { "\(scheme):\(place)" }
}
