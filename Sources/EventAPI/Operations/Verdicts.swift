// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
internal import StreamRecords

/// Verdicts.
extension EventAPI {
    func listVerdicts(_ id: String, _ request: APIRequest) async throws -> APIResponse {
        let parameters = try Parameters(request.query, names: ["function"])
        let key = try await execution(id, try parameters.function())
        let judgements = try await store.judgements(of: key)
        return APIResponse(
            json: JSONValue.object([JSONMember(name: "items", value: .array(judgements.map { Self.value($0, key) }))]).text)
    }

    func giveVerdict(_ id: String, _ request: APIRequest, _ caller: Caller) async throws -> APIResponse {
        let parameters = try Parameters(request.query, names: ["function"])
        let body = try BodyReader(request, names: ["validity", "note", "by"])
        guard let validity = Judgement.Validity(rawValue: try body.requiredText("validity")) else {
            throw Problem(400, "“validity” is to be valid or invalid")
        }
        let note = try body.text("note", 0...Judgement.longestNote / 4)
        let by = try body.text("by", 0...Judgement.longestAuthor / 4)
        return try await judge(id, try parameters.function(), validity, note: note, by: by, caller)
    }

    func judge(
        _ id: String, _ function: FunctionName?, _ validity: Judgement.Validity, note: String?, by: String?, _ caller: Caller
    ) async throws -> APIResponse {
        let judgement = Judgement(validity, note: note, by: by ?? caller.name, at: now())
        if let flaw = judgement.flaw { throw Problem(400, flaw) }
        let key = try await execution(id, function)
        guard try await store.judge(key, judgement) != .notFound else { throw Problem(404, "there is no execution \(id.shortened)") }
        return APIResponse(201, json: Self.value(judgement, key).text)
    }

    /// The one execution that is meant.
    private func execution(_ id: String, _ function: FunctionName?) async throws -> EventKey {
        try ExecutionError.choose(try await store.rows(id: id), id: id.shortened, function: function).key
    }

    private static func value(_ judgement: Judgement, _ key: EventKey) -> JSONValue {
        var members = [
            JSONMember(name: "id", value: .string(key.id)), JSONMember(name: "function", value: .string(key.name)),
            JSONMember(name: "validity", value: .string(judgement.validity.rawValue)), JSONMember(name: "at", value: .string(judgement.at.description)),
        ]
        if let by = judgement.by { members.append(JSONMember(name: "by", value: .string(by))) }
        if let note = judgement.note { members.append(JSONMember(name: "note", value: .string(note))) }
        return .object(members)
    }
}
