// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Sluice
internal import StreamRecords

/// One event that Lambda hands the function, with what its header says: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
struct Invocation: Sendable {
    let requestID: String
    /// When Lambda ends the process, in milliseconds since 1970; absent where the server doesn't say.
    let deadline: Int64?
    let functionARN: String?
    let traceID: String?
    let event: JSONBytes

    /// - Returns: nil where the answer names no request: then nobody could be answered.
    init?(_ response: HTTPResponse) {
        guard let id = response.head["lambda-runtime-aws-request-id"], !id.isEmpty,
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#%".utf8.contains($0) })
        else { return nil }
        requestID = id
        deadline = response.head["lambda-runtime-deadline-ms"].flatMap { Int64($0) }
        functionARN = response.head["lambda-runtime-invoked-function-arn"]
        traceID = response.head["lambda-runtime-trace-id"]
        event = response.body
    }

    /// When the work has to stop so that there is time to answer.
    ///
    /// - Parameter margin: how long before the deadline; at most half of what is left, so that a short time-out leaves time for work.
    /// - Returns: nil where Lambda sets no deadline.
    func end(margin: Duration, now: Timestamp = WallClock.now) -> ContinuousClock.Instant? {
        guard let deadline else { return nil }
        // A deadline years away is none that a clock could reach; the difference must not overflow.
        let (difference, overflow) = deadline.subtractingReportingOverflow(now.milliseconds)
        let left = Duration.milliseconds(min(max(overflow ? 0 : difference, 0), 86_400_000))
        return .now + left - min(margin, left / 2)
    }
}

/// Why an invocation, or the start of the function, failed: what Lambda is told.
struct FunctionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `Category.Reason`, as Lambda wants it.
    struct Kind: RawRepresentable, Sendable, Hashable {
        let rawValue: String
        init(rawValue: String) { self.rawValue = rawValue }

        /// The event is none that Sluice reads.
        static let unreadableEvent = Kind(rawValue: "Sluice.UnreadableEvent")
        /// Records must come again, and only a failure can say so.
        static let recordsToRetry = Kind(rawValue: "Sluice.RecordsToRetry")
        /// The event comes from where the function itself writes to.
        static let loop = Kind(rawValue: "Sluice.Loop")
        /// Sluice lost count of records.
        static let `internal` = Kind(rawValue: "Sluice.InternalError")
        /// What was to be saved is not of the form that is saved, or contradicts what is there. Nothing was saved.
        static let refused = Kind(rawValue: "Sluice.Refused")
        /// The event table cannot be reached.
        static let notSaved = Kind(rawValue: "Sluice.NotSaved")
        /// The configuration is missing or wrong.
        static let configuration = Kind(rawValue: "Sluice.ConfigurationError")
    }

    var kind: Kind
    var message: String
    /// What there is to say one by one: a configuration's mistakes.
    var trace: [String] = []

    var description: String { message }

    /// The body that the Runtime API takes.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.write(raw: "{\"errorMessage\":")
        writer.write(string: message)
        writer.write(raw: ",\"errorType\":")
        writer.write(string: kind.rawValue)
        writer.write(raw: ",\"stackTrace\":[")
        for (place, line) in trace.enumerated() {
            if place > 0 { writer.write(raw: ",") }
            writer.write(string: line)
        }
        writer.write(raw: "]}")
        return writer.array
    }
}
