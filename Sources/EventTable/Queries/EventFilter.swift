// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

extension EventQuery {
    /// What selected rows must be besides.
    public struct Filter: Sendable, Hashable {
        /// The bare name of the function, table, queue or bus.
        public var name: String?
        /// How an execution stands.
        public var status: Invocation.Status?
        /// An execution's verdict (`valid`, `invalid`).
        public var verdict: String?

        public init(name: String? = nil, status: Invocation.Status? = nil, verdict: String? = nil) {
            self.name = name
            self.status = status
            self.verdict = verdict
        }

        /// Nothing is left out.
        public static let all = Filter()

        /// Whether a row is wanted.
        public func admits(_ row: EventRow, at now: Timestamp) -> Bool {
            if let name, row.key.name != name { return false }
            if status == nil, verdict == nil { return true }
            guard case .invocation(let invocation) = row else { return false }
            if let status, invocation.status(at: now) != status { return false }
            return verdict.map { $0 == invocation.verdict?.validity } ?? true
        }
    }

    /// Executions by any of function, status and verdict, through the index that leaves the fewest rows to look at.
    /// - Throws: ``EventQueryError`` where none of them has an index: executions that went well are found by their function only.
    public static func executions(
        function: FunctionName? = nil, status: Invocation.Status? = nil, verdict: Judgement.Validity? = nil, range: TimeRange = .all,
        descending: Bool = true, limit: Int = 100, after cursor: EventCursor? = nil
    ) throws(EventQueryError) -> EventQuery {
        let filter = Filter(name: function?.name, status: status, verdict: verdict?.rawValue)
        let selection: Selection
        switch (verdict, status, function) {
        case (let verdict?, _, _): selection = .verdict(verdict.rawValue)
        case (nil, .error, _): selection = .problem(.error)
        case (nil, .timeout, _): selection = .problem(.timeout)
        case (nil, _, let function?): selection = .function(function)
        case (nil, let status?, nil):
            throw EventQueryError("executions with the status \(status.rawValue) are listed by function only: name one")
        case (nil, nil, nil):
            throw EventQueryError("executions are listed by function, by the status error or timeout, or by verdict: name one of them")
        }
        return EventQuery(selection, filter: filter, range: range, descending: descending, limit: limit, after: cursor)
    }
}

/// Why there is no such listing.
public struct EventQueryError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
