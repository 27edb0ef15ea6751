// SPDX-License-Identifier: Apache-2.0

/// A row that is put once, if it is absent, and never changed: a change, a message or an event.
public struct EventEntry: Sendable, Hashable {
    /// The kinds of rows that are put.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case change, message, event
    }

    /// The record's id and the name of its table, queue or bus.
    public var key: EventKey
    /// Column `kind`.
    public var kind: Kind
    /// Column `sort`, see ``SortKey``.
    public var sort: String
    /// Column `op`: INSERT, MODIFY, REMOVE or what else a change called itself.
    public var operation: String?
    /// Column `subject`: the item that a change is about, `Products#{"Id":5}`.
    public var subject: String?
    /// Column `keys`: the item's key attributes as plain JSON.
    public var keys: String?
    /// Column `changed`: the names of the top-level attributes that differ, as a JSON array.
    public var changed: String?
    /// Column `payload`: the record in the plain envelope, one JSON object.
    public var payload: String
    /// Column `caused_by`: the id of the execution that caused this, where it is known.
    public var causedBy: String?
    /// Column `expires_at`: when the row may go, in seconds since 1970.
    public var expiresAt: Int64?

    public init(
        key: EventKey, kind: Kind, sort: String, operation: String? = nil, subject: String? = nil, keys: String? = nil,
        changed: String? = nil, payload: String, causedBy: String? = nil, expiresAt: Int64? = nil
    ) {
        self.key = key
        self.kind = kind
        self.sort = sort
        self.operation = operation
        self.subject = subject
        self.keys = keys
        self.changed = changed
        self.payload = payload
        self.causedBy = causedBy
        self.expiresAt = expiresAt
    }
}
