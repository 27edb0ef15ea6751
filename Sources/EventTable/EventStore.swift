// SPDX-License-Identifier: Apache-2.0

/// One thing to be written into the event table.
public enum EventWrite: Sendable, Hashable {
    /// A change, message or event: put if it is absent.
    case put(EventEntry)
    /// Facts about an execution, added to what its row tells by the rules of ``Invocation/merge(_:)``.
    case note(Invocation)
    /// A log line: put if it is absent.
    case line(LogLine)
}

/// What became of a write.
public enum WriteAnswer: Sendable, Hashable {
    /// The table has changed.
    case written
    /// The table told all of this before.
    case alreadyThere
    /// It may succeed later; `after` is how long to wait, where the store said so.
    case retry(String, after: Duration?)
    /// It can never succeed.
    case rejected(String)
}

/// A place that keeps the event table.
///
/// ## Implementing a store
/// - Nothing is read before it is written, and every write is conditional, so that the same writes in any order, any number of
///   times, from any number of processes, give the same rows.
/// - A write that was answered is still there after the process is killed.
/// - Function names reach the store normalised, see ``FunctionName``.
/// - Rows whose `expires_at` lies in the past are not returned, even where they are still stored.
public protocol EventStore: Sendable {
    /// Writes a batch and answers for each of its writes at the same index. A throw means that nothing is known of any of them, and all are
    /// to be written again. Facts about one execution that stand in one batch may be added up first, and lines be put together; they then
    /// share one answer.
    /// - Parameter deadline: when the answer must be there; what is not written by then is to be retried.
    func write(_ writes: [EventWrite], deadline: ContinuousClock.Instant?) async throws -> [WriteAnswer]

    /// Saves an invocation as somebody recorded it: params, response, source and function error, beside what logs tell of the same execution.
    /// What the row does not tell yet is added; where it tells something else, nothing at all is written.
    func save(_ invocation: Invocation) async throws -> SaveAnswer

    /// Keeps a judgement of an execution, in one transaction with the execution's verdict, which is the latest judgement. Where there is no such
    /// execution, none is made.
    func judge(_ key: EventKey, _ judgement: Judgement) async throws -> JudgeAnswer

    /// All judgements of an execution, in order of time.
    func judgements(of key: EventKey) async throws -> [Judgement]

    /// Puts a rerun under its key and its original's id, where there is none or one that was refused.
    func begin(_ rerun: Rerun) async throws -> RerunStart

    /// Replaces a rerun where it is in a state, and tells whether it was.
    func advance(_ rerun: Rerun, from state: Rerun.State) async throws -> Bool

    /// The rerun under a key, of an execution.
    func rerun(key: String, of id: String) async throws -> Rerun?

    /// All rows with this id, in order of their sort keys: an id is unique within a function, table, queue or bus, and rarely
    /// occurs in two.
    func rows(id: String) async throws -> [EventRow]

    /// A page of rows, in order of their sort keys.
    func page(_ query: EventQuery) async throws -> EventPage

    /// The log lines of an execution in order of time, those between its START and END that name no execution among them.
    /// - Parameter limit: The number of lines that are returned at most; the page tells whether there are more.
    func logLines(requestID: String, limit: Int) async throws -> LogLinePage

    /// Counts and figures over all rows whose time lies in a range.
    /// - Parameter scanning: whether all of the table may be read for it, where that is the only way and costs money.
    /// - Throws: ``EventStoreError/Code/notAvailable`` where it may not.
    func statistics(_ range: TimeRange, scanning: Bool) async throws -> EventStatistics

    /// Ends the store's work and gives its resources back. Nothing may be asked of it afterwards.
    func close() async throws
}

extension EventStore {
    /// Counts and figures, where they need no scan.
    public func statistics(_ range: TimeRange) async throws -> EventStatistics { try await statistics(range, scanning: false) }

    /// Writes a batch without a deadline.
    public func write(_ writes: [EventWrite]) async throws -> [WriteAnswer] { try await write(writes, deadline: nil) }
}

/// Why a store cannot be opened, written or read.
public struct EventStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More may come with later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name of a table cannot be understood.
        public static let badName = Code(rawValue: "badName")
        /// There is no such table.
        public static let missing = Code(rawValue: "missing")
        /// The table is there and cannot be opened.
        public static let cannotOpen = Code(rawValue: "cannotOpen")
        /// What is there is something else, or damaged.
        public static let notAnEventTable = Code(rawValue: "notAnEventTable")
        /// The table was written by a newer version of this program.
        public static let tooNew = Code(rawValue: "tooNew")
        /// Somebody else holds the table for too long. Trying again may help.
        public static let busy = Code(rawValue: "busy")
        /// This kind of store cannot answer what was asked.
        public static let notAvailable = Code(rawValue: "notAvailable")
        /// What was to be written does not fit into the table, and never will.
        public static let rejected = Code(rawValue: "rejected")
        /// Reading or writing failed.
        public static let failed = Code(rawValue: "failed")
    }

    public let code: Code
    /// What happened, in words, with the name of the table.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
