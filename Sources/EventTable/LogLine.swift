// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// One log event. Its place (account, group, stream, time, id) is its identity.
public struct LogLine: Sendable, Hashable {
    /// The place where lines follow each other: one log stream.
    public struct Stream: Sendable, Hashable {
        /// The account that owns the log group; empty where it is not known.
        public let account: String
        public let group: String
        public let name: String

        public init(account: String, group: String, name: String) {
            self.account = account
            self.group = group
            self.name = name
        }
    }

    public var stream: Stream
    public var time: Timestamp
    /// The log event's id.
    public var id: String
    /// The execution that the line itself names.
    public var requestID: String?
    public var message: String
    /// When it may go, in seconds since 1970. A store that keeps lines together keeps them until the last may go; it is not read back.
    public var expiresAt: Int64?

    public init(stream: Stream, time: Timestamp, id: String, requestID: String? = nil, message: String, expiresAt: Int64? = nil) {
        self.stream = stream
        self.time = time
        self.id = id
        self.requestID = requestID
        self.message = message
        self.expiresAt = expiresAt
    }
}

/// Picks the lines of one execution out of one log stream, whose lines are shown to it in order.
///
/// An environment runs one execution after the other, so lines that name no execution belong to the one that was named last,
/// until its END or REPORT, or until another is named.
public struct ExecutionLines: Sendable {
    private let requestID: String
    /// Whether a line without a request id would belong to the execution now.
    public private(set) var isOpen = false

    public init(of requestID: String) { self.requestID = requestID }

    /// Whether the line belongs to the execution.
    public mutating func take(_ line: borrowing LogLine) -> Bool {
        guard let named = line.requestID else { return isOpen }
        guard named == requestID else {
            isOpen = false
            return false
        }
        isOpen = !Self.ends(line)
        return true
    }

    private static func ends(_ line: borrowing LogLine) -> Bool {
        let kind = LambdaLogLine(line.message, group: line.stream.group, stream: line.stream.name).kind
        return kind == .end || kind == .report
    }
}
