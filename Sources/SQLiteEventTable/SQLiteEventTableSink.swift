// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
public import Sluice
import StreamRecords
import Synchronization

/// Keeps records in an event table in a SQLite file.
///
/// Changes, messages and events become rows, log lines gather by execution. A batch is one transaction: all of it is delivered, or
/// all of it is to be retried. What the table told before is answered with ``Outcome/alreadyThere``, and nothing is written.
public final class SQLiteEventTableSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// `sqlite:PATH`.
        var table: EventTableName
    }

    private let store: any EventStore
    private let mapper = Mutex(RecordMapper())

    public convenience init(_ settings: Settings, _ context: SinkContext) async throws {
        guard settings.table.scheme == "sqlite" else {
            throw EventStoreError(.badName, "\(settings.table): this sink keeps its table in a SQLite file, sqlite:PATH")
        }
        self.init(store: try await SQLiteEventStore(path: settings.table.place))
    }

    /// A sink over a store that is open.
    init(store: any EventStore) { self.store = store }

    /// One writer at a time is all that SQLite allows; rows are rendered by the mapper, always in the plain envelope.
    public var traits: SinkTraits { SinkTraits(needsPayloads: false) }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        var writes: [EventWrite] = []
        writes.reserveCapacity(batch.count * 2)
        var firsts: [Int] = []
        firsts.reserveCapacity(batch.count)
        mapper.withLock { mapper in
            for delivery in batch {
                firsts.append(writes.count)
                mapper.map(delivery.record, into: &writes)
            }
        }
        let answers = try await store.write(writes)
        var outcomes = Outcomes(for: batch)
        for (index, first) in firsts.enumerated() {
            outcomes[index] = answers[first] == .written ? .delivered : .alreadyThere
        }
        return outcomes
    }

    public func shutdown() async throws { try await store.close() }
}

extension SinkRegistry {
    /// Adds the sink `event-table` over SQLite, also as `sqlite:PATH`.
    public mutating func registerSQLiteEventTable() {
        register(
            "event-table", SQLiteEventTableSink.self,
            shorthands: [SinkShorthand("sqlite", argument: "PATH") { $0.isEmpty ? nil : ["table": "sqlite:\($0)"] }])
    }
}

#endif
