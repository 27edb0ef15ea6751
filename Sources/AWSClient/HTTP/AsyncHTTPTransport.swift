// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AsyncHTTPClient
internal import AWSSigner
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Sends requests with AsyncHTTPClient, which is started with the first one and keeps its connections.
final class AsyncHTTPTransport: HTTPTransport {
    private enum State {
        case idle
        case running(HTTPClient)
        case closed
    }

    private let state = Mutex(State.idle)
    private let configuration: HTTPClient.Configuration

    init(connectTimeout: Duration, connectionsPerHost: Int) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(connectTimeout)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connectionsPerHost)
        // Whether to try again is decided in one place, by the client's rules.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody here collects spans, and each would be filled in for each request.
        configuration.tracing.tracer = nil
        self.configuration = configuration
    }

    /// Whether there is a client with connections.
    var isStarted: Bool {
        state.withLock { if case .running = $0 { true } else { false } }
    }

    func send(
        _ request: HTTPRequest, timeout: Duration, maximumAnswer maximum: Int
    ) async throws(HTTPTransportError) -> HTTPResponse {
        let client = try started()
        do {
            let deadline = ContinuousClock.now + timeout
            let response = try await client.execute(AsyncHTTPTransport.message(request), timeout: TimeAmount(timeout))
            let body = try await AsyncHTTPTransport.body(of: response, maximum, before: deadline)
            return HTTPResponse(
                status: Int(response.status.code), headers: response.headers.map { HTTPHeader($0.name, $0.value) },
                body: Array(body.readableBytesView))
        } catch let error as HTTPTransportError {
            throw error
        } catch {
            throw AsyncHTTPTransport.failure(error, request)
        }
    }

    func shutdown() async {
        let client: HTTPClient? = state.withLock { state in
            defer { state = .closed }
            if case .running(let client) = state { return client }
            return nil
        }
        // It fails only where it was shut down before.
        try? await client?.shutdown()
    }

    private func started() throws(HTTPTransportError) -> HTTPClient {
        let client: HTTPClient? = state.withLock { state in
            switch state {
            case .running(let client): return client
            case .closed: return nil
            case .idle:
                let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
                state = .running(client)
                return client
            }
        }
        guard let client else { throw HTTPTransportError(.closed, "the client was shut down") }
        return client
    }

    private static func message(_ request: HTTPRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if !request.body.isEmpty || request.method == "PUT" || request.method == "POST" { message.body = .bytes(ByteBuffer(bytes: request.body)) }
        return message
    }

    /// The client's own time-out ends with the answer's head, so the body gets what is left.
    private static func body(
        of response: HTTPClientResponse, _ maximum: Int, before deadline: ContinuousClock.Instant
    ) async throws -> ByteBuffer {
        let body: ByteBuffer
        do {
            body = try await BodyRead(response.body, upTo: maximum).value(before: deadline)
        } catch is NIOTooManyBytesError {
            throw HTTPTransportError(.tooLarge, "the answer has more than \(maximum) bytes")
        }
        if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }), length != body.readableBytes, !hasNoBody(response) {
            throw HTTPTransportError(.connection, "the answer has \(body.readableBytes) of \(length) bytes")
        }
        return body
    }

    private static func hasNoBody(_ response: HTTPClientResponse) -> Bool {
        response.history.last?.request.method == .HEAD || response.status == .notModified || response.status == .noContent
    }

    private static func failure(_ error: any Error, _ request: HTTPRequest) -> HTTPTransportError {
        if Task.isCancelled || error is CancellationError { return HTTPTransportError(.cancelled, "the task was cancelled", underlying: error) }
        guard let known = error as? HTTPClientError else {
            return HTTPTransportError(.connection, "no answer from \(request.endpoint.origin): \(error)", underlying: error)
        }
        switch known {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
            return HTTPTransportError(.timeout, "no answer from \(request.endpoint.origin) in time: \(known.shortDescription)", underlying: error)
        case .cancelled: return HTTPTransportError(.cancelled, "the task was cancelled", underlying: error)
        case .alreadyShutdown: return HTTPTransportError(.closed, "the client was shut down", underlying: error)
        case .invalidURL, .emptyHost, .emptyScheme:
            return HTTPTransportError(.invalid, "\(request.endpoint.origin) cannot be asked this: \(known.shortDescription)", underlying: error)
        default:
            // The client's error holds the header's text, which may be secret, so it goes no further.
            if let header = request.headers.first(where: { !isSendable($0) }) {
                return HTTPTransportError(
                    .invalid, "the header \(header.name.debugDescription) cannot be sent: a line break or another control character is in it")
            }
            return HTTPTransportError(
                .connection, "no answer from \(request.endpoint.origin): \(known.shortDescription)", underlying: error)
        }
    }

    /// Whether a header's name is a token and its value has no control characters (RFC 9110, sections 5.1 and 5.5).
    private static func isSendable(_ header: HTTPHeader) -> Bool {
        !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
            && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

#endif
