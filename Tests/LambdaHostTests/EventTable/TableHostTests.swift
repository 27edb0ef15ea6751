// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventAPI
import EventTable
import Foundation
import JSONTape
import Logging
import RuntimeServer
import Sluice
import SQLiteEventTable
import StreamRecords
import Synchronization
import Testing
import TestSupport

@testable import LambdaHost

@Suite("The function answers for the event table")
struct TableHostTests {
    private static let row = #"{"aws_request_id":"r","FunctionName":"orders","event":{"id":5},"x":1}"#.replacing(#","x":1"#, with: "")

    @Test("a direct invocation saves, in the short form and the longer one")
    func saving() async throws {
        let function = try await TableFunction()
        let first = try await function.invoke(Self.row)
        #expect(first.kind == .response && first.body == #"{"id":"r","function":"orders","saved":"now"}"#)
        #expect(try await function.invoke(Self.row).body == #"{"id":"r","function":"orders","saved":"before"}"#)
        let longer = #"{"aws_request_id":"s","FunctionName":"arn:aws:lambda:eu-west-1:123456789012:function:mails:live","params":[1],"response":null,"source":"r","function_error":"Unhandled","time":"2026-11-20T15:00:00Z"}"#
        #expect(try await function.invoke(longer).body == #"{"id":"s","function":"mails","saved":"now"}"#)
        let rows = try await function.store.rows(id: "s")
        guard case .invocation(let saved)? = rows.first, rows.count == 1 else {
            Issue.record("\(rows)")
            return
        }
        #expect(saved.params == "[1]" && saved.response == "null" && saved.source == "r" && saved.functionError == "Unhandled" && saved.qualifier == "live")
        await function.end()
    }

    @Test("anything else is refused with the reason, and stored nowhere", arguments: [
        (#"{"aws_request_id":5,"FunctionName":"orders","event":1}"#, "aws_request_id"), (#"{"aws_request_id":"r","event":1}"#, "FunctionName"),
        (#"{"aws_request_id":"r","FunctionName":"orders"}"#, "tells nothing"), (#"{"aws_request_id":"r","FunctionName":"orders","event":1,"what":2}"#, "what"),
        (#"{"aws_request_id":"r","FunctionName":"orders","event":1,"params":1}"#, "mean the same"), (#"{"aws_request_id":"r#s","FunctionName":"orders","event":1}"#, "#"),
        (#"{"aws_request_id":"r","FunctionName":"orders","event":1,"time":"yesterday"}"#, "time"), (#"{"hello":"world"}"#, "hello"), ("[]", "no object"),
        (#"{"aws_request_id":"r","Records":[]}"#, "marks of"),
    ])
    func refused(_ event: String, _ word: String) async throws {
        let function = try await TableFunction()
        let answer = try await function.invoke(event)
        #expect(answer.kind == .error && answer.body.contains(word), "\(answer)")
        #expect(["Sluice.Refused", "Sluice.UnreadableEvent"].contains(answer.errorType))
        #expect(try await function.store.statistics(TimeRange()).functions.isEmpty)
        await function.end()
    }

    @Test("what contradicts the row that is there is refused")
    func conflict() async throws {
        let function = try await TableFunction()
        _ = try await function.invoke(Self.row)
        let answer = try await function.invoke(#"{"aws_request_id":"r","FunctionName":"orders","event":{"id":6}}"#)
        #expect(answer.errorType == "Sluice.Refused" && answer.body.contains("params"))
        await function.end()
    }

    @Test("records, requests and saves go through one function")
    func everything() async throws {
        let function = try await TableFunction()
        #expect(try await function.invoke(Events.changes([1])).body == #"{"batchItemFailures":[]}"#)
        _ = try await function.invoke(Self.row)
        let found = try await function.ask("GET", "/executions/r")
        #expect(found.status == "200" && found.json["items"]?.text.contains(#""params":{"id":5}"#) == true, "\(found)")
        #expect(try await function.ask("GET", "/subjects/Things%23%7B%22Id%22%3A1%7D").json["items"]?.text.contains("event-1") == true)
        let event = try await function.ask("POST", "/events", #"{"id":"e1","text":"hi"}"#)
        #expect(event.status == "200" && event.json["id"] == .string("e1"))
        // It went down the configured routes.
        #expect(try await function.store.rows(id: "e1").count == 1)
        let verdict = try await function.ask("POST", "/executions/r/verdicts", #"{"validity":"valid"}"#)
        #expect(verdict.status == "201" && verdict.json["by"] == .string("k1"))
        #expect(try await function.ask("GET", "/nowhere").status == "404")
        await function.end()
    }

    @Test("without a key of the function's own only those are let in whom somebody in front has let in")
    func strangers() async throws {
        let function = try await TableFunction()
        for (method, path) in [("GET", "/executions/r"), ("POST", "/executions"), ("POST", "/events"), ("POST", "/executions/r/reruns"), ("GET", "/consulta_logs")] {
            #expect(try await function.ask(method, path, key: nil, #"{"x-api-key":["k1"]}"#).status == "401", "\(path)")
        }
        #expect(try await function.ask("GET", "/openapi.json", key: nil).status == "200")
        await function.end()
    }

    @Test("keys of the function's own are asked for behind a usage plan too, which does the counting")
    func ownKeys() async throws {
        let hash = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"  // of “key”
        let function = try await TableFunction(
            #""api":{"keys":[{"name":"dashboard","sha256":"\#(hash)","scopes":["read"],"rate":0.001,"burst":1}],"cors":{"origins":["https://example.org"]}}"#)
        #expect(try await function.ask("GET", "/consulta_logs?").status == "401")
        let shown = #"{"X-API-Key":["key"],"Origin":["https://example.org"]}"#
        for _ in 0..<3 { #expect(try await function.ask("GET", "/executions/r", "", shown).status == "404") }
        #expect(try await function.ask("POST", "/executions/r/reruns", "", shown).status == "403")
        // Nobody in front has counted these.
        #expect(try await function.ask("GET", "/executions/r", key: nil, shown).status == "404")
        let over = try await function.ask("GET", "/executions/r", key: nil, shown)
        #expect(over.status == "429" && over.headers["retry-after"] != nil && over.headers["access-control-allow-origin"]?.text == #"["https://example.org"]"#)
        let preflight = try await function.ask("OPTIONS", "/executions", key: nil, #"{"Origin":["https://example.org"],"Access-Control-Request-Method":["POST"]}"#)
        #expect(preflight.status == "204" && preflight.headers["access-control-allow-methods"] != nil)
        await function.end()
    }

    @Test("without “api” requests are turned away, and saves still work")
    func withoutAPI() async throws {
        let function = try await TableFunction(#""rerun":{"allow":[]}"#)
        #expect(try await function.ask("GET", "/executions/r").status == "501")
        #expect(try await function.invoke(Self.row).kind == .response)
        await function.end()
    }

    @Test("a mistake in “api” is told at the start")
    func mistaken() async throws {
        let function = try await TableFunction(#""api":{"numbers":"roman"}"#)
        let answer = try await function.server.answer { $0.kind == .initError }
        #expect(answer.body.contains("numbers"))
        #expect(await function.ending.value == 1)
        await function.end()
    }

    @Test("what is brought in is given up with its request, and holds no event that comes after it")
    func slowIngest() async throws {
        let release = AsyncStream<Void>.makeStream()
        // It does not care that it is cancelled.
        let sink = TestSink(before: { await Task { for await _ in release.stream {} }.value })
        let function = try await TableFunction(environment: ["SLUICE_DEADLINE_MARGIN": "100ms"], beside: sink)
        let start = ContinuousClock.now
        let posted = try await function.ask("POST", "/events", #"{"id":"e1"}"#, time: .seconds(2))
        #expect(posted.status == "503" && posted.headers["retry-after"] != nil, "\(posted)")
        // The answer tells of the event, since the pipeline gave it up a little sooner.
        #expect(posted.json["failed"]?.text.contains("e1") == true, "\(posted)")
        let next = try await function.invoke(Events.changes([1]), time: .seconds(2))
        #expect(next.kind == .error && next.body.contains("1 of 1 records must come again"), "\(next)")
        // By itself the pipeline would have waited for twenty seconds.
        #expect(ContinuousClock.now - start < .seconds(15))
        release.continuation.finish()
        var rounds = 0
        while try await function.invoke(Events.changes([1])).kind == .error, rounds < 500 { rounds += 1 }
        #expect(try await function.ask("POST", "/events", #"{"id":"e1"}"#).status == "200")
        #expect(Set(sink.delivered) == ["e1", "event-1"])
        await function.end()
    }

    @Test("a table that does not open holds no invocation beyond its deadline")
    func slowTable() async throws {
        let release = AsyncStream<Void>.makeStream()
        var stores = EventStores()
        stores.register("dynamodb", argument: "NAME") { _, _, _ throws(EventStoreError) in
            await Task { for await _ in release.stream {} }.value
            throw EventStoreError(.failed, "there is no such table")
        }
        let pipeline = try Pipeline(sinks: [("things", TestSink())], routes: [Route(name: "all", to: ["things"])])
        let host = try tableHost(stores, pipeline)
        let request = JSONBytes(Array(#"{"httpMethod":"GET","path":"/executions/r","requestContext":{"identity":{"apiKeyId":"k"}}}"#.utf8))
        guard case .request(let gateway) = try FunctionEvent(request) else { throw FunctionError(kind: .internal, message: "no request") }
        let row = JSONBytes(Array(Self.row.utf8))
        func soon() -> ContinuousClock.Instant { .now + .milliseconds(100) }
        let answer = String(decoding: await host.answer(gateway, before: soon()), as: UTF8.self)
        #expect(answer.contains(#""statusCode":503"#) && answer.contains("no answer in time"), "\(answer)")
        await #expect { try await host.save(row, before: soon()) } throws: { "\($0)".contains("did not answer in time") }
        await #expect { try await host.rerun(RerunJob(id: "r", key: "k"), before: soon()) } throws: { "\($0)".contains("did not answer in time") }
        release.continuation.finish()
        await #expect { try await host.save(row, before: .now + .seconds(600)) } throws: { "\($0)".contains("no such table") }
        let later = String(decoding: await host.answer(gateway, before: nil), as: UTF8.self)
        #expect(later.contains("cannot be opened"), "\(later)")
    }

    @Test("requests that come together open the table once, and it is closed in the end")
    func openedOnce() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.db")
        let release = AsyncStream<Void>.makeStream()
        let opened = Mutex(0)
        var stores = EventStores()
        stores.register("dynamodb", argument: "NAME") { _, _, _ throws(EventStoreError) in
            opened.withLock { $0 += 1 }
            await Task { for await _ in release.stream {} }.value
            return try await SQLiteEventStore(path: path)
        }
        let pipeline = try Pipeline(sinks: [("things", TestSink())], routes: [Route(name: "all", to: ["things"])])
        let host = try tableHost(stores, pipeline)
        let row = JSONBytes(Array(Self.row.utf8))
        // Its time is up, and what it began goes on.
        await #expect { try await host.save(row, before: .now + .milliseconds(100)) } throws: { "\($0)".contains("did not answer in time") }
        async let first = host.save(row, before: .now + .seconds(600))
        async let second = host.save(row, before: .now + .seconds(600))
        release.continuation.finish()
        for answer in try await [first, second] { #expect(String(decoding: answer, as: UTF8.self).contains(#""saved":"#)) }
        #expect(opened.withLock { $0 } == 1)
        try await host.close()
        // It is closed: whoever asks now opens another one.
        _ = try await host.save(row, before: .now + .seconds(600))
        #expect(opened.withLock { $0 } == 2)
        try await host.close()
    }

    /// A host over the table `dynamodb:events` of these stores, without a Runtime API.
    private func tableHost(_ stores: EventStores, _ pipeline: Pipeline) throws -> TableHost {
        let text = #"{"sinks":{"h":{"type":"event-table","table":"dynamodb:events"}},"routes":[{"to":["h"]}],"rejected":{"block":true},"api":{}}"#
        var registry = SinkRegistry()
        registry.registerEventTable(stores)
        return try TableHost(
            try Configuration(reading: ConfigurationNode(json: text, file: "sluice.json"), registry: registry),
            services: TableServices(stores: stores, invoker: { _ in TestInvoker() }, send: { _, _ in }), pipeline: pipeline, ownName: FunctionName("me"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    // MARK: Reruns

    @Test("a rerun is accepted at once and made by another invocation of the same function")
    func rerun() async throws {
        let function = try await TableFunction()
        _ = try await function.invoke(#"{"aws_request_id":"r","FunctionName":"orders","params":{"id":5},"response":1}"#)
        function.invoker.willAnswer("n", "2")
        let accepted = try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k","wait":true}"#)
        #expect(accepted.status == "202" && accepted.json["state"] == .string("accepted"), "\(accepted)")
        #expect(accepted.headers["location"]?.text == #"["/prod/executions/r/reruns/k"]"#)
        let made = try await function.server.answer { $0.id.hasPrefix("self-") }
        #expect(made.kind == .response && made.body == #"{"state":"done"}"#)
        let done = try await function.ask("GET", "/executions/r/reruns/k")
        #expect(done.status == "200" && done.json["state"] == .string("done") && done.json["new_id"] == .string("n"), "\(done)")
        #expect(done.json["differences"]?.text == #"[{"path":"$","old":1,"new":2}]"#, "\(done)")
        #expect(function.invoker.calls == [#"orders {"id":5}"#])
        #expect(function.invoker.handedTo == ["me"])
        // It may wait as long as the invocation that makes it takes, less some seconds.
        #expect(function.invoker.patience.last.map { $0 > .seconds(250) && $0 < .seconds(300) } == true)
        // The same request again, and the same command again, run nothing.
        #expect(try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#).status == "200")
        #expect(try await function.invoke(#"{"sluice_rerun":{"id":"r","key":"k"}}"#).body == #"{"state":"done"}"#)
        #expect(function.invoker.calls.count == 1)
        await function.end()
    }

    @Test("a command that nobody accepted runs nothing")
    func forged() async throws {
        let function = try await TableFunction()
        _ = try await function.invoke(Self.row)
        #expect(try await function.invoke(#"{"sluice_rerun":{"id":"r","key":"k"}}"#).body == #"{"state":"refused"}"#)
        #expect(function.invoker.calls.isEmpty)
        await function.end()
    }

    @Test("a command that Lambda delivers twice, or again after a crash, runs once and is never told as done before it is")
    func twice() async throws {
        let function = try await TableFunction(loses: true)
        _ = try await function.invoke(Self.row)
        _ = try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#)
        // Begun by an invocation that ended in the middle: the row is there, and its end is not.
        var begun = try #require(try await function.store.rerun(key: "k", of: "r"))
        begun.state = .started
        #expect(try await function.store.advance(begun, from: .accepted))
        #expect(try await function.invoke(#"{"sluice_rerun":{"id":"r","key":"k"}}"#).body == #"{"state":"started"}"#)
        #expect(function.invoker.calls.isEmpty)
        #expect(try await function.ask("GET", "/executions/r/reruns/k").json["state"] == .string("started"))
        // Once no execution could be under way any more, it reads as unknown.
        begun.startedAt = Timestamp(milliseconds: begun.startedAt.milliseconds - 17 * 60_000)
        #expect(try await function.store.advance(begun, from: .started))
        #expect(try await function.ask("GET", "/executions/r/reruns/k").json["state"] == .string("unknown"))
        #expect(try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#).json["state"] == .string("unknown"))
        #expect(try await function.invoke(#"{"sluice_rerun":{"id":"r","key":"k"}}"#).body == #"{"state":"unknown"}"#)
        #expect(function.invoker.calls.isEmpty)
        await function.end()
    }

    @Test("what was accepted and lost on the way is handed over again when it is asked for again")
    func lost() async throws {
        let function = try await TableFunction(loses: true)
        _ = try await function.invoke(Self.row)
        for _ in 0..<2 { #expect(try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#).status == "202") }
        #expect(function.invoker.handedTo == ["me", "me"])
        function.invoker.willAnswer("n", "1")
        for _ in 0..<2 { #expect(try await function.invoke(#"{"sluice_rerun":{"id":"r","key":"k"}}"#).body == #"{"state":"done"}"#) }
        #expect(function.invoker.calls.count == 1)
        await function.end()
    }

    @Test("what was accepted long ago is not run any more")
    func late() async throws {
        let function = try await TableFunction(loses: true)
        _ = try await function.invoke(Self.row)
        _ = try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#)
        var accepted = try #require(try await function.store.rerun(key: "k", of: "r"))
        accepted.startedAt = Timestamp(milliseconds: accepted.startedAt.milliseconds - 17 * 60_000)
        #expect(try await function.store.advance(accepted, from: .accepted))
        #expect(try await function.ask("GET", "/executions/r/reruns/k").json["state"] == .string("unknown"))
        #expect(try await function.invoke(#"{"sluice_rerun":{"id":"r","key":"k"}}"#).body == #"{"state":"refused"}"#)
        #expect(function.invoker.calls.isEmpty)
        await function.end()
    }

    @Test("where it cannot be handed over, that is said, and the same key may try again")
    func cannotHandOver() async throws {
        let function = try await TableFunction(refuses: true)
        _ = try await function.invoke(Self.row)
        for _ in 0..<2 {
            let answer = try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#)
            #expect(answer.status == "503" && answer.headers["retry-after"] != nil, "\(answer)")
            #expect(try await function.ask("GET", "/executions/r/reruns/k").json["state"] == .string("refused"))
        }
        #expect(function.invoker.calls.isEmpty)
        await function.end()
    }

    @Test("an answer that does not come is written down as unknown")
    func unanswered() async throws {
        let function = try await TableFunction()
        _ = try await function.invoke(Self.row)
        function.invoker.willThrow(FunctionInvocationError(.unknown, "no answer in time"))
        _ = try await function.ask("POST", "/executions/r/reruns", #"{"idempotency_key":"k"}"#)
        #expect(try await function.server.answer { $0.id.hasPrefix("self-") }.body == #"{"state":"unknown"}"#)
        let told = try await function.ask("GET", "/executions/r/reruns/k")
        #expect(told.json["state"] == .string("unknown") && told.json["differs"] == nil)
        await function.end()
    }

    @Test("a published version hands over to itself")
    func version() async throws {
        let function = try await TableFunction(environment: ["AWS_LAMBDA_FUNCTION_VERSION": "7"])
        _ = try await function.invoke(Self.row)
        function.invoker.willAnswer("n", "1")
        _ = try await function.ask("POST", "/executions/r/reruns", "")
        #expect(function.invoker.handedTo == ["me:7"])
        await function.end()
    }
}

#endif
