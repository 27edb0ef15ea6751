// SPDX-License-Identifier: Apache-2.0

#if SQLite

import Dispatch
public import EventTable
import FoundationEssentials
import GRDB
import StreamRecords

/// The event table in a SQLite file.
///
/// The file is in WAL mode with `synchronous = NORMAL`: whatever was answered is in the file and stays there when the process is
/// killed; only a crash of the machine may cost the last moments, and never the file's soundness. Several processes may write
/// and read one file at a time. All of SQLite's work is done on GRDB's own queues, never on the threads that run Swift's tasks.
public final class SQLiteEventStore: EventStore {
    /// What to open a file for.
    public enum Access: Sendable, Hashable {
        /// To write and read; a missing file is made.
        case readWrite
        /// To read only; a missing file is an error.
        case readOnly
    }

    /// The file's path.
    public let path: String
    let pool: DatabasePool

    /// Opens a file.
    /// - Parameters:
    ///   - path: The file's path. For writing, folders on the way are created.
    ///   - patience: How long to wait for other processes that write, in seconds.
    /// - Throws: ``EventStoreError``.
    public init(path: String, access: Access = .readWrite, patience: Double = 30) async throws(EventStoreError) {
        self.path = path
        let opened = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Self.open(path: path, access: access, patience: patience))
            }
        }
        pool = try opened.get()
    }

    private static func open(path: String, access: Access, patience: Double) -> Result<DatabasePool, EventStoreError> {
        do {
            if access == .readOnly, !FileManager.default.fileExists(atPath: path) {
                throw EventStoreError(.missing, "there is no event table at \(path)")
            }
            var configuration = Configuration()
            configuration.label = "EventTable"
            configuration.readonly = access == .readOnly
            configuration.busyMode = .timeout(patience)
            configuration.maximumReaderCount = 2
            if access == .readWrite {
                configuration.prepareDatabase { db in
                    guard !db.configuration.readonly else { return }
                    try db.execute(sql: "PRAGMA synchronous = NORMAL")
                    // Keys are spread evenly, so an insert touches any page of their index: a larger cache (KiB, negative) and
                    // rarer checkpoints (pages) write each of them less often.
                    try db.execute(sql: "PRAGMA cache_size = -24576")
                    try db.execute(sql: "PRAGMA wal_autocheckpoint = 16384")
                }
            }
            if access == .readWrite { createFolder(of: path) }
            let pool = try DatabasePool(path: path, configuration: configuration)
            switch access {
            case .readWrite: try pool.write { try prepare($0, path: path, mayMigrate: true) }
            case .readOnly: try pool.read { try prepare($0, path: path, mayMigrate: false) }
            }
            return .success(pool)
        } catch {
            return .failure(EventStoreError(error, opening: path))
        }
    }

    /// A place that no folder can be made at is left to SQLite to complain about.
    private static func createFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        try? FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
    }

    private static func prepare(_ db: Database, path: String, mayMigrate: Bool) throws {
        switch try SQLiteSchema.owner(db) {
        case .eventTable(SQLiteSchema.version): return
        case .eventTable(let version) where version > SQLiteSchema.version:
            throw EventStoreError(.tooNew, "\(path) was written by a newer version of Sluice (schema \(version))")
        case .eventTable(let version) where mayMigrate: try SQLiteSchema.migrate(db, from: version)
        case .empty where mayMigrate: try SQLiteSchema.migrate(db, from: 0)
        case .eventTable(let version):
            throw EventStoreError(
                .cannotOpen, "\(path) has the older schema \(version); writing to it once brings it to \(SQLiteSchema.version)")
        case .empty, .other:
            throw EventStoreError(.notAnEventTable, "\(path) is not an event table")
        }
    }

    /// One transaction: all of the batch is written, or nothing.
    public func write(_ writes: [EventWrite], deadline: ContinuousClock.Instant?) async throws -> [WriteAnswer] {
        guard !writes.isEmpty else { return [] }
        return try await translatingErrors { try await pool.write { try SQLiteWriter.write(writes, into: $0) } }
    }

    public func rows(id: String) async throws -> [EventRow] {
        try await read { try SQLiteReader.rows(id: id, now: $1, in: $0) }
    }

    public func page(_ query: EventQuery) async throws -> EventPage {
        try await read { try SQLiteReader.page(query, now: $1, in: $0) }
    }

    public func logLines(requestID: String, limit: Int) async throws -> LogLinePage {
        try await read { db, _ in try SQLiteReader.logLines(requestID: requestID, limit: limit, in: db) }
    }

    public func statistics(_ range: TimeRange) async throws -> EventStatistics {
        try await read { try SQLiteStatistics.statistics(range, now: $1, in: $0) }
    }

    /// Puts what stands in the write-ahead log into the file, where nobody else uses it, and closes it.
    public func close() async throws {
        let pool = pool
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Result { try pool.close() }) }
        }
        do { try result.get() } catch { throw EventStoreError(error, using: path) }
    }

    private func read<T: Sendable>(_ body: @escaping @Sendable (Database, Timestamp) throws -> T) async throws -> T {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        return try await translatingErrors { try await pool.read { try body($0, now) } }
    }

    private func translatingErrors<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw EventStoreError(error, using: path)
        }
    }
}

extension EventStoreError {
    /// What a failure to open the file at a path means.
    init(_ error: any Error, opening path: String) {
        switch error {
        case let error as EventStoreError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB:
            self.init(.notAnEventTable, "\(path) is not an event table: it is no SQLite file")
        case let error as DatabaseError where error.resultCode == .SQLITE_BUSY:
            self.init(.busy, "another process holds \(path)")
        case let error as DatabaseError:
            self.init(.cannotOpen, "cannot open \(path): \(error.message ?? error.resultCode.description)")
        default: self.init(.cannotOpen, "cannot open \(path): \(error)")
        }
    }

    /// What a failure to write or read means.
    init(_ error: any Error, using path: String) {
        switch error {
        case let error as EventStoreError: self = error
        case let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode):
            self.init(.busy, "another process holds \(path)")
        case let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode):
            self.init(.notAnEventTable, "\(path) is damaged: \(error.message ?? error.resultCode.description)")
        case let error as DatabaseError:
            self.init(.failed, "\(path): \(error.message ?? error.resultCode.description)")
        default: self.init(.failed, "\(path): \(error)")
        }
    }
}

#endif
