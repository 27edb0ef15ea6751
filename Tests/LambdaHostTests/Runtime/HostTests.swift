// SPDX-License-Identifier: Apache-2.0

import RuntimeServer
import Sluice
import StreamRecords
import Testing

@testable import LambdaHost

private let partial = ["SLUICE_PARTIAL_RESPONSES": "1"]

@Suite("The function's answers")
struct HostAnswerTests {
    /// Retries these records the first time they come.
    private func failingOnce(_ ids: String...) -> TestSink {
        TestSink { delivery, call in call == 1 && ids.contains(delivery.record.id.id) ? .retry("not today") : .delivered }
    }

    @Test("a stream is told the lowest sequence number, and what went out is not sent again")
    func stream() async throws {
        let sink = failingOnce("event-7", "event-3")
        let host = try Host(["things": sink], environment: partial)
        let event = Events.changes(1...9)
        let first = try await host.invoke("a", event)
        // As text, event 7's number would be the lower one.
        #expect(first.kind == .response && first.body == failures(Events.sequence(3)))
        #expect(sink.delivered == ["1", "2", "4", "5", "6", "8", "9"].map { "event-\($0)" })
        // Lambda sends everything from the checkpoint on again.
        let second = try await host.invoke("b", Events.changes(3...9))
        #expect(second.body == failures())
        #expect(sink.delivered.suffix(2) == ["event-3", "event-7"] && sink.delivered.count == 9)
        await host.end()
    }

    @Test("without partial responses the invocation fails, and says why")
    func wholeStream() async throws {
        let sink = failingOnce("event-2")
        let host = try Host(["things": sink])
        let first = try await host.invoke("a", Events.changes(1...3))
        #expect(first.kind == .error && first.errorType == "Sluice.RecordsToRetry")
        #expect(first.body.contains("1 of 3 records must come again: not today"))
        let second = try await host.invoke("b", Events.changes(1...3))
        #expect(second.kind == .response && second.body == failures())
        #expect(sink.delivered == ["event-1", "event-3", "event-2"])
        await host.end()
    }

    @Test("a queue is told each message; of a FIFO queue also the later ones of its group")
    func queues() async throws {
        let sink = TestSink { delivery, _ in ["b", "d"].contains(delivery.record.id.id) ? .retry("busy") : .delivered }
        let host = try Host(["things": sink], environment: partial)
        let standard = try await host.invoke("1", Events.records(["a", "b", "c", "d", "e"].map { Events.message($0) }))
        #expect(standard.body == failures("b", "d"))
        let groups = [("a", "g"), ("b", "h"), ("c", "h"), ("d", "i"), ("f", "g")]
        let fifo = try await host.invoke("2", Events.records(groups.map { Events.message($0.0, group: $0.1) }))
        #expect(fifo.body == failures("b", "c", "d"))
        await host.end()
    }

    @Test("logs and bus events take no part back: the invocation fails", arguments: [Events.logs(), Events.busEvent()])
    func asynchronous(_ event: String) async throws {
        let sink = TestSink { _, call in call == 1 ? .retry("not today") : .delivered }
        let host = try Host(["things": sink], environment: partial)
        let first = try await host.invoke("a", event)
        #expect(first.kind == .error && first.errorType == "Sluice.RecordsToRetry")
        let second = try await host.invoke("b", event)
        #expect(second.kind == .response && second.body == "null")
        await host.end()
    }

    @Test("a window's answer keeps the state beside the failures")
    func window() async throws {
        let host = try Host(["things": failingOnce("event-2")], environment: partial)
        let rest = #""window":{"start":"a","end":"b"},"isFinalInvokeForWindow":false,"state":{"n":1.0}"#
        let first = try await host.invoke("a", #"{"Records":[\#(Events.change(1, item: 1)),\#(Events.change(2, item: 2))],\#(rest)}"#)
        #expect(first.body == #"{"state":{"n":1.0},"batchItemFailures":[{"itemIdentifier":"\#(Events.sequence(2))"}]}"#)
        let last = try await host.invoke("b", #"{"Records":[],\#(rest)}"#)
        #expect(last.body == #"{"state":{"n":1.0},"batchItemFailures":[]}"#)
        await host.end()
    }

    @Test("an unreadable record is rejected by the rules: reported, or parked")
    func unreadableRecord() async throws {
        let blocking = try Host(["things": TestSink()], environment: partial)
        let event = Events.records([Events.change(1), Events.misshapen(2), Events.change(3, item: 3)])
        #expect(try await blocking.invoke("a", event).body == failures(Events.sequence(2)))
        await blocking.end()

        let parked = TestSink()
        let parking = try Host(
            ["things": TestSink(), "parked": parked], routes: #"[{"to":["things"]}]"#, rejected: #"{"to":["parked"]}"#, environment: partial)
        #expect(try await parking.invoke("a", event).body == failures())
        #expect(parked.delivered.count == 1)
        await parking.end()
    }

    @Test("a record that is nested deeper than the configuration allows is rejected alone")
    func deepRecord() async throws {
        func item(_ levels: Int) -> String { String(repeating: #"{"L":["#, count: levels) + #"{"N":"1"}"# + String(repeating: "]}", count: levels) }
        let deep = Events.change(2, item: 2).replacing(#""n":{"N":"2"}"#, with: #""n":\#(item(10))"#)
        let event = Events.records([Events.change(1), deep, Events.change(3, item: 3)])
        let sink = TestSink()
        let blocking = try Host(["things": sink], rejected: #"{"block":true},"limits":{"depth":20}"#, environment: partial)
        #expect(try await blocking.invoke("a", event).body == failures(Events.sequence(2)))
        #expect(sink.delivered == ["event-1", "event-3"])
        await blocking.end()

        let parked = TestSink()
        let parking = try Host(
            ["things": TestSink(), "parked": parked], routes: #"[{"to":["things"]}]"#, rejected: #"{"to":["parked"]},"limits":{"depth":20}"#,
            environment: partial)
        #expect(try await parking.invoke("a", event).body == failures())
        #expect(parked.delivered.count == 1)
        // A queue's answer names the messages of the event, however deep another one's JSON is.
        let message = Events.message("a").replacing(#""messageAttributes":{}"#, with: #""messageAttributes":\#(item(10))"#)
        #expect(try await parking.invoke("b", Events.records([message, Events.message("b")])).body == failures())
        #expect(parked.delivered.count == 2)
        await parking.end()

        let queue = try Host(["things": TestSink()], rejected: #"{"block":true},"limits":{"depth":20}"#, environment: partial)
        #expect(try await queue.invoke("c", Events.records([Events.message("b"), message])).body == failures("a"))
        await queue.end()
    }

    @Test("an unreadable event fails its invocation and no other")
    func unreadableEvent() async throws {
        let sink = TestSink()
        let host = try Host(["things": sink], environment: partial)
        let first = try await host.invoke("a", #"{"hello":"world"}"#)
        #expect(first.kind == .error && first.errorType == "Sluice.UnreadableEvent" && first.body.contains("an object with \\\"hello\\\""))
        #expect(try await host.invoke("b", "not JSON").errorType == "Sluice.UnreadableEvent")
        #expect(try await host.invoke("c", Events.changes([1])).body == failures())
        #expect(sink.delivered == ["event-1"])
        await host.end()
    }

    @Test("a loop fails once, and is refused after that; other events go on")
    func loop() async throws {
        let sink = TestSink()
        let host = try Host(["things": sink], environment: ["AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/me"])
        let event = Events.logs(group: "/aws/lambda/me")
        let first = try await host.invoke("a", event)
        #expect(first.kind == .error && first.errorType == "Sluice.Loop" && first.body.contains("/aws/lambda/me"))
        // Failing again would make three invocations of each.
        #expect(try await host.invoke("b", event).kind == .response)
        #expect(sink.calls == 0)
        #expect(try await host.invoke("c", Events.logs()).kind == .response)
        #expect(sink.delivered.count == 1)
        await host.end()
    }

    @Test("a sink that does not come back holds the answer no longer than to the deadline")
    func deadline() async throws {
        let release = AsyncStream<Void>.makeStream()
        let sink = TestSink(before: { for await _ in release.stream {} })
        let host = try Host(["slow": sink, "quick": TestSink()], environment: partial.merging(["SLUICE_DEADLINE_MARGIN": "100ms"]) { $1 })
        let answer = try await host.invoke("a", Events.changes(1...3), time: .milliseconds(400))
        #expect(answer.body == failures(Events.sequence(1)))
        release.continuation.finish()
        await host.end()
    }

    @Test("an event whose time is over before it is begun comes back whole")
    func tooLate() async throws {
        let sink = TestSink()
        let host = try Host(["things": sink], environment: partial)
        #expect(try await host.invoke("a", Events.changes(1...3), time: .zero).body == failures(Events.sequence(1)))
        #expect(sink.calls == 0)
        #expect(try await host.invoke("b", Events.changes(1...3), time: nil).body == failures())
        await host.end()
    }

    @Test("a sink that throws gives everything back")
    func throwingSink() async throws {
        struct Broken: Error, CustomStringConvertible { let description = "the cable is cut" }
        let host = try Host(["things": TestSink(before: { throw Broken() })])
        let answer = try await host.invoke("a", Events.records(["a", "b"].map { Events.message($0) }))
        #expect(answer.kind == .error && answer.body.contains("2 of 2 records must come again: the cable is cut (2 records)"))
        await host.end()
    }

    @Test("a Kinesis record with more in it than a batch takes is delivered whole")
    func largePayload() async throws {
        let text = String(repeating: "x", count: 100_000)
        let changes = (1...100).map { Events.change($0, item: $0).replacing(#""n":{"N":"\#($0)"}"#, with: #""n":{"S":"\#(text)"}"#) }
        let sink = TestSink()
        let host = try Host(["things": sink], environment: partial)
        let record = #"{"kinesis":{"data":"\#(Events.base64(Events.records(changes)))","sequenceNumber":"1"},"eventSource":"aws:kinesis","eventSourceARN":"a"}"#
        #expect(try await host.invoke("a", Events.records([record])).body == failures())
        #expect(sink.delivered == (1...100).map { "event-\($0)" })
        await host.end()
    }

    @Test("several batches of one event make one answer, and none overtakes an earlier one")
    func severalBatches() async throws {
        // Payloads of more than eight megabytes in all are delivered in parts.
        let text = String(repeating: "x", count: 900_000)
        let records = (1...12).map { number in
            let document = #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[{"id":"\#(number)","timestamp":1795000000000,"message":"\#(text)"}]}"#
            return #"{"kinesis":{"data":"\#(Events.base64(document))","sequenceNumber":"\#(Events.sequence(number))"},"eventSource":"aws:kinesis","eventSourceARN":"a"}"#
        }
        let sink = TestSink { delivery, call in call == 1 && delivery.record.id.id == "4" ? .retry("not today") : .delivered }
        let host = try Host(["things": sink], environment: partial)
        #expect(try await host.invoke("a", Events.records(records)).body == failures(Events.sequence(4)))
        #expect(sink.delivered == ["1", "2", "3"] && sink.calls == 1)
        #expect(try await host.invoke("b", Events.records(Array(records[3...]))).body == failures())
        #expect(sink.delivered == (1...12).map { "\($0)" })
        await host.end()
    }
}
