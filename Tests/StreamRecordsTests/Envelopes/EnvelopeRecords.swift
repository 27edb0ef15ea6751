// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords
import Testing

/// Records that the tests of envelopes and redaction share.
enum EnvelopeRecords {
    static let modify = """
        {"eventID":"e1","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1",\
        "dynamodb":{"ApproximateCreationDateTime":1790000000.5,"Keys":{"Id":{"N":"5"}},\
        "NewImage":{"Id":{"N":"5"},"price":{"N":"49.50"},"tags":{"SS":["b","a"]},"customer":{"M":{"name":{"S":"Åsa \\"A\\""},"email":{"S":"asa@example.com"}}},\
        "lines":{"L":[{"M":{"sku":{"S":"x1"},"count":{"N":"2"}}},{"M":{"sku":{"S":"x2"},"count":{"N":"1"}}}]},"raw":{"B":"AQI="},"gone":{"NULL":true}},\
        "OldImage":{"Id":{"N":"5"},"price":{"N":"54"},"tags":{"SS":["a","b"]},"customer":{"M":{"name":{"S":"Åsa \\"A\\""},"email":{"S":"old@example.com"}}}},\
        "SequenceNumber":"4521600000000032029701364","SizeBytes":59,"StreamViewType":"NEW_AND_OLD_IMAGES"},\
        "eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2026-11-01T00:00:00.000"}
        """

    static let insert = """
        {"eventID":"e2","eventName":"INSERT","awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":1790000001,\
        "Keys":{"b":{"S":"x\\"y"},"a":{"N":"1.0"}},"NewImage":{"a":{"N":"1.0"},"b":{"S":"x\\"y"}},"SequenceNumber":"7"},\
        "eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2026-11-01T00:00:00.000"}
        """

    static let expiry = """
        {"eventID":"e3","eventName":"REMOVE","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},\
        "dynamodb":{"ApproximateCreationDateTime":1790000002,"Keys":{"Id":{"S":"k"}},"SequenceNumber":"8"},\
        "eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2026-11-01T00:00:00.000"}
        """

    static let export = """
        {"Metadata":{"WriteTimestampMicros":{"N":"1790000003000000"}},"Keys":{"Id":{"N":"5"}},"NewImage":{"Id":{"N":"5"},"price":{"N":"1"}}}
        """

    static let log = """
        {"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/shop#1","logStream":"2026/11/20/[$LATEST]0a",\
        "subscriptionFilters":["all"],"logEvents":[{"id":"l1","timestamp":1790000004000,\
        "message":"{\\"level\\":\\"INFO\\",\\"user\\":{\\"email\\":\\"asa@example.com\\"},\\"requestId\\":\\"641919a2-cf49-485e-8236-3fd7fbcf5859\\"}",\
        "extractedFields":{"ip":"192.0.2.7","path":"/"}}]}
        """

    static let message = """
        {"messageId":"m1","receiptHandle":"r","body":"{\\"order\\":{\\"id\\":7,\\"email\\":\\"asa@example.com\\"}}","md5OfBody":"00",\
        "attributes":{"SentTimestamp":"1790000005000","MessageGroupId":"g"},"messageAttributes":{},"eventSource":"aws:sqs",\
        "eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:orders.fifo","awsRegion":"eu-west-1"}
        """

    static let text = """
        {"messageId":"m2","body":"hello ☕","attributes":{},"eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:notes","awsRegion":"eu-west-1"}
        """

    static let event = """
        {"version":"0","id":"b1","detail-type":"Order Placed","source":"shop.orders","account":"123456789012","time":"2026-11-20T15:00:00Z",\
        "region":"eu-west-1","resources":[],"detail":{"order":7,"customer":{"email":"asa@example.com"},"lines":[{"sku":"x1"},{"sku":"x2"}]}}
        """

    /// A notification of a topic, in a queue.
    static let notification = """
        {"messageId":"m3","body":"{\\"Type\\":\\"Notification\\",\\"TopicArn\\":\\"arn:aws:sns:eu-west-1:123456789012:t\\",\
        \\"Message\\":\\"{\\\\\\"email\\\\\\":\\\\\\"asa@example.com\\\\\\",\\\\\\"n\\\\\\":1}\\"}",\
        "md5OfBody":"00","attributes":{},"eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:notes","awsRegion":"eu-west-1"}
        """

    /// An event of a bus, in a queue.
    static var queuedEvent: String {
        let body = JSONValue.string(event).text
        return #"{"messageId":"m4","body":\#(body),"md5OfBody":"00","attributes":{},"eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:bus","awsRegion":"eu-west-1"}"#
    }

    static func batch(_ text: String) throws -> RecordBatch {
        let batches = RecordBatch.decode(Array(text.utf8)).filter { !$0.isEmpty || !$0.undecodable.isEmpty }
        try #require(batches.count == 1 && batches[0].undecodable.isEmpty, "\(batches.flatMap(\.undecodable).map(\.reason))")
        return batches[0]
    }

    static func record(_ text: String) throws -> Record {
        let batch = try batch(text)
        try #require(batch.count == 1)
        return batch[0]
    }
}

extension Record {
    func line(_ envelope: Envelope) -> String {
        var writer = JSONWriter()
        write(envelope, into: &writer)
        return String(decoding: writer.array, as: UTF8.self)
    }
}
