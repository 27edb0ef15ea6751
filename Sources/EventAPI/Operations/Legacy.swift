// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
internal import StreamRecords

/// What clients ask who were there before this API: `/consulta_logs` and `/reexecuta_função`. Members and parameters that they send besides are
/// passed over, since nobody can change those clients.
struct LegacyQuery: Sendable {
    let id: String
    let function: FunctionName?

    init(_ query: [(name: String, value: String)]) throws(Problem) {
        try self.init(
            id: query.first { $0.name == "aws_request_id" }?.value, function: query.first { $0.name == "FunctionName" }?.value)
    }

    init(_ body: BodyReader) throws(Problem) {
        try self.init(id: try body.text("aws_request_id", 0...1024), function: try body.text("FunctionName", 0...512))
    }

    private init(id: String?, function: String?) throws(Problem) {
        guard let id, !id.isEmpty else { throw Problem(400, "“aws_request_id” is missing, which tells the execution") }
        guard id.unicodeScalars.count <= 1024, function?.unicodeScalars.count ?? 0 <= 512 else {
            throw Problem(400, "“aws_request_id” has at most 1024 characters, “FunctionName” 512")
        }
        self.id = id
        self.function = function.flatMap { $0.isEmpty ? nil : FunctionName($0) }
    }
}

/// A request to run an execution again or, with `validity`, to judge it.
struct LegacyRerun: Sendable {
    let query: LegacyQuery
    let validity: Judgement.Validity?
    let note: String?
    let key: String?

    init(_ body: [UInt8]) throws(Problem) {
        // A verdict that is null is a mistake: it must not come to run something.
        let body = try BodyReader(passingOver: body, except: ["validity"])
        query = try LegacyQuery(body)
        validity = try body["validity"].map { told throws(Problem) in
            switch told {
            case .bool(let flag): return flag ? .valid : .invalid
            case .string(let text):
                if let validity = Judgement.Validity(rawValue: text.lowercased()) { return validity }
            default: break
            }
            throw Problem(400, "“validity” is to be valid or invalid")
        }
        note = try body.text("note", 0...Judgement.longestNote / 4)
        key = try body.idempotencyKey()
    }

    /// What a key must open for this body.
    static func scope(of request: APIRequest) -> APIScope {
        if let wish = try? LegacyRerun(request.body) { return wish.validity == nil ? .execute : .judge }
        // It will be refused for what is wrong with it.
        let value = try? BodyReader.json(request.body)
        return value?["validity"] == nil ? .execute : .judge
    }
}

extension EventAPI {
    /// Rows under the names of the table's columns.
    func legacyQuery(_ query: LegacyQuery) async throws -> APIResponse {
        let found = try await store.rows(id: query.id).filter { query.function == nil || $0.key.name == query.function?.name }
        guard !found.isEmpty else { throw Problem(404, "nothing is known of \(query.id.shortened)") }
        let lines = try await store.logLines(requestID: query.id, limit: 1000)
        let rows = EventRowWriter(numbers: settings.numbers, now: now())
        var writer = JSONWriter(capacity: 1 << 12)
        writer.write(raw: "{\"items\":[")
        for (place, row) in found.enumerated() {
            writer.write(raw: place > 0 ? ",{\"aws_request_id\":" : "{\"aws_request_id\":")
            writer.write(string: row.key.id)
            writer.write(raw: ",\"FunctionName\":")
            writer.write(string: row.key.name)
            let text = rows.text(row, lines: row.kind == .invocation ? lines : nil)
            writer.write(raw: text.utf8.count > 2 ? "," : "")
            writer.write(raw: text.utf8.dropFirst())
        }
        writer.write(raw: "]}")
        return APIResponse(status: 200, headers: [("content-type", "application/json")], body: writer.array)
    }

    func legacyRerun(_ wish: LegacyRerun, _ caller: Caller, _ request: APIRequest) async throws -> APIResponse {
        if let validity = wish.validity {
            return try await judge(wish.query.id, wish.query.function, validity, note: wish.note, by: nil, caller)
        }
        return try await rerun(wish.query.id, wish.query.function, RerunWish(key: wish.key), request)
    }
}
