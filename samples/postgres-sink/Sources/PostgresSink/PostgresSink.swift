// SPDX-License-Identifier: Apache-2.0

internal import Logging
public import Sluice
internal import StreamRecords
internal import Synchronization

/// Keeps records in a table of PostgreSQL, each once: `(source, id)` is its key, and what is there already is left alone.
///
/// A batch is one statement in one transaction. Where a record's own content is refused, the batch is halved behind savepoints until that
/// record stands alone; it is rejected, and the others are written. Everything else that goes wrong means: all to be retried. When it is not
/// known whether a transaction was committed, its records come again and are found there.
public final class PostgresSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// `postgresql://user@host/database`, or what else libpq takes. A password belongs into `PGPASSWORD` or a password file.
        public var url: String
        /// The table: `records` unless told, with a schema as `audit.records`.
        public var table: String?
        /// Make the table where it is missing: true unless told.
        public var create: Bool?
        /// How long PostgreSQL may take for a batch: 30 s unless told.
        public var timeout: Duration?

        public init(url: String, table: String? = nil, create: Bool? = nil, timeout: Duration? = nil) {
            (self.url, self.table, self.create, self.timeout) = (url, table, create, timeout)
        }
    }

    private let url: String
    private let upsert: Upsert
    private let timeout: Duration
    private let logger: Logger
    /// All calls to libpq are made here, one after another.
    private let queue = BlockingQueue("sluice.postgres")
    private let session = Mutex(Session())

    /// Connects, and makes the table.
    public init(_ settings: Settings, _ context: SinkContext) async throws {
        url = settings.url
        upsert = Upsert(table: settings.table ?? "records")
        timeout = settings.timeout ?? .seconds(30)
        logger = context.logger
        let create = settings.create ?? true
        try await interruptible(until: .now + timeout) { [self] interruption in
            try session.withLock { session throws(PostgresError) in
                try session.connect(url, interruption)
                if create { try session.create(upsert, interruption) }
            }
        }
    }

    /// One statement may have a thousand rows, and needs no more.
    public var traits: SinkTraits { SinkTraits(maximumRecords: 1000) }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        if batch.isEmpty { return Outcomes(for: batch) }
        let rows = batch.map(Row.init)
        let now = ContinuousClock.now
        let end = min(batch.deadline ?? now + timeout, now + timeout)
        let fates = try await interruptible(until: end) { [self] interruption in
            try session.withLock { session throws in
                if session.hasEnded { throw SinkEnded() }
                return try write(rows, &session, end, interruption)
            }
        }
        var outcomes = Outcomes(for: batch)
        for (index, fate) in fates.enumerated() { outcomes[index] = fate }
        return outcomes
    }

    /// Writes them, over a new connection where the old one is gone.
    private func write(
        _ rows: [Row], _ session: inout Session, _ end: ContinuousClock.Instant, _ interruption: Interruption
    ) throws(PostgresError) -> [Outcome] {
        let wasConnected = session.isConnected
        do throws(PostgresError) {
            return try session.write(rows, upsert, url, until: end, interruption)
        } catch {
            // A server that was restarted meanwhile is noticed only now. Nothing is written twice by trying again: what was committed after
            // all is found there.
            guard error.isDisconnected, wasConnected, error != Connection.interrupted else { throw error }
            logger.warning("the connection was lost: \(error)")
            return try session.write(rows, upsert, url, until: end, interruption)
        }
    }

    public func shutdown() async throws {
        try await queue.run { [self] in session.withLock { $0.end() } }
    }

    /// Runs something on the queue that blocks, and breaks its waits off when the time is up or the task is cancelled.
    private func interruptible<Value: Sendable>(
        until end: ContinuousClock.Instant, _ body: @escaping @Sendable (Interruption) throws -> Value
    ) async throws -> Value {
        let interruption = try Interruption()
        let timer = Task {
            // PostgreSQL has its own limit, which tells more; this is for a server that says nothing at all.
            try await Task.sleep(until: end + .milliseconds(500), clock: .continuous)
            interruption.interrupt()
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await queue.run { try body(interruption) }
        } onCancel: {
            interruption.interrupt()
        }
    }
}

extension Row {
    init(_ delivery: Delivery) {
        let record = delivery.record
        self.init(
            id: record.id.id, kind: record.kind.rawValue, source: record.id.source, key: delivery.orderingKey?.text ?? "",
            time: record.time?.description ?? "", record: String(decoding: delivery.payloadBytes, as: UTF8.self))
    }

    /// A character that PostgreSQL's texts cannot have, and C's neither. In JSON it is escaped, and PostgreSQL says so itself.
    var hasNUL: Bool { [id, kind, source, key].contains { $0.utf8.contains(0) } }
}

extension SinkRegistry {
    /// Registers `postgres`, in short `postgres:URL`.
    public mutating func registerPostgres() {
        register("postgres", PostgresSink.self, shorthands: [SinkShorthand("postgres", argument: "URL", setting: "url")])
    }
}
