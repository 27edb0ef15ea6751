// SPDX-License-Identifier: Apache-2.0

/// What a row of the event table tells about.
public enum EventKind: String, Sendable, Hashable, CaseIterable {
    /// One execution of a function.
    case invocation
    /// One change of an item of a DynamoDB table.
    case change
    /// Log lines. A store may keep them in rows of their own kind (DynamoDB) or beside the rows (SQLite).
    case log
    /// One message of a queue.
    case message
    /// One event of a bus.
    case event
}

/// The key of a row: partition key `aws_request_id`, sort key `FunctionName`.
public struct EventKey: Sendable, Hashable {
    /// Column `aws_request_id`: an execution's request id, or the id of a change, message or event.
    public let id: String
    /// Column `FunctionName`: the function's bare name, or the name of the table, queue or bus.
    public let name: String

    /// A key as it stands in the table; nothing is normalised.
    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    /// The key of an execution. The function may be given by name, alias, version or ARN.
    public init(requestID: String, function: FunctionName) {
        self.init(id: requestID, name: function.name)
    }
}
