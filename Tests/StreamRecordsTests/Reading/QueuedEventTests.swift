// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import Testing

@Suite("Messages that look like events") struct QueuedEventTests {
    private static let attributes = #""messageAttributes":{"mail":{"stringValue":"asa@","dataType":"String"}},"md5OfBody":"00","#

    private func queued(_ body: String) -> String {
        #"{"messageId":"m1","body":\#(JSONValue.string(body).text),"attributes":{"MessageGroupId":"g"},\#(Self.attributes)"#
            + #""eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q.fifo"}"#
    }

    private static let bodies = [
        EnvelopeRecords.event.replacing(#""Order Placed""#, with: "5"), EnvelopeRecords.event.replacing(#""shop.orders""#, with: "[1]"),
        EnvelopeRecords.event.replacing("2026-11-20T15:00:00Z", with: "yesterday"), EnvelopeRecords.event.replacing(#""b1""#, with: "17"),
        EnvelopeRecords.event.replacing(#""123456789012""#, with: "123456789012"),
    ]

    @Test("What has an event's members and is none is a message", arguments: bodies)
    func fallback(_ body: String) throws {
        let batch = try EnvelopeRecords.batch(#"{"Records":[\#(queued(body)),\#(queued(EnvelopeRecords.event))]}"#)
        #expect(batch.map(\.kind) == [.message, .event])
        let record = batch[0]
        #expect(record.idText == "m1" && record.position == batch[1].position && record.messageGroup == "g" && record.source.name == "q.fifo")
        #expect(record.body == body && record.jsonBody?["detail"]?["order"] == .number("7"))
        #expect(record.detached().kind == .message)
    }

    @Test("It is no notification either") func notification() throws {
        let body = #"{"detail":{"a":1},"detail-type":5,"source":"s","Type":"Notification","TopicArn":"t","Message":"{\"b\":2}"}"#
        #expect(try EnvelopeRecords.record(queued(body)).jsonBody?["detail"]?["a"] == .number("1"))
    }

    private func redacted(_ text: String, _ path: String, _ method: Redaction.Method) throws -> Record {
        let batch = try EnvelopeRecords.batch(text)
        let result = batch.redacted([(0, Redaction([try Redaction.Rule(RecordPath(path), method)]))])
        try #require(result.count == 1)
        return result[0]
    }

    @Test("What is hidden of events is hidden of it too", arguments: Redaction.Method.allCases)
    func redaction(_ method: Redaction.Method) throws {
        let cut = String(EnvelopeRecords.event.dropLast(3))
        for body in Self.bodies + [cut, "\u{FEFF}" + EnvelopeRecords.event, JSONValue.string(EnvelopeRecords.event).text] {
            for path in ["detail.customer.email", "body.detail.customer", "detail"] {
                let record = try redacted(queued(body), path, method)
                #expect(record.kind == .message && record.idText == "m1" && !record.line(.plain).isEmpty)
                #expect(!record.line(.typed).contains("asa@") && !record.line(.plain).contains("asa@"), "\(path) \(body)")
                #expect(!record.line(.typed).contains("md5OfBody"))
            }
        }
        // Messages of other shapes have no detail of an event.
        for body in [#"{"detail":{"customer":{"email":"asa@"}}}"#, "asa@", "7"] {
            #expect(try redacted(queued(body), "detail", method).line(.typed) == EnvelopeRecords.record(queued(body)).line(.typed))
        }
    }

    @Test("It stays a message when what was wrong is hidden") func mended() throws {
        let record = try redacted(queued(Self.bodies[0]), "body.detail-type", .masked)
        #expect(record.kind == .message && record.jsonBody?["detail-type"] == .string("***") && record.jsonBody?["detail"]?["order"] == .number("7"))
        #expect(try redacted(queued(Self.bodies[2]), "body.time", .removed).jsonBody?["detail"]?["order"] == .number("7"))
    }

    @Test("A day that its month does not have costs no event") func time() throws {
        let event = EnvelopeRecords.event.replacing("2026-11-20", with: "2026-02-30")
        for text in [event, queued(event)] {
            let record = try EnvelopeRecords.record(text)
            #expect(record.kind == .event && record.time?.date == "2026-03-02")
        }
        #expect(RecordBatch.decode(Array(event.replacing("02-30", with: "02-32").utf8)).flatMap(\.undecodable).count == 1)
    }
}
