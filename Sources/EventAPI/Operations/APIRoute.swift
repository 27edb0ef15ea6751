// SPDX-License-Identifier: Apache-2.0

/// What can be asked for.
enum Operation: String, Sendable, CaseIterable {
    case describe
    case listExecutions, saveExecution, getExecution
    case listVerdicts, giveVerdict
    case rerunExecution, getRerun
    case getHistory
    case ingestEvents
    case legacyQuery, legacyQueryByBody, legacyRerun

    /// What a key must open; absent where the body decides.
    var scope: APIScope? {
        switch self {
        case .describe, .listExecutions, .getExecution, .listVerdicts, .getRerun, .getHistory, .legacyQuery, .legacyQueryByBody: .read
        case .giveVerdict: .judge
        case .rerunExecution: .execute
        case .saveExecution, .ingestEvents: .ingest
        case .legacyRerun: nil
        }
    }

    /// What the document tells is no secret.
    var needsKey: Bool { self != .describe }

    /// Whether the key may also come as a token, as programs that send events do it.
    var takesToken: Bool { self == .ingestEvents || self == .saveExecution }
}

/// A method and a path, and what is asked for by them.
struct APIRoute: Sendable {
    let method: String
    /// The parts of the path; one in braces stands for any text.
    let path: [String]
    /// The path as the OpenAPI document has it.
    let template: String
    let operation: Operation

    private init(_ method: String, _ path: String, _ operation: Operation) {
        self.method = method
        self.path = path.split(separator: "/").map(String.init)
        template = path
        self.operation = operation
    }

    static let all = [
        APIRoute("GET", "/openapi.json", .describe),
        APIRoute("GET", "/executions", .listExecutions),
        APIRoute("POST", "/executions", .saveExecution),
        APIRoute("GET", "/executions/{id}", .getExecution),
        APIRoute("GET", "/executions/{id}/verdicts", .listVerdicts),
        APIRoute("POST", "/executions/{id}/verdicts", .giveVerdict),
        APIRoute("POST", "/executions/{id}/reruns", .rerunExecution),
        APIRoute("GET", "/executions/{id}/reruns/{key}", .getRerun),
        APIRoute("GET", "/subjects/{subject}", .getHistory),
        APIRoute("POST", "/events", .ingestEvents),
        // What clients of older tables ask for. Texts are equal here however their accents are composed.
        APIRoute("GET", "/consulta_logs", .legacyQuery),
        APIRoute("POST", "/consulta_logs", .legacyQueryByBody),
        APIRoute("POST", "/reexecuta_funcao", .legacyRerun),
        APIRoute("POST", "/reexecuta_função", .legacyRerun),
    ]

    /// A route that fits, or what the path allows.
    struct Match: Sendable {
        /// Absent for OPTIONS.
        var operation: Operation?
        /// The method and the path as the OpenAPI document has it.
        var route: String
        /// The texts that stand where the path has braces, in order.
        var arguments: [String] = []
        /// The methods of the path, for the header `allow`: told for OPTIONS.
        var allowed = ""
    }

    static func match(_ request: APIRequest) throws(Problem) -> Match {
        var found: [(route: APIRoute, arguments: [String])] = []
        for route in all {
            if let arguments = route.arguments(in: request.path) { found.append((route, arguments)) }
        }
        guard let first = found.first else { throw Problem(404, "there is nothing at this path; /openapi.json tells what there is") }
        let method = request.method == "HEAD" ? "GET" : request.method
        if let match = found.first(where: { $0.route.method == method }) {
            return Match(
                operation: match.route.operation, route: "\(request.method) \(match.route.template)", arguments: match.arguments)
        }
        var methods = found.map(\.route.method)
        if methods.contains("GET") { methods.append("HEAD") }
        let allowed = (methods + ["OPTIONS"]).joined(separator: ", ")
        if request.method == "OPTIONS" { return Match(operation: nil, route: "OPTIONS \(first.route.template)", allowed: allowed) }
        throw Problem(405, "this path has no method \(request.method.shortened); it has \(allowed)", headers: [("allow", allowed)])
    }

    private func arguments(in parts: [String]) -> [String]? {
        guard parts.count == path.count else { return nil }
        var arguments: [String] = []
        for (pattern, part) in zip(path, parts) {
            if pattern.hasPrefix("{") {
                if part.isEmpty { return nil }
                arguments.append(part)
            } else if pattern != part {
                return nil
            }
        }
        return arguments
    }
}

extension EventAPI {
    func perform(
        _ operation: Operation, _ arguments: [String], _ request: APIRequest, _ caller: Caller
    ) async throws -> APIResponse {
        switch operation {
        case .describe:
            _ = try Parameters(request.query, names: [])
            return APIResponse(json: OpenAPIDocument.text)
        case .listExecutions: return try await listExecutions(request)
        case .saveExecution: return try await saveExecution(request)
        case .getExecution: return try await getExecution(arguments[0], request)
        case .listVerdicts: return try await listVerdicts(arguments[0], request)
        case .giveVerdict: return try await giveVerdict(arguments[0], request, caller)
        case .rerunExecution: return try await rerunExecution(arguments[0], request)
        case .getRerun: return try await getRerun(arguments[0], key: arguments[1], request)
        case .getHistory: return try await getHistory(arguments[0], request)
        case .ingestEvents: return try await ingestEvents(request, caller)
        case .legacyQuery: return try await legacyQuery(LegacyQuery(request.query))
        case .legacyQueryByBody: return try await legacyQuery(try LegacyQuery(BodyReader(passingOver: request.body)))
        case .legacyRerun: return try await legacyRerun(try LegacyRerun(request.body), caller, request)
        }
    }
}
