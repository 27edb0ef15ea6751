// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords
internal import Synchronization

/// Makes the message that a record becomes.
struct MessageComposer: Sendable {
    let isFIFO: Bool
    let hasAttributes: Bool
    /// Of one message, as the queue has it.
    let maximumBytes: Int
    private let attributes = KnownAttributes()

    init(isFIFO: Bool, hasAttributes: Bool, maximumBytes: Int) {
        self.isFIFO = isFIFO
        self.hasAttributes = hasAttributes
        self.maximumBytes = maximumBytes
    }

    /// - Parameter id: what tells the message from the others of its call.
    func compose(_ delivery: Delivery, id: String) -> Preparation<SQS.SendEntry> {
        let part = delivery.payloadPart
        let text = MessageText(part.bytes, part.range)
        if text.count == 0 { return .rejected("the record's text is empty, which SQS does not take") }
        if !SQS.isSendable(text) {
            let bad = text.string.unicodeScalars.first { !SQS.isSendable(String($0)) }
            let code = bad.map { String($0.value, radix: 16, uppercase: true) } ?? "?"
            return .rejected("the record's text has the character U+\(code), which SQS does not take")
        }
        let record = delivery.record
        var entry = SQS.SendEntry(id: id, text: text)
        if hasAttributes { entry.attributeSet = attributes.of(record) }
        if isFIFO {
            entry.deduplicationID = MessageComposer.deduplicationID(of: record)
            entry.groupID = MessageComposer.identifier(delivery.orderingKey?.text ?? record.idText)
        }
        let bytes = SQS.size(of: entry)
        if bytes > maximumBytes { return .rejected("the message has \(bytes) bytes with its attributes, and the queue takes at most \(maximumBytes)") }
        return .ready(entry, bytes: bytes)
    }

    /// What a queue knows a record by that it has already. AWS gives the id of a change or a log line to no other; that of a message or an event may come from
    /// whoever sent it, and stands for it only within its queue or bus.
    static func deduplicationID(of record: Record) -> String {
        switch record.kind {
        case .change, .log: identifier(record.idText)
        case .message, .event: Digest.hexadecimal("\(record.source.identity.utf8.count) \(record.source.identity) \(record.idText)")
        }
    }

    /// The text where SQS takes it as a group's or deduplication id, else its SHA-256 in hexadecimal digits.
    static func identifier(_ text: String) -> String {
        SQS.isID(text) ? text : Digest.hexadecimal(text)
    }
}

/// The attributes of records: `kind`, `table`, `op`. Records of few tables come again and again, so they are kept.
private final class KnownAttributes: Sendable {
    private struct Origin: Hashable {
        let kind: Record.Kind
        let operation: Operation?
        let table: String?
    }

    /// More are only in use where tables are without number; then everything is made anew.
    private static let most = 32

    /// So few that looking at one after another is faster than hashing names.
    private let known = Mutex<[(origin: Origin, attributes: AttributeSet)]>([])

    func of(_ record: Record) -> AttributeSet {
        let origin = Origin(kind: record.kind, operation: record.operation, table: record.table)
        return known.withLock { known in
            if let place = known.firstIndex(where: { $0.origin == origin }) { return known[place].attributes }
            if known.count >= KnownAttributes.most { known.removeAll() }
            let attributes = KnownAttributes.make(origin)
            known.append((origin, attributes))
            return attributes
        }
    }

    private static func make(_ origin: Origin) -> AttributeSet {
        var attributes: [String: SQS.Attribute] = ["kind": .string(origin.kind.rawValue)]
        for (name, value) in [("table", origin.table), ("op", origin.operation?.rawValue)] {
            // A value that SQS would refuse is in the body all the same.
            if let value, SQS.isSendable(value) { attributes[name] = .string(value) }
        }
        return AttributeSet(attributes)
    }
}
#endif
