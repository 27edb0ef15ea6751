// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import ReferenceDecoder
import StreamRecords
import Testing

/// Payloads that hold lists and events, and so much that a batch is full before their end.
@Suite("Payloads with much inside") struct PayloadTests {
    /// Long enough that a hundred of them are more than a batch takes.
    private static let filling = String(repeating: "x", count: 100_000)

    private func change(_ number: Int, filling: String = Self.filling) -> String {
        #"{"eventID":"\#(number)","eventName":"INSERT","dynamodb":{"Keys":{"Id":{"N":"\#(number)"}},"NewImage":{"a":{"S":"\#(filling)"}},"#
            + #""SequenceNumber":"\#(number)"},"eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/s"}"#
    }

    private func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ","))]" }

    private func event(_ records: [String]) -> String { #"{"Records":\#(list(records))}"# }

    private func packed(_ text: String) throws -> String { Data(try Zlib.gzip(Array(text.utf8))).base64EncodedString() }

    private func kinesis(_ number: Int, _ payload: String) throws -> String {
        #"{"kinesis":{"data":"\#(try packed(payload))","sequenceNumber":"\#(number)"},"eventSource":"aws:kinesis"}"#
    }

    private func awslogs(_ payload: String) throws -> String { #"{"awslogs":{"data":"\#(try packed(payload))"}}"# }

    private func subscription(_ ids: some Sequence<Int>) -> String {
        let events = ids.map { #"{"id":"\#($0)","timestamp":1795000000000,"message":"\#(Self.filling)"}"# }
        return #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":\#(list(events))}"#
    }

    private func numbers(_ batches: [RecordBatch]) -> [Int] { batches.flatMap { $0.compactMap { Int($0.idText) } } }

    /// In one piece, as an event comes, and in pieces so small that lists are read element by element.
    private func decode(_ text: String, limits: RecordLimits = RecordLimits(), _ use: ([RecordBatch]) throws -> Void) throws {
        for size in [text.utf8.count + 1, 4096] {
            var reader = RecordReader(MemorySource(Array(text.utf8)), limits: limits, chunkSize: size)
            var batches: [RecordBatch] = []
            while var chunk = try reader.next() {
                while let batch = chunk.nextBatch() { batches.append(batch) }
            }
            try use(batches)
        }
    }

    @Test("A Kinesis record that holds an event, or a list, is decoded to its end, and so are those behind it", arguments: [false, true])
    func kinesisRecord(isEvent: Bool) throws {
        let inside = (1...100).map { change($0) }
        let text = event([
            try kinesis(7, isEvent ? event(inside) : list(inside)), try kinesis(8, change(101, filling: "")), try kinesis(9, change(102, filling: "")),
        ])
        try decode(text) { batches in
            #expect(numbers(batches) == Array(1...102))
            #expect(batches.flatMap { $0.compactMap(\.position?.text) } == Array(repeating: "7", count: 100) + ["8", "9"])
            #expect(batches.allSatisfy { $0.undecodable.isEmpty })
        }
    }

    @Test("So is a log subscription's payload that is a list")
    func logs() throws {
        let subscriptions = (0..<10).map { subscription($0 * 10 + 1...$0 * 10 + 10) }
        try decode(try awslogs(list(subscriptions))) { batches in
            #expect(numbers(batches) == Array(1...100))
            #expect(batches.allSatisfy { $0.undecodable.isEmpty })
        }
    }

    @Test("Of a list of events every record is decoded once, and no batch takes much more than its budget")
    func listOfEvents() throws {
        let events = try (0..<3).map { part in
            event(try (0..<12).map { try kinesis($0, list((part * 120 + $0 * 10 + 1...part * 120 + $0 * 10 + 10).map { change($0) })) })
        }
        // What is no record counts as one, and is told once.
        let all = list([events[0], "5", #"{"Records":5}"#, events[1], try awslogs(subscription(361...460)), events[2], change(461, filling: "")])
        try decode(all) { batches in
            #expect(numbers(batches).sorted() == Array(1...461))
            #expect(numbers(batches).filter { !(361...460).contains($0) } == Array(1...360) + [461])
            #expect(batches.flatMap { $0.undecodable.map { String(decoding: $0.rawBytes, as: UTF8.self) } } == ["5", #"{"Records":5}"#])
            #expect(batches.count > 4)
            for batch in batches { #expect(batch.reduce(0) { $0 + $1.rawBytes.count } < 20 << 20) }
        }
    }

    @Test("Events inside a list, one in another, keep their place over several batches")
    func listOfLists() throws {
        let inner = try (0..<30).map { try kinesis($0, change($0 + 1, filling: String(repeating: "y", count: 700_000))) }
        try decode(event([event(Array(inner[..<13])), event([event(Array(inner[13..<29]))]), inner[29]])) { batches in
            #expect(numbers(batches) == Array(1...30))
            #expect(batches.count >= 3)
        }
    }

    @Test("What is packed inside a payload shares its limit")
    func limit() throws {
        let limits = RecordLimits(decompressed: 1 << 20)
        let large = String(repeating: "z", count: 400_000)
        let inside = event(try (1...4).map { try kinesis($0, change($0, filling: large)) })
        try decode(event([try kinesis(7, inside), try kinesis(8, change(5, filling: large))]), limits: limits) { batches in
            #expect(numbers(batches) == [1, 2, 5] && batches.flatMap { $0.map(\.position?.text) } == ["7", "7", "8"])
            let broken = batches.flatMap(\.undecodable)
            #expect(broken.map(\.error.code) == [.tooLarge, .tooLarge] && broken.map(\.position?.text) == ["7", "7"])
        }
    }

    @Test("Payloads and events inside one another without end are refused")
    func nesting() throws {
        var text = change(1, filling: "")
        for _ in 0..<300 { text = try awslogs(text) }
        var deep = change(2, filling: "")
        for _ in 0..<300 { deep = event([deep]) }
        try decode(list([text, deep, change(3, filling: "")])) { batches in
            #expect(numbers(batches) == [3])
            #expect(batches.flatMap { $0.undecodable.map(\.error.code) } == [.tooLarge, .tooLarge])
        }
        var sound = change(4, filling: "")
        for _ in 0..<5 { sound = event([try kinesis(1, sound)]) }
        try decode(sound) { #expect(numbers($0) == [4]) }
    }

    @Test("A record that is nested too deeply fails alone, with its position")
    func depth() throws {
        let limits = RecordLimits(json: JSONLimits(maximumDepth: 10))
        func deep(_ number: Int, _ levels: Int) -> String {
            let value = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            return #"{"eventID":"\#(number)","eventName":"INSERT","dynamodb":{"Keys":{"Id":{"N":"\#(number)"}},"SequenceNumber":"\#(number)"},"x":\#(value)}"#
        }
        // The event and its list are two levels, the record is one.
        for (inEvent, alone) in [(7, 9), (8, 10)] {
            let isSound = alone < 10
            let text = event([deep(1, 1), deep(2, inEvent), deep(3, 1)]) + "\n" + deep(4, alone) + "\n" + deep(5, 9) + "\n"
            try decode(text, limits: limits) { batches in
                #expect(numbers(batches) == (isSound ? [1, 2, 3, 4, 5] : [1, 3, 5]))
                let broken = batches.flatMap(\.undecodable)
                #expect(broken.map(\.position?.text) == (isSound ? [] : ["2", "4"]))
                #expect(broken.allSatisfy { $0.error.code == .tooLarge && $0.reason.contains("nested too deeply") })
                #expect(isSound || broken.first.map { String(decoding: $0.rawBytes, as: UTF8.self) } == deep(2, inEvent))
            }
        }
        // Around log events as well.
        let value = String(repeating: "[", count: 10) + String(repeating: "]", count: 10)
        let head = #""messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s""#
        let line = #"{"id":"1","timestamp":1795000000000,"message":"m"}"#
        let lines = #"{\#(head),"logEvents":[\#(line),{"id":"2","message":"m","x":\#(value)},\#(line)]}"#
        try decode(lines, limits: limits) { batches in
            #expect(numbers(batches) == [1, 1] && batches.flatMap(\.undecodable).count == 1)
        }
        try decode(#"{\#(head),"x":\#(value),"logEvents":[\#(line)]}"#, limits: limits) { batches in
            #expect(numbers(batches).isEmpty && batches.flatMap(\.undecodable).count == 1)
        }
        // Deeper than anything goes.
        try decode(event([deep(1, 2000)]), limits: limits) { batches in
            #expect(numbers(batches).isEmpty && !batches.flatMap(\.undecodable).isEmpty)
        }
    }
}
