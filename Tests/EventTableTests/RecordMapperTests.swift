// SPDX-License-Identifier: Apache-2.0

import EventTable
import Foundation
import StreamRecords
import Testing
import TestSupport

struct RecordMapperTests {
    private static let stream = LogLine.Stream(
        account: "123456789012", group: "/aws/lambda/products", name: "2026/11/20/[7]0123456789abcdef0123456789abcdef")
    private static let failing = EventKey(id: "8f507cfc-0000-4697-b07a-ac58fc914c0a", name: "products")
    private static let late = EventKey(id: "8f507cfc-0000-4697-b07a-ac58fc914c0b", name: "products")
    private static let fine = EventKey(id: "8f507cfc-0000-4697-b07a-ac58fc914c0c", name: "mails")

    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_795_186_800_000 + milliseconds) }

    private static func records(_ fixture: String) throws -> [Record] {
        let file = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appendingPathComponent(fixture)
        let batches = RecordBatch.decode([UInt8](try Data(contentsOf: file)))
        #expect(batches.allSatisfy { $0.undecodable.isEmpty })
        return batches.flatMap { Array($0) }
    }

    private static func writes(_ fixture: String) throws -> [EventWrite] {
        var mapper = RecordMapper()
        var writes: [EventWrite] = []
        for record in try records(fixture) { mapper.map(record, into: &writes) }
        return writes
    }

    private static func rows(_ writes: [EventWrite]) -> [EventKey: Invocation] {
        var rows: [EventKey: Invocation] = [:]
        for case .note(let facts) in writes {
            if rows[facts.key]?.merge(facts) == nil { rows[facts.key] = facts }
        }
        return rows
    }

    @Test("A change, a message and an event may name the execution that caused them")
    func causes() throws {
        func cause(_ json: String, _ attribute: String = "by") throws -> String? {
            var mapper = RecordMapper(causeAttribute: attribute)
            var writes: [EventWrite] = []
            for batch in RecordBatch.decode(Array(json.utf8)) {
                for record in batch { mapper.map(record, into: &writes) }
            }
            guard case .put(let entry)? = writes.first, writes.count == 1 else { throw Unexpected() }
            return entry.causedBy
        }
        func change(_ operation: String, _ images: String) -> String {
            """
            {"eventID":"c","eventName":"\(operation)","eventSource":"aws:dynamodb","eventSourceARN":"arn:aws:dynamodb:eu-west-1:1:table/P/stream/1",\
            "dynamodb":{"Keys":{"Id":{"N":"5"}},\(images)"SequenceNumber":"300000000000000000001","StreamViewType":"NEW_AND_OLD_IMAGES"}}
            """
        }
        let by = #"{"Id":{"N":"5"},"by":{"S":"exec-1"}}"#
        let other = #"{"Id":{"N":"5"},"by":{"S":"exec-0"}}"#
        #expect(try cause(change("MODIFY", "\"OldImage\":\(other),\"NewImage\":\(by),")) == "exec-1")
        #expect(try cause(change("REMOVE", "\"OldImage\":\(other),")) == "exec-0")
        #expect(try cause(change("MODIFY", "\"OldImage\":\(other),\"NewImage\":{\"Id\":{\"N\":\"5\"}},")) == nil)
        #expect(try cause(change("INSERT", "\"NewImage\":{\"by\":{\"N\":\"5\"}},")) == nil)
        let event = #"{"version":"0","id":"e","detail-type":"t","source":"s","account":"1","time":"2026-11-20T15:00:00Z","region":"r","resources":[],"detail":{"by":"exec-2"}}"#
        #expect(try cause(event) == "exec-2")
        #expect(try cause(event, "other") == nil)
    }

    @Test("A change becomes a row with its subject, keys, what changed, and the plain envelope")
    func changes() throws {
        let entries = try Self.writes("changes.json").map { write in
            guard case .put(let entry) = write else { throw Unexpected() }
            return entry
        }
        #expect(entries.map(\.key) == ["c1", "c2", "c3"].map { EventKey(id: $0, name: "Products") })
        #expect(entries.map(\.kind) == [.change, .change, .change])
        #expect(entries.map(\.operation) == ["INSERT", "MODIFY", "REMOVE"])
        #expect(entries.allSatisfy { $0.subject == #"Products#{"Id":5,"Shop":"Köln"}"# })
        #expect(entries.allSatisfy { $0.keys == #"{"Id":5,"Shop":"Köln"}"# })
        #expect(entries.map(\.changed) == [nil, #"["price","sale"]"#, nil])
        #expect(entries[0].sort == "2026-11-20T15:00:00.000Z#0000000000000000000300000000000000000001")
        #expect(entries.map(\.sort).sorted() == entries.map(\.sort))
        #expect(
            entries[2].payload == """
                {"kind":"change","id":"c3","op":"REMOVE","table":"Products","time":"2026-11-20T15:00:00.000Z",\
                "sequence":"300000000000000000003","region":"eu-west-1","account":"123456789012","keys":{"Shop":"Köln","Id":5.0},\
                "old":{"Shop":"Köln","Id":5.0,"price":2},"expired":true}
                """)
    }

    @Test("A change whose table nobody told has a name to ask for all the same")
    func noTable() throws {
        guard case .put(let entry)? = try Self.writes("get-records.json").first else { throw Unexpected() }
        #expect(entry.key == EventKey(id: "g1", name: "unknown"))
        #expect(entry.subject == #"unknown#{"Id":5,"Shop":"Köln"}"#)
        #expect(try Subject(["unknown", "Shop=Köln", "Id=5"]).candidates.contains(entry.subject!))
    }

    @Test("Messages and events become rows")
    func messagesAndEvents() throws {
        guard case .put(let message)? = try Self.writes("message.json").first else { throw Unexpected() }
        #expect(message.key == EventKey(id: "m1", name: "orders"))
        #expect(message.kind == .message)
        #expect(message.sort == "2026-11-20T15:00:00.000Z#m1")
        #expect(message.subject == nil)
        #expect(message.payload.contains(#""body":{"order":7}"#))
        guard case .put(let event)? = try Self.writes("event.json").first else { throw Unexpected() }
        #expect(event.key == EventKey(id: "e1", name: "shop.orders"))
        #expect(event.kind == .event)
        #expect(event.payload.contains(#""detail":{"order":7}"#))
    }

    @Test("Messages and events that name an item belong to its history", arguments: [
        (#"{"op":"READ","table":"Products","keys":{"Id":5.0},"user":"mira"}"#, #"Products#{"Id":5}"#, "READ"),
        (#"{"table":"Todos","keys":{"UserId":"mira","TodoId":"7"}}"#, #"Todos#{"TodoId":"7","UserId":"mira"}"#, nil),
        (#"{"table":"Products","keys":{}}"#, nil, nil),
        (#"{"table":"Products","keys":{"Id":[5]}}"#, nil, nil),
        (#"{"table":"Products","keys":{"Id":1,"Id":2}}"#, nil, nil),
        (#"{"table":"Products","keys":{"a":1,"b":2,"c":3}}"#, nil, nil),
        (#"{"table":"","keys":{"Id":5}}"#, nil, nil),
        (#"{"table":"a#b","keys":{"Id":5}}"#, nil, nil),
        (#"{"table":7,"keys":{"Id":5}}"#, nil, nil),
        (#"{"keys":{"Id":5}}"#, nil, nil),
        (#"["table","keys"]"#, nil, nil),
    ] as [(String, String?, String?)])
    func namingAnItem(content: String, subject: String?, operation: String?) throws {
        let event = """
            {"version":"0","id":"e1","detail-type":"Product Read","source":"shop","account":"1","time":"2026-11-20T15:00:00Z",\
            "region":"eu-west-1","resources":[],"detail":\(content.hasPrefix("[") ? "{}" : content)}
            """
        let quoted = content.replacing("\"", with: "\\\"")
        let message = """
            {"Records":[{"messageId":"m1","receiptHandle":"r","body":"\(quoted)","attributes":{"SentTimestamp":"1795186801388"},\
            "messageAttributes":{},"md5OfBody":"","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:1:q","awsRegion":"eu-west-1"}]}
            """
        for text in [event, message] {
            var mapper = RecordMapper()
            var writes: [EventWrite] = []
            for batch in RecordBatch.decode(Array(text.utf8)) {
                for record in batch { mapper.map(record, into: &writes) }
            }
            guard case .put(let entry)? = writes.first else { throw Unexpected() }
            #expect(entry.subject == subject)
            #expect(entry.operation == operation)
            #expect(entry.keys.map { "\(entry.subject!.prefix { $0 != "#" })#\($0)" } == subject)
        }
    }

    @Test("Every log event becomes a line first, with the execution that it names")
    func lines() throws {
        var mapper = RecordMapper()
        for record in try Self.records("text-log.json") {
            var writes: [EventWrite] = []
            mapper.map(record, into: &writes)
            guard case .line(let line)? = writes.first else { throw Unexpected() }
            #expect(line.stream == Self.stream)
            #expect(line.message == record.message)
            #expect(line.time == record.time)
            #expect(line.id == record.id.id)
            #expect(line.requestID == [Self.failing.id, Self.late.id].first { line.message.contains($0) })
        }
    }

    @Test("An execution's figures, its version and its failure come out of text lines, also of a line that does not name it")
    func textLog() throws {
        let rows = Self.rows(try Self.writes("text-log.json"))
        #expect(Set(rows.keys) == [Self.failing, Self.late])
        let failing = try #require(rows[Self.failing])
        #expect(failing.time == Self.at(5))
        #expect(failing.qualifier == "7")
        #expect(
            failing.report
                == .init(at: Self.at(10), durationMS: 4.5, billedMS: 5, initMS: 210.75, memoryMB: 256, maxMemoryMB: 79))
        #expect(failing.failure == .init(.error, at: Self.at(9), errorType: "KeyError", errorMessage: "'price'"))
        let late = try #require(rows[Self.late])
        #expect(late.time == Self.at(20))
        #expect(late.report?.status == "timeout")
        #expect(late.failure == .init(.timeout, at: Self.at(3020), errorMessage: "Task timed out after 3.00 seconds"))
    }

    @Test("JSON lines tell the same, in a group of the user's own")
    func jsonLog() throws {
        let rows = Self.rows(try Self.writes("json-log.json"))
        let row = try #require(rows[Self.fine])
        #expect(rows.count == 1)
        #expect(row.time == Self.at(0))
        #expect(row.qualifier == "$LATEST")
        #expect(
            row.report == .init(at: Self.at(4), durationMS: 3.5, billedMS: 4, memoryMB: 128, maxMemoryMB: 60, status: "success"))
        #expect(row.failure == nil)
        #expect(row.status(at: Self.at(5)) == .ok)
    }

    @Test("A log that is not Lambda's gives lines and no executions")
    func otherLog() throws {
        let writes = try Self.writes("other-log.json")
        #expect(writes.count == 2)
        #expect(Self.rows(writes).isEmpty)
    }

    @Test("Streams in any mixture give the same rows as one after the other, as long as each keeps its order", arguments: 0..<50)
    func mixture(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let logs = try ["text-log.json", "json-log.json", "other-log.json"].map(Self.records)
        var rest = logs.map { $0[...] }
        var mapper = RecordMapper()
        var writes: [EventWrite] = []
        while let place = rest.indices.filter({ !rest[$0].isEmpty }).randomElement(using: &random) {
            mapper.map(rest[place].removeFirst(), into: &writes)
        }
        var expected: [EventKey: Invocation] = [:]
        for name in ["text-log.json", "json-log.json"] { expected.merge(Self.rows(try Self.writes(name))) { one, _ in one } }
        #expect(Self.rows(writes) == expected, "seed \(seed)")
    }

    private struct Unexpected: Error {}
}
