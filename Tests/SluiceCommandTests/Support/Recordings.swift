// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder

/// Recorded streams made for a test.
enum Recordings {
    /// A DynamoDB Streams record: item `id` of table `Things` on its way from one value to the next.
    static func change(_ id: Int, step: Int = 0, padding: Int = 0, price: String? = nil) -> String {
        let event = String(format: "%024x%08x", id, step)
        let sequence = "4\(String(format: "%012d", id))\(String(format: "%08d", step))"
        let number = price ?? "\"\(id).\(step)5\""
        let text = String(repeating: "x", count: padding)
        return #"{"eventID":"\#(event)","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1","#
            + #""dynamodb":{"ApproximateCreationDateTime":\#(1_795_000_000 + id),"Keys":{"Id":{"N":"\#(id)"}},"#
            + #""NewImage":{"Id":{"N":"\#(id)"},"name":{"S":"thing \#(id) ☕\#(text)"},"price":{"N":\#(number)},"tags":{"SS":["a","b"]}},"#
            + #""SequenceNumber":"\#(sequence)","SizeBytes":99,"StreamViewType":"NEW_AND_OLD_IMAGES"},"#
            + #""eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/Things/stream/2026-11-02T08:14:36.210"}"#
    }

    /// A Lambda event with records.
    static func event(_ records: some Sequence<String>) -> String { "{\"Records\":[\(records.joined(separator: ","))]}" }

    /// Lambda events with these items, so many in each, one a line.
    static func events(_ ids: Range<Int>, each: Int = 100, padding: Int = 0) -> String {
        stride(from: ids.lowerBound, to: ids.upperBound, by: each).map { first in
            event((first..<min(first + each, ids.upperBound)).lazy.map { change($0, padding: padding) }) + "\n"
        }.joined()
    }

    /// A decompressed subscription document with so many log events, its members in the order that AWS writes.
    static func logDocument(_ ids: Range<Int>, padding: Int = 0) -> String {
        let text = String(repeating: "y", count: padding)
        let events = ids.lazy.map { id in
            #"{"id":"\#(String(format: "%056d", id))","timestamp":\#(1_795_000_000_000 + id),"message":"line \#(id) \#(text)\n"}"#
        }
        return #"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/things-api","#
            + #""logStream":"2026/11/20/[$LATEST]0","subscriptionFilters":["all"],"logEvents":[\#(events.joined(separator: ","))]}"#
    }

    /// What the slow, obvious decoder makes of a recording: plain lines.
    static func plainLines(_ bytes: [UInt8]) throws -> [String] {
        var reference = Reference()
        try reference.read(bytes)
        return reference.lines.map { String(decoding: $0, as: UTF8.self) }
    }

    static func gzip(_ text: String) throws -> [UInt8] { try Zlib.gzip(Array(text.utf8)) }
}

/// JSON lines, read by the slow and obvious parser. Fails where one is no JSON.
func parsed(_ lines: [String]) throws -> [Tree] { try lines.map { try TreeParser.parse(Array($0.utf8)) } }
