// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing

/// Makes stream records of tables as Lambda is given them.
struct Change {
    var number: Int
    var table = "Products"
    var key: Int
    var operation = "MODIFY"
    /// Seconds since 1970.
    var time = 1_790_000_000

    var id: String { "event-\(number)" }
    var sequence: String { "1000000000000000000000\(100_000 + number)" }

    var json: String {
        """
        {"eventID":"\(id)","eventName":"\(operation)","eventVersion":"1.1","eventSource":"aws:dynamodb",\
        "awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":\(time),"Keys":{"Id":{"N":"\(key)"}},\
        "NewImage":{"Id":{"N":"\(key)"},"n":{"N":"\(number)"},"status":{"S":"paid"}},\
        "OldImage":{"Id":{"N":"\(key)"},"n":{"N":"\(number - 1)"},"status":{"S":"open"}},\
        "SequenceNumber":"\(sequence)","SizeBytes":59,"StreamViewType":"NEW_AND_OLD_IMAGES"},\
        "eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/\(table)/stream/2026-11-01T00:00:00.000"}
        """
    }
}

/// The batch that an event with these records makes.
func batch(_ changes: [Change], extra: [String] = []) throws -> RecordBatch {
    let records = (changes.map(\.json) + extra).joined(separator: ",")
    let batches = RecordBatch.decode(Array("{\"Records\":[\(records)]}".utf8)).filter { !$0.isEmpty || !$0.undecodable.isEmpty }
    try #require(batches.count == 1)
    return batches[0]
}
