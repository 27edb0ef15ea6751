// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// One minute of a log stream.
public struct LogMinute: Sendable, Hashable {
    public let stream: LogLine.Stream
    /// Whole minutes since 1970.
    public let minute: Int64

    public init(stream: LogLine.Stream, minute: Int64) {
        self.stream = stream
        self.minute = minute
    }

    /// The minute that a time lies in.
    public init(stream: LogLine.Stream, at time: Timestamp) {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
        self.init(stream: stream, minute: remainder < 0 ? quotient - 1 : quotient)
    }

    private static let milliseconds = Int64(60_000)

    /// When it begins.
    public var start: Timestamp {
        let (product, overflow) = minute.multipliedReportingOverflow(by: Self.milliseconds)
        return Timestamp(milliseconds: overflow ? (minute < 0 ? .min : .max) : product)
    }
}
