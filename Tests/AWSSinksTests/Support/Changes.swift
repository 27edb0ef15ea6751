// SPDX-License-Identifier: Apache-2.0

#if AWS
import JSONTape
import StreamRecords
import Testing

/// A stream record of a table as Lambda is given it.
struct Change {
    var number: Int
    var key: Int
    var table = "Products"
    var operation = "MODIFY"
    /// Put into the new image.
    var text = "x"
    /// A further attribute of the new image, as DynamoDB writes it: `"big":{"N":"1"}`.
    var extra: String?

    var id: String { "event-\(number)" }
    var sequenceNumber: String { "1000000000000000000000\(100_000 + number)" }

    var json: String {
        """
        {"eventID":"\(id)","eventName":"\(operation)","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-central-1",\
        "dynamodb":{"ApproximateCreationDateTime":1790000000,"Keys":{"Id":{"N":"\(key)"}},\
        "NewImage":{"Id":{"N":"\(key)"},"n":{"N":"\(number)"},"text":{"S":"\(text)"}\(extra.map { ",\($0)" } ?? "")},\
        "SequenceNumber":"\(sequenceNumber)","SizeBytes":59,"StreamViewType":"NEW_AND_OLD_IMAGES"},\
        "eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/\(table)/stream/2026-11-01T00:00:00.000"}
        """
    }
}

/// The batch that a Lambda event with these records makes.
func batch(_ changes: [Change]) throws -> RecordBatch { try batch(event: "{\"Records\":[\(changes.map(\.json).joined(separator: ","))]}") }

func batch(event: String) throws -> RecordBatch {
    let batches = RecordBatch.decode(Array(event.utf8)).filter { !$0.isEmpty }
    try #require(batches.count == 1)
    return batches[0]
}

extension RecordBatch {
    /// The plain line of each record, by the record's id.
    var lines: [String: String] {
        Dictionary(
            map { record in
                var writer = JSONWriter()
                record.write(.plain, into: &writer)
                return (record.idText, String(decoding: writer.array, as: UTF8.self))
            }, uniquingKeysWith: { first, _ in first })
    }
}
#endif
