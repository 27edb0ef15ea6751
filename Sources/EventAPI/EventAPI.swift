// SPDX-License-Identifier: Apache-2.0

public import EventTable
internal import JSONTape
public import Sluice
public import StreamRecords

/// The event table's questions over HTTP, without HTTP: a request goes in, a response comes out, and whoever serves it brings the connection.
///
///     let api = EventAPI(settings, store: store, rerunner: rerunner, ingest: EventIngest(into: store))
///     let response = await api.respond(to: APIRequest("GET", "/executions/8f1c", headers: [("x-api-key", key)]))
///
/// What there is to ask stands in the OpenAPI document at `/openapi.json`. Nothing of what is asked or answered is logged.
public struct EventAPI: Sendable {
    let settings: APISettings
    let store: any EventStore
    let rerunner: Rerunner?
    let ingest: EventIngest?
    let background: @Sendable (RerunJob) async throws -> Void
    let now: @Sendable () -> Timestamp
    private let ring: KeyRing
    /// Absent where somebody else counts.
    private let meter: Meter?
    private let opensWithoutKeys: Bool

    /// - Parameters:
    ///   - rerunner: runs executions again; absent: that is answered with 501.
    ///   - ingest: where events go that are brought in; absent: that is answered with 501.
    ///   - counts: whether plans are kept here. What a usage plan of API Gateway's has counted is not counted again in any case.
    ///   - opensWithoutKeys: where no key is configured, everybody may do everything. Otherwise only those may whom the request's
    ///     ``APIRequest/admission`` names.
    ///   - background: has a rerun made that was accepted, by calling ``Rerunner/execute(key:id:)`` in the end, and comes back without waiting for
    ///     it. By default it is made in a task of this process; a Lambda function, which rests once it has answered, hands it to another
    ///     invocation.
    public init(
        _ settings: APISettings, store: any EventStore, rerunner: Rerunner? = nil, ingest: EventIngest? = nil, counts: Bool = true,
        opensWithoutKeys: Bool = true,
        background: (@Sendable (RerunJob) async throws -> Void)? = nil, now: @escaping @Sendable () -> Timestamp = { WallClock.now }
    ) {
        self.settings = settings
        self.store = store
        self.rerunner = rerunner
        self.ingest = ingest
        self.now = now
        // Whatever becomes of it stands in the table.
        self.background = background ?? { job in Task { _ = try? await rerunner?.execute(key: job.key, id: job.id) } }
        ring = KeyRing(keys: settings.keys)
        meter = counts ? Meter(settings.keys.map(\.plan)) : nil
        self.opensWithoutKeys = opensWithoutKeys
    }

    /// No key is configured, so everybody may do everything. A server must then listen to its own machine only.
    public var isOpen: Bool { settings.keys.isEmpty && opensWithoutKeys }

    /// The most bytes that a body may have.
    public var maximumBody: Int { settings.maximumBody.bytes }

    /// Answers a request. Every mistake and trouble is an answer too.
    public func respond(to request: APIRequest) async -> APIResponse {
        var route: String?
        do throws(Problem) {
            return finished(try await answer(request, &route), for: request, route)
        } catch {
            return finished(error.response, for: request, route)
        }
    }

    /// Why a request is not worth reading to its end, told by its head alone; absent where its body is needed to answer. Nothing is counted.
    public func refusal(of request: APIRequest) -> APIResponse? {
        var route: String?
        do throws(Problem) {
            if let flaw = request.flaw { throw Problem(400, flaw) }
            let match = try APIRoute.match(request)
            route = match.route
            guard let operation = match.operation, operation.needsKey, !mayGoWithoutKey(request) else { return nil }
            let key = ring.keys[try authenticate(request, ingests: operation.takesToken)]
            if let scope = operation.scope { try check(key, opens: scope) }
            return nil
        } catch {
            return finished(error.response, for: request, route)
        }
    }

    /// What all answers have.
    private func finished(_ response: APIResponse, for request: APIRequest, _ route: String?) -> APIResponse {
        var response = response
        response.route = route
        addCORS(to: &response, for: request)
        response.headers.append(("cache-control", "no-store"))
        if request.method == "HEAD" {
            response.headers.append(("content-length", String(response.body.count)))
            response.body = []
        }
        return response
    }

    /// - Parameter route: is told what is asked for, also where that is not granted.
    private func answer(_ request: APIRequest, _ route: inout String?) async throws(Problem) -> APIResponse {
        if let preflight = preflight(request) { return preflight }
        if let flaw = request.flaw { throw Problem(400, flaw) }
        let match = try APIRoute.match(request)
        route = match.route
        guard let operation = match.operation else {
            return APIResponse(status: 204, headers: [("allow", match.allowed)])
        }
        if request.isBodyTooLarge || request.body.count > settings.maximumBody.bytes {
            throw Problem(413, "the body is too large: at most \(settings.maximumBody) are taken")
        }
        let caller = operation.needsKey ? try admit(request, to: operation) : Caller(name: nil)
        do {
            return try await perform(operation, match.arguments, request, caller)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(error)
        }
    }

    // MARK: Who may

    /// Whether no key of this API's own is asked for.
    private func mayGoWithoutKey(_ request: APIRequest) -> Bool { settings.keys.isEmpty && (isOpen || request.admission != nil) }

    private func admit(_ request: APIRequest, to operation: Operation) throws(Problem) -> Caller {
        if mayGoWithoutKey(request) { return Caller(name: request.admission?.name) }
        let place = try authenticate(request, ingests: operation.takesToken)
        let key = ring.keys[place]
        try check(key, opens: operation.scope ?? LegacyRerun.scope(of: request))
        if request.admission?.isCounted != true { try count(place) }
        return Caller(name: key.name)
    }

    private func authenticate(_ request: APIRequest, ingests: Bool) throws(Problem) -> Int {
        var shown = request.header("x-api-key")
        if shown == nil, ingests { shown = Self.bearer(request.header("authorization")) ?? request.header("token") }
        let challenge = [(name: "www-authenticate", value: ingests ? "Bearer realm=\"sluice\"" : "ApiKey realm=\"sluice\"")]
        guard let shown, !shown.isEmpty else {
            let where_ = ingests ? "the header x-api-key, or as a bearer token" : "the header x-api-key"
            throw Problem(401, "a key is needed, in \(where_)", headers: challenge)
        }
        guard let place = ring.place(of: shown) else { throw Problem(401, "this key is not known here", headers: challenge) }
        return place
    }

    private func check(_ key: APIKey, opens scope: APIScope) throws(Problem) {
        guard key.scopes.contains(scope) else { throw Problem(403, "this key may not do that: it lacks the scope “\(scope.rawValue)”") }
    }

    private static func bearer(_ header: String?) -> String? {
        guard let header else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }

    private func count(_ key: Int) throws(Problem) {
        switch meter?.take(key, at: now()) {
        case nil: return
        case .rate(let seconds): throw Problem(429, "too many requests at once for this key", headers: [("retry-after", String(seconds))])
        case .quota(let seconds):
            throw Problem(429, "this key's requests of today are used up", headers: [("retry-after", String(seconds))])
        }
    }

    // MARK: Other origins

    /// What a browser asks before it asks, without a key.
    private func preflight(_ request: APIRequest) -> APIResponse? {
        guard request.method == "OPTIONS", let cors = settings.cors, let origin = request.header("origin"), cors.allows(origin),
            request.header("access-control-request-method") != nil
        else { return nil }
        return APIResponse(
            status: 204,
            headers: [
                ("access-control-allow-methods", "GET, HEAD, POST, OPTIONS"),
                ("access-control-allow-headers", "authorization, content-type, idempotency-key, token, x-api-key"),
                ("access-control-max-age", String((cors.maxAge ?? .seconds(600)).components.seconds)),
            ])
    }

    private func addCORS(to response: inout APIResponse, for request: APIRequest) {
        guard let cors = settings.cors else { return }
        if !cors.origins.contains("*") { response.headers.append(("vary", "origin")) }
        guard let origin = request.header("origin"), cors.allows(origin) else { return }
        response.headers += [
            ("access-control-allow-origin", cors.origins.contains("*") ? "*" : origin),
            ("access-control-expose-headers", "location, retry-after"),
        ]
    }
}

/// Who asks.
struct Caller: Sendable {
    /// The name of the key; absent where none is configured.
    let name: String?
}

/// A rerun that was accepted and is to be made.
public struct RerunJob: Sendable, Hashable {
    /// The execution that is run again.
    public var id: String
    /// The idempotency key.
    public var key: String

    public init(id: String, key: String) {
        self.id = id
        self.key = key
    }
}

extension Problem {
    /// What trouble of the table's means for the caller. The table's name and place are nobody's business.
    init(_ error: any Error) {
        switch error {
        case let error as EventStoreError where error.code == .busy:
            self.init(503, "the event table is busy", headers: [("retry-after", "1")])
        case let error as EventStoreError where error.code == .rejected:
            self.init(400, "this does not fit into the event table: an id or a name is too long")
        case let error as EventStoreError where error.code == .notAvailable:
            self.init(501, "this kind of event table cannot answer that")
        case let error as RecordingError where error.code != .notRecorded: self.init(400, error.message)
        case let error as RerunError:
            let status =
                switch error.code {
                case .notFound: 404
                case .ambiguous: 409
                case .noParams: 422
                case .notAllowed: 403
                default: 400
                }
            self.init(status, error.message)
        case let error as ExecutionError: self.init(error.code == .ambiguous ? 409 : 404, error.message)
        case let error as EventQueryError: self.init(400, error.description)
        case let error as SubjectError: self.init(400, error.description)
        default: self.init(503, "the event table cannot be reached", headers: [("retry-after", "5")])
        }
    }
}
