// SPDX-License-Identifier: Apache-2.0

import Logging
import RuntimeServer
import Sluice
import Synchronization
import Testing

@testable import LambdaHost

@Suite("The Runtime API's loop")
struct RuntimeAPITests {
    @Test("events and answers survive whatever happens on the way", arguments: [
        Fault.none, .chunked(1000), .chunked(7), .trickle, .closeBefore, .closeInside, .closeAfter,
    ])
    func faultsOnNext(_ fault: Fault) async throws {
        let sink = TestSink()
        let host = try Host(["things": sink])
        for round in 0..<3 {
            var invocation = TestInvocation("id-\(round)", Events.changes([round]))
            invocation.onNext = fault
            invocation.oddCapitals = true
            let answer = try await host.server.invoke(invocation)
            #expect(answer.kind == .response && answer.body == failures(), "\(fault)")
        }
        #expect(sink.delivered == ["event-0", "event-1", "event-2"])
        await host.end()
    }

    @Test("an answer whose connection is lost is sent again", arguments: [Fault.closeBefore, .closeInside, .closeAfter, .trickle, .chunked(3)])
    func faultsOnAnswer(_ fault: Fault) async throws {
        let sink = TestSink()
        let host = try Host(["things": sink])
        for round in 0..<3 {
            var invocation = TestInvocation("id-\(round)", Events.changes([round]))
            invocation.onAnswer = fault
            #expect(try await host.server.invoke(invocation).kind == .response)
        }
        try await host.server.waitForNext(4)
        // Each event was answered once, and delivered once.
        #expect(host.server.answers.map(\.id) == ["id-0", "id-1", "id-2"])
        #expect(sink.delivered == ["event-0", "event-1", "event-2"])
        await host.end()
    }

    @Test("the trace of an invocation is in the environment while it is worked on, and no longer")
    func trace() async throws {
        let variables = Mutex<[String: String]>([:])
        let seen = Mutex<[String?]>([])
        let sink = TestSink { _, _ in
            seen.withLock { $0.append(variables.withLock { $0["_X_AMZN_TRACE_ID"] }) }
            return .delivered
        }
        let host = try Host(["things": sink]) { name, value in variables.withLock { $0[name] = value } }
        let traces = ["Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=1;Sampled=1", "Root=1-5bef4de8-ad49b0e87f6ef6c87fc2e701", nil, "Root=3"]
        for (round, trace) in traces.enumerated() {
            var invocation = TestInvocation("id-\(round)", Events.changes([round]))
            invocation.traceID = trace
            _ = try await host.server.invoke(invocation)
        }
        #expect(seen.withLock { $0 } == traces)
        await host.end()
    }

    @Test("a variable is set, changed and taken away in the process itself")
    func variables() {
        let name = "SLUICE_TEST_VARIABLE_\(UInt64.random(in: 0 ... .max))"
        for value in ["a", "b=c", "", nil, "d", nil] {
            ProcessState.set(name, value)
            #expect(ProcessState.environment[name] == value)
        }
    }

    @Test("one connection serves all")
    func keepAlive() async throws {
        let host = try Host(["things": TestSink()])
        for round in 0..<20 { _ = try await host.invoke("id-\(round)", Events.changes([round])) }
        #expect(host.server.connections == 1)
        await host.end()
    }

    @Test("an answer that Lambda refuses is no reason to stop", arguments: [413, 400, 403, 404])
    func refusedAnswers(_ status: Int) async throws {
        let host = try Host(["things": TestSink()])
        var invocation = TestInvocation("a", Events.changes([1]))
        invocation.onAnswer = .status(status)
        _ = try await host.server.invoke(invocation)
        #expect(try await host.invoke("b", Events.changes([2])).body == failures())
        await host.end()
    }

    @Test("a container error ends the function at once")
    func containerError() async throws {
        let sink = TestSink()
        let host = try Host(["things": sink])
        var invocation = TestInvocation("a", Events.changes([1]))
        invocation.onAnswer = .status(500)
        _ = try await host.server.invoke(invocation)
        #expect(await host.ending.value == 1)
        #expect(sink.isShutDown)
        host.server.stop()

        let other = try Host(["things": TestSink()])
        var refused = TestInvocation("a", Events.changes([1]))
        refused.onNext = .status(500)
        other.server.send(refused)
        #expect(await other.ending.value == 1)
        other.server.stop()
    }

    @Test("what is no HTTP, or an event without an id, ends the function", arguments: [
        "220 mail.example.com ESMTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: ../../x\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    ])
    func nonsense(_ answer: String) async throws {
        let host = try Host(["things": TestSink()])
        var invocation = TestInvocation("a", "{}")
        invocation.onNext = .raw(answer)
        host.server.send(invocation)
        #expect(await host.ending.value == 1)
        host.server.stop()
    }

    @Test("a server that has gone ends the function")
    func goneServer() async throws {
        let host = try Host(["things": TestSink()])
        try await host.server.waitForNext(1)
        #expect(await host.end() == 1)
    }

    @Test("a start that fails is told with every mistake")
    func failedStart() async throws {
        let host = try Host(["things": TestSink()], routes: #"[{"to":["thing"]},{"to":["thngs"]}]"#)
        let answer = try await host.server.answer { $0.kind == .initError }
        #expect(answer.errorType == "Sluice.ConfigurationError")
        #expect(answer.body.contains("routes[0].to") && answer.body.contains("routes[1].to") && answer.body.contains("did you mean things?"))
        #expect(await host.ending.value == 1)
        #expect(host.server.nexts == 0)
        host.server.stop()

        let wrong = try Host(["things": TestSink()], environment: ["SLUICE_PARTIAL_RESPONSES": "perhaps"])
        #expect(try await wrong.server.answer { $0.kind == .initError }.body.contains("SLUICE_PARTIAL_RESPONSES"))
        #expect(await wrong.ending.value == 1)
        wrong.server.stop()
    }

    @Test("a sink that does not start fails the start")
    func failedSink() async throws {
        struct Missing: Error, CustomStringConvertible { let description = "the queue is not there" }
        var registry = SinkRegistry()
        registry.register("broken", settings: NoSettings.self) { _, _ in throw Missing() }
        let server = try RuntimeServer()
        let function = LambdaFunction(sinks: registry, environment: [
            "AWS_LAMBDA_RUNTIME_API": server.address, "AWS_LAMBDA_LOG_LEVEL": "FATAL",
            "SLUICE_CONFIG": #"{"sinks":{"orders":{"type":"broken"}},"routes":[{"to":["orders"]}],"rejected":{"block":true}}"#,
        ])
        #expect(await function.run() == 1)
        let answer = try await server.answer { $0.kind == .initError }
        #expect(answer.body.contains("the queue is not there") && answer.body.contains("sinks.orders"))
        server.stop()
    }

    @Test("without an address there is nobody to tell")
    func noAddress() async {
        #expect(await LambdaFunction(sinks: SinkRegistry(), environment: ["AWS_LAMBDA_LOG_LEVEL": "FATAL"]).run() == 1)
    }

    @Test("waiting for an event ends when it is stopped, before it begins or after")
    func stop() async throws {
        let server = try RuntimeServer()
        let endpoint = try #require(Endpoint(server.address))
        let client = RuntimeClient(endpoint, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        async let waiting = client.next()
        // Whatever fails, nobody waits for ever.
        defer { client.stop() }
        try await server.waitForNext(1)
        client.stop()
        #expect(try await waiting?.requestID == nil)
        #expect(try await client.next()?.requestID == nil)
        server.stop()
    }
}
