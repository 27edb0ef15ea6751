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
}
