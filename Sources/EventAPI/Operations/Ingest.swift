// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
internal import StreamRecords

/// Bringing events in.
extension EventAPI {
    /// What stands in an event where nobody tells a source or a type.
    static let usualSource = "sluice.api"
    static let usualType = "event"

    /// One event, any JSON; or, with the content type `application/x-ndjson`, one a line. The answer is what was posted, each with its id, in the
    /// same form.
    func ingestEvents(_ request: APIRequest, _ caller: Caller) async throws -> APIResponse {
        let parameters = try Parameters(request.query, names: ["source", "type"])
        guard let ingest else { throw Problem(501, "no events are taken here") }
        let source = try parameters.text("source") ?? caller.name ?? Self.usualSource
        let type = try parameters.text("type") ?? Self.usualType
        guard source.unicodeScalars.count <= 256, type.unicodeScalars.count <= 128 else {
            throw Problem(400, "a source has at most 256 characters, and a type 128")
        }
        let isLines = Self.isLines(request)
        let time = now()
        let events = try Self.values(request.body, isLines: isLines).map { IngestedEvent($0, at: time, source: source, type: type) }
        let answers = events.isEmpty ? [] : try await ingest.take(events, request.deadline)
        try Self.check(answers, events, isLines: isLines)
        var writer = JSONWriter()
        for event in events {
            writer.write(raw: event.detail)
            if isLines { writer.write(byte: UInt8(ascii: "\n")) }
        }
        return APIResponse(
            status: 200, headers: [("content-type", isLines ? "application/x-ndjson" : "application/json")], body: writer.array)
    }

    private static func isLines(_ request: APIRequest) -> Bool {
        let type = request.header("content-type")?.prefix { $0 != ";" }.lowercased()
        return type == "application/x-ndjson" || type == "application/jsonl"
    }

    private static func values(_ body: [UInt8], isLines: Bool) throws(Problem) -> [JSONValue] {
        if !isLines { return [try BodyReader.json(body)] }
        var values: [JSONValue] = []
        for (number, line) in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            do throws(JSONError) {
                values.append(try JSONValue(parsing: line, limits: JSONLimits(maximumDepth: 512)))
            } catch {
                throw Problem(400, "line \(number + 1) is no JSON: \(error); nothing was taken")
            }
        }
        return values
    }

    /// Where not all were taken, a problem that tells which were not.
    private static func check(_ answers: [IngestAnswer], _ events: [IngestedEvent], isLines: Bool) throws {
        guard answers.count == events.count else { throw EventStoreError(.failed, "not every event was answered for") }
        var failed: [JSONValue] = []
        var seconds: Int64 = 1
        var canSucceed = true
        for (place, answer) in answers.enumerated() {
            let reason: String
            switch answer {
            case .accepted: continue
            case .retry(let text, let after):
                reason = text
                seconds = max(seconds, after?.components.seconds ?? 1)
            case .rejected(let text):
                reason = text
                canSucceed = false
            }
            failed.append(
                .object([
                    JSONMember(name: "event", value: .number(String(place + 1))), JSONMember(name: "id", value: .string(events[place].id)),
                    JSONMember(name: "detail", value: .string(reason)),
                ]))
        }
        if failed.isEmpty { return }
        let detail =
            isLines
            ? "\(failed.count) of \(events.count) events were not taken; the others were"
            : "the event was not taken"
        throw Problem(
            canSucceed ? 503 : 422, detail, headers: canSucceed ? [("retry-after", String(seconds))] : [],
            members: [JSONMember(name: "failed", value: .array(failed))])
    }
}
