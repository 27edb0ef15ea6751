// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
internal import EventTable
internal import Sluice

/// Makes the event table in DynamoDB, or adds to a table what it lacks. Doing it again changes nothing.
public struct EventTableCreation: Sendable {
    private let dynamoDB: DynamoDB
    private let table: String
    private let report: @Sendable (String) -> Void
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - report: is told each thing that was done or found, in a sentence.
    ///   - pause: waits between two looks at what DynamoDB is working on.
    public init(
        _ services: AWSServices, table: String, report: @escaping @Sendable (String) -> Void,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        dynamoDB = services.dynamoDB
        self.table = table
        self.report = report
        self.pause = pause
    }

    /// Sees to it that the table has its keys, its indexes, expiry and point-in-time recovery. Returns when all of it can be used; the first filling of an
    /// index of a large table may take hours.
    /// - Throws: ``EventStoreError``; with ``EventStoreError/Code/notAnEventTable`` where a table of that name is something else. That table is
    ///   not changed.
    public func run() async throws {
        if let flaw = TableLayout.flaw(inTable: table) { throw EventStoreError(.badName, flaw) }
        if let found = try await describe() {
            try checkStatus(found)
            try check(found)
            try await addIndexes(found)
        } else {
            try await create()
        }
        try await enableExpiry()
        try await enableRecovery()
    }

    // MARK: A new table

    private func create() async throws {
        let keys = [TableLayout.key] + TableLayout.indexes.map(\.key)
        let request = DynamoDB.CreateTableRequest(
            table: table, key: TableLayout.key, attributes: TableLayout.types(of: keys), indexes: TableLayout.indexes)
        _ = try await calling { () throws(AWSError) in try await dynamoDB.createTable(request) }
        _ = try await waitUntilActive(isNew: true)
        let names = TableLayout.indexes.map(\.name).joined(separator: ", ")
        report("Made the table \(table), billed by request, with the indexes \(names).")
    }

    // MARK: A table that exists

    private func check(_ found: DynamoDB.TableDescription) throws(EventStoreError) {
        let types = TableLayout.types(of: [TableLayout.key] + TableLayout.indexes.map(\.key))
        func text(_ key: DynamoDB.KeySchema) -> String {
            ([key.partition] + (key.sort.map { [$0] } ?? [])).map { "\($0) (\(found.attributes[$0]?.rawValue ?? "?"))" }.joined(separator: ", ")
        }
        guard found.key == TableLayout.key, found.attributes[TableLayout.id] == .string, found.attributes[TableLayout.name] == .string else {
            throw EventStoreError(
                .notAnEventTable,
                "the table \(table) has the key \(text(found.key)); an event table has \(TableLayout.id) (S), \(TableLayout.name) (S). A table's key cannot be "
                    + "changed: choose another name")
        }
        for (name, type) in types.sorted(by: { $0.key < $1.key }) {
            if let other = found.attributes[name], other != type {
                throw EventStoreError(
                    .notAnEventTable, "in the table \(table), \(name) is part of a key with the type \(other.rawValue); an event table keeps texts in it (S)")
            }
        }
        for index in TableLayout.indexes {
            if let other = found.indexes.first(where: { $0.name == index.name }), other.key != index.key {
                throw EventStoreError(
                    .notAnEventTable,
                    "the table \(table) has an index \(index.name) with the key \(text(other.key)); an event table's has "
                        + "\(index.key.partition), \(TableLayout.sort). Remove that index first")
            }
        }
        report("The table \(table) is there, with the right keys.")
    }

    /// DynamoDB makes one index at a time.
    private func addIndexes(_ found: DynamoDB.TableDescription) async throws {
        for index in TableLayout.indexes {
            if found.indexes.contains(where: { $0.name == index.name }) {
                report("The index \(index.name) is there.")
                continue
            }
            let now = try await waitUntilActive()
            let request = DynamoDB.AddIndexRequest(
                table: table, index: index, attributes: TableLayout.types(of: [index.key]), capacity: now.isOnDemand ? nil : now.capacity)
            _ = try await calling { () throws(AWSError) in try await dynamoDB.addIndex(request) }
            _ = try await waitUntilActive()
            report("Added the index \(index.name).")
        }
        _ = try await waitUntilActive()
    }

    private func enableExpiry() async throws {
        let attribute = try await calling { () throws(AWSError) in try await dynamoDB.timeToLiveAttribute(table: table) }
        switch attribute {
        case nil:
            try await calling { () throws(AWSError) in try await dynamoDB.enableTimeToLive(table: table, attribute: TableLayout.expiry) }
            report("Rows go when their \(TableLayout.expiry) has passed.")
        case TableLayout.expiry?: report("Rows go when their \(TableLayout.expiry) has passed: that was so before.")
        case let other?:
            report(
                "Rows go by the attribute \(other), which was so before and is left; DynamoDB takes only one, so what has \(TableLayout.expiry) is no longer "
                    + "read when that has passed, but stays stored.")
        }
    }

    /// How long DynamoDB may take until a new table's backups can be set.
    private static let longestWaitForBackups = Duration.seconds(600)

    /// A table can be used before its backups can be set: DynamoDB prepares them for some time after it has made the table, and refuses until then.
    private func enableRecovery() async throws {
        var waiting = Waiting()
        while true {
            do throws(AWSError) {
                try await dynamoDB.enablePointInTimeRecovery(table: table)
                break
            } catch {
                guard error.serviceCode == "ContinuousBackupsUnavailableException" else { throw failure(error) }
                guard waiting.total < Self.longestWaitForBackups else {
                    throw EventStoreError(
                        .failed,
                        "the table \(table) can be used, but DynamoDB does not yet take point-in-time recovery for it, after \(waiting.total.components.seconds) "
                            + "seconds: make it once more later, which adds what is lacking. DynamoDB said: \(error)")
                }
            }
            try await pause(waiting.next())
        }
        report("Point-in-time recovery is on: DynamoDB can bring the table back as it was at any second of the last 35 days.")
    }

    /// Pauses that grow, and how long they were in all.
    private struct Waiting {
        private(set) var total = Duration.zero
        private var pause = Duration.milliseconds(200)

        mutating func next() -> Duration {
            defer {
                total += pause
                pause = min(pause * 2, .seconds(10))
            }
            return pause
        }
    }

    // MARK: Calls

    private func describe() async throws(EventStoreError) -> DynamoDB.TableDescription? {
        do throws(AWSError) {
            return try await dynamoDB.describeTable(table)
        } catch {
            if error.isNotFound { return nil }
            throw failure(error)
        }
    }

    /// A table in another state will not come to be used by waiting.
    private func checkStatus(_ found: DynamoDB.TableDescription) throws(EventStoreError) {
        switch found.status {
        case "ACTIVE", "CREATING", "UPDATING": return
        case "DELETING":
            throw EventStoreError(.busy, "the table \(table) is being deleted: make it once more when DynamoDB has done with that")
        case let other:
            throw EventStoreError(
                .cannotOpen,
                "DynamoDB says of the table \(table) that it is \(other): it can be made an event table only when it is ACTIVE, so see to that first, or choose another name")
        }
    }

    /// For how long DynamoDB may not know a table that it has just made.
    private static let longestUnknown = Duration.seconds(60)

    private func waitUntilActive(isNew: Bool = false) async throws -> DynamoDB.TableDescription {
        var waiting = Waiting()
        while true {
            if let found = try await describe() {
                try checkStatus(found)
                if found.isActive { return found }
            } else if !isNew || waiting.total >= Self.longestUnknown {
                throw EventStoreError(.failed, "the table \(table) is gone, as if somebody had deleted it meanwhile: make it once more")
            }
            try await pause(waiting.next())
        }
    }

    private func calling<Value>(_ body: () async throws(AWSError) -> Value) async throws(EventStoreError) -> Value {
        do throws(AWSError) { return try await body() } catch { throw failure(error) }
    }

    private func failure(_ error: AWSError) -> EventStoreError {
        let isWrongCommand = [.configuration, .credentials, .invalidRequest].contains(error.code)
        return EventStoreError(isWrongCommand ? .badName : .failed, "\(table): \(error)")
    }
}

#endif
