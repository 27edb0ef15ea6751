// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// The value of the `sort` column: ISO time with milliseconds, `#`, and the 40-digit padded sequence number or the id.
///
/// Text order is then order in time, and within one millisecond the order of the stream: sequence numbers are decimal numbers of
/// 21 to 40 digits (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html).
public enum SortKey {
    /// What stands in the place of a time that nobody told. It sorts before every time.
    static let noTime = "-"

    /// The sort key of a record with a sequence number, or, without one, with an id.
    public static func text(time: Timestamp?, sequenceNumber: String? = nil, id: String) -> String {
        var text = time?.description ?? noTime
        text.reserveCapacity(text.utf8.count + 41)
        text += "#"
        if let sequenceNumber, !sequenceNumber.isEmpty, sequenceNumber.utf8.allSatisfy({ (48...57).contains($0) }) {
            let missing = 40 - sequenceNumber.utf8.count
            if missing > 0 { text += String(repeating: "0", count: missing) }
            text += sequenceNumber
        } else {
            text += id
        }
        return text
    }

    /// The time that a sort key begins with, if it was known.
    public static func time(of sort: String) -> Timestamp? {
        guard let end = sort.utf8.firstIndex(of: UInt8(ascii: "#")) else { return nil }
        return Timestamp(iso8601: String(sort[..<end]))
    }
}
