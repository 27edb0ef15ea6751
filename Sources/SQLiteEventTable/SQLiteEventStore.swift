// SPDX-License-Identifier: Apache-2.0

#if SQLite

import Dispatch
public import EventTable
import FoundationEssentials
import GRDB
import Sluice
import StreamRecords
import Synchronization

/// The event table in a SQLite file.
///
/// The file is in WAL mode with `synchronous = NORMAL`: whatever was answered is in the file and stays there when the process is
/// killed; only a crash of the machine may cost the last moments, and never the file's soundness. Several processes may write
/// and read one file at a time. Looking up by an id is done at once on the thread that asks, since SQLite needs less time for it than it
/// takes to ask another thread; all else is done on threads of their own, never on those that run Swift's tasks.
public final class SQLiteEventStore: EventStore {
    /// What to open a file for.
    public enum Access: Sendable, Hashable {
        /// To write and read; a missing file is made.
        case readWrite
        /// To write and read; a missing file is an error.
        case existing
        /// To read only; a missing file is an error.
        case readOnly
    }

    /// The file's path.
    public let path: String
    let pool: DatabasePool
    private let together: SQLiteGroupCommit
    private let readers: SQLiteReaders
    private let points: SQLitePointReaders
    private let expiry = Mutex(SQLiteExpiry())

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
        together = SQLiteGroupCommit(pool)
        readers = SQLiteReaders(pool)
        points = SQLitePointReaders(path: path)
    }

    private static func open(path: String, access: Access, patience: Double) -> Result<DatabasePool, EventStoreError> {
        do {
            if access != .readWrite, !FileManager.default.fileExists(atPath: path) {
                throw EventStoreError(.missing, "there is no event table at \(path)")
            }
            var configuration = Configuration()
            configuration.label = "EventTable"
            configuration.readonly = access == .readOnly
            configuration.busyMode = .timeout(patience)
            configuration.maximumReaderCount = SQLiteReaders.most
            if access != .readOnly {
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
            case .readWrite, .existing: try pool.write { try prepare($0, path: path, mayMigrate: true) }
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
        // Each version has added to the one before, so all can be read; who looks for what an older file lacks finds nothing.
        case .eventTable: return
        case .empty, .other:
            throw EventStoreError(.notAnEventTable, "\(path) is not an event table")
        }
    }

    /// Within one transaction: all of the batch is written, or nothing.
    public func write(_ writes: [EventWrite], deadline: ContinuousClock.Instant?) async throws -> [WriteAnswer] {
        guard !writes.isEmpty else { return [] }
        let now = WallClock.now
        let isDue = expiry.withLock { $0.isDue(at: now) }
        return try await translatingErrors {
            try await together { db in
                let answers = try SQLiteWriter.write(writes, into: db)
                if isDue { try self.removeExpired(in: db, now) }
                return answers
            }
        }
    }

    /// Removes rows and lines that have expired, some at a time, so that no write waits long.
    private func removeExpired(in db: Database, _ now: Timestamp) throws {
        let isMore = try SQLiteExpiry.remove(in: db, now: now)
        expiry.withLock { $0.note(isMore: isMore, at: now) }
    }

    public func save(_ invocation: Invocation) async throws -> SaveAnswer {
        try await change { db, _ in try SQLiteSaving.save(invocation, in: db) }
    }

    public func judge(_ key: EventKey, _ judgement: Judgement) async throws -> JudgeAnswer {
        try await change { try SQLiteVerdicts.judge(key, judgement, now: $1, in: $0) }
    }

    public func judgements(of key: EventKey) async throws -> [Judgement] {
        try await read { db, _ in try SQLiteVerdicts.judgements(of: key, in: db) }
    }

    public func begin(_ rerun: Rerun) async throws -> RerunStart {
        try await change { try SQLiteReruns.begin(rerun, now: $1, in: $0) }
    }

    public func advance(_ rerun: Rerun, from state: Rerun.State) async throws -> Bool {
        try await change { db, _ in try SQLiteReruns.advance(rerun, from: state, in: db) }
    }

    public func rerun(key: String, of id: String) async throws -> Rerun? {
        try await read { try SQLiteReruns.rerun(key: key, of: id, now: $1, in: $0) }
    }

    public func rows(id: String) async throws -> [EventRow] {
        let now = WallClock.now
        // One statement sees one state, without a transaction around it.
        return try await translatingErrors {
            if let rows = try points({ try SQLiteReader.rows(id: id, now: now, in: $0) }) { return rows }
            return try await readers { try SQLiteReader.rows(id: id, now: now, in: $0) }
        }
    }

    public func page(_ query: EventQuery) async throws -> EventPage {
        let now = WallClock.now
        return try await translatingErrors { try await readers { try SQLiteReader.page(query, now: now, in: $0) } }
    }

    public func logLines(requestID: String, limit: Int) async throws -> LogLinePage {
        try await translatingErrors {
            if try points({ try SQLiteReader.hasLogLines(requestID: requestID, in: $0) }) == false { return LogLinePage(lines: [], isComplete: true) }
            return try await readers { db in
                try SQLiteReaders.inOneState(of: db) { try SQLiteReader.logLines(requestID: requestID, limit: limit, in: db) }
            }
        }
    }

    public func statistics(_ range: TimeRange, scanning: Bool) async throws -> EventStatistics {
        try await read { try SQLiteStatistics.statistics(range, now: $1, in: $0) }
    }

    /// Puts what stands in the write-ahead log into the file, where nobody else uses it, and closes it.
    public func close() async throws {
        let pool = pool
        let points = points
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                points.close()
                // The connections that only read are closed last, and cannot do it. Somebody else who reads an older state is no trouble.
                if !pool.configuration.readonly { _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
                continuation.resume(returning: Result { try pool.close() })
            }
        }
        do { try result.get() } catch { throw EventStoreError(error, using: path) }
    }

    private func read<T: Sendable>(_ body: @escaping @Sendable (Database, Timestamp) throws -> T) async throws -> T {
        let now = WallClock.now
        return try await translatingErrors { try await pool.read { try body($0, now) } }
    }

    /// A transaction that holds the write lock from its beginning, so what it reads stays so until it writes.
    private func change<T: Sendable>(_ body: @escaping @Sendable (Database, Timestamp) throws -> T) async throws -> T {
        let now = WallClock.now
        return try await translatingErrors { try await together { try body($0, now) } }
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
        // SQLite tells of a disk's fault here. Only a folder has a dot in it.
        case is DatabaseError where FileManager.default.fileExists(atPath: "\(path)/."):
            self.init(.notAnEventTable, "\(path) is not an event table: it is a folder")
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
