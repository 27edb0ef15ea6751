// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSSigner

/// Carries requests to a server. The client signs, retries and reads; this only sends.
public protocol HTTPTransport: Sendable {
    /// Sends a request and gives back the whole answer, whatever its status.
    ///
    /// - Parameters:
    ///   - timeout: for everything, from the connection to the last byte of the answer.
    ///   - maximum: the most bytes an answer's body may have.
    func send(
        _ request: HTTPRequest, timeout: Duration, maximumAnswer maximum: Int
    ) async throws(HTTPTransportError) -> HTTPResponse

    /// Closes connections. The last call.
    func shutdown() async
}

/// A header's name and value.
public typealias HTTPHeader = SigningRequest.Header

/// A request as it goes out.
public struct HTTPRequest: Sendable {
    /// `POST`.
    public var method: String
    /// Scheme, host and port; its path is in ``path`` already.
    public var endpoint: HTTPEndpoint
    /// Percent-encoded, sent as it is.
    public var path: String
    /// Percent-encoded, sent as it is; empty where there is none.
    public var query: String
    /// As they go out, `host` among them. Lengths are the transport's to add.
    public var headers: [HTTPHeader]
    /// Empty where there is none.
    public var body: [UInt8]

    /// Nothing is encoded or checked here.
    public init(
        method: String, endpoint: HTTPEndpoint, path: String, query: String = "", headers: [HTTPHeader] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.endpoint = endpoint
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// `https://sqs.eu-central-1.amazonaws.com/?a=b`.
    public var url: String { "\(endpoint.origin)\(path.hasPrefix("/") ? "" : "/")\(path)\(query.isEmpty ? "" : "?")\(query)" }
}

/// A whole answer.
public struct HTTPResponse: Sendable {
    /// 200 and its like.
    public var status: Int
    public var headers: [HTTPHeader]
    /// Empty where there is none.
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of that name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer.
public struct HTTPTransportError: Error, Sendable, CustomStringConvertible {
    /// Why, as far as it matters to whoever tries again.
    public enum Kind: Sendable, Hashable {
        /// No connection, or it broke.
        case connection
        case timeout
        /// The answer is larger than allowed.
        case tooLarge
        case cancelled
        /// The transport was shut down.
        case closed
        /// What no server can be asked: an address that is none.
        case invalid
    }

    /// What went wrong.
    public var kind: Kind
    /// For people: what, and with whom; without secrets.
    public var message: String
    /// What was found beneath.
    public var underlying: (any Error)?

    public init(_ kind: Kind, _ message: String, underlying: (any Error)? = nil) {
        self.kind = kind
        self.message = message
        self.underlying = underlying
    }

    /// The message.
    public var description: String { message }
}

#endif
