// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
internal import StreamRecords

/// Running executions again.
extension EventAPI {
    func rerunExecution(_ id: String, _ request: APIRequest) async throws -> APIResponse {
        let parameters = try Parameters(request.query, names: ["function"])
        var wish = RerunWish()
        if !request.body.isEmpty {
            let body = try BodyReader(request, names: ["idempotency_key", "dry_run", "wait"])
            wish.key = try body.idempotencyKey()
            wish.isDryRun = try body.flag("dry_run")
            wish.waits = body["wait"] == nil ? nil : try body.flag("wait")
        }
        if let header = request.header("idempotency-key") {
            let key = Self.unquoted(header)
            try RerunWish.check(key)
            if let told = wish.key, told != key { throw Problem(409, "the header idempotency-key and the body tell different keys") }
            wish.key = key
        }
        return try await rerun(id, try parameters.function(), wish, request)
    }

    /// What the caller wants beside the rerun itself.
    struct RerunWish: Sendable {
        var key: String?
        var isDryRun = false
        var waits: Bool?

        /// Keys stand in headers and addresses.
        static func check(_ key: String) throws(Problem) {
            guard (1...Rerun.longestKey).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 }),
                !key.hasPrefix(" "), !key.hasSuffix(" ")
            else {
                throw Problem(
                    400, "an idempotency key has 1 to \(Rerun.longestKey) letters, digits and signs of ASCII, without quotes, and no space at its ends")
            }
        }
    }

    func rerun(_ id: String, _ function: FunctionName?, _ wish: RerunWish, _ request: APIRequest) async throws -> APIResponse {
        guard let rerunner else { throw Problem(501, "nothing can be run again here: there is no way to invoke functions") }
        if let key = wish.key, let flaw = Rerun.flaw(inKey: key) { throw Problem(400, flaw) }
        let plan = try await rerunner.plan(id: id, function: function)
        let writer = RerunWriter(numbers: settings.numbers, now: now())
        if wish.isDryRun { return APIResponse(json: writer.text(plan)) }
        let key = wish.key ?? EventID.new(at: now())
        if request.mayWait, wish.waits ?? settings.waits { return answer(try await rerunner.run(plan, key: key), request.basePath) }
        switch try await rerunner.begin(plan, key: key, as: .accepted) {
        case .begun: try await handOver(RerunJob(id: plan.original.key.id, key: key), rerunner)
        // Whoever accepted it may have ended before it was handed over. It is taken up once, however often it is handed over.
        case .alreadyThere(let there) where there.state(at: now()) == .accepted: try await handOver(RerunJob(id: plan.original.key.id, key: key), rerunner)
        case .alreadyThere: break
        }
        guard let report = try await rerunner.report(key: key, id: plan.original.key.id) else {
            throw Problem(503, "the event table cannot be reached", headers: [("retry-after", "5")])
        }
        return answer(report, request.basePath)
    }

    /// Where nobody takes it, it is given back, so that the same key may try again.
    private func handOver(_ job: RerunJob, _ rerunner: Rerunner) async throws {
        do {
            try await background(job)
        } catch {
            try await rerunner.withdraw(key: job.key, id: job.id, reason: "it could not be handed over to be run")
            throw Problem(503, "the rerun could not be handed over to be run; nothing was run", headers: [("retry-after", "5")])
        }
    }

    func getRerun(_ id: String, key: String, _ request: APIRequest) async throws -> APIResponse {
        _ = try Parameters(request.query, names: [])
        guard let rerunner else { throw Problem(501, "nothing can be run again here: there is no way to invoke functions") }
        guard let report = try await rerunner.report(key: key, id: id) else {
            throw Problem(404, "there is no rerun \(key.shortened) of \(id.shortened)")
        }
        return APIResponse(200, json: RerunWriter(numbers: settings.numbers, now: now()).text(report))
    }

    /// 202 while it is under way, with the place to ask.
    private func answer(_ report: RerunReport, _ basePath: String) -> APIResponse {
        let text = RerunWriter(numbers: settings.numbers, now: now()).text(report)
        let isUnderWay = report.state == .accepted || report.state == .started
        if !isUnderWay { return APIResponse(200, json: text) }
        let id = PercentEncoding.encode(report.rerun.original.id)
        let place = "\(basePath)/executions/\(id)/reruns/\(PercentEncoding.encode(report.rerun.key))"
        return APIResponse(202, json: text, headers: [("location", place), ("retry-after", "2")])
    }

    /// The header's value is a text in quotes, which many leave out.
    private static func unquoted(_ text: String) -> String {
        text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }
}

extension BodyReader {
    func idempotencyKey() throws(Problem) -> String? {
        let key = try text("idempotency_key")
        if let key { try EventAPI.RerunWish.check(key) }
        return key
    }
}
