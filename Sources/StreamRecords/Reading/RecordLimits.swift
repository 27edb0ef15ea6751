// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// How much one input may ask for before it is refused with an error. All sizes are in bytes.
public struct RecordLimits: Sendable, Hashable {
    /// The largest single document that is held in memory whole. Documents with `Records` or `logEvents` are read element by element and may be larger.
    public var document: Int
    /// The largest single record.
    public var record: Int
    /// The largest payload (a log subscription, a Kinesis record's data) after decompression, with what is packed inside it: the guard against a gzip
    /// bomb.
    public var decompressed: Int
    /// Depth of nesting.
    public var json: JSONLimits

    public init(
        document: Int = 256 << 20, record: Int = 16 << 20, decompressed: Int = 64 << 20, json: JSONLimits = JSONLimits()
    ) {
        self.document = document
        self.record = record
        self.decompressed = decompressed
        self.json = json
    }

    /// For an element of `Records` or `logEvents` that is read on its own: its document and the list are open around it.
    var element: JSONLimits { JSONLimits(maximumDepth: max(0, json.maximumDepth - 2), maximumBytes: json.maximumBytes) }
}
