// SPDX-License-Identifier: Apache-2.0

public import EventPatterns
public import StreamRecords

/// A way for records to sinks: which records take it, in which form they go, and where to.
public struct Route: Sendable, Hashable {
    /// What the configuration calls it; `route 3` where it has no name.
    public var name: String

    /// A record takes the route if it meets all of them. Without any, every record does.
    public var conditions: [RouteCondition]

    /// The form in which a record's text reaches the sinks.
    public var envelope: Envelope

    /// What the sinks must not see of a record; absent: they see all of it.
    public var redaction: Redaction?

    /// The names of the sinks.
    public var to: [String]

    public init(
        name: String, conditions: [RouteCondition] = [], envelope: Envelope = .plain, redaction: Redaction? = nil, to: [String]
    ) {
        self.name = name
        self.conditions = conditions
        self.envelope = envelope
        self.redaction = redaction
        self.to = to
    }

    /// Whether records of this source and operation can take the route: whether they meet all conditions that look at no values.
    public func mayTake(_ source: RecordSource, _ operation: Operation?) -> Bool {
        conditions.allSatisfy { $0.mayBeMet(by: source, operation) }
    }

    /// Whether records of any source and operation can take the route.
    var isOpen: Bool {
        conditions.allSatisfy { condition in
            switch condition {
            case .event, .eventOtherThan: true
            case .kind, .source, .operation, .changed, .was, .becomes: false
            }
        }
    }

    /// Whether the route asks for a record's values.
    public var looksAtValues: Bool { conditions.contains { $0.looksAtValues } }
}

/// One condition of a route.
///
/// The first ones look at a record's source and operation alone, which few records of a batch differ in; the pipeline decides once for each such
/// pair. The others look at each record's values.
public enum RouteCondition: Sendable, Hashable {
    /// The record is of one of these kinds.
    case kind([Record.Kind])
    /// The record is of this kind, and the name of its source (table, log group, queue, bus) fits one of the patterns.
    case source(Record.Kind, [NamePattern])
    /// The record is a change, and its operation fits one of the patterns.
    case operation([NamePattern])
    /// What AWS sent matches an EventBridge pattern.
    case event(EventPattern)
    /// What AWS sent does not match an EventBridge pattern.
    case eventOtherThan(EventPattern)
    /// The record is a change with both images, and one of these values differs between them.
    case changed([AttributePath])
    /// The record is a change, and the plain values of the item before it match a pattern; of a new item there are none.
    case was(EventPattern)
    /// The record is a change, and the plain values of the item after it match a pattern; of a removed item there are none.
    case becomes(EventPattern)

    /// Whether records of this source and operation can meet it.
    public func mayBeMet(by source: RecordSource, _ operation: Operation?) -> Bool {
        switch self {
        case .kind(let kinds): kinds.contains(source.kind)
        case .source(let kind, let patterns): source.kind == kind && patterns.contains { $0.matches(source.name) }
        case .operation(let patterns):
            operation.map { operation in patterns.contains { $0.matches(operation.rawValue) } } ?? false
        case .event, .eventOtherThan: true
        case .changed, .was, .becomes: source.kind == .change
        }
    }

    /// Whether it asks for a record's values.
    public var looksAtValues: Bool {
        switch self {
        case .kind, .source, .operation: false
        case .event, .eventOtherThan, .changed, .was, .becomes: true
        }
    }
}
