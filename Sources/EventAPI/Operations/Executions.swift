// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
internal import Sluice
internal import StreamRecords

/// Looking executions up, listing and saving them.
extension EventAPI {
    /// The most log lines that one answer holds, and the most rows of a page.
    static let mostLines = 10_000
    static let mostRows = 1000

    func listExecutions(_ request: APIRequest) async throws -> APIResponse {
        let parameters = try Parameters(
            request.query, names: ["function", "status", "validity", "from", "until", "order", "limit", "cursor"])
        let query = try EventQuery.executions(
            function: parameters.function(), status: parameters.choice("status", Invocation.Status.self),
            verdict: parameters.choice("validity", Judgement.Validity.self), range: parameters.range(),
            descending: parameters.choice("order", SortOrder.self) != .asc, limit: parameters.number("limit", 1...Self.mostRows, default: 100),
            after: parameters.cursor())
        return page(try await store.page(query))
    }

    /// `{"items":[…],"next":"…"}`
    func page(_ page: EventPage) -> APIResponse {
        let rows = EventRowWriter(numbers: settings.numbers, now: now())
        var writer = JSONWriter(capacity: 1 << 12)
        writer.write(raw: "{\"items\":[")
        for (place, row) in page.rows.enumerated() {
            if place > 0 { writer.write(byte: UInt8(ascii: ",")) }
            rows.write(row, into: &writer)
        }
        writer.write(raw: "]")
        if let next = page.next {
            writer.write(raw: ",\"next\":")
            writer.write(string: next.token)
        }
        writer.write(raw: "}")
        return APIResponse(status: 200, headers: [("content-type", "application/json")], body: writer.array)
    }

    func getExecution(_ id: String, _ request: APIRequest) async throws -> APIResponse {
        let parameters = try Parameters(request.query, names: ["function", "lines"])
        let function = try parameters.function()
        let most = try parameters.number("lines", 0...Self.mostLines, default: 1000)
        let found = try await store.rows(id: id).filter { function == nil || $0.key.name == function?.name }
        guard !found.isEmpty else { throw Problem(404, "nothing is known of \(id.shortened)") }
        var lines: LogLinePage?
        if most > 0, found.contains(where: { $0.kind == .invocation }) { lines = try await store.logLines(requestID: id, limit: most) }
        let rows = EventRowWriter(numbers: settings.numbers, now: now())
        var writer = JSONWriter(capacity: 1 << 12)
        writer.write(raw: "{\"items\":[")
        for (place, row) in found.enumerated() {
            if place > 0 { writer.write(byte: UInt8(ascii: ",")) }
            rows.write(row, lines: lines, into: &writer)
        }
        writer.write(raw: "]}")
        return APIResponse(status: 200, headers: [("content-type", "application/json")], body: writer.array)
    }

    func getHistory(_ text: String, _ request: APIRequest) async throws -> APIResponse {
        let parameters = try Parameters(request.query, names: ["from", "until", "order", "limit", "cursor"])
        // `Products#{"Id":5}`, or `Products Id=5`, where the key is tried as a number and then as a text.
        let subject = try Subject(text.contains("#") ? [text] : text.split(separator: " ").map(String.init))
        var query = EventQuery(
            .subject(""), range: try parameters.range(), descending: try parameters.choice("order", SortOrder.self) == .desc,
            limit: try parameters.number("limit", 1...Self.mostRows, default: 100), after: try parameters.cursor())
        var answer = EventPage(rows: [], next: nil)
        for candidate in subject.candidates where answer.rows.isEmpty {
            query.selection = .subject(candidate)
            answer = try await store.page(query)
        }
        return page(answer)
    }

    // MARK: Saving

    func saveExecution(_ request: APIRequest) async throws -> APIResponse {
        _ = try Parameters(request.query, names: [])
        try BodyReader.checkType(request)
        return try await save(request.body, basePath: request.basePath)
    }

    /// Saves an execution that is told in the body of a direct invocation, in the same forms as over HTTP; the answer is the same too. No key
    /// is asked for: who may invoke the function is up to Lambda.
    public func save(directly body: [UInt8]) async -> APIResponse {
        do {
            if body.count > settings.maximumBody.bytes { throw Problem(413, "at most \(settings.maximumBody) are taken") }
            return try await save(body, basePath: "")
        } catch {
            return ((error as? Problem) ?? Problem(error)).response
        }
    }

    private func save(_ body: [UInt8], basePath: String) async throws -> APIResponse {
        let time = now()
        var invocation = try SavedExecution.read(body, now: time)
        invocation.expiresAt = settings.retentionSeconds.flatMap { retention in invocation.time.map { $0.milliseconds / 1000 + retention } }
        let answer = try await store.save(invocation)
        let text = JSONValue.object([
            JSONMember(name: "id", value: .string(invocation.key.id)), JSONMember(name: "function", value: .string(invocation.key.name)),
            JSONMember(name: "saved", value: .string(answer == .written ? "now" : "before")),
        ]).text
        switch answer {
        case .written:
            let place = "\(basePath)/executions/\(PercentEncoding.encode(invocation.key.id))"
            return APIResponse(201, json: text, headers: [("location", place)])
        case .alreadyThere: return APIResponse(200, json: text)
        case .conflict(let columns):
            throw Problem(
                409, "another \(columns.joined(separator: ", ")) of this execution was saved before; nothing was changed",
                members: [JSONMember(name: "columns", value: .array(columns.map { .string($0) }))])
        }
    }
}

/// The forms in which an execution is saved: `{"aws_request_id","FunctionName","event"}`, or with `params`, `response`, `source`,
/// `function_error` and `time` in place of `event`.
enum SavedExecution {
    private static let names = ["aws_request_id", "FunctionName", "event", "params", "response", "source", "function_error", "time"]

    static func read(_ body: [UInt8], now: Timestamp) throws -> Invocation {
        let reader = try BodyReader(try BodyReader.json(body), names: names)
        let id = try reader.requiredText("aws_request_id", 1...256)
        // Under keys with this sign a table keeps what belongs to its rows.
        if id.contains("#") { throw Problem(400, "“aws_request_id” has a #, which no request id has") }
        let function = FunctionName(try reader.requiredText("FunctionName", 1...128))
        if reader["event"] != nil, reader["params"] != nil { throw Problem(400, "the body has “event” and “params”, which mean the same") }
        let params = reader["event"] ?? reader["params"]
        let response = reader["response"]
        let source = try reader.text("source", 1...256)
        let functionError = try reader.text("function_error", 1...64)
        guard params != nil || response != nil || source != nil || functionError != nil else {
            throw Problem(400, "the body tells nothing of the execution: “event”, or “params”, “response”, “source” or “function_error” is needed")
        }
        return try Invocation(
            requestID: id, function: function, at: try reader.time("time") ?? now, params: params?.text, response: response?.text, source: source,
            functionError: functionError)
    }
}
