// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Sluice
internal import Synchronization

/// A request to the Runtime API.
struct HTTPRequest: Sendable {
    var method: StaticString
    /// The path with its leading slash, in visible ASCII.
    var path: String
    var fields: [(name: StaticString, value: String)] = []
    /// Absent for a request without one.
    var body: [UInt8]?
}

/// One keep-alive connection, made when it is first needed and again when it was lost. Calls block, on a thread of their own.
final class HTTPConnection: Sendable {
    private let endpoint: Endpoint
    private let limits: HTTPLimits
    private let queue = BlockingQueue("sluice.runtime-api")
    private let state: Mutex<State>
    private let waiting = Mutex(Waiting())

    /// What the thread of the calls works with.
    private struct State: ~Copyable {
        var socket: Socket?
        /// Bytes that were received and not taken yet.
        var input = JSONBuffer()
        /// Blocks for bodies, used again and again.
        let memory = JSONMemory()
    }

    /// The connection that may be woken from waiting.
    private struct Waiting: Sendable {
        var descriptor: Int32?
        var isStopped = false
    }

    init(_ endpoint: Endpoint, limits: HTTPLimits = HTTPLimits()) {
        self.endpoint = endpoint
        self.limits = limits
        state = Mutex(State())
    }

    /// Sends a request and waits for its answer, however long that takes.
    ///
    /// - Parameter untilStopped: whether ``stop()`` ends the waiting.
    /// - Returns: nil where it did.
    func exchange(_ request: HTTPRequest, untilStopped: Bool = false) async throws(HTTPError) -> HTTPResponse? {
        let result: Result<HTTPResponse?, HTTPError>
        do {
            result = try await queue.run { [self] in
                state.withLock { state in
                    do throws(HTTPError) {
                        return .success(try exchange(request, &state, untilStopped: untilStopped))
                    } catch {
                        return .failure(error)
                    }
                }
            }
        } catch {
            throw HTTPError(.connectionLost, "\(error)")
        }
        return try result.get()
    }

    /// Wakes whoever waits until stopped; whoever begins to wait so afterwards does not wait at all.
    func stop() {
        waiting.withLock { waiting in
            waiting.isStopped = true
            // The descriptor is open: it is taken out of here, under this lock, before anybody closes it.
            if let descriptor = waiting.descriptor { Socket.interrupt(descriptor) }
        }
    }

    // MARK: On the thread of the calls

    private func exchange(
        _ request: HTTPRequest, _ state: inout State, untilStopped: Bool
    ) throws(HTTPError) -> HTTPResponse? {
        // A server may close a connection that was idle; whoever writes to it learns that too late.
        if let socket = state.socket, socket.isStale { state.socket = nil }
        let socket: Socket
        if let open = state.socket { socket = open } else { socket = try Socket(connectingTo: endpoint) }
        state.socket = socket
        guard untilStopped else { return try exchange(request, over: socket, &state) }
        let isStopped = waiting.withLock { waiting in
            if !waiting.isStopped { waiting.descriptor = socket.descriptor }
            return waiting.isStopped
        }
        if isStopped { return nil }
        defer { waiting.withLock { $0.descriptor = nil } }
        do throws(HTTPError) {
            return try exchange(request, over: socket, &state)
        } catch {
            if waiting.withLock({ $0.isStopped }) { return nil }
            throw error
        }
    }

    private func exchange(
        _ request: HTTPRequest, over socket: Socket, _ state: inout State
    ) throws(HTTPError) -> HTTPResponse {
        // Only a whole answer proves that the connection can be used again.
        state.socket = nil
        var sendingFailed: DescriptorError?
        do throws(DescriptorError) {
            try bytes(of: request).write(to: socket.descriptor)
        } catch {
            // A server that refuses a request may close before it has read all of it: its answer may be there all the same.
            sendingFailed = error
        }
        var parser = HTTPResponseParser(limits: limits, memory: state.memory)
        while !parser.isComplete {
            state.input.removeAll()
            let count: Int
            do throws(DescriptorError) {
                count = try state.input.read(from: socket.descriptor, upTo: 64 << 10)
            } catch {
                throw HTTPError(.connectionLost, "\(endpoint): \(sendingFailed ?? error)")
            }
            if count == 0 {
                if let sendingFailed, !parser.hasBegun { throw HTTPError(.connectionLost, "\(endpoint): \(sendingFailed)") }
                try parser.end()
                break
            }
            let taken = try parser.consume(state.input)
            guard taken == state.input.count else {
                throw HTTPError(.malformed, "\(endpoint): more came than one answer")
            }
        }
        if parser.head.keepsAlive, !parser.endsWithConnection, sendingFailed == nil { state.socket = socket }
        return parser.finish()
    }

    private func bytes(of request: HTTPRequest) -> JSONWriter {
        var writer = JSONWriter(capacity: 512 + (request.body?.count ?? 0))
        writer.write(raw: request.method)
        writer.write(raw: " ")
        writer.write(raw: request.path)
        writer.write(raw: " HTTP/1.1\r\nHost: ")
        writer.write(raw: endpoint.description)
        writer.write(raw: "\r\nUser-Agent: sluice\r\nAccept: */*\r\n")
        for (name, value) in request.fields {
            writer.write(raw: name)
            writer.write(raw: ": ")
            // A value must not begin a line of its own.
            writer.write(raw: value.utf8.lazy.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 })
            writer.write(raw: "\r\n")
        }
        if let body = request.body {
            writer.write(raw: "Content-Length: ")
            writer.write(int: body.count)
            writer.write(raw: "\r\n\r\n")
            writer.write(raw: body)
        } else {
            writer.write(raw: "\r\n")
        }
        return writer
    }
}
