// SPDX-License-Identifier: Apache-2.0

// The one file that calls libpq. Its invariants:
//
// - `handle` is made by PQconnectStartParams, is used by one thread at a time (a connection does not copy, and the sink keeps it on one
//   queue), and is freed by PQfinish in `deinit`, once.
// - Texts that libpq is handed live until its call returns; texts that it hands out are copied before anything else is called.
// - Every PGresult is cleared, once, by whoever took it.
//
// Nothing here waits inside libpq: calls are sent, and the socket is waited for together with a pipe by which another thread can break
// the wait off.

internal import CLibpq
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What PostgreSQL, or the way to it, said.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The five characters by which PostgreSQL tells errors apart; empty where it is not PostgreSQL that speaks.
    public var state: SQLState
    public var message: String
    /// The connection cannot be used any more.
    public var isDisconnected: Bool

    public var description: String { state.code.isEmpty ? message : "\(message) (SQLSTATE \(state.code))" }
}

/// Ends what a connection waits for, from any thread.
final class Interruption: Sendable {
    private let reading: Int32
    private let writing: Int32

    init() throws(PostgresError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw PostgresError(state: SQLState(""), message: "no pipe can be made", isDisconnected: false) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit { _ = (close(reading), close(writing)) }

    func interrupt() {
        var byte: UInt8 = 0
        _ = unsafe write(writing, &byte, 1)
    }

    /// Waits until the socket can be read from or, if asked for, written to.
    /// - Returns: false where the wait was broken off.
    func wait(for socket: Int32, toWrite: Bool) -> Bool {
        var both = [
            pollfd(fd: socket, events: Int16(toWrite ? POLLOUT | POLLIN : POLLIN), revents: 0), pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&both, 2, -1) < 0, errno == EINTR {}
        return both[1].revents == 0
    }

    /// The same until one of two things may be done in an attempt to connect.
    func waitToConnect(_ socket: Int32, reading: Bool) -> Bool {
        var both = [
            pollfd(fd: socket, events: Int16(reading ? POLLIN : POLLOUT), revents: 0), pollfd(fd: self.reading, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&both, 2, -1) < 0, errno == EINTR {}
        return both[1].revents == 0
    }
}

/// A connection to a PostgreSQL server.
@safe
struct Connection: ~Copyable {
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    /// Connects.
    /// - Parameter address: what libpq calls a connection string: `postgresql://user@host/database` or `host=… dbname=…`.
    static func open(_ address: String, _ interruption: Interruption) throws(PostgresError) -> Connection {
        let keywords = ["dbname", "application_name", "client_encoding"], values = [address, "sluice", "UTF8"]
        let made: OpaquePointer? = unsafe withCStrings(keywords) { keywords in
            unsafe withCStrings(values) { values in unsafe PQconnectStartParams(keywords, values, 1) }
        }
        guard let made = unsafe made else { throw PostgresError(state: SQLState(""), message: "there is no memory for a connection", isDisconnected: true) }
        let connection = unsafe Connection(made)
        try connection.establish(interruption)
        return connection
    }

    private borrowing func establish(_ interruption: Interruption) throws(PostgresError) {
        guard unsafe PQstatus(handle) != CONNECTION_BAD else { throw failure() }
        // As if the last answer had been that it can be written.
        var isReading = false
        while true {
            let socket = unsafe PQsocket(handle)
            guard socket >= 0 else { throw failure() }
            guard interruption.waitToConnect(socket, reading: isReading) else { throw Self.interrupted }
            switch unsafe PQconnectPoll(handle) {
            case PGRES_POLLING_OK:
                unsafe PQsetnonblocking(handle, 1)
                // Notices go nowhere; by default libpq writes them to standard error.
                unsafe PQsetNoticeReceiver(handle, { _, _ in }, nil)
                return
            case PGRES_POLLING_READING: isReading = true
            case PGRES_POLLING_WRITING: isReading = false
            default: throw failure()
            }
        }
    }

    deinit { unsafe PQfinish(handle) }

    static let interrupted = PostgresError(state: SQLState(""), message: "the time was up before PostgreSQL had answered", isDisconnected: true)

    /// Runs one statement with parameters as text, and gives the texts of its first column.
    ///
    /// - Throws: what PostgreSQL says. A wait that was broken off leaves the connection in the middle of something: close it.
    borrowing func run(_ statement: String, _ parameters: [String] = [], _ interruption: Interruption) throws(PostgresError) -> [String] {
        let isSent = unsafe withCStrings(parameters) { values in
            unsafe PQsendQueryParams(handle, statement, Int32(parameters.count), nil, values, nil, nil, 0)
        }
        guard isSent == 1 else { throw failure() }
        let socket = unsafe PQsocket(handle)
        while true {
            let rest = unsafe PQflush(handle)
            if rest < 0 { throw failure() }
            if rest == 0 { break }
            guard interruption.wait(for: socket, toWrite: true) else { throw Self.interrupted }
            guard unsafe PQconsumeInput(handle) == 1 else { throw failure() }
        }
        var rows: [String] = []
        var error: PostgresError?
        while true {
            while unsafe PQisBusy(handle) == 1 {
                guard interruption.wait(for: socket, toWrite: false) else { throw Self.interrupted }
                guard unsafe PQconsumeInput(handle) == 1 else { throw failure() }
            }
            guard let result = unsafe PQgetResult(handle) else { break }
            defer { unsafe PQclear(result) }
            switch unsafe PQresultStatus(result) {
            case PGRES_TUPLES_OK:
                for row in 0..<(unsafe PQntuples(result)) { rows.append(unsafe String(cString: PQgetvalue(result, row, 0))) }
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default:
                let state = unsafe PQresultErrorField(result, 67).map { unsafe String(cString: $0) } ?? ""  // PG_DIAG_SQLSTATE, 'C'
                let text = unsafe PQresultErrorField(result, 77).map { unsafe String(cString: $0) }  // PG_DIAG_MESSAGE_PRIMARY, 'M'
                error = PostgresError(
                    state: SQLState(state), message: text ?? lastMessage, isDisconnected: unsafe PQstatus(handle) == CONNECTION_BAD)
            }
        }
        if let error { throw error }
        return rows
    }

    /// What libpq says of the connection.
    private borrowing func failure() -> PostgresError {
        PostgresError(state: SQLState(""), message: lastMessage, isDisconnected: true)
    }

    private var lastMessage: String {
        let text = unsafe String(cString: PQerrorMessage(handle))
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "the connection is lost"
    }
}

/// Hands `body` the texts as C has them, with a nil behind the last one. They live for the call.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe texts.map { unsafe strdup($0) }
    defer { for unsafe copy in unsafe copies { unsafe free(copy) } }
    let pointers = unsafe copies.map { unsafe UnsafePointer($0) } + [nil]
    return unsafe pointers.withUnsafeBufferPointer { buffer in
        // There is always the nil, so that there is an address.
        unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
}
