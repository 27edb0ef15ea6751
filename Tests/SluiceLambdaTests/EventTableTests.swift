// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
import AWSSinks
import AWSTestSupport
import Foundation
import JSONTape
import RuntimeServer
import Synchronization
import Testing
import TestSupport

/// The function as Lambda runs it, with an event table in moto, Invoke and a REST API in front of it.
@Suite("The function and the event table")
struct EventTableTests {
    /// One function with a table of its own.
    struct Fixture: Sendable {
        let table = MotoServer.name("events")
        let server: RuntimeServer
        let front: FunctionFront
        let variables: [String: String]
        let configuration: String

        init(others: @escaping @Sendable (_ name: String, _ payload: String) -> FunctionFront.Answer = { _, _ in .init("null", status: 404) }) async throws {
            server = try RuntimeServer()
            front = try FunctionFront(server, others: others)
            let table = table
            try await MotoServer.with { try await EventTableCreation($0, table: table, report: { _ in }, pause: { _ in }).run() }
            variables = [
                "AWS_ENDPOINT_URL_DYNAMODB": try await MotoServer.shared.url(), "AWS_ENDPOINT_URL_LAMBDA": front.url, "AWS_REGION": "eu-central-1",
                "AWS_ACCESS_KEY_ID": MotoServer.keys.accessKeyID, "AWS_SECRET_ACCESS_KEY": MotoServer.keys.secretAccessKey,
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_LAMBDA_FUNCTION_NAME": "sluice", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "SLUICE_METRICS_NAMESPACE": "off", "AWS_DEFAULT_REGION": "eu-central-1",
            ]
            configuration = #"{"sinks":{"history":{"type":"event-table","table":"dynamodb:\#(table)"}},"routes":[{"to":["history"]}],"rejected":{"block":true},"#
                + #""api":{},"rerun":{"allow":["orders"]}}"#
        }

        func start() throws -> Function { try Function(configuration: configuration, environment: variables, server: server) }

        /// Asks the REST API.
        func ask(_ method: String, _ path: String, _ body: String? = nil, key: String? = FunctionFront.key) async throws -> (status: Int, json: JSONValue, location: String?) {
            var headers: [(name: String, value: String)] = [("host", "127.0.0.1")]
            if body != nil { headers.append(("content-type", "application/json")) }
            if let key { headers.append(("x-api-key", key)) }
            let request = ProxiedRequest(method: method, target: path, headers: headers, body: Array((body ?? "").utf8))
            let response = try await HTTPExchange.send(request, port: front.port)
            let location = response.headers.first { $0.name.lowercased() == "location" }?.value
            return (response.status, (try? JSONValue(parsing: response.body)) ?? .null, location)
        }

        /// Runs a program of another language with the function's variables, as a function in the same account has them.
        func run(_ program: String, _ arguments: [String], _ more: [String: String]) async throws -> (status: Int32, output: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
            environment.merge(variables) { $1 }
            environment.merge(more) { $1 }
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
            process.environment = environment
            process.currentDirectoryURL = URL(fileURLWithPath: Repository.path(EventTableTests.helpers))
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try Function.started(process)
            // On a thread of its own: what answers the program needs those of the tests.
            return await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    continuation.resume(returning: (process.terminationStatus, text))
                }
            }
        }
    }

    static let helpers = "samples/save"

    static let nodePath = ["/usr/bin/node", "/usr/local/bin/node", "/opt/homebrew/bin/node"].first { FileManager.default.isExecutableFile(atPath: $0) }

    // MARK: The helpers in samples/save

    private static let pythonHandler = """
        import json, sys, types, sluice_save
        @sluice_save.recorded
        def handler(event, context):
            return {"total": event["id"] * 2, "text": "é"}
        context = types.SimpleNamespace(aws_request_id=sys.argv[1], function_name="orders")
        print(json.dumps(handler({"id": 5}, context)))
        print(sluice_save.save({"aws_request_id": sys.argv[1], "FunctionName": "orders", "event": {"id": 6}}))
        """

    @Test("the helper in Python saves by invoking the function, and by the API; a refusal is an error", arguments: [false, true])
    func python(overHTTP: Bool) async throws {
        let fixture = try await Fixture()
        let function = try fixture.start()
        let more = overHTTP
            ? ["SLUICE_API_URL": fixture.front.url + "/prod", "SLUICE_API_KEY": FunctionFront.key] : ["SLUICE_FUNCTION": "sluice"]
        let ended = try await fixture.run(Python.path(), ["-c", Self.pythonHandler, "py-1"], more)
        #expect(ended.output.hasPrefix(#"{"total": 10, "text": "\u00e9"}"#), "\(ended.output)")
        // The second call contradicts the first one.
        #expect(ended.status != 0 && ended.output.contains(overHTTP ? "409" : "another params"), "\(ended.output)")
        let row = try await fixture.ask("GET", "/prod/executions/py-1").json["items"]?.text ?? ""
        #expect(row.contains(#""params":{"id":5}"#) && row.contains(#""response":{"total":10,"text":"é"}"#), "\(row)")
        function.terminate()
        let ending = try await function.end()
        #expect(ending.status == 0, "\(ending.errors)")
    }

    @Test("the helper for Node saves by the API; a refusal is an error", .enabled(if: nodePath != nil))
    func node() async throws {
        let fixture = try await Fixture()
        let function = try fixture.start()
        let script = """
            import { recorded, save } from "\(Repository.path("\(Self.helpers)/sluice-save.mjs"))";
            const handler = recorded(async (event) => ({ total: event.id * 2, text: "é" }));
            console.log(JSON.stringify(await handler({ id: 5 }, { awsRequestId: "js-1", functionName: "orders" })));
            await save({ aws_request_id: "js-1", FunctionName: "orders", event: { id: 6 } }).catch((error) => console.log(error.message));
            """
        let ended = try await fixture.run(
            try #require(Self.nodePath), ["--input-type=module", "-e", script],
            ["SLUICE_API_URL": fixture.front.url + "/prod", "SLUICE_API_KEY": FunctionFront.key])
        #expect(ended.status == 0 && ended.output.hasPrefix("{\"total\":10,\"text\":\"é\"}\nanother params"), "\(ended.output)")
        let row = try await fixture.ask("GET", "/prod/executions/js-1").json["items"]?.text ?? ""
        #expect(row.contains(#""params":{"id":5}"#) && row.contains(#""response":{"total":10,"text":"é"}"#), "\(row)")
        function.terminate()
        _ = try await function.end()
    }

    @Test("the helpers have twenty lines of code")
    func length() throws {
        for name in ["sluice_save.py", "sluice-save.mjs"] {
            let text = try Repository.text("\(Self.helpers)/\(name)")
            #expect(text.split(separator: "\n").count { !$0.hasPrefix("//") && !$0.hasPrefix("#") } <= 20, "\(name)")
        }
    }

    // MARK: The API

    @Test("records, requests and verdicts meet in one table; without the key API Gateway lets nobody in")
    func everything() async throws {
        let fixture = try await Fixture()
        let function = try fixture.start()
        #expect(try await function.invoke("a", Events.changes(1...3)).body == #"{"batchItemFailures":[]}"#)
        let history = try await fixture.ask("GET", "/prod/subjects/Things%23%7B%22Id%22%3A2%7D")
        #expect(history.status == 200 && history.json["items"]?.text.contains("event-2") == true, "\(history)")
        #expect(try await fixture.ask("POST", "/prod/executions", #"{"aws_request_id":"r","FunctionName":"orders","event":{"id":5}}"#).status == 201)
        let spelling = "/prod/reexecuta_fun%C3%A7%C3%A3o"
        let verdict = try await fixture.ask("POST", spelling, #"{"aws_request_id":"r","FunctionName":"orders","validity":"invalid"}"#)
        #expect(verdict.status == 201 && verdict.json["by"]?.stringValue == "k1e2y3", "\(verdict)")
        let listed = try await fixture.ask("GET", "/prod/executions?validity=invalid&function=orders")
        #expect(listed.json["items"]?.text.contains("\"r\"") == true, "\(listed)")
        #expect(try await fixture.ask("GET", "/prod/consulta_logs?aws_request_id=r").status == 200)
        #expect(try await fixture.ask("GET", "/prod/consulta_logs?aws_request_id=r", key: nil).status == 403)
        let event = try await fixture.ask("POST", "/prod/events", #"{"id":"e1","text":"hi"}"#)
        #expect(event.status == 200)
        #expect(try await fixture.ask("GET", "/prod/executions/e1").status == 200)
        function.terminate()
        let ending = try await function.end()
        #expect(ending.status == 0, "\(ending.errors)")
    }

    // MARK: Running again

    /// Counts what `orders` was asked to do.
    final class Orders: Sendable {
        private let calls = Mutex<[String]>([])
        private let toKill = Mutex<Int32?>(nil)

        var all: [String] { calls.withLock { $0 } }

        func kills(_ process: Int32) { toKill.withLock { $0 = process } }

        func answer(_ name: String, _ payload: String) -> FunctionFront.Answer {
            calls.withLock { $0.append("\(name) \(payload)") }
            let process = toKill.withLock { $0.take() }
            if let process { kill(process, SIGKILL) }
            return .init(#"{"total":11}"#)
        }
    }

    private func finished(_ fixture: Fixture, _ place: String) async throws -> JSONValue {
        while true {
            let answer = try await fixture.ask("GET", place)
            try #require(answer.status == 200, "\(answer)")
            if !["accepted", "started"].contains(answer.json["state"]?.stringValue) { return answer.json }
        }
    }

    @Test("a rerun is answered with 202 and made by a later invocation, once for each key")
    func rerun() async throws {
        let orders = Orders()
        let fixture = try await Fixture { orders.answer($0, $1) }
        let function = try fixture.start()
        _ = try await fixture.ask("POST", "/prod/executions", #"{"aws_request_id":"r","FunctionName":"orders","params":{"id":5},"response":{"total":10}}"#)
        let answers = try await withThrowingTaskGroup(of: (status: Int, json: JSONValue, location: String?).self) { group in
            for _ in 0..<8 {
                group.addTask { try await fixture.ask("POST", "/prod/executions/r/reruns", #"{"idempotency_key":"k 1","wait":true}"#) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 202 || $0.status == 200 })
        let place = try #require(answers.first { $0.status == 202 }?.location)
        #expect(place == "/prod/executions/r/reruns/k%201")
        let done = try await finished(fixture, place)
        #expect(done["state"]?.stringValue == "done" && done["differs"] == .bool(true), "\(done)")
        #expect(done["differences"]?.text == #"[{"path":"$.total","old":10,"new":11}]"#, "\(done)")
        let new = try #require(done["new_id"]?.stringValue)
        #expect(try await fixture.ask("GET", "/prod/executions/\(new)").json["items"]?.text.contains(#""source":"r""#) == true)
        // What else was queued has run nothing more.
        let sentinel = try await function.invoke("sentinel", Events.changes([1]))
        #expect(sentinel.kind == .response)
        #expect(orders.all == [#"orders {"id":5}"#])
        function.terminate()
        let ending = try await function.end()
        #expect(ending.status == 0, "\(ending.errors)")
    }

    @Test("a crash between invoking and recording never reads as a success, and Lambda's second try runs nothing")
    func crash() async throws {
        let orders = Orders()
        let fixture = try await Fixture { orders.answer($0, $1) }
        let first = try fixture.start()
        _ = try await fixture.ask("POST", "/prod/executions", #"{"aws_request_id":"r","FunctionName":"orders","params":{"id":5},"response":{"total":11}}"#)
        orders.kills(first.identifier)
        let accepted = try await fixture.ask("POST", "/prod/executions/r/reruns", #"{"idempotency_key":"k"}"#)
        #expect(accepted.status == 202)
        #expect(try await first.end().status == 128 + SIGKILL)
        #expect(orders.all.count == 1)

        // The next environment is handed the same event, as asynchronous invocations are tried again.
        let second = try fixture.start()
        let place = try #require(accepted.location)
        let told = try await fixture.ask("GET", place)
        #expect(told.json["state"]?.stringValue == "started" && told.json["result"] == nil, "\(told)")
        #expect(try await fixture.ask("POST", "/prod/executions/r/reruns", #"{"idempotency_key":"k"}"#).json["state"]?.stringValue == "started")
        // Once no execution could be under way any more, nobody knows.
        try await MotoServer.boto(
            "dynamodb", "update_item",
            [
                "TableName": .string(fixture.table), "Key": ["aws_request_id": ["S": "rerun#k"], "FunctionName": ["S": "r"]],
                "UpdateExpression": "SET started_at = :t", "ExpressionAttributeValues": [":t": ["S": "2026-01-01T00:00:00.000Z"]],
            ])
        #expect(try await fixture.ask("GET", place).json["state"]?.stringValue == "unknown")
        #expect(try await fixture.ask("POST", "/prod/executions/r/reruns", #"{"idempotency_key":"k"}"#).json["state"]?.stringValue == "unknown")
        #expect(orders.all.count == 1)
        second.terminate()
        #expect(try await second.end().status == 0)
    }
}
#endif
