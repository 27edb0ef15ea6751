// SPDX-License-Identifier: Apache-2.0

#if AWS
public import StreamRecords

extension EventBridge {
    /// One event that is put on a bus.
    public struct PutEventsEntry: Sendable, Hashable {
        /// Name or ARN; absent: the account's default bus.
        public var bus: String?
        /// Names that begin with `aws.` are AWS's own.
        public var source: String
        /// At most 128 characters.
        public var detailType: String
        /// A JSON object.
        public var detail: String
        /// ARNs of what the event is about.
        public var resources: [String]
        /// Absent: when EventBridge got it. Sent to the second.
        public var time: Timestamp?
        /// `X-Amzn-Trace-Id`'s form.
        public var traceHeader: String?

        public init(
            bus: String? = nil, source: String, detailType: String, detail: String, resources: [String] = [], time: Timestamp? = nil,
            traceHeader: String? = nil
        ) {
            self.bus = bus
            self.source = source
            self.detailType = detailType
            self.detail = detail
            self.resources = resources
            self.time = time
            self.traceHeader = traceHeader
        }
    }

    /// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
    public struct PutEventsRequest: Sendable, Hashable {
        /// 1 to 10.
        public var entries: [PutEventsEntry]
        /// The most bytes of all entries together, by ``EventBridge/size(of:)``.
        public var maximumBytes: Int

        public init(entries: [PutEventsEntry], maximumBytes: Int = Limits.bytes) {
            self.entries = entries
            self.maximumBytes = maximumBytes
        }
    }

    /// Why one entry was not taken.
    public struct EntryFailure: Error, Sendable, Hashable, CustomStringConvertible {
        /// `InternalFailure`, `ThrottlingException`, `MalformedDetail`, `InvalidArgument`…
        public let code: String
        /// For people; absent where EventBridge gave none.
        public let message: String?

        public init(code: String, message: String?) {
            self.code = code
            self.message = message
        }

        /// The same entry can be taken later: the fault was EventBridge's.
        public var isRetryable: Bool { EventBridge.passingFailures.contains(code) }

        /// Code and message.
        public var description: String { message.map { "\(code): \($0)" } ?? code }
    }

    /// What became of each event.
    public struct PutEventsResult: Sendable {
        /// The event's id, or why it was not taken, in the order of the request's entries.
        public let entries: [Result<String, EntryFailure>]
    }

    /// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html>
    public struct BusDescription: Sendable, Hashable {
        public let name: String
        public let arn: String?
    }
}

#endif
