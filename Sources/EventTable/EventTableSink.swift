// SPDX-License-Identifier: Apache-2.0

public import Sluice
internal import StreamRecords
internal import Synchronization

/// Keeps records in an event table, whatever its store.
///
/// Changes, messages and events become rows, log lines gather by execution. What the table told before is answered with
/// `Outcome.alreadyThere`, and nothing is written.
public final class EventTableSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// `sqlite:PATH` or `dynamodb:NAME`.
        var table: EventTableName
        /// How long rows are kept, counted from the time of what they tell. By default for ever.
        var retention: Duration?
        /// The attribute of items, message bodies and event details that names the execution which caused them.
        var causedBy: String?
        /// How many calls to a DynamoDB table are under way at the same time.
        var concurrency: Int?
        /// How often a call to a DynamoDB table is tried before the record must come again.
        var attempts: Int?
        /// How long all tries of one call to a DynamoDB table may take.
        var timeout: Duration?

        private enum CodingKeys: String, CodingKey {
            case table, retention, concurrency, attempts, timeout
            case causedBy = "caused_by"
        }
    }

    private let store: any EventStore
    private let mapper: Mutex<RecordMapper>

    public convenience init(_ settings: Settings, _ context: SinkContext) async throws { try await self.init(settings, context, stores: EventStores()) }

    /// Opens the table that the settings name.
    public convenience init(_ settings: Settings, _ context: SinkContext, stores: EventStores) async throws {
        let options = EventStores.Options(concurrency: settings.concurrency, attempts: settings.attempts, timeout: settings.timeout)
        if let retention = settings.retention, retention < .seconds(1) {
            throw EventStoreError(.badName, "sink \(context.name): retention is less than a second; a time such as 90d is expected")
        }
        self.init(
            store: try await stores.open(settings.table, for: .writing, options), retention: settings.retention?.components.seconds,
            causeAttribute: settings.causedBy)
    }

    /// A sink over a store that is open.
    /// - Parameters:
    ///   - retention: how long rows are kept, in seconds.
    ///   - causeAttribute: the attribute that names the execution which caused a change, a message or an event.
    public init(store: any EventStore, retention: Int64? = nil, causeAttribute: String? = nil) {
        self.store = store
        mapper = Mutex(RecordMapper(retention: retention, causeAttribute: causeAttribute))
    }

    /// Calls come one after another, since lines of a stream must be mapped in order; a store may do more at once itself. Rows are rendered by
    /// the mapper, always in the plain envelope.
    public var traits: SinkTraits { SinkTraits(needsPayloads: false) }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        var writes: [EventWrite] = []
        writes.reserveCapacity(batch.count * 2)
        var firsts: [Int] = []
        firsts.reserveCapacity(batch.count + 1)
        let before = mapper.withLock { mapper in
            let before = mapper
            for delivery in batch {
                firsts.append(writes.count)
                mapper.map(delivery.record, into: &writes)
            }
            return before
        }
        firsts.append(writes.count)
        let answers: [WriteAnswer]
        do {
            answers = try await store.write(writes, deadline: batch.deadline)
            guard answers.count == writes.count else { throw EventStoreError(.failed, "the store gave \(answers.count) answers for \(writes.count) writes") }
        } catch {
            mapper.withLock { $0 = before }
            throw error
        }
        var outcomes = Outcomes(for: batch)
        for index in 0..<batch.count { outcomes[index] = Self.outcome(answers[firsts[index]..<firsts[index + 1]]) }
        keepStreamsTogether(&outcomes, batch, before)
        return outcomes
    }

    /// A record is there when all of its writes are; its first write is the record itself, and tells whether it was there before.
    private static func outcome(_ answers: ArraySlice<WriteAnswer>) -> Outcome {
        var rejection: Outcome?
        for answer in answers {
            switch answer {
            case .retry(let reason, let delay): return .retry(Reason(reason), after: delay)
            case .rejected(let reason): rejection = rejection ?? .rejected(Reason(reason))
            case .written, .alreadyThere: continue
            }
        }
        return rejection ?? (answers.first == .alreadyThere ? .alreadyThere : .delivered)
    }

    /// A line that names no execution is understood only behind those before it. So when one line of a stream must come again, all of the
    /// batch do; those that are there will be found there.
    private func keepStreamsTogether(_ outcomes: inout Outcomes, _ batch: DeliveryBatch, _ before: RecordMapper) {
        var incomplete: Set<OrderingKey> = []
        for (index, delivery) in batch.enumerated() {
            if case .retry = outcomes[index], delivery.record.kind == .log, let key = delivery.orderingKey { incomplete.insert(key) }
        }
        if incomplete.isEmpty { return }
        for (index, delivery) in batch.enumerated() {
            guard delivery.record.kind == .log, let key = delivery.orderingKey, incomplete.contains(key) else { continue }
            mapper.withLock { $0.goBack(in: delivery.record, to: before) }
            switch outcomes[index] {
            case .delivered, .alreadyThere: outcomes[index] = .retry("comes again with other lines of its stream")
            case .retry, .rejected: continue
            }
        }
    }

    public func shutdown() async throws { try await store.close() }
}

extension SinkRegistry {
    /// Adds the sink `event-table` over these stores, also in their short forms: `sqlite:PATH`, `dynamodb:NAME`.
    public mutating func registerEventTable(_ stores: EventStores) {
        register(
            "event-table", settings: EventTableSink.Settings.self,
            shorthands: stores.schemes.map { scheme, argument in
                SinkShorthand(scheme, argument: argument) { $0.isEmpty ? nil : ["table": "\(scheme):\($0)"] }
            }
        ) { settings, context in
            try await EventTableSink(settings, context, stores: stores)
        }
    }
}
