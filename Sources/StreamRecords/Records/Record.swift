// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// One change, log event, message or event: a place in a ``RecordBatch``, whose parts are decoded when they are asked for.
///
/// A record is sound: what is of the wrong shape never becomes one, see ``RecordBatch/undecodable``.
public struct Record: Sendable, Identifiable {
    /// What kind of thing happened.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A change of an item in a DynamoDB table.
        case change
        /// A line of a log.
        case log
        /// A message of a queue.
        case message
        /// An event of a bus.
        case event
    }

    /// What identifies a record, also when it is delivered again.
    public struct ID: Sendable, Hashable, CustomStringConvertible {
        /// The ARN or name of the table, log group, queue or bus.
        public let source: String
        /// eventID, log event id, messageId, event id; a hash where the source gives none.
        public let id: String

        public init(source: String, id: String) {
            self.source = source
            self.id = id
        }

        public var description: String { "\(source)/\(id)" }
    }

    let storage: RecordBatch.Storage
    let index: Int

    var slot: Slot { storage.slots[index] }

    /// There for a record that was redacted: what its parts no longer tell.
    private var origin: RecordOrigin? { storage.origins.isEmpty ? nil : storage.origins[index] }

    // MARK: Common to all kinds

    public var kind: Kind { storage.brief(index).kind }

    public var source: RecordSource { storage.sources.entries[Int(storage.brief(index).source)].source }

    public var id: ID { ID(source: source.identity, id: idText) }

    /// The id alone.
    public var idText: String {
        if let origin { return origin.id }
        let slot = slot
        return string(slot.id, slot.document) ?? derivedID
    }

    /// When it happened, as the source tells it.
    public var time: Timestamp? { slot.time == Slot.noTime ? nil : Timestamp(milliseconds: slot.time) }

    /// What the source has to be told when the record must come again; nil where the source takes no answer for single records.
    public var position: Position? {
        if let origin { return origin.position }
        let slot = slot
        guard let text = string(slot.position, slot.positionDocument) else { return nil }
        let isMessage = slot.kind == .message || (slot.kind == .event && slot.rawDocument != slot.document)
        return Position(kind: isMessage ? .messageID : .sequenceNumber, text: text)
    }

    /// In which order it has to stay with others: nil where none is promised.
    public var orderingKey: OrderingKey? {
        if let origin { return origin.orderingKey }
        return switch kind {
        case .change: (storage.keysAlone(index) ?? keys).map { OrderingKey(orderingText(of: $0)) }
        case .log: OrderingKey("\(source.account ?? "")/\(source.name)/\(source.logStream ?? "")")
        case .message: string(slot.group, slot.document).map { OrderingKey("\(source.identity)#\($0)") }
        // A bus promises no order; a FIFO queue that carries its events does.
        case .event: string(slot.group, slot.rawDocument).map { OrderingKey("fifo#\($0)") }
        }
    }

    private func orderingText(of keys: Image) -> String {
        // Of the table, by its ARN, most keys take less than this.
        var writer = JSONWriter(capacity: 256)
        writer.write(raw: storage.sources.entries[Int(storage.brief(index).source)].source.identity)
        writer.write(byte: UInt8(ascii: "#"))
        keys.writeCanonical(into: &writer)
        return writer.text
    }

    /// The record as it was received; for a log event, a subscription document with that event alone.
    public var rawBytes: [UInt8] {
        var writer = JSONWriter()
        writeRaw(into: &writer)
        return writer.array
    }

    /// Writes the record as it was received.
    public func writeRaw(into writer: inout JSONWriter) {
        RecordRenderer.raw(storage.index, slot, onOneLine: false, into: &writer)
    }

    /// Writes the record as one JSON object on one line, without the newline.
    public func write(_ envelope: Envelope, into writer: inout JSONWriter) {
        var renderer = RecordRenderer()
        renderer.write(envelope, storage, index, into: &writer)
    }

    /// A copy that no longer keeps the other records of its batch in memory.
    public func detached() -> Record {
        guard storage.origins.isEmpty else { return self }
        var raw = JSONWriter()
        writeRaw(into: &raw)
        let limits = storage.index.limits
        let document = JSONDocument.index(raw.finish(), framing: .single, limits: limits.json).document
        guard !document.roots.isEmpty else { return self }
        var decoder = EnvelopeDecoder(document, offset: 0, limits: limits, payloadBudget: .max)
        decoder.decode(raw: document.root, of: kind)
        let batch = RecordBatch(decoder.finish())
        // The same bytes decode to the same record, whose position may have stood around it.
        guard batch.count == 1, batch[0].kind == kind, batch[0].position == position, batch[0].source == source else { return self }
        return batch[0]
    }

    // MARK: Changes

    /// What happened to the item; nil for other kinds, and where neither a name nor images tell.
    public var operation: Operation? {
        let brief = storage.brief(index)
        guard brief.kind == .change else { return nil }
        switch brief.operation {
        case .insert: return .insert
        case .modify: return .modify
        case .remove: return .remove
        case .other: return string(slot.name, slot.document).map(Operation.init(rawValue:))
        case .none: return nil
        }
    }

    /// The name of the table, where the record tells it.
    public var table: String? { name(.change) }

    /// The sequence number: decimal digits, growing within a shard. Compare by length, then as text.
    public var sequenceNumber: String? { kind == .change ? string(slot.sequence, slot.document) : nil }

    /// The item's key attributes.
    public var keys: Image? { kind == .change ? image(slot.keys) : nil }

    /// The item after the change; nil for a removal.
    public var newImage: Image? { kind == .change ? image(slot.new) : nil }

    /// The item before the change; nil for an insertion.
    public var oldImage: Image? { kind == .change ? image(slot.old) : nil }

    /// Whether DynamoDB's TTL removed the item.
    public var isExpired: Bool { kind == .change && slot.flags.contains(.expired) }

    /// What the item is called in the event table: `Products#{"Id":5}`, the keys in the order of their names, numbers in their normal form.
    public var subject: String? {
        guard let keys else { return nil }
        return "\(source.name)#\(keys.canonicalJSON)"
    }

    /// The names of the top-level attributes whose value differs between the images: in the new image's order, then what only the old one had.
    public var changedAttributes: [String] {
        if let origin {
            guard let names = origin.changed, case .array(let list)? = try? JSONValue(parsing: [0x5B] + names + [0x5D]) else { return [] }
            return list.compactMap(\.stringValue)
        }
        guard let old = oldImage?.attributes, let new = newImage?.attributes else { return [] }
        return new.filter { old[$0.name] != $0.value }.map(\.name) + old.filter { !new.contains($0.name) }.map(\.name)
    }

    // MARK: Log events

    public var logGroup: String? { name(.log) }
    public var logStream: String? { kind == .log ? source.logStream : nil }

    /// The text of a log event.
    public var message: String? { kind == .log ? string(slot.message, slot.document) : nil }

    /// The fields that the subscription's filter pattern took out of the line.
    public var extractedFields: JSONValue? {
        let slot = slot
        guard slot.kind == .log, !slot.fields.isNone else { return nil }
        return value(slot.fields, slot.document)
    }

    /// What the line tells of a Lambda execution.
    public var lambda: LambdaLogLine? {
        guard let message, let source = Optional(source) else { return nil }
        return LambdaLogLine(message, group: source.name, stream: source.logStream ?? "")
    }

    // MARK: Messages

    /// The name of the queue.
    public var queue: String? { name(.message) }

    /// The text of a message; of an SNS notification, the text that was published.
    public var body: String? {
        let slot = slot
        return slot.kind == .message ? string(slot.message, slot.messageDocument) : nil
    }

    /// The body as JSON, where it is JSON.
    public var jsonBody: JSONValue? {
        let slot = slot
        guard slot.kind == .message, !slot.body.isNone else { return nil }
        return value(slot.body, slot.bodyDocument)
    }

    /// The group of a FIFO queue's message.
    public var messageGroup: String? { kind == .message ? string(slot.group, slot.document) : nil }

    // MARK: Events

    /// The name of the bus, where it is known; events don't tell it.
    public var bus: String? { name(.event) }

    /// Who sent the event: its `source`.
    public var eventSource: String? { kind == .event ? string(slot.eventSource, slot.document) : nil }

    public var detailType: String? { kind == .event ? string(slot.name, slot.document) : nil }

    public var detail: JSONValue? {
        let slot = slot
        guard slot.kind == .event, !slot.detail.isNone else { return nil }
        return value(slot.detail, slot.document)
    }

    // MARK: Inside

    private func name(_ kind: Kind) -> String? {
        guard self.kind == kind else { return nil }
        let name = source.name
        return name.isEmpty ? nil : name
    }

    private func string(_ node: JSONNode, _ document: Int32) -> String? {
        guard !node.isNone else { return nil }
        let document = storage.documents[Int(document)]
        return document.view(node).string
    }

    private func value(_ node: JSONNode, _ document: Int32) -> JSONValue {
        let document = storage.documents[Int(document)]
        return JSONValue(document.view(node))
    }

    private func image(_ node: JSONNode) -> Image? {
        node.isNone ? nil : Image(document: storage.documents[Int(slot.document)], node: node)
    }

    /// What stands for an id where the source gives none: a hash of all that tells this record from others.
    private var derivedID: String {
        var hash = StableHash()
        hash.add(source.identity)
        hash.add(time?.milliseconds.description ?? "")
        switch kind {
        case .change:
            hash.add(keys?.canonicalJSON ?? "")
            hash.add(sequenceNumber ?? "")
        case .log:
            hash.add(source.logStream ?? "")
            hash.add(message ?? "")
        case .message:
            hash.add(body ?? "")
        case .event:
            hash.add(eventSource ?? "")
            hash.add(detailType ?? "")
            hash.add(detail?.text ?? "")
        }
        return hash.text
    }
}

/// A hash of 128 bits that is the same in every run and on every machine: FNV-1a. Not for secrets.
struct StableHash {
    private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF)  // no UTF-8 has this byte, so parts cannot run into one another
    }

    private mutating func add(_ byte: UInt8) {
        state ^= UInt128(byte)
        state = state &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }

    /// 32 hexadecimal digits.
    var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
