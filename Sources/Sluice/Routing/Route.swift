// SPDX-License-Identifier: Apache-2.0

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

    /// Whether a record of this source and operation meets all the conditions.
    public func matches(_ source: RecordSource, _ operation: Operation?) -> Bool {
        conditions.allSatisfy { $0.matches(source, operation) }
    }
}

/// One condition of a route.
///
/// All conditions so far look at a record's source and operation alone, which few records of a batch differ in; the
/// pipeline decides once for each such pair. A condition on a record's values will be asked for each record.
public enum RouteCondition: Sendable, Hashable {
    /// The record is of one of these kinds.
    case kind([Record.Kind])
    /// The record is of this kind, and the name of its source (table, log group, queue, bus) fits one of the patterns.
    case source(Record.Kind, [NamePattern])
    /// The record is a change, and its operation fits one of the patterns.
    case operation([NamePattern])

    public func matches(_ source: RecordSource, _ operation: Operation?) -> Bool {
        switch self {
        case .kind(let kinds): kinds.contains(source.kind)
        case .source(let kind, let patterns): source.kind == kind && patterns.contains { $0.matches(source.name) }
        case .operation(let patterns):
            operation.map { operation in patterns.contains { $0.matches(operation.rawValue) } } ?? false
        }
    }
}
