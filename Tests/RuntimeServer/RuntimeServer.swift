// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// What happens to an exchange, beside that it succeeds.
public enum Fault: Sendable, Hashable {
    case none
    /// The event, or the answer to a post, comes in chunks of so many bytes.
    case chunked(Int)
    /// Byte by byte, so that every read of the client sees a piece.
    case trickle
    /// The connection closes before a byte of the answer.
    case closeBefore
    /// The connection closes in the middle of the answer.
    case closeInside
    /// Whole answer, then the connection closes.
    case closeAfter
    /// Another status, with a body that says so.
    case status(Int)
    /// These bytes in place of an answer.
    case raw(String)
}

/// One event for the function, and what befalls it on the way.
public struct TestInvocation: Sendable {
    public var id: String
    public var event: [UInt8]
    /// How long the function has; nil for an answer without the header.
    public var time: Duration?
    public var traceID: String?
    /// On the way of the event.
    public var onNext: Fault = .none
    /// On the way of the answer, the first time it is posted.
    public var onAnswer: Fault = .none
    /// Fields of the header are written with other capitals.
    public var oddCapitals = false

    public init(_ id: String, _ event: String, time: Duration? = .seconds(300)) {
        self.init(id, Array(event.utf8), time: time)
    }

    public init(_ id: String, _ event: [UInt8], time: Duration? = .seconds(300)) {
        self.id = id
        self.event = event
        self.time = time
    }
}

/// What the function did with an event.
public struct TestAnswer: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case response, error, initError }

    public var kind: Kind
    public var id: String
    public var body: String
    /// `Lambda-Runtime-Function-Error-Type`.
    public var errorType: String?
}

/// A Lambda Runtime API on loopback, for tests: it hands out events one by one and takes the answers, by
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
///
/// Each connection has a thread of its own, with plain blocking calls.
public final class RuntimeServer: Sendable {
    private struct State {
        var queue: [TestInvocation] = []
        /// Handed out and not answered.
        var current: TestInvocation?
        var answers: [TestAnswer] = []
        var nexts = 0
        var connections = 0
        var isOver = false
        var open: [ServerSocket] = []
        var paths: [String] = []
        /// Each says whether it is done.
        var waiters: [@Sendable (State) -> Bool] = []
    }

    private let listening: ListeningSocket
    private let state = Mutex(State())
    /// Signalled for each event that is there to be fetched.
    private let events = DispatchSemaphore(value: 0)

    public init() throws {
        listening = try ListeningSocket()
        DispatchQueue(label: "runtime-server").async { [weak self, listening] in
            while let connection = listening.accept() {
                guard let self, !self.state.withLock({ $0.isOver }) else { return }
                state.withLock {
                    $0.connections += 1
                    $0.open.append(connection)
                }
                DispatchQueue(label: "runtime-server.connection").async { self.serve(connection) }
            }
        }
    }

    /// What `AWS_LAMBDA_RUNTIME_API` is set to.
    public var address: String { "127.0.0.1:\(listening.port)" }

    /// How many connections there were.
    public var connections: Int { state.withLock { $0.connections } }

    /// How often the next event was asked for.
    public var nexts: Int { state.withLock { $0.nexts } }

    /// All answers so far, in order.
    public var answers: [TestAnswer] { state.withLock { $0.answers } }

    /// The request lines' methods and paths, in order.
    public var paths: [String] { state.withLock { $0.paths } }

    /// Hands out an event once it is asked for.
    public func send(_ invocation: TestInvocation) {
        state.withLock { $0.queue.append(invocation) }
        events.signal()
    }

    /// Hands out an event and waits for what the function answers.
    public func invoke(_ invocation: TestInvocation) async throws -> TestAnswer {
        send(invocation)
        return try await answer { $0.id == invocation.id && $0.kind != .initError }
    }

    /// Waits for an answer of that kind.
    public func answer(within patience: Duration = .seconds(300), _ isWanted: @escaping @Sendable (TestAnswer) -> Bool) async throws -> TestAnswer {
        try await wait(within: patience) { $0.answers.first(where: isWanted) }
    }

    /// Waits until the next event has been asked for so many times.
    public func waitForNext(_ count: Int, within patience: Duration = .seconds(300)) async throws {
        _ = try await wait(within: patience) { $0.nexts >= count ? true : nil }
    }

    /// Why waiting was given up.
    public struct TooLate: Error, CustomStringConvertible {
        public let description: String
    }

    private func wait<Value: Sendable>(within patience: Duration, _ look: @escaping @Sendable (State) -> Value?) async throws -> Value {
        let found = await withCheckedContinuation { (continuation: CheckedContinuation<Value?, Never>) in
            let once = Once(continuation)
            let check: @Sendable (State) -> Bool = { state in
                if let value = look(state) { once.resume(value) }
                return once.isOver
            }
            state.withLock { state in
                if !check(state) { state.waiters.append(check) }
            }
            let seconds = Double(patience.components.seconds) + Double(patience.components.attoseconds) / 1e18
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { once.resume(nil) }
        }
        guard let found else { throw TooLate(description: "nothing came within \(patience); so far: \(paths.suffix(6)) \(answers.suffix(3))") }
        return found
    }

    private func changed() {
        state.withLock { state in
            let now = state
            state.waiters.removeAll { $0(now) }
        }
    }

    /// Closes everything.
    public func stop() {
        let open = state.withLock { state in
            state.isOver = true
            return state.open
        }
        listening.shut()
        for connection in open { connection.shut() }
        events.signal()
    }

    // MARK: A connection

    private func serve(_ connection: ServerSocket) {
        var reader = RequestReader(connection)
        while let request = reader.next() {
            state.withLock { $0.paths.append("\(request.method) \(request.path)") }
            guard answer(request, connection) else { break }
        }
        connection.shut()
        state.withLock { state in state.open.removeAll { $0 === connection } }
    }

    /// - Returns: whether the connection goes on.
    private func answer(_ request: RequestReader.Request, _ connection: ServerSocket) -> Bool {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.dropFirst(2).first, parts.last) {
        case ("GET", "invocation", "next"):
            return handOut(connection)
        case ("POST", "init", "error"):
            take(TestAnswer(kind: .initError, id: "", body: request.text, errorType: request.errorType))
            return write(connection, 202, [], Array(#"{"status":"OK"}"#.utf8), .none)
        case ("POST", "invocation", let kind?) where kind == "response" || kind == "error":
            return take(request, id: parts.count > 3 ? parts[3] : "", kind == "response" ? .response : .error, connection)
        default:
            return write(connection, 404, [], Array(#"{"errorType":"NotFound"}"#.utf8), .none)
        }
    }

    private func handOut(_ connection: ServerSocket) -> Bool {
        state.withLock { $0.nexts += 1 }
        changed()
        // An event that got lost on the way is handed out again.
        var invocation = state.withLock { $0.current }
        while invocation == nil {
            events.wait()
            if state.withLock({ $0.isOver }) { return false }
            invocation = state.withLock { state in
                if state.queue.isEmpty { return nil }
                let first = state.queue.removeFirst()
                state.current = first
                return first
            }
        }
        guard let invocation else { return false }
        // A fault strikes once.
        state.withLock { $0.current?.onNext = .none }
        func name(_ text: String) -> String { invocation.oddCapitals ? text.lowercased() : text }
        var fields = [(name("Lambda-Runtime-Aws-Request-Id"), invocation.id), (name("Content-Type"), "application/json")]
        if let time = invocation.time {
            let milliseconds = time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
            fields.append((name("Lambda-Runtime-Deadline-Ms"), "\(wallClock() + milliseconds)"))
        }
        if let trace = invocation.traceID { fields.append((name("Lambda-Runtime-Trace-Id"), trace)) }
        fields.append((name("Lambda-Runtime-Invoked-Function-Arn"), "arn:aws:lambda:eu-west-1:123456789012:function:sluice"))
        return write(connection, 200, fields, invocation.event, invocation.onNext)
    }

    private func take(_ request: RequestReader.Request, id: String, _ kind: TestAnswer.Kind, _ connection: ServerSocket) -> Bool {
        let known = state.withLock { $0.current?.id == id }
        guard known else {
            let isRepeated = state.withLock { $0.answers.contains { $0.id == id } }
            let type = isRepeated ? "InvalidStateTransition" : "InvalidRequestID"
            return write(connection, isRepeated ? 403 : 400, [], Array(#"{"errorType":"\#(type)"}"#.utf8), .none)
        }
        let fault = state.withLock { state in
            let fault = state.current?.onAnswer ?? .none
            if fault == .closeBefore {
                // As if the request had never arrived.
                state.current?.onAnswer = .none
            } else {
                state.current = nil
            }
            return fault
        }
        if fault == .closeBefore { return false }
        if case .status(413) = fault {
            take(TestAnswer(kind: .error, id: id, body: "Function.ResponseSizeTooLarge", errorType: nil))
            return write(connection, 413, [], Array(#"{"errorType":"RequestEntityTooLarge"}"#.utf8), .none)
        }
        take(TestAnswer(kind: kind, id: id, body: request.text, errorType: request.errorType))
        return write(connection, 202, [], Array(#"{"status":"OK"}"#.utf8), fault)
    }

    private func take(_ answer: TestAnswer) {
        state.withLock { $0.answers.append(answer) }
        changed()
    }
}

/// Resumes a continuation once.
private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

    var isOver: Bool { continuation.withLock { $0 == nil } }

    func resume(_ value: Value?) {
        continuation.withLock { $0.take() }?.resume(returning: value)
    }
}
