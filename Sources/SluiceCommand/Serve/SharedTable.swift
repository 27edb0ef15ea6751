// SPDX-License-Identifier: Apache-2.0

#if Server
import EventTable
import Sluice

/// One open event table that the API and a sink share: two would be in each other's way. Only who opened it closes it.
struct SharedTable: EventStore {
    /// How the table is called where it was opened.
    let name: EventTableName
    private let store: any EventStore

    init(_ store: any EventStore, name: EventTableName) {
        self.store = store
        self.name = name
    }

    func write(_ writes: [EventWrite], deadline: ContinuousClock.Instant?) async throws -> [WriteAnswer] {
        try await store.write(writes, deadline: deadline)
    }

    func save(_ invocation: Invocation) async throws -> SaveAnswer { try await store.save(invocation) }

    func judge(_ key: EventKey, _ judgement: Judgement) async throws -> JudgeAnswer { try await store.judge(key, judgement) }

    func judgements(of key: EventKey) async throws -> [Judgement] { try await store.judgements(of: key) }

    func begin(_ rerun: Rerun) async throws -> RerunStart { try await store.begin(rerun) }

    func advance(_ rerun: Rerun, from state: Rerun.State) async throws -> Bool { try await store.advance(rerun, from: state) }

    func rerun(key: String, of id: String) async throws -> Rerun? { try await store.rerun(key: key, of: id) }

    func rows(id: String) async throws -> [EventRow] { try await store.rows(id: id) }

    func page(_ query: EventQuery) async throws -> EventPage { try await store.page(query) }

    func logLines(requestID: String, limit: Int) async throws -> LogLinePage { try await store.logLines(requestID: requestID, limit: limit) }

    func statistics(_ range: TimeRange, scanning: Bool) async throws -> EventStatistics { try await store.statistics(range, scanning: scanning) }

    func close() async throws {}
}

extension Connections {
    /// The sinks that the command has, of which those that write into the table use it as it is open.
    func sinks(sharing table: SharedTable) -> SinkRegistry {
        var sharing = stores
        sharing.register(table.name.scheme, argument: table.name.scheme == "sqlite" ? "PATH" : "NAME") {
            place, access, options throws(EventStoreError) in
            // With options of its own a sink has a connection of its own.
            if place == table.name.place, options.isEmpty { return table }
            return try await stores.open(EventTableName("\(table.name.scheme):\(place)"), for: access, options)
        }
        var registry = sinks()
        registry.registerEventTable(sharing)
        return registry
    }
}
#endif
