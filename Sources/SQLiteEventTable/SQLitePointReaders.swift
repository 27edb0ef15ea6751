// SPDX-License-Identifier: Apache-2.0

#if SQLite

import GRDB
import Synchronization

/// Connections for questions that an index answers within microseconds. Those are asked on the thread of whoever asks, since handing them to
/// another thread, and the answer back, costs many times as much.
///
/// They never wait for anybody: where none is free or the file is locked, the question is to be asked of ``SQLiteReaders``.
final class SQLitePointReaders: Sendable {
    private let connections: [DatabaseQueue]
    /// The places of those that nobody uses, the one that was used last at the end: it has most in its cache.
    private let free: Mutex<[Int]>

    /// As many as there are threads that may ask at once; where they cannot be opened, none.
    private static let most = 4

    init(path: String) {
        var configuration = Configuration()
        configuration.label = "EventTable.points"
        configuration.readonly = true
        configuration.busyMode = .immediateError
        connections = (0..<Self.most).compactMap { _ in try? DatabaseQueue(path: path, configuration: configuration) }
        free = Mutex(Array(connections.indices.reversed()))
    }

    /// Reads without a transaction: each statement sees the newest state.
    /// - Returns: absent where somebody else has to be asked.
    func callAsFunction<Value>(_ body: (Database) throws -> Value) throws -> Value? {
        guard let place = free.withLock({ $0.popLast() }) else { return nil }
        defer { free.withLock { $0.append(place) } }
        do {
            return try connections[place].unsafeRead(body)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return nil
        }
    }

    func close() {
        for connection in connections { try? connection.close() }
    }
}

#endif
