// SPDX-License-Identifier: Apache-2.0

/// Where a record comes from.
public struct RecordSource: Sendable, Hashable {
    public let kind: Record.Kind
    /// The table, log group, queue or bus; empty where the envelope doesn't tell.
    public let name: String
    /// The ARN the envelope gives: of the stream, the queue. For a log group there is none.
    public let arn: String?
    /// Log stream, for log records.
    public let logStream: String?
    public let region: String?
    /// The twelve digits of the AWS account.
    public let account: String?

    public init(kind: Record.Kind, name: String, arn: String? = nil, logStream: String? = nil, region: String? = nil, account: String? = nil) {
        self.kind = kind
        self.name = name
        self.arn = arn
        self.logStream = logStream
        self.region = region
        self.account = account
    }

    /// The ARN, else the name: what makes a record's id unique among sources.
    public var identity: String { arn ?? name }
}

/// What a source is told when a record must come again.
///
/// See [batch failure reporting](https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html): streams take the sequence number, queues the message id.
public struct Position: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A decimal number of 21 to 40 digits, which grows within a shard.
        case sequenceNumber
        /// The id of a queue's message.
        case messageID
    }

    public let kind: Kind
    public let text: String

    public init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}

/// Records with the same key are delivered in the order they came: an item's keys, a log stream, a FIFO queue's group.
public struct OrderingKey: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }
}

/// What happened to an item. Unknown operations pass through as they were sent.
public struct Operation: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let insert = Operation(rawValue: "INSERT")
    public static let modify = Operation(rawValue: "MODIFY")
    public static let remove = Operation(rawValue: "REMOVE")

    public var description: String { rawValue }
}

/// Why a record is not what AWS says it is, although its JSON is sound.
public struct RecordError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A part that is missing or of the wrong kind.
        public static let wrongShape = Code(rawValue: "wrongShape")
        /// JSON that is none of the envelopes Sluice knows.
        public static let unknownEnvelope = Code(rawValue: "unknownEnvelope")
        /// A text that is not JSON.
        public static let brokenJSON = Code(rawValue: "brokenJSON")
        /// A payload whose base64 or compression is broken.
        public static let brokenPayload = Code(rawValue: "brokenPayload")
        /// Larger than a limit allows.
        public static let tooLarge = Code(rawValue: "tooLarge")
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

/// Something received that is no record: kept whole, with the reason, so that nothing is lost.
public struct Undecodable: Sendable, Hashable {
    public let error: RecordError
    public let rawBytes: [UInt8]
    /// Where it begins, in bytes from the start of the input (after decompression, where the input is compressed).
    public let offset: Int64
    /// What the source has to be told about it, where that could be read.
    public let position: Position?

    public init(error: RecordError, rawBytes: [UInt8], offset: Int64, position: Position? = nil) {
        self.error = error
        self.rawBytes = rawBytes
        self.offset = offset
        self.position = position
    }

    public var reason: String { error.message }
}
