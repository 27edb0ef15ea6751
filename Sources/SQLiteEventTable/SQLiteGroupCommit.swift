// SPDX-License-Identifier: Apache-2.0

#if SQLite

import GRDB
import Synchronization

/// Makes one transaction of the changes that wait for the file at the same time, so that many small ones cost little more than one.
///
/// Each is answered when the transaction that holds it is written. Where one of them fails, all are taken back and made one by one, so that the
/// failure is told to who asked for it, and to nobody else.
final class SQLiteGroupCommit: Sendable {
    private let pool: DatabasePool
    private let state = Mutex(State())

    private struct State {
        var waiting: [any Change] = []
        /// Somebody is at it, and will see what waits.
        var isAtWork = false
    }

    /// The most changes that share a transaction.
    private static let most = 128

    init(_ pool: DatabasePool) { self.pool = pool }

    /// Makes a change within a transaction that holds the write lock from its beginning. It may be made more than once; the last time counts.
    func callAsFunction<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(PendingChange(body, continuation))
                defer { state.isAtWork = true }
                return !state.isAtWork
            }
            if isFirst { pool.asyncWriteWithoutTransaction { db in self.work(db) } }
        }
    }

    /// On the connection's own queue.
    private func work(_ db: Database) {
        while let changes = next() { Self.commit(changes, in: db) }
    }

    private func next() -> [any Change]? {
        state.withLock { state in
            let changes = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(changes.count)
            state.isAtWork = !changes.isEmpty
            return changes.isEmpty ? nil : changes
        }
    }

    private static func commit(_ changes: [any Change], in db: Database) {
        do {
            try db.inTransaction(.immediate) {
                for change in changes { try change.make(in: db) }
                return .commit
            }
            for change in changes { change.answer(nil) }
        } catch {
            guard changes.count > 1 else {
                changes.first?.answer(error)
                return
            }
            for change in changes { commit([change], in: db) }
        }
    }
}

/// A change that somebody waits for.
private protocol Change: Sendable {
    func make(in db: Database) throws
    /// - Parameter error: why it was not made; absent where what `make` gave is in the file.
    func answer(_ error: (any Error)?)
}

private final class PendingChange<Value: Sendable>: Change {
    private let body: @Sendable (Database) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private let value = Mutex<Value?>(nil)

    init(_ body: @escaping @Sendable (Database) throws -> Value, _ continuation: CheckedContinuation<Value, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    func make(in db: Database) throws {
        let made = try body(db)
        value.withLock { $0 = made }
    }

    func answer(_ error: (any Error)?) {
        if let error { return continuation.resume(throwing: error) }
        guard let made = value.withLock({ $0 }) else { return continuation.resume(throwing: CancellationError()) }
        continuation.resume(returning: made)
    }
}

#endif
