// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Synchronization
import Testing

/// Runs `body` with a pipeline into a sink whose function is in memory, behind a proxy.
func withFunction<Result>(
    _ function: FakeFunction, _ schedule: FaultSchedule = .none, settings text: String = "{}", name: String = "worker",
    _ body: (Pipeline, FaultProxy) async throws -> Result
) async throws -> Result {
    try await FaultProxy.with(.service { function.answer($0) }, schedule) { proxy in
        try await withServices(url: proxy.url) { services in
            let json = try JSONValue(parsing: text).setting("function", .string(name))
            let sink = try await LambdaSink(settings(LambdaSink.Settings.self, json.text), .test, SinkClient(services, pause: noPause))
            return try await body(Pipeline.into(sink), proxy)
        }
    }
}

@Suite("The sink lambda") struct LambdaSinkTests {
    @Test("A batch becomes one event, its records in order") func aBatchBecomesOneEvent() async throws {
        let function = FakeFunction()
        try await withFunction(function) { pipeline, proxy in
            let records = try batch((0..<5).map { Change(number: $0, key: $0 % 2) })
            try await pipeline.expect(delivered: 5, of: records)
            let event = try #require(function.events.first)
            #expect(event.members.map(\.name) == ["records"])
            #expect(event["records"]?.elements.map(\.text) == records.map { records.lines[$0.idText] ?? "" })
            #expect(proxy.exchanges.last?.request.header("x-amz-invocation-type") == "RequestResponse")
        }
    }

    @Test("With payload: record each record is an event of its own") func eachRecordIsAnEvent() async throws {
        let function = FakeFunction()
        try await withFunction(function, settings: #"{"payload":"record"}"#) { pipeline, _ in
            let records = try batch((0..<6).map { Change(number: $0, key: $0 % 2) })
            try await pipeline.expect(delivered: 6, of: records)
            #expect(function.events.count == 6)
            #expect(Set(function.events.map(\.text)) == Set(records.lines.values))
            // Those of one key one after another.
            for key in 0..<2 { #expect(function.ids.filter { (Int($0.dropFirst(6)) ?? 0) % 2 == key } == (0..<3).map { "event-\($0 * 2 + key)" }) }
        }
    }

    @Test("An unknown function ends the start") func anUnknownFunctionEndsTheStart() async throws {
        await #expect {
            try await withFunction(FakeFunction(), name: "other") { _, _ in }
        } throws: { error in
            (error as? AWSSinkError)?.code == .notFound && "\(error)".contains("there is no function other")
        }
    }

    @Test("A function's error hands back all, with its message") func aFunctionsErrorHandsBackAll() async throws {
        let function = FakeFunction { _ in .failure("no such order") }
        try await withFunction(function) { pipeline, _ in
            let report = try await pipeline.deliver(batch((0..<3).map { Change(number: $0, key: $0) }))
            #expect(report.counts.retry == 3)
            #expect(report.fates.allSatisfy { $0.reason.contains("Unhandled") && $0.reason.contains("Oops: no such order") })
            #expect(function.events.count == 1)
        }
    }

    @Test("A function's error is tried again where the settings say so") func aFunctionsErrorIsTriedAgain() async throws {
        let calls = Mutex(0)
        let function = FakeFunction { _ in calls.withLock { $0 += 1; return $0 } < 3 ? .failure("later") : .success(.null) }
        try await withFunction(function, settings: #"{"attempts":3}"#) { pipeline, _ in
            try await pipeline.expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
            #expect(function.events.count == 3)
        }
    }

    @Test("Records that the function names come again, by place or id, with the later ones of their key") func recordsThatTheFunctionNames() async throws {
        let named: [(JSONValue, [Int])] = [
            (.number("1"), [1, 4]), ("1", [1, 4]), ("event-1", [1, 4]), ("event-4", [4]), (.number("0"), [0, 3]),
            // Nothing that was sent: everything comes again.
            ("event-9", [0, 1, 2, 3, 4]), (.number("5"), [0, 1, 2, 3, 4]), (.number("-1"), [0, 1, 2, 3, 4]), ("", [0, 1, 2, 3, 4]), (.null, [0, 1, 2, 3, 4]),
        ]
        for (identifier, retried) in named {
            let function = FakeFunction { _ in .success(["batchItemFailures": [["itemIdentifier": identifier]]]) }
            try await withFunction(function) { pipeline, _ in
                let report = try await pipeline.deliver(batch((0..<5).map { Change(number: $0, key: $0 % 3) }))
                #expect(report.fates.indices.filter { report.fates[$0].isRetry } == retried, "\(identifier.text)")
                #expect(report.counts.delivered == 5 - retried.count)
            }
        }
    }

    @Test("What is no list of failures is a success, and a broken list is none") func whatIsNoListOfFailures() async throws {
        let answers: [(JSONValue, Int)] = [
            (.null, 2), ([:], 2), ("done", 2), (["batchItemFailures": []], 2), (["batchItemFailures": .null], 2), (["batchItemFailures": "none"], 0),
            (["batchItemFailures": [[:]]], 0), (["batchItemFailures": ["event-0"]], 0), ([["itemIdentifier": "event-0"]], 2),
        ]
        for (answer, delivered) in answers {
            try await withFunction(FakeFunction { _ in .success(answer) }) { pipeline, _ in
                let report = try await pipeline.deliver(batch([Change(number: 0, key: 0), Change(number: 1, key: 1)]))
                #expect(report.counts.delivered == delivered, "\(answer.text)")
            }
        }
    }

    @Test("An answer that cannot be read hands back all", arguments: [
        (#"{"batchItemFailures":[{"item"#, 0), (#"{"batchItemFailures":[]}}"#, 0), ("OK", 0), ("<html>", 0), ("", 2), (" null ", 2),
    ])
    func anAnswerThatCannotBeRead(_ answer: String, _ delivered: Int) async throws {
        try await withFunction(FakeFunction { _ in .text(answer) }) { pipeline, _ in
            let report = try await pipeline.deliver(batch([Change(number: 0, key: 0), Change(number: 1, key: 1)]))
            #expect(report.counts.delivered == delivered && report.counts.retry == 2 - delivered)
            #expect(delivered == 2 || report.fates[0].reason.contains("cannot be read"))
        }
    }

    @Test("What else is in an answer does not hide its failures, however deep it is", arguments: [(100, 1), (2000, 0)])
    func deepAnswers(_ depth: Int, _ delivered: Int) async throws {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let function = FakeFunction { _ in .text(#"{"deep":\#(deep),"batchItemFailures":[{"itemIdentifier":"event-0"}]}"#) }
        try await withFunction(function) { pipeline, _ in
            let report = try await pipeline.deliver(batch([Change(number: 0, key: 0), Change(number: 1, key: 1)]))
            #expect(report.fates[0].isRetry && report.counts.delivered == delivered)
        }
    }

    @Test("Where records share an id, all of them are meant") func sharedIDs() {
        let parcels = ["a", "b", "a"].enumerated().map { Parcel(index: $0, key: nil, entry: FunctionRecord(json: [], id: $1), bytes: 0) }
        for (identifier, failed) in [("a", [0, 2]), ("b", [1]), ("1", [1]), ("c", [0, 1, 2])] {
            let fates = FunctionAnswer.fates(of: Array(#"{"batchItemFailures":[{"itemIdentifier":"\#(identifier)"}]}"#.utf8), parcels)
            #expect(fates.indices.filter { fates[$0] != .settled(.delivered) } == failed, "\(identifier)")
        }
    }

    @Test("A success that is not Lambda's own is none", arguments: ["request-response", "event"], [(200, "<html>"), (200, ""), (202, "<html>"), (204, "")])
    func aSuccessThatIsNotLambdas(_ invocation: String, _ answer: (status: Int, text: String)) async throws {
        let transport = FaultTransport { request in
            request.header("x-amz-invocation-type") == "DryRun"
                ? ProxiedAnswer(status: 204) : ProxiedAnswer(status: answer.status, headers: [("content-type", "text/html")], body: Array(answer.text.utf8))
        }
        try await withServices(transport: transport) { services in
            let own = try settings(LambdaSink.Settings.self, #"{"function":"worker","invocation":"\#(invocation)"}"#)
            let sink = try await LambdaSink(own, .test, SinkClient(services, pause: noPause))
            let report = try await Pipeline.into(sink).deliver(batch([Change(number: 0, key: 0)]))
            #expect(report.fates[0].isRetry && report.fates[0].reason.contains("neither Lambda's nor JSON"), "\(report.fates[0])")
        }
    }

    @Test("An event of a waiting call has up to 6 MiB, of a queued one 1 MiB") func anEventHasUpTo() async throws {
        for (settings, limit) in [(#"{"concurrency":1}"#, 6 << 20), (#"{"concurrency":1,"invocation":"event"}"#, 1 << 20)] {
            // What is decoded together is never as large as a waiting call may be, so there one record has to do.
            for (surplus, calls) in limit == 1 << 20 ? [(0, 1), (1, 2)] : [] {
                let function = FakeFunction()
                try await withFunction(function, settings: settings) { pipeline, _ in
                    let empty = try line(Change(number: 0, key: 0, text: ""))
                    // {"records":[a,b]}
                    let second = limit - 14 - 1 - 500_000
                    let changes = [Change(number: 0, key: 0, text: text(500_000 - empty)), Change(number: 1, key: 1, text: text(second - empty + surplus))]
                    try await pipeline.expect(delivered: 2, of: batch(changes))
                    #expect(function.sizes.count == calls)
                    if calls == 1 { #expect(function.sizes == [limit]) }
                }
            }
            for (surplus, isDelivered) in [(0, true), (1, false)] {
                try await withFunction(FakeFunction(), settings: settings) { pipeline, _ in
                    let empty = try line(Change(number: 0, key: 0, text: ""))
                    let report = try await pipeline.deliver(batch([Change(number: 0, key: 0, text: text(limit - 14 - empty + surplus))]))
                    #expect(report.fates[0].isDelivered == isDelivered && report.fates[0].isRejected == !isDelivered)
                }
            }
        }
    }

    @Test("A call has as many records as the settings say") func aCallHasAsMany() async throws {
        for (settings, sizes) in [("{}", [100, 1]), (#"{"batch":40}"#, [40, 40, 21])] {
            let function = FakeFunction()
            try await withFunction(function, settings: settings) { pipeline, _ in
                try await pipeline.expect(delivered: 101, of: batch((0..<101).map { Change(number: $0, key: $0) }))
                #expect(function.events.map { $0["records"]?.elements.count ?? 0 }.sorted(by: >) == sizes)
            }
        }
    }

    @Test("A queued event is delivered when Lambda has it") func aQueuedEvent() async throws {
        let function = FakeFunction { _ in .failure("never told") }
        try await withFunction(function, settings: #"{"invocation":"event"}"#) { pipeline, proxy in
            try await pipeline.expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
            #expect(proxy.exchanges.last?.request.header("x-amz-invocation-type") == "Event")
        }
    }

    @Test("Throttling is a retry") func throttlingIsARetry() async throws {
        let schedule = FaultSchedule { $0.header("x-amz-invocation-type") == "DryRun" ? .none : .error(status: 429, code: "TooManyRequestsException") }
        try await withFunction(FakeFunction(), schedule) { pipeline, _ in
            let report = try await pipeline.deliver(batch([Change(number: 0, key: 0)]))
            #expect(report.fates[0].isRetry && report.fates[0].reason.contains("TooManyRequestsException"))
        }
    }

    @Test("Throttling alone is answered with another call, since it did not reach the function", arguments: [1, 2, 3])
    func throttlingIsAnsweredWithAnotherCall(times: Int) async throws {
        let fault = Fault.error(status: 429, code: "TooManyRequestsException")
        let function = FakeFunction()
        try await withFunction(function, FaultSchedule.list(Array(repeating: fault, count: times)).whileSending) { pipeline, _ in
            let report = try await pipeline.deliver(batch([Change(number: 0, key: 0)]))
            #expect(report.fates[0].isDelivered == (times < 3))
            #expect(function.events.count == (times < 3 ? 1 : 0))
        }
    }

    @Test("A function that may have run is not invoked again beneath the sink's attempts", arguments: [
        Fault.resetAfter(bytes: 0), .resetAfter(bytes: 40), .halfBody, .errorAfterwards(status: 500, code: "ServiceException"),
        .errorAfterwards(status: 503, code: "ServiceUnavailable"), .garbage,
    ], ["request-response", "event"])
    func aFunctionThatMayHaveRun(_ fault: Fault, _ invocation: String) async throws {
        for attempts in 1...2 {
            let function = FakeFunction()
            let schedule = FaultSchedule { _ in fault }.whileSending
            let settings = #"{"invocation":"\#(invocation)","attempts":\#(attempts)}"#
            try await withFunction(function, schedule, settings: settings) { pipeline, _ in
                let report = try await pipeline.deliver(batch([Change(number: 0, key: 0)]))
                #expect(report.fates[0].isRetry)
                #expect(function.events.count == attempts)
            }
        }
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: max(0, count)) }

    private func line(_ change: Change) throws -> Int { try #require(try batch([change]).lines[change.id]).utf8.count }
}
#endif
