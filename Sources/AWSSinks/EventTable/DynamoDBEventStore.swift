// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
public import EventTable
internal import Sluice
internal import StreamRecords

/// The event table in DynamoDB.
///
/// It makes nothing by itself: the table is there with its indexes, made by `sluice table create` or a deployment template. Each write stands for
/// itself; many are under way at once, and each is conditional, so that it does not matter in which order they arrive, or how often.
struct DynamoDBEventStore: EventStore {
    let dynamoDB: DynamoDB
    /// Name or ARN.
    let table: String
    let calls: CallSettings
    /// Makes the writes' calls.
    let courier: Courier<EventWriter.Work>
    /// The time by which rows have expired, in seconds since 1970.
    let now: @Sendable () -> Int64

    init(
        _ services: AWSServices, table: String, _ options: EventStores.Options = .init(),
        pause: @escaping @Sendable (Duration) async -> Void = SinkClient.wait,
        now: @escaping @Sendable () -> Int64 = { WallClock.now.milliseconds / 1000 }
    ) throws(EventStoreError) {
        do throws(ConfigurationValueError) {
            calls = CallSettings.single.with(try CallOptions(options))
        } catch {
            throw EventStoreError(.badName, "dynamodb:\(table): expected \(error.expected)")
        }
        // Else the client would refuse each call, and so reject each record.
        if let flaw = TableLayout.flaw(inTable: table) { throw EventStoreError(.badName, "dynamodb: \(flaw)") }
        self.dynamoDB = services.dynamoDB
        self.table = table
        self.now = now
        courier = Courier(calls, .single, pause: pause)
    }

    func write(_ writes: [EventWrite], deadline: ContinuousClock.Instant?) async throws -> [WriteAnswer] {
        try await EventWriter(store: self).write(writes, deadline: deadline)
    }

    func save(_ invocation: Invocation) async throws -> SaveAnswer { try await InvocationSaving(store: self).save(invocation) }

    func judge(_ key: EventKey, _ judgement: Judgement) async throws -> JudgeAnswer {
        try await VerdictWriter(store: self).judge(key, judgement)
    }

    func judgements(of key: EventKey) async throws -> [Judgement] { try await VerdictWriter(store: self).judgements(of: key) }

    func begin(_ rerun: Rerun) async throws -> RerunStart { try await RerunRows(store: self).begin(rerun) }

    func advance(_ rerun: Rerun, from state: Rerun.State) async throws -> Bool { try await RerunRows(store: self).advance(rerun, from: state) }

    func rerun(key: String, of id: String) async throws -> Rerun? { try await RerunRows(store: self).rerun(key: key, of: id) }

    func rows(id: String) async throws -> [EventRow] { try await EventReader(store: self).rows(id: id) }

    func page(_ query: EventQuery) async throws -> EventPage { try await EventReader(store: self).page(query) }

    func logLines(requestID: String, limit: Int) async throws -> LogLinePage {
        try await LogReader(reader: EventReader(store: self)).lines(requestID: requestID, limit: limit)
    }

    /// Counts by function, table, queue and bus begin with the names of all of them, which no index lists: they take a scan, which DynamoDB bills by the
    /// size of the whole table, payloads and log lines included, each time it is asked.
    func statistics(_ range: TimeRange, scanning: Bool) async throws -> EventStatistics {
        guard scanning else {
            throw EventStoreError(
                .notAvailable,
                "dynamodb:\(table): statistics read the whole table, which DynamoDB bills by its size, since no index lists all functions and tables; --scan has it done all the same. "
                    + "Else process the recorded streams into a SQLite file and ask that (--to sqlite:events.db), or ask CloudWatch for the functions' metrics")
        }
        return try await TableScan(reader: EventReader(store: self)).statistics(range)
    }

    /// The client's connections belong to whoever made it.
    func close() async throws {}

    /// What a call's failure means for somebody who asked this store.
    func failure(_ error: AWSError) -> EventStoreError {
        switch error.serviceCode {
        case "ResourceNotFoundException":
            EventStoreError(.missing, "there is no DynamoDB table “\(table)” with the event table's indexes in this account and region: \(error)")
        case "ValidationException" where error.message.contains("index") || error.message.contains("key"):
            EventStoreError(.notAnEventTable, "dynamodb:\(table) has not the event table's keys and indexes; `sluice table create` adds what is missing: \(error)")
        default:
            EventStoreError(error.code == .configuration || error.code == .credentials ? .cannotOpen : .failed, "dynamodb:\(table): \(error)")
        }
    }
}

extension EventStores {
    /// Adds event tables in DynamoDB, `dynamodb:NAME`. Nothing is called before a table is written or read.
    public mutating func registerDynamoDB(_ services: AWSServices) {
        register("dynamodb", argument: "NAME") { table, _, options throws(EventStoreError) in
            try DynamoDBEventStore(services, table: table, options)
        }
    }
}

extension SinkRegistry {
    /// Adds the sink `event-table` over DynamoDB alone, also as `dynamodb:NAME`. A program with other stores registers all of them together.
    mutating func registerDynamoDBEventTable(_ services: AWSServices) {
        var stores = EventStores()
        stores.registerDynamoDB(services)
        registerEventTable(stores)
    }
}

#endif
