// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import RuntimeServer
import Testing
import TestSupport

private let partial = ["SLUICE_PARTIAL_RESPONSES": "1"]
private let success = #"{"batchItemFailures":[]}"#

/// The lines of standard output that hold records, without those that hold metrics.
private func records(_ output: String) -> [String] {
    output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix(#"{"_aws""#) }
}

@Suite("The function, as Lambda runs it")
struct FunctionTests {
    @Test("recorded events become the lines that the slow, obvious decoder makes", arguments: [
        "products/1-created.json", "products/5-sold-out.json", "todo/2-stream.json", "todo/3-kinesis.json", "queue/2-orders-fifo.json",
        "queue/3-from-a-topic.json", "queue/4-from-a-bus.json", "bus/2-order-placed.json", "logs/3-todo-api-kinesis.json",
    ])
    func recordedEvents(_ name: String) async throws {
        let event = try Repository.bytes("samples/streams/\(name)")
        let function = try Function()
        let answer = try await function.server.invoke(TestInvocation("a", event))
        #expect(answer.kind == .response && answer.body == (name.hasPrefix("bus") ? "null" : success), "\(answer)")
        function.terminate()
        let ending = try await function.end()
        #expect(ending.status == 0)
        var reference = Reference()
        try reference.read(event)
        let wanted = reference.lines.map { String(decoding: $0, as: UTF8.self) }
        #expect(!wanted.isEmpty && records(ending.output) == wanted)
    }

    @Test("the configuration lies beside the executable, or where SLUICE_CONFIG says")
    func configurations() async throws {
        let beside = try Function(configuration: nil, files: ["sluice.json": Function.everythingToTheLog])
        #expect(try await beside.invoke("a", Events.changes([1])).kind == .response)
        let elsewhere = try TemporaryFolder()
        let named = try Function(configuration: elsewhere.write("elsewhere.json", Function.everythingToTheLog))
        #expect(try await named.invoke("a", Events.changes([1])).kind == .response)
    }

    @Test("a start that fails is told to Lambda and to the log, with exit status 1", arguments: [
        (nil, "there is no configuration"), ("{", "not JSON"), ("/nonexistent.json", "/nonexistent.json"),
        (#"{"sinks":{"a":{"type":"file","path":"x"}},"routes":[{"to":["a"]}],"rejected":{"block":true}}"#, "whose files vanish"),
        (#"{"sinks":{"a":{"type":"log"}},"routes":[{"to":["a"]}]}"#, "rejected"),
        (#"{"sinks":{"a":{"type":"log"}},"routes":[{"group":"/aws/lambda/stream-consumer","to":["a"]}],"rejected":{"block":true}}"#, "own log group"),
        (#"{"sinks":{"a":{"type":"log","format":"${UNSET_FORMAT}"}},"routes":[{"to":["a"]}],"rejected":{"block":true}}"#, "UNSET_FORMAT"),
    ] as [(String?, String)])
    func failedStart(_ configuration: String?, _ part: String) async throws {
        let function = try Function(configuration: configuration)
        let answer = try await function.server.answer { $0.kind == .initError }
        #expect(answer.errorType == "Sluice.ConfigurationError" && answer.body.contains(part), "\(answer.body)")
        let ending = try await function.end()
        #expect(ending.status == 1 && ending.errors.contains("FATAL") && ending.errors.contains(part) && ending.output.isEmpty)
        #expect(function.server.nexts == 0)
    }

    @Test("the request and its trace are in every log line")
    func logLines() async throws {
        let function = try Function(environment: ["AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"])
        var invocation = TestInvocation("request-1", "nonsense")
        invocation.traceID = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=1;Sampled=1"
        #expect(try await function.server.invoke(invocation).kind == .error)
        #expect(try await function.invoke("request-2", Events.changes([1])).kind == .response)
        function.terminate()
        let texts = try await function.end().errors.split(separator: "\n").map(String.init)
        for text in texts { #expect(throws: Never.self) { try TreeParser.parse(Array(text.utf8)) } }
        #expect(texts.contains { $0.contains("request-1") && $0.contains("Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700") && $0.contains("ERROR") })
        #expect(texts.contains { $0.contains("request-2") && !$0.contains("Root=1") && $0.contains("event done") })
    }

    @Test("metrics go out with each event, or not at all")
    func metrics() async throws {
        let function = try Function(environment: partial.merging(["SLUICE_METRICS_NAMESPACE": "Shop"]) { $1 })
        let event = #"{"Records":[\#(Events.change(1)),\#(Events.change(2, sound: false))]}"#
        #expect(try await function.invoke("a", event).body == #"{"batchItemFailures":[{"itemIdentifier":"\#(Events.sequence(2))"}]}"#)
        function.terminate()
        let metrics = try await function.end().lines.filter { $0.hasPrefix(#"{"_aws""#) }
        try #require(metrics.count == 2)
        for part in [#""Namespace":"Shop""#, #""FunctionName":"stream-consumer""#, #""Received":2,"#, #""Delivered":1,"#, #""Retried":1,"#, #""IteratorAge":"#] {
            #expect(metrics[0].contains(part), "\(metrics[0])")
        }
        #expect(metrics[1].contains(#""Sink":"console""#) && metrics[1].contains(#""SinkLatency":"#))

        let quiet = try Function(environment: ["SLUICE_METRICS_NAMESPACE": "off"])
        _ = try await quiet.invoke("a", Events.changes([1]))
        #expect(records(quiet.output).count == 1 && !quiet.output.contains("_aws"))
    }

    @Test("what a warm process delivered of a failed batch is not sent twice")
    func warmMemory() async throws {
        let function = try Function(environment: ["SLUICE_METRICS_NAMESPACE": "off"])
        let event = #"{"Records":[\#(Events.change(1)),\#(Events.change(2, sound: false)),\#(Events.change(3))]}"#
        for round in 1...3 {
            let answer = try await function.invoke("round-\(round)", event)
            #expect(answer.kind == .error && answer.body.contains("1 of 3 records must come again"))
        }
        #expect(records(function.output).count == 2)
    }

    @Test("an answer comes before the deadline though nobody takes the sink's lines")
    func blockedOutput() async throws {
        let pipe = Pipe()
        let function = try Function(environment: partial.merging(["SLUICE_DEADLINE_MARGIN": "200ms"]) { $1 }, output: pipe.fileHandleForWriting)
        // More than a pipe holds.
        let answer = try await function.invoke("a", Events.changes(1...300, padding: 2000), time: .seconds(1))
        #expect(answer.body == #"{"batchItemFailures":[{"itemIdentifier":"\#(Events.sequence(1))"}]}"#)
        // Once somebody reads, it goes on, though the sink may take a moment to come back.
        let reading = Thread { _ = pipe.fileHandleForReading.readDataToEndOfFile() }
        reading.start()
        var bodies: [String] = []
        while bodies.last != success, bodies.count < 1000 {
            bodies.append(try await function.invoke("again-\(bodies.count)", Events.changes(400...401)).body)
        }
        #expect(bodies.last == success)
        try? pipe.fileHandleForWriting.close()
    }

    @Test("SIGTERM ends it at once while it waits, and after the event that it works on")
    func termination() async throws {
        let idle = try Function()
        try await idle.server.waitForNext(1)
        idle.terminate()
        #expect(try await idle.end().status == 0)
        #expect(idle.server.answers.isEmpty)

        let pipe = Pipe()
        let busy = try Function(output: pipe.fileHandleForWriting)
        async let answer = busy.invoke("a", Events.changes(1...300, padding: 2000))
        // The first line is there: the sink is at work, and held up until somebody reads on.
        let start = pipe.fileHandleForReading.readData(ofLength: 10)
        #expect(!start.isEmpty)
        busy.terminate()
        let reading = Thread { _ = pipe.fileHandleForReading.readDataToEndOfFile() }
        reading.start()
        #expect(try await answer.body == success)
        try? pipe.fileHandleForWriting.close()
        #expect(try await busy.end().status == 0)
        #expect(busy.server.nexts == 1)
    }

    @Test("without a Runtime API it says what it is for")
    func notOnLambda() async throws {
        let function = try Function(environment: ["AWS_LAMBDA_RUNTIME_API": ""])
        let ending = try await function.end()
        #expect(ending.status == 1 && ending.errors.contains("started by AWS Lambda"))
    }
}
