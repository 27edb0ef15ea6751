// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// A range of time, its end not included. A row without a time lies before every time.
public struct TimeRange: Sendable, Hashable {
    public var from: Timestamp?
    public var until: Timestamp?

    public init(from: Timestamp? = nil, until: Timestamp? = nil) {
        self.from = from
        self.until = until
    }

    /// All rows, those without a time among them.
    public static let all = TimeRange()
}

/// What to list. Each way to list has an index in every store.
public struct EventQuery: Sendable, Hashable {
    public enum Selection: Sendable, Hashable {
        /// What happened to an item, `Products#{"Id":5}`.
        case subject(String)
        /// The executions of a function.
        case function(FunctionName)
        /// The executions that failed in this way.
        case problem(Invocation.Problem)
        /// The executions with this verdict (`valid`, `invalid`).
        case verdict(String)
    }

    public var selection: Selection
    /// Which of the selected rows are wanted.
    public var filter: Filter
    public var range: TimeRange
    /// The latest first.
    public var descending: Bool
    /// How many rows a page holds at most.
    public var limit: Int
    /// Where the page before ended.
    public var cursor: EventCursor?

    public init(
        _ selection: Selection, filter: Filter = .all, range: TimeRange = .all, descending: Bool = false, limit: Int = 100,
        after cursor: EventCursor? = nil
    ) {
        self.selection = selection
        self.filter = filter
        self.range = range
        self.descending = descending
        self.limit = limit
        self.cursor = cursor
    }
}

/// The place of a row in a listing, from which the next page goes on.
public struct EventCursor: Sendable, Hashable {
    public let sort: String
    public let key: EventKey

    public init(sort: String, key: EventKey) {
        self.sort = sort
        self.key = key
    }
}

/// Some rows of a listing. Where a filter passes few rows, a page may have fewer than were asked for, even none, and yet not be the last.
public struct EventPage: Sendable, Hashable {
    public var rows: [EventRow]
    /// Where to go on; nil at the end.
    public var next: EventCursor?

    public init(rows: [EventRow], next: EventCursor?) {
        self.rows = rows
        self.next = next
    }
}

/// The first lines of an execution.
public struct LogLinePage: Sendable, Hashable {
    public var lines: [LogLine]
    /// Whether these are all.
    public var isComplete: Bool

    public init(lines: [LogLine], isComplete: Bool) {
        self.lines = lines
        self.isComplete = isComplete
    }
}

extension EventStore {
    /// All rows of a selection, page by page, in order.
    public func forEachRow(
        _ query: EventQuery, _ body: (EventRow) async throws -> Void
    ) async throws {
        var query = query
        repeat {
            let page = try await page(query)
            for row in page.rows { try await body(row) }
            query.cursor = page.next
        } while query.cursor != nil
    }
}
