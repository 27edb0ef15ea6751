// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// A row of the event table, as it is read.
public enum EventRow: Sendable, Hashable {
    /// A change, a message or an event.
    case entry(EventEntry)
    /// An execution.
    case invocation(Invocation)

    public var key: EventKey {
        switch self {
        case .entry(let entry): entry.key
        case .invocation(let invocation): invocation.key
        }
    }

    public var kind: EventKind {
        switch self {
        case .entry(let entry):
            switch entry.kind {
            case .change: .change
            case .message: .message
            case .event: .event
            }
        case .invocation: .invocation
        }
    }

    /// Column `sort`, see ``SortKey``.
    public var sort: String {
        switch self {
        case .entry(let entry): entry.sort
        case .invocation(let invocation): invocation.sort
        }
    }

    /// When it happened, if that is known.
    public var time: Timestamp? { SortKey.time(of: sort) }
}
