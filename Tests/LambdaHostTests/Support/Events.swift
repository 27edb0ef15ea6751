// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Testing

@testable import LambdaHost

/// Events as Lambda hands them over.
enum Events {
    /// A record of table `Things`' stream: step `number` of an item.
    static func change(_ number: Int, item: Int = 1, table: String = "Things", keys: String? = nil) -> String {
        let keys = keys ?? #"{"Id":{"N":"\#(item)"}}"#
        return #"{"eventID":"event-\#(number)","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1","#
            + #""dynamodb":{"ApproximateCreationDateTime":\#(1_795_000_000 + number),"Keys":\#(keys),"#
            + #""NewImage":{"Id":{"N":"\#(item)"},"n":{"N":"\#(number)"}},"SequenceNumber":"\#(sequence(number))","SizeBytes":59,"#
            + #""StreamViewType":"NEW_AND_OLD_IMAGES"},"#
            + #""eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/\#(table)/stream/2026-11-01T00:00:00.000"}"#
    }

    /// Numbers whose order as text is another than as numbers.
    static func sequence(_ number: Int) -> String { number < 5 ? "99999999999999999999\(number)" : "1000000000000000000000\(number)" }

    /// A record of the table whose keys are no attribute values: sound JSON of the wrong shape.
    static func misshapen(_ number: Int) -> String { change(number, keys: #"{"Id":5}"#) }

    static func message(_ id: String, group: String? = nil, queue: String? = nil, body: String = "text") -> String {
        let queue = queue ?? (group == nil ? "things" : "things.fifo")
        let attributes = group.map { #","MessageGroupId":"\#($0)","SequenceNumber":"18850000000000000000""# } ?? ""
        return #"{"messageId":"\#(id)","receiptHandle":"x","body":"\#(body)","#
            + #""attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1795000000000"\#(attributes)},"messageAttributes":{},"#
            + #""md5OfBody":"1cb251ec0d568de6a929b520c4aed8d1","eventSource":"aws:sqs","#
            + #""eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:\#(queue)","awsRegion":"eu-west-1"}"#
    }

    static func records(_ records: [String]) -> String { #"{"Records":[\#(records.joined(separator: ","))]}"# }

    static func changes(_ numbers: some Sequence<Int>) -> String { records(numbers.map { change($0, item: $0) }) }

    /// A subscription's document, uncompressed within the base64, which is read as well.
    static func logs(group: String = "/aws/lambda/things-api", owner: String = "123456789012", messages: [String] = ["a line\n"]) -> String {
        let events = messages.enumerated().map { number, text in
            #"{"id":"\#(1000 + number)","timestamp":1795000000000,"message":"\#(text.replacing("\n", with: "\\n"))"}"#
        }
        let document = #"{"messageType":"DATA_MESSAGE","owner":"\#(owner)","logGroup":"\#(group)","#
            + #""logStream":"2026/11/20/[$LATEST]0","subscriptionFilters":["all"],"logEvents":[\#(events.joined(separator: ","))]}"#
        return #"{"awslogs":{"data":"\#(base64(document))"}}"#
    }

    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    static func busEvent(_ id: String = "6a7e8feb") -> String {
        #"{"version":"0","id":"\#(id)","detail-type":"Order Placed","source":"shop","account":"123456789012","time":"2026-11-20T15:00:00Z","#
            + #""region":"eu-west-1","resources":[],"detail":{"order":1}}"#
    }
}

extension EventShape {
    init(_ text: String) throws(FunctionError) { try self.init(JSONBytes(Array(text.utf8))) }
}

extension Invocation {
    /// An invocation without a deadline.
    static func of(_ event: String, functionARN: String? = nil) throws -> Invocation {
        var head = HTTPHead()
        head.add("lambda-runtime-aws-request-id", "r")
        if let functionARN { head.add("lambda-runtime-invoked-function-arn", functionARN) }
        return try #require(Invocation(HTTPResponse(head: head, body: JSONBytes(Array(event.utf8)))))
    }
}
