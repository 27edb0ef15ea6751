// SPDX-License-Identifier: Apache-2.0

#if AWS

extension SQS {
    /// A message's attribute.
    public struct Attribute: Sendable, Hashable {
        /// As text or as bytes; numbers are text.
        public enum Value: Sendable, Hashable {
            case string(String)
            case binary([UInt8])
        }

        /// `String`, `Number`, `Binary`, or one of these with a name of one's own behind a dot.
        public var type: String
        /// Not empty.
        public var value: Value

        public init(type: String, value: Value) {
            self.type = type
            self.value = value
        }

        /// Text.
        public static func string(_ text: String) -> Attribute { Attribute(type: "String", value: .string(text)) }
        /// A number as text, of up to 38 digits.
        public static func number(_ text: String) -> Attribute { Attribute(type: "Number", value: .string(text)) }
        /// Bytes.
        public static func binary(_ bytes: [UInt8]) -> Attribute { Attribute(type: "Binary", value: .binary(bytes)) }
    }

    /// One message of a batch that is sent.
    public struct SendEntry: Sendable, Hashable {
        /// 1 to 80 letters, digits, `-`, `_`, another one for each entry.
        public var id: String
        /// Not empty, and of characters that XML allows.
        public var body: String {
            get { text.string }
            set { text = MessageText(newValue) }
        }
        /// At most ten.
        public var attributes: [String: Attribute] {
            get { attributeSet.values }
            set { attributeSet = AttributeSet(newValue) }
        }
        /// 0 to 900; absent: the queue's. Not for FIFO queues.
        public var delaySeconds: Int?
        /// The FIFO group, needed there; 1 to 128 letters, digits and ASCII punctuation.
        public var groupID: String?
        /// What tells a message from another within five minutes; 1 to 128 of the same characters.
        public var deduplicationID: String?
        package var text: MessageText
        package var attributeSet: AttributeSet

        package init(id: String, text: MessageText) {
            self.id = id
            self.text = text
            attributeSet = .none
        }

        public init(
            id: String, body: String, attributes: [String: Attribute] = [:], delaySeconds: Int? = nil, groupID: String? = nil,
            deduplicationID: String? = nil
        ) {
            self.id = id
            text = MessageText(body)
            attributeSet = attributes.isEmpty ? .none : AttributeSet(attributes)
            self.delaySeconds = delaySeconds
            self.groupID = groupID
            self.deduplicationID = deduplicationID
        }
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
    public struct SendMessageBatchRequest: Sendable, Hashable {
        /// The address that ``SQS/getQueueURL(name:account:deadline:)`` gives.
        public var queueURL: String
        /// 1 to 10, within ``SQS/Limits/bytes`` in all.
        public var entries: [SendEntry]

        public init(queueURL: String, entries: [SendEntry]) {
            self.queueURL = queueURL
            self.entries = entries
        }
    }

    /// Why one entry of a batch failed.
    public struct EntryFailure: Error, Sendable, Hashable, CustomStringConvertible {
        /// `InternalFailure`, `InvalidParameterValue`… Two are this client's own: `NoAnswer`, the answer does not name the entry; `ChecksumMismatch`,
        /// SQS took something else than was sent.
        public let code: String
        /// For people; absent where SQS gave none.
        public let message: String?
        /// The same entry fails again.
        public let isSenderFault: Bool

        public init(code: String, message: String?, isSenderFault: Bool) {
            self.code = code
            self.message = message
            self.isSenderFault = isSenderFault
        }

        /// Code and message.
        public var description: String { message.map { "\(code): \($0)" } ?? code }
    }

    /// What SQS made of a message that it took.
    public struct SentMessage: Sendable, Hashable {
        /// As receivers see it.
        public let messageID: String
        /// FIFO queues number their messages.
        public let sequenceNumber: String?
    }

    /// What became of each message.
    public struct SendMessageBatchResult: Sendable {
        /// In the order of the request's entries.
        public let entries: [Result<SentMessage, EntryFailure>]
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
    public struct ReceiveMessageRequest: Sendable, Hashable {
        /// The address that ``SQS/getQueueURL(name:account:deadline:)`` gives.
        public var queueURL: String
        /// 1 to 10.
        public var maximum: Int
        /// How long to wait for a message, 0 to 20.
        public var waitSeconds: Int
        /// How long nobody else gets them, 0 to 43,200; absent: the queue's.
        public var visibilitySeconds: Int?

        public init(queueURL: String, maximum: Int = 10, waitSeconds: Int = 0, visibilitySeconds: Int? = nil) {
            self.queueURL = queueURL
            self.maximum = maximum
            self.waitSeconds = waitSeconds
            self.visibilitySeconds = visibilitySeconds
        }
    }

    /// A message as it was received.
    public struct Message: Sendable, Hashable {
        /// SQS's own, the same each time.
        public let id: String
        /// What deleting needs.
        public let receiptHandle: String
        public let body: String
        /// The sender's.
        public let attributes: [String: Attribute]
        /// SQS's own: `SentTimestamp`, `ApproximateReceiveCount`, `MessageGroupId`…
        public let systemAttributes: [String: String]
    }

    /// What was received: at most as many as were asked for, and often fewer.
    public struct ReceiveMessageResult: Sendable, Hashable {
        public let messages: [Message]
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>
    public struct DeleteMessageRequest: Sendable, Hashable {
        /// The address that ``SQS/getQueueURL(name:account:deadline:)`` gives.
        public var queueURL: String
        /// What came with the message when it was last received.
        public var receiptHandle: String

        public init(queueURL: String, receiptHandle: String) {
            self.queueURL = queueURL
            self.receiptHandle = receiptHandle
        }
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html>
    public struct DeleteMessageBatchRequest: Sendable, Hashable {
        /// The address that ``SQS/getQueueURL(name:account:deadline:)`` gives.
        public var queueURL: String
        /// 1 to 10.
        public var receiptHandles: [String]

        public init(queueURL: String, receiptHandles: [String]) {
            self.queueURL = queueURL
            self.receiptHandles = receiptHandles
        }
    }

    /// What became of each message.
    public struct DeleteMessageBatchResult: Sendable {
        /// In the order of the request's handles.
        public let entries: [Result<Void, EntryFailure>]
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
    public struct QueueAttributes: Sendable, Hashable {
        /// By their names at AWS: `QueueArn`, `FifoQueue`, `MaximumMessageSize`…
        public let all: [String: String]

        /// The queue's.
        public var arn: String? { all["QueueArn"] }
        /// Whether messages of a group keep their order.
        public var isFIFO: Bool { all["FifoQueue"] == "true" }
        /// Whether a FIFO queue makes deduplication ids itself, from the bodies.
        public var deduplicatesByContent: Bool { all["ContentBasedDeduplication"] == "true" }
        /// The most bytes one message may have.
        public var maximumMessageBytes: Int? { all["MaximumMessageSize"].flatMap { Int($0) } }
    }
}

#endif
