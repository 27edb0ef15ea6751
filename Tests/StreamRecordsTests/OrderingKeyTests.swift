// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing

@Suite("In which order records have to stay") struct OrderingKeyTests {
    private static func record(body: String, group: String?) throws -> Record {
        let attributes = group.map { #"{"MessageGroupId":"\#($0)"}"# } ?? "{}"
        let queue = "arn:aws:sqs:eu-west-1:123456789012:orders.fifo"
        let text = #"{"Records":[{"messageId":"m","body":"\#(body)","attributes":\#(attributes),"eventSource":"aws:sqs","eventSourceARN":"\#(queue)"}]}"#
        let batch = try #require(RecordBatch.decode(Array(text.utf8)).first)
        return try #require(batch.first)
    }

    @Test("A FIFO queue's groups keep theirs, whatever the messages carry") func groups() throws {
        let event = #"{\"id\":\"e\",\"detail-type\":\"t\",\"source\":\"s\",\"detail\":{}}"#
        for body in ["text", event] {
            let first = try Self.record(body: body, group: "a")
            let second = try Self.record(body: body, group: "b")
            #expect(first.kind == (body == event ? .event : .message))
            #expect(first.orderingKey != nil)
            #expect(try first.orderingKey == Self.record(body: body, group: "a").orderingKey)
            #expect(first.orderingKey != second.orderingKey)
            #expect(try Self.record(body: body, group: nil).orderingKey == nil)
        }
    }

    private static func change(keys: String) throws -> Record {
        let text = #"{"Records":[{"eventID":"e","eventName":"REMOVE","eventSource":"aws:dynamodb","eventSourceARN":"arn:aws:dynamodb:eu-west-1:1:table/T/stream/s","dynamodb":{"Keys":{\#(keys)},"SequenceNumber":"1"}}]}"#
        let batch = try #require(RecordBatch.decode(Array(text.utf8)).first)
        return try #require(batch.first)
    }

    @Test("An item's keys make the same key, however they are written", arguments: [
        (#""a":{"S":"x"}"#, #"{"a":"x"}"#, [#""\u0061":{"S":"x"}"#, #""a":{"S":"\u0078"}"#, #" "a" : { "S" : "x" } "#]),
        (#""a":{"N":"1"}"#, #"{"a":1}"#, [#""a":{"N":"1.0"}"#, #""a":{"N":"10e-1"}"#]),
        (
            #""a":{"S":"x"},"b":{"N":"2"}"#, #"{"a":"x","b":2}"#,
            [#""b":{"N":"2"},"a":{"S":"x"}"#, #""b":{"N":"2.00"}, "a" : {"S":"x"}"#, #""\u0062":{"N":"2"},"a":{"S":"x"}"#]
        ),
        (#""a":{"B":"AQI="},"ü":{"S":"é\"/"}"#, #"{"a":"AQI=","ü":"é\"/"}"#, [#""ü":{"S":"é\u0022\/"},"a":{"B":"AQI="}"#]),
    ])
    func keys(_ keys: String, canonical: String, others: [String]) throws {
        let key = try Self.change(keys: keys).orderingKey
        #expect(key?.text == "arn:aws:dynamodb:eu-west-1:1:table/T/stream/s#\(canonical)")
        for other in others { #expect(try Self.change(keys: other).orderingKey == key, "\(other)") }
    }
}
