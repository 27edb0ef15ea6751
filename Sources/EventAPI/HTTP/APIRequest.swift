// SPDX-License-Identifier: Apache-2.0

/// A request, whichever way it came: from an HTTP server, from API Gateway, from a test.
public struct APIRequest: Sendable {
    /// `GET`, in capitals.
    public var method: String
    /// The parts of the path between its slashes, decoded, without a stage's name in front.
    public var path: [String]
    /// The parameters behind the `?`, decoded, in their order.
    public var query: [(name: String, value: String)]
    /// The headers; names are compared without case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// What stands before the path where the API is not at the top of its host, `/prod` of a stage: put before the places that answers tell.
    public var basePath = ""
    /// Who asks, where whoever brings the request has made sure of that: API Gateway its API key, AWS a signature.
    public var admission: APIAdmission?
    /// Whether the connection is held while a function runs again. API Gateway ends it after 29 seconds.
    public var mayWait = true
    /// When whoever brings the request waits no longer. Events that are not delivered by then are to be sent again.
    public var deadline: ContinuousClock.Instant?
    /// The body is larger than it may be, and was not read: `body` is empty, and the answer 413.
    public var isBodyTooLarge = false
    /// What was wrong with the address, where something was: the answer is then 400.
    var flaw: String?

    /// A request with a path and query as they are sent: percent-encoded, `/executions/a%2Fb?lines=5`.
    ///
    /// A client that does not encode what is not ASCII is understood too.
    public init(_ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var flaw: String?
        func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
            guard let decoded = PercentEncoding.decode(text, plusIsSpace: plusIsSpace) else {
                flaw = "the address has a percent sign that is followed by no two hexadecimal digits, or bytes that are no UTF-8"
                return String(text)
            }
            return decoded
        }
        path = APIRequest.parts(parts[0]).map { decoded($0, plusIsSpace: false) }
        query = parts.count < 2 ? [] : parts[1].split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(sides[0], plusIsSpace: true), sides.count < 2 ? "" : decoded(sides[1], plusIsSpace: true))
        }
        self.flaw = flaw
    }

    /// A request whose path and parameters somebody else has decoded, as API Gateway's HTTP APIs do.
    ///
    /// What was an encoded slash is a slash then. Of all that a path holds only an item's key may have one, and it stands at the end.
    public init(
        _ method: String, decodedPath: String, query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        path = APIRequest.parts(decodedPath[...]).map(String.init)
        if path.count > 2, path[0] == "subjects" { path = [path[0], path[1...].joined(separator: "/")] }
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// A request whose path somebody else has decoded, and whose parameters are as they were sent.
    public init(
        _ method: String, decodedPath: String, encodedQuery: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        let parameters = APIRequest(method, "?" + encodedQuery)
        self.init(method, decodedPath: decodedPath, query: parameters.query, headers: headers, body: body)
        flaw = parameters.flaw
    }

    /// What is between the slashes; one at the end does not count.
    private static func parts(_ path: Substring) -> [Substring] {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.first?.isEmpty == true { parts.removeFirst() }
        if parts.last?.isEmpty == true { parts.removeLast() }
        return parts
    }

    /// The value of a header; the first one where it is there more than once.
    func header(_ name: String) -> String? {
        headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
    }
}

/// What somebody in front of the API has seen to.
public struct APIAdmission: Sendable, Hashable {
    /// Who asks: the id of an API key, the ARN of a user.
    public var name: String
    /// The request was counted already, by a usage plan.
    public var isCounted: Bool

    public init(name: String, isCounted: Bool) {
        self.name = name
        self.isCounted = isCounted
    }
}

/// What a request is answered.
public struct APIResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// What was asked for: the method and the path as the description has it, `GET /executions/{id}`; absent where it is nothing that is there.
    public internal(set) var route: String?

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON text.
    init(_ status: Int = 200, json: String, headers: [(name: String, value: String)] = []) {
        self.init(status: status, headers: [("content-type", "application/json")] + headers, body: Array(json.utf8))
    }

    /// The value of a header; names are given in small letters.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
