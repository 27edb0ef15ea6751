// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// What is known of one execution: facts to be written, or the row that they have made.
///
/// Facts come in any order and any number of times (logs are delivered at least once, an asynchronous retry keeps the request
/// id), and nothing is read before it is written. So each fact is either kept as it was first told, or is the least or the
/// greatest of what was told, and ``merge(_:)`` gives the same in every order. Every store follows the same rules.
public struct Invocation: Sendable, Hashable {
    /// Request id and bare function name.
    public var key: EventKey
    /// Column `sort`: the earliest time at which the execution was seen, `#`, the request id.
    public var sort: String
    /// Column `qualifier`: version or alias that ran. The least in byte order, if several did.
    public var qualifier: String?
    /// Column `params`: the input, JSON text.
    public var params: String?
    /// Column `response`: the output, JSON text.
    public var response: String?
    /// Column `source`: the execution that caused this one.
    public var source: String?
    /// Column `function_error`: what an invocation answered in `X-Amz-Function-Error` (`Handled`, `Unhandled`).
    public var functionError: String?
    /// What the latest REPORT line told.
    public var report: Report?
    /// What went wrong, if something did.
    public var failure: Failure?
    /// Column `log_minutes`: where its log lines stand, for stores that do not find them by the execution's id.
    public var logMinutes: Set<LogMinute> = []
    /// A person's verdict on the execution.
    public var verdict: Verdict?
    /// Column `expires_at`: when the row may go, in seconds since 1970. The latest counts.
    public var expiresAt: Int64?

    /// An execution that was seen at a time, and of which nothing more is known yet.
    public init(key: EventKey, seen time: Timestamp) {
        self.key = key
        sort = SortKey.text(time: time, id: key.id)
    }

    /// An execution as a store has it.
    public init(key: EventKey, sort: String) {
        self.key = key
        self.sort = sort
    }

    /// The earliest time at which the execution was seen.
    public var time: Timestamp? { SortKey.time(of: sort) }

    /// The figures of a REPORT line.
    public struct Report: Sendable, Hashable {
        /// Column `report_at`: the line's time. Of several reports (of retries) the latest counts.
        public var at: Timestamp
        /// Column `duration_ms`, milliseconds.
        public var durationMS: Double?
        /// Column `billed_ms`, milliseconds.
        public var billedMS: Double?
        /// Column `init_ms`, milliseconds: there for a cold start.
        public var initMS: Double?
        /// Column `memory_mb`: the memory that the function may take, MB.
        public var memoryMB: Int?
        /// Column `max_memory_mb`: the memory that it took, MB.
        public var maxMemoryMB: Int?
        /// Column `report_status`: `success`, `error`, `failure`, `timeout`; older text reports have none.
        public var status: String?

        public init(
            at: Timestamp, durationMS: Double? = nil, billedMS: Double? = nil, initMS: Double? = nil, memoryMB: Int? = nil,
            maxMemoryMB: Int? = nil, status: String? = nil
        ) {
            self.at = at
            self.durationMS = durationMS
            self.billedMS = billedMS
            self.initMS = initMS
            self.memoryMB = memoryMB
            self.maxMemoryMB = maxMemoryMB
            self.status = status.nonEmpty
        }

        /// Whether this report is to be kept, and the other given up: the later one; of two at the same millisecond the one
        /// with the greater figures, so that the choice never depends on which came first.
        func supersedes(_ other: Report) -> Bool {
            if at != other.at { return at > other.at }
            let mine = [durationMS, billedMS, initMS, memoryMB.map(Double.init), maxMemoryMB.map(Double.init)]
            let its = [other.durationMS, other.billedMS, other.initMS, other.memoryMB.map(Double.init), other.maxMemoryMB.map(Double.init)]
            for (a, b) in zip(mine, its) where a != b { return (a ?? -1) > (b ?? -1) }
            return (other.status ?? "").precedesInBytes(status ?? "")
        }
    }

    /// A failed execution: how, and with what error.
    public struct Failure: Sendable, Hashable {
        /// Column `problem`.
        public var problem: Problem
        /// Column `problem_at`: the time of the line that told it.
        public var at: Timestamp
        /// Column `error_type`.
        public var errorType: String?
        /// Column `error_message`.
        public var errorMessage: String?

        public init(_ problem: Problem, at: Timestamp, errorType: String? = nil, errorMessage: String? = nil) {
            self.problem = problem
            self.at = at
            self.errorType = errorType.nonEmpty
            self.errorMessage = errorMessage.nonEmpty
        }

        /// Whether this failure is to be kept, and the other given up. That an execution ran out of time says more than that it
        /// wrote an error before; else the first failure is the cause of what follows; of two at the same millisecond the one that
        /// tells more (a REPORT repeats a time-out without a message).
        func supersedes(_ other: Failure) -> Bool {
            if problem != other.problem { return problem == .timeout }
            if at != other.at { return at < other.at }
            if errorType != other.errorType { return (other.errorType ?? "").precedesInBytes(errorType ?? "") }
            return (other.errorMessage ?? "").precedesInBytes(errorMessage ?? "")
        }
    }

    /// The ways to fail that the table tells apart.
    public enum Problem: String, Sendable, Hashable, CaseIterable {
        case error, timeout
    }

    /// A person's verdict.
    public struct Verdict: Sendable, Hashable {
        /// Column `validity`: `valid` or `invalid`.
        public var validity: String
        /// Column `validity_by`.
        public var by: String?
        /// Column `validity_at`, an ISO time.
        public var at: String?
        /// Column `validity_note`.
        public var note: String?

        public init(validity: String, by: String? = nil, at: String? = nil, note: String? = nil) {
            self.validity = validity
            self.by = by
            self.at = at
            self.note = note
        }
    }

    /// Adds what another set of facts about the same execution tells. Verdicts are not facts and stay out of it.
    public mutating func merge(_ other: Invocation) {
        if other.sort.precedesInBytes(sort) { sort = other.sort }
        if let text = other.qualifier, qualifier.map({ text.precedesInBytes($0) }) ?? true { qualifier = text }
        params = params ?? other.params
        response = response ?? other.response
        source = source ?? other.source
        functionError = functionError ?? other.functionError
        if let new = other.report, report.map({ new.supersedes($0) }) ?? true { report = new }
        if let new = other.failure, failure.map({ new.supersedes($0) }) ?? true { failure = new }
        logMinutes.formUnion(other.logMinutes)
        if let new = other.expiresAt { expiresAt = max(new, expiresAt ?? new) }
    }
}

extension Invocation {
    /// How an execution stands. Never stored: derived from the facts whenever somebody reads them.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case ok, error, timeout
        /// It has begun, and nothing told its end so far.
        case running
        /// It has begun longer ago than an execution can take, and nothing told its end.
        case unknown
    }

    /// The longest time that an execution may take: 15 minutes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
    public static let longest: Int64 = 15 * 60 * 1000

    /// The status as seen at a time.
    public func status(at now: Timestamp) -> Status {
        if let failure { return failure.problem == .timeout ? .timeout : .error }
        if functionError != nil { return .error }
        if report != nil || response != nil { return .ok }
        guard let time else { return .unknown }
        return now.milliseconds - time.milliseconds < Self.longest ? .running : .unknown
    }
}

extension String {
    /// Order of the UTF-8 bytes: the order in which databases compare text.
    func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

extension String? {
    /// Empty text told as absent: the two must not differ for a store.
    var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}
