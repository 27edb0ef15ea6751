// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Testing

@testable import LambdaHost

@Suite("Events and answers")
struct AnswerTests {
    private func kind(_ text: String) -> EventShape.Source? { try? EventShape(text).source }

    @Test("each source is known by its event")
    func sources() throws {
        #expect(kind(Events.changes([1])) == .stream)
        #expect(kind(Events.records([Events.message("a")])) == .queue)
        #expect(kind(Events.logs()) == .logs)
        #expect(kind(Events.busEvent()) == .bus)
        #expect(kind(#"{"Records":[{"kinesis":{"data":"e30="},"eventSource":"aws:kinesis"}]}"#) == .stream)
        #expect(kind(#"{"Records":[{"dynamodb":{}}]}"#) == .stream)
        #expect(try EventShape(#"{"Records":[]}"#).records == 0)
        #expect(try EventShape(Events.changes([1, 2, 3])).records == 3)
    }

    @Test("what is none of them is said", arguments: [
        ("", "not JSON"), ("{", "not JSON"), ("{}{}", "not JSON"), ("\u{1F}\u{8B}", "not JSON"), ("7", "no object: \"7\""), ("[]", "no object"), ("{}", "an empty object"),
        (#"{"key1":"value1","key2":"value2"}"#, "an object with \"key1\", \"key2\""),
        (#"{"Records":{}}"#, "whose Records is not an array"), (#"{"Records":[{}]}"#, "a list of 1 records that don't tell who sent them"),
        (#"{"Records":[{"eventSource":"aws:s3","s3":{}}]}"#, "an event of aws:s3"), (#"{"Records":[{"EventSource":"aws:sns"}]}"#, "an event of aws:sns"),
        (#"{"resource":"/","path":"/","httpMethod":"GET","a":1,"b":2,"c":3,"d":4,"e":5,"f":6}"#, "and 1 more"),
    ])
    func unreadable(_ text: String, _ part: String) {
        let error = #expect(throws: FunctionError.self) { try EventShape(text) }
        #expect(error?.kind == .unreadableEvent)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test("an event that is nested deeper than anything may be is said to be that")
    func tooDeep() {
        let value = String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)
        let error = #expect(throws: FunctionError.self) { try EventShape(#"{"Records":[{"eventSource":"aws:sqs","x":\#(value)}]}"#) }
        #expect(error?.message.contains("of JSON that cannot be read: nested too deeply") == true, "\(error?.message ?? "")")
    }

    @Test("a tumbling window's event has its state answered")
    func windows() throws {
        let window = #""window":{"start":"2026-11-20T15:00:00Z","end":"2026-11-20T15:02:00Z"},"shardId":"s","eventSourceARN":"a","isFinalInvokeForWindow":false,"isWindowTerminatedEarly":false"#
        let state = #"{ "sum" : 12.50, "seen":["a\/b"] }"#
        let shape = try EventShape(#"{"Records":[\#(Events.change(1))],"state":\#(state),\#(window)}"#)
        #expect(shape.windowState == Array(state.utf8))
        #expect(try EventShape(#"{"Records":[\#(Events.change(1))],\#(window)}"#).windowState == Array("{}".utf8))
        #expect(try EventShape(#"{"Records":[\#(Events.change(1))],"state":null,\#(window)}"#).windowState == Array("{}".utf8))
        let last = try EventShape(#"{"state":\#(state),\#(window)}"#)
        #expect(last.records == 0 && last.source == .stream)
        let body = try Answer.body(for: last, EventTally(), partial: false, event: JSONBytes([]))
        #expect(String(decoding: body, as: UTF8.self) == #"{"state":\#(state),"batchItemFailures":[]}"#)
        #expect(try EventShape(Events.changes([1])).windowState == nil)
    }

    @Test("sequence numbers are compared as numbers")
    func sequenceNumbers() {
        #expect(StreamAnswer.lowest(["100", "99", "101"]) == "99")
        #expect(StreamAnswer.lowest(["4521600000000031941057831", "999999999999999999999"]) == "999999999999999999999")
        #expect(StreamAnswer.lowest(["0012", "9"]) == "9")
        #expect(StreamAnswer.lowest(["49590338271490256608559692540925702759324208523137515618", "49590338271490256608559692538361571095921575989136588898"])
            == "49590338271490256608559692538361571095921575989136588898")
        #expect(StreamAnswer.lowest([]) == nil)
        #expect(!StreamAnswer.isLower("5", "5") && !StreamAnswer.isLower("05", "5"))
    }

    private func identifiers(_ records: [String], _ failed: Set<String>) throws -> [String]? {
        QueueAnswer.identifiers(in: try JSONDocument(Events.records(records)), failed: failed)
    }

    @Test("of a standard queue the failed messages come again, and no others")
    func standardQueue() throws {
        let messages = ["a", "b", "c", "d"].map { Events.message($0) }
        #expect(try identifiers(messages, ["d", "b"]) == ["b", "d"])
        #expect(try identifiers(messages, []) == [])
        // Fair queues have groups, but keep no order.
        let fair = [("a", "g"), ("b", "g"), ("c", "h")].map { Events.message($0.0, group: $0.1, queue: "things") }
        #expect(try identifiers(fair, ["a"]) == ["a"])
    }

    @Test("of a FIFO queue all later messages of a failed one's group come again")
    func fifoQueue() throws {
        let messages = [("a", "g"), ("b", "h"), ("c", "g"), ("d", "i"), ("e", "h"), ("f", "g")].map { Events.message($0.0, group: $0.1) }
        #expect(try identifiers(messages, ["c"]) == ["c", "f"])
        #expect(try identifiers(messages, ["a"]) == ["a", "c", "f"])
        #expect(try identifiers(messages, ["b", "c"]) == ["b", "c", "e", "f"])
        #expect(try identifiers(messages, ["f"]) == ["f"])
        // The same group in two queues is two groups.
        let two = [Events.message("a", group: "g"), Events.message("b", group: "g", queue: "others.fifo")]
        #expect(try identifiers(two, ["a"]) == ["a"])
    }

    @Test("a message that is not in the event cannot be named")
    func unknownMessage() throws {
        #expect(try identifiers([Events.message("a")], ["b"]) == nil)
    }
}
