// SPDX-License-Identifier: Apache-2.0

#if SQLite

public import EventTable
public import Sluice

extension EventStores {
    /// Adds event tables in SQLite files, `sqlite:PATH`.
    public mutating func registerSQLite() {
        register("sqlite", argument: "PATH") { path, access, options throws(EventStoreError) in
            guard options.isEmpty else {
                throw EventStoreError(
                    .badName, "sqlite:\(path): concurrency, attempts and timeout are for event tables in DynamoDB; a SQLite file takes none of them")
            }
            return try await SQLiteEventStore(path: path, access: SQLiteEventStore.Access(access))
        }
    }
}

extension SQLiteEventStore.Access {
    fileprivate init(_ access: EventStores.Access) {
        self =
            switch access {
            case .writing: .readWrite
            case .changing: .existing
            case .reading: .readOnly
            }
    }
}

extension SinkRegistry {
    /// Adds the sink `event-table` over SQLite alone, also as `sqlite:PATH`.
    public mutating func registerSQLiteEventTable() {
        var stores = EventStores()
        stores.registerSQLite()
        registerEventTable(stores)
    }
}

#endif
