// SPDX-License-Identifier: Apache-2.0

#if SQLite

import Dispatch
import GRDB
import Synchronization

/// A few threads that read the file. Under load each takes one question after the other, without being put to sleep and woken between them,
/// which would cost more than most answers.
final class SQLiteReaders: Sendable {
    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "EventTable.readers", attributes: .concurrent)
    private let state = Mutex(State())

    private struct State {
        var waiting: [@Sendable (Database?, (any Error)?) -> Void] = []
        /// The place of the next one.
        var next = 0
        var atWork = 0
    }

    /// As many as the pool has connections for reading.
    static let most = 2

    init(_ pool: DatabasePool) { self.pool = pool }

    /// Reads without a transaction: each statement sees the newest state.
    func callAsFunction<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isWanted = state.withLock { state in
                state.waiting.append { db, error in
                    guard let db else { return continuation.resume(throwing: error ?? CancellationError()) }
                    continuation.resume(with: Result { try body(db) })
                }
                guard state.atWork < Self.most else { return false }
                state.atWork += 1
                return true
            }
            if isWanted { queue.async { self.work() } }
        }
    }

    /// Several statements that see the table as it was at the first of them.
    static func inOneState<Value>(of db: Database, _ body: () throws -> Value) throws -> Value {
        try db.beginTransaction(.deferred)
        do {
            let value = try body()
            try db.commit()
            return value
        } catch {
            try? db.rollback()
            throw error
        }
    }

    private func work() {
        while let first = next() {
            do {
                try pool.unsafeRead { db in
                    first(db, nil)
                    while let question = next(isLast: false) { question(db, nil) }
                }
            } catch {
                // Nothing was asked: there is no connection.
                first(nil, error)
            }
        }
    }

    /// - Parameter isLast: whoever finds nothing leaves.
    private func next(isLast: Bool = true) -> (@Sendable (Database?, (any Error)?) -> Void)? {
        state.withLock { state in
            guard state.next < state.waiting.count else {
                if isLast { state.atWork -= 1 }
                return nil
            }
            let question = state.waiting[state.next]
            state.next += 1
            if state.next == state.waiting.count {
                state.waiting.removeAll(keepingCapacity: true)
                state.next = 0
            }
            return question
        }
    }
}

#endif
