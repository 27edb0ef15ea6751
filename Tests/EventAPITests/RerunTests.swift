// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import JSONTape
import StreamRecords
import Testing

@testable import EventAPI

/// Running again: over the API, and by the library alone.
struct RerunTests {
    @Test("The recorded params run again, the new row names the old one, and what differs is told")
    func differing() async throws {
        let fixture = try await Fixture(allow: ["orders:live"])
        try await fixture.save("r", params: #"{"id":5}"#, response: #"{"total":1.0,"items":[{"n":1}],"gone":true}"#)
        fixture.function.willAnswer("n", #"{"items":[{"n":2},{"n":3}],"total":1}"#)
        let answer = await fixture.post("/executions/r/reruns", #"{"wait":true}"#)
        #expect(answer.status == 200)
        #expect(answer.flaws == [])
        #expect(fixture.function.calls == [#"orders:live {"id":5}"#])
        #expect(answer.json["state"] == "done")
        #expect(answer.json["differs"] == .bool(true))
        #expect(
            answer.json["differences"]?.text
                == #"[{"path":"$.items[0].n","old":1,"new":2},{"path":"$.items[1]","new":{"n":3}},{"path":"$.gone","old":true}]"#)
        let row = await fixture.get("/executions/n").items.first
        #expect(row?["source"] == "r")
        #expect(row?["qualifier"] == "live")
        #expect(row?["params"]?.text == #"{"id":5}"#)
        #expect(row?["response"]?["total"] == .number("1"))
    }

    @Test("The same response is told as the same, however it is written")
    func same() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: #"{"a":1.0,"b":[]}"#)
        fixture.function.willAnswer("n", #"{ "b" : [], "a" : 1 }"#)
        let answer = await fixture.post("/executions/r/reruns", #"{"wait":true}"#)
        #expect(answer.json["differs"] == .bool(false))
        #expect(answer.json["differences"]?.text == "[]")
    }

    @Test("A dry run runs nothing")
    func dryRun() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        let answer = await fixture.post("/executions/r/reruns", #"{"dry_run":true,"idempotency_key":"k"}"#)
        #expect(answer.status == 200)
        #expect(answer.flaws == [])
        #expect(answer.json.text == #"{"id":"r","function":"orders","params":{"id":5}}"#)
        #expect(fixture.function.calls == [])
        #expect(await fixture.get("/executions/r/reruns/k").status == 404)
    }

    @Test("It is accepted with a place to ask, and made once, however often the job comes")
    func accepted() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        let answer = await fixture.post("/executions/r/reruns", "", [("Idempotency-Key", "\"a key\"")])
        #expect(answer.status == 202)
        #expect(answer.flaws == [])
        #expect(answer.json["state"] == "accepted")
        let place = try #require(answer.header("location"))
        #expect(place == "/executions/r/reruns/a%20key")
        #expect(await fixture.get(place).json["state"] == "accepted")
        #expect(fixture.jobs.all == [RerunJob(id: "r", key: "a key")])
        fixture.function.willAnswer("n", "1")
        fixture.function.willAnswer("m", "2")
        let reports = try await withThrowingTaskGroup(of: RerunReport.self) { group in
            for _ in 0..<8 { group.addTask { try await fixture.rerunner.execute(key: "a key", id: "r") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reports.count { !$0.isRepeated } == 1)
        #expect(fixture.function.calls.count == 1)
        let done = await fixture.get(place)
        #expect(done.status == 200)
        #expect(done.flaws == [])
        #expect(done.json["state"] == "done")
        #expect(done.json["result"]?["id"] == "n")
        // The old response was not recorded, so there is nothing to compare with.
        #expect(done.json["differs"] == nil)
    }

    @Test("Behind a stage the place to ask has the stage's name in front")
    func stage() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r")
        var request = APIRequest("POST", "/executions/r/reruns", headers: [("idempotency-key", "k")])
        request.basePath = "/prod"
        let place = await fixture.api.respond(to: request).header("location")
        #expect(place == "/prod/executions/r/reruns/k")
    }

    @Test("A key that was used before runs nothing")
    func repeated() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: "1")
        for _ in 0..<12 { fixture.function.willAnswer("n", "1") }
        let answers = await withTaskGroup(of: Answer.self) { group in
            for _ in 0..<12 { group.addTask { await fixture.post("/executions/r/reruns", #"{"wait":true,"idempotency_key":"k"}"#) } }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(fixture.function.calls.count == 1)
        #expect(answers.count { $0.json["repeated"] == .bool(false) } == 1)
        #expect(answers.allSatisfy { [200, 202].contains($0.status) && $0.flaws == [] })
        // The same key means something else for another execution.
        try await fixture.save("s")
        _ = await fixture.post("/executions/s/reruns", #"{"wait":true,"idempotency_key":"k"}"#)
        #expect(fixture.function.calls.count == 2)
        // Without a key each request is one of its own.
        _ = await fixture.post("/executions/r/reruns", #"{"wait":true}"#)
        #expect(fixture.function.calls.count == 3)
    }

    @Test("Without params, without leave, without an execution nothing runs")
    func refused() async throws {
        let fixture = try await Fixture(allow: ["orders", "mails-*"])
        let bare = try Invocation(requestID: "bare", function: FunctionName("orders"), at: fixture.clock.now, params: nil, response: "1")
        _ = try await fixture.store.save(bare)
        try await fixture.save("secret", function: "payments")
        try await fixture.save("mail", function: "mails-out")
        try await fixture.save("two", function: "orders")
        try await fixture.save("two", function: "mails-in")
        for (target, status) in [
            ("/executions/bare/reruns", 422), ("/executions/secret/reruns", 403), ("/executions/nobody/reruns", 404), ("/executions/two/reruns", 409),
            ("/executions/mail/reruns?function=orders", 404),
        ] {
            let answer = await fixture.post(target, #"{"wait":true}"#)
            #expect(answer.status == status, "\(target)")
            #expect(answer.flaws == [])
        }
        #expect(fixture.function.calls == [])
        fixture.function.willAnswer("n", "1")
        #expect(await fixture.post("/executions/mail/reruns", #"{"wait":true}"#).status == 200)
        let nobodyInvokes = EventAPI(APISettings(), store: fixture.store)
        #expect(await nobodyInvokes.respond(to: APIRequest("POST", "/executions/two/reruns")).status == 501)
        #expect(await fixture.post("/executions/mail/reruns", #"{"idempotency_key":""}"#).status == 400)
        #expect(await fixture.post("/executions/mail/reruns", #"{"idempotency_key":"a"}"#, [("idempotency-key", "b")]).status == 409)
    }

    @Test("A function that fails has run: its row tells how, and the failure is a difference")
    func failing() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: "1")
        fixture.function.willAnswer("n", #"{"errorType":"KeyError","errorMessage":"id"}"#, error: "Unhandled")
        let answer = await fixture.post("/executions/r/reruns", #"{"wait":true}"#)
        #expect(answer.flaws == [])
        #expect(answer.json["state"] == "done")
        #expect(answer.json["result"]?["status"] == "error")
        #expect(answer.json["result"]?["error_type"] == "KeyError")
        #expect(answer.json["differs"] == .bool(true))
    }

    @Test("What Lambda refuses did not run, and the same key may try again")
    func throttled() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: "1")
        fixture.function.willThrow(
            FunctionInvocationError(.refused, "too many requests", type: "TooManyRequestsException", requestID: "call"))
        fixture.function.willAnswer("n", "1")
        let body = #"{"wait":true,"idempotency_key":"k"}"#
        let first = await fixture.post("/executions/r/reruns", body)
        #expect(first.json["state"] == "refused")
        #expect(first.json["result"]?["status"] == "error")
        #expect(first.json["result"]?["error_type"] == "TooManyRequestsException")
        let second = await fixture.post("/executions/r/reruns", body)
        #expect(second.json["state"] == "done")
        #expect(second.json["new_id"] == "n")
    }

    @Test("A broken connection is unknown, never a success, and the key does not run again")
    func brokenOff() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: "1")
        fixture.function.willThrow(FunctionInvocationError(.unknown, "the connection broke"))
        let body = #"{"wait":true,"idempotency_key":"k"}"#
        let first = await fixture.post("/executions/r/reruns", body)
        #expect(first.json["state"] == "unknown")
        #expect(first.json["differs"] == nil)
        #expect(await fixture.post("/executions/r/reruns", body).json["state"] == "unknown")
        #expect(fixture.function.calls.count == 1)
        // The row that tells of the attempt has no end, and in time reads so.
        let id = try #require(first.json["new_id"]?.stringValue)
        #expect(await fixture.get("/executions/\(id)").items.first?["status"] == "running")
        fixture.clock.move(16 * 60_000)
        #expect(await fixture.get("/executions/\(id)").items.first?["status"] == "unknown")
    }

    @Test("A crash after the function was invoked reads as unknown")
    func crash() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: "1")
        // Begun by a process that then ended, before the table was told of the answer.
        let plan = try await fixture.rerunner.plan(id: "r")
        #expect(try await fixture.rerunner.begin(plan, key: "k") == .begun)
        #expect(await fixture.get("/executions/r/reruns/k").json["state"] == "started")
        let again = await fixture.post("/executions/r/reruns", #"{"wait":true,"idempotency_key":"k"}"#)
        #expect(again.status == 202)
        #expect(fixture.function.calls == [])
        fixture.clock.move(17 * 60_000)
        let late = await fixture.get("/executions/r/reruns/k")
        #expect(late.json["state"] == "unknown")
        #expect(late.json["result"] == nil)
        #expect(await fixture.post("/executions/r/reruns", #"{"wait":true,"idempotency_key":"k"}"#).json["state"] == "unknown")
        #expect(fixture.function.calls == [])
    }

    @Test("A table that cannot be told after the invocation leaves the rerun unknown")
    func unrecorded() async throws {
        let fixture = try await Fixture()
        try await fixture.save("r", response: "1")
        // The id that the function answers with has another row already.
        try await fixture.save("taken", params: "0")
        fixture.function.willAnswer("taken", "1")
        let answer = await fixture.post("/executions/r/reruns", #"{"wait":true,"idempotency_key":"k"}"#)
        #expect(answer.json["state"] == "unknown")
        #expect(answer.json["note"]?.stringValue?.contains("already") == true)
    }

    @Test("An invocation is recorded with what went in and came out", arguments: [nil, "cause"])
    func recorder(source: String?) async throws {
        let fixture = try await Fixture()
        let recorder = InvocationRecorder(store: fixture.store, invoker: fixture.function, now: { fixture.clock.now })
        fixture.function.willAnswer("n", "\"plain\"")
        let recorded = try await recorder.invoke(FunctionName("orders:7"), params: " [1, 2] ", source: source)
        #expect(recorded.outcome == .succeeded)
        #expect(try await fixture.store.rows(id: "n") == [.invocation(recorded.invocation)])
        #expect(recorded.invocation.params == "[1,2]")
        #expect(recorded.invocation.qualifier == "7")
        #expect(recorded.invocation.source == source)
        await #expect(throws: RecordingError.self) { try await recorder.invoke(FunctionName("orders"), params: "{") }
        #expect(fixture.function.calls.count == 1)
    }
}

#endif
