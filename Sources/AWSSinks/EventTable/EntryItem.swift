// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// A change, message or event as items: the head, and the parts of what is too large for it.
struct EntryItem: Sendable {
    let head: AttributeMap
    let parts: [AttributeMap]

    init(_ entry: EventEntry) throws(Gzip.Failure) {
        var head: AttributeMap = [
            TableLayout.id: .string(entry.key.id), TableLayout.name: .string(entry.key.name), "kind": .string(entry.kind.rawValue),
            TableLayout.sort: .string(TableLayout.sort(entry.sort)),
        ]
        if let operation = entry.operation { head["op"] = .string(operation.cut(toBytes: 255)) }
        if let subject = entry.subject { head["subject"] = .string(TableLayout.subject(subject)) }
        if let causedBy = entry.causedBy { head["caused_by"] = .string(causedBy) }
        if let expiresAt = entry.expiresAt { head[TableLayout.expiry] = .number(DynamoDBNumber(expiresAt)) }
        var parts: [AttributeMap] = []
        for (name, text) in [("keys", entry.keys), ("changed", entry.changed), ("payload", entry.payload)] {
            guard let text else { continue }
            let stored = try StoredText(text, as: name, of: entry.key.id, expiresAt: entry.expiresAt)
            head[stored.attribute.name] = stored.attribute.value
            parts += stored.parts
        }
        self.head = head
        self.parts = parts
    }
}

#endif
