// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Sluice
import StreamRecords
import Testing

/// Patterns find a change's images by the places that decoding noted. Wherever else a record may name something in an image, they have to find it
/// as they do in the record as a whole.
@Suite struct ChangePartTests {
    /// A record with some of its members' texts replaced.
    private static func record(
        keys: String = #""Keys":{"Id":{"N":"1"}}"#, images: String = #""NewImage":{"status":{"S":"paid"}},"OldImage":{"status":{"S":"open"}}"#,
        dynamodb: String = #""dynamodb""#, more: String = ""
    ) -> String {
        #"{"eventID":"1","eventName":"MODIFY","awsRegion":"eu-west-1",\#(dynamodb):{\#(keys),\#(images),"SequenceNumber":"100000000000000000000001","SizeBytes":9}\#(more),"#
            + #""eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/1"}"#
    }

    private static let records = [
        record(),
        record(images: #""NewImage":{"status":{"S":"open"},"status":{"S":"paid"}}"#),
        record(images: #""NewImage":{"status.S":{"S":"paid"},"status":{"M":{"S":{"S":"x"}}}}"#),
        record(images: #""NewImage":{"st\u0061tus":{"S":"p\u0061id"}},"OldImage":{}"#),
        // Twice, null, with escapes.
        record(images: #""NewImage":{"status":{"S":"paid"}},"NewImage":{"status":{"S":"open"}}"#),
        record(images: #""NewImage":null,"OldImage":{"status":{"S":"open"}}"#),
        record(images: #""New\u0049mage":{"status":{"S":"paid"}}"#),
        record(dynamodb: #""d\u0079namodb""#),
        record(more: #","dynamodb":{"NewImage":{"status":{"S":"new"}},"SequenceNumber":"100000000000000000000001"}"#),
        // Names with points say the same as objects in one another.
        record(images: #""NewImage.status":{"S":"paid"}"#),
        record(images: #""NewImage.status.S":"paid","OldImage":{"status":{"S":"open"}}"#),
        record(images: #""OldImage.":{"S":"open"},"NewImage":{}"#),
        record(more: #","dynamodb.NewImage":{"status":{"S":"new"}}"#),
        record(more: #","dynamodb.OldImage.status":{"S":"paid"}"#),
        record(more: #","dynamodb.SizeBytes":5,"eventName.x":1"#),
        record(more: #","dynamodb\u002eNewImage":{"status":{"S":"new"}}"#),
        // Not quite the names.
        record(keys: #""NewImages":{"status":{"S":"paid"}},"Keys.Id":{"N":"7"}"#, more: #","dynamodbs":{"NewImage":{"status":{"S":"new"}}},"dynamod":1"#),
        record(more: #","":{"NewImage":{"status":{"S":"new"}}},"x":[{"y":1},{"y":2}]"#),
    ]

    private static let patterns = [
        #"{"dynamodb":{"NewImage":{"status":{"S":["paid"]}}}}"#, #"{"dynamodb":{"NewImage":{"status":{"S":["open"]}}}}"#, #"{"dynamodb":{"NewImage":{"status":{"S":["new"]}}}}"#,
        #"{"dynamodb":{"OldImage":{"status":{"S":["open"]}}}}"#, #"{"dynamodb":{"OldImage":{"status":{"S":["paid"]}}}}"#, #"{"dynamodb":{"OldImage":{"status":{"S":[{"exists":false}]}}}}"#,
        #"{"dynamodb":{"NewImage":{"status":{"S":{"S":["paid"]}}}}}"#, #"{"dynamodb":{"NewImage":[null]}}"#, #"{"dynamodb":{"NewImage":[{"exists":true}]}}"#,
        #"{"dynamodb":{"OldImage":{"":{"S":["open"]}}}}"#, #"{"":{"NewImage":{"status":{"S":["new"]}}}}"#, #"{"dynamodb":{"Keys":{"Id":{"N":["7"]}}}}"#,
        #"{"dynamodb":{"Keys":{"Id":{"N":["1"]}}},"eventName":["MODIFY"]}"#, #"{"dynamodb":{"SizeBytes":[5]}}"#, #"{"dynamodb":{"SizeBytes":[9]}}"#, #"{"eventName":{"x":[1]}}"#,
        #"{"dynamod":[1]}"#, #"{"dynamodbs":{"NewImage":{"status":{"S":["new"]}}}}"#, #"{"dynamodb":{"NewImages":{"status":{"S":["paid"]}}}}"#, #"{"x":{"y":[2]},"eventName":["MODIFY"]}"#,
        #"{"dynamodb":{"NewImage":{"status":{"S":["paid"]}},"OldImage":{"status":{"S":[{"anything-but":"paid"}]}}}}"#,
    ]

    @Test func patternsFindWhatIsInTheWholeRecord() async throws {
        var matches = 0
        for record in Self.records {
            let expected = try Self.patterns.map { try EventPattern($0).matches(json: record) }
            matches += expected.count { $0 }
            // All patterns together, and each by itself, which asks for fewer of the parts.
            for numbers in [Array(Self.patterns.indices)] + Self.patterns.indices.map({ [$0] }) {
                for isOutlined in [false, true] {
                    let found = try await taken(record, numbers, isOutlined: isOutlined)
                    #expect(found == numbers.map { expected[$0] }, "\(record): \(numbers.map { Self.patterns[$0] })")
                }
            }
        }
        #expect(matches > 60)
    }

    /// Whether the record takes routes with these patterns.
    private func taken(_ record: String, _ numbers: [Int], isOutlined: Bool) async throws -> [Bool] {
        let sinks = numbers.map { (name: "s\($0)", sink: ScriptedSink()) }
        let routes = try numbers.map { Route(name: "r\($0)", conditions: [.event(try EventPattern(Self.patterns[$0]))], to: ["s\($0)"]) }
        let pipeline = try Pipeline(sinks: sinks.map { ($0.name, $0.sink) }, routes: routes)
        let interest = try #require(pipeline.outlining)
        let batches = try OutlineTests.batches(#"{"Records":[\#(record)]}"#, outlining: isOutlined ? interest : nil)
        #expect(batches.reduce(0) { $0 + $1.count } == 1 && batches.allSatisfy { $0.undecodable.isEmpty }, "\(record)")
        for batch in batches { _ = try await pipeline.deliver(pipeline.prepare(batch)) }
        return sinks.map { !$0.sink.delivered.isEmpty }
    }
}
