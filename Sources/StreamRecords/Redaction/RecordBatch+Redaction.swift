// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What a redacted record keeps of the one that it was made from: what tells it from others, and where it came from.
struct RecordOrigin: Sendable {
    var id: String
    var position: Position?
    /// Keys that may be hidden are a digest here.
    var orderingKey: OrderingKey?
    /// For a change with both images, the names of the attributes that differed, with quotes and commas.
    var changed: [UInt8]?
}

extension RecordBatch {
    /// The records at these places, in this order, as if AWS had never sent what is to be hidden.
    ///
    /// What comes out is a batch that knows nothing of the bytes received: whoever has it, and whatever they write of it (images, keys, the
    /// plain line, the raw record), cannot give away what was hidden. Kept are the records' ids, positions and order, and the names of
    /// changed attributes. An id that is made of a record's parts, where the source gives none, is a digest by the redaction's key where such
    /// a part may be hidden; without a key it stays the same hash, by which parts can be guessed.
    ///
    /// The ordering key of a change is a digest where a redaction touches items: the same in all of the batch, and in all runs with the same
    /// key.
    ///
    /// - Parameter ordering: makes the digests of the ordering keys. Who hands over batch after batch passes the same each time, or what one
    ///   batch happens to hide decides about the keys of all. Absent: the first of the selection that touches items.
    public func redacted(_ selection: [(place: Int, redaction: Redaction)], orderedBy ordering: Redaction? = nil) -> RecordBatch {
        let parts = storage.index
        let touching = ordering ?? selection.first { $0.redaction.touchesItems }?.redaction
        var redactors: [Redaction: RecordRedactor] = [:]
        var differences = RecordRenderer()
        var writer = JSONWriter(capacity: storage.byteCount + 64)
        var origins: [RecordOrigin] = []
        for (place, redaction) in selection {
            let slot = parts.slots[place]
            let redactor = redactors[redaction] ?? RecordRedactor(redaction)
            redactors[redaction] = redactor
            redactor.write(parts, slot, into: &writer)
            writer.write(byte: 0x0A)
            origins.append(origin(of: place, slot, redaction, redactor, touching, &differences))
        }
        let document = JSONDocument.index(writer.finish(), framing: .sequence, limits: parts.limits.json).document
        var decoder = EnvelopeDecoder(document, offset: 0, limits: parts.limits, payloadBudget: .max)
        var slots: [Slot] = []
        for (number, (place, _)) in selection.enumerated() {
            let original = parts.slots[place]
            let before = decoder.slots.count
            if number < document.roots.count { decoder.decode(raw: document.roots[number], of: original.kind) }
            guard decoder.slots.count == before + 1, let slot = decoder.slots.last, slot.kind == original.kind else {
                // Cannot happen, as a redacted record keeps its shape. If it did, a record without content is better than one with too much.
                slots.append(decoder.blank(like: original))
                continue
            }
            var kept = slot
            kept.operation = original.operation
            slots.append(kept)
        }
        let index = RecordIndex(documents: decoder.documents, slots: slots, sources: decoder.sources, json: parts.json)
        return RecordBatch(Storage(index, origins: origins))
    }

    private func origin(
        of place: Int, _ slot: Slot, _ redaction: Redaction, _ redactor: RecordRedactor, _ touching: Redaction?, _ differences: inout RecordRenderer
    ) -> RecordOrigin {
        let record = self[place]
        var id = record.idText
        // Whoever guesses the parts can make the hash that stands for an id, but not the digest.
        if slot.id.isNone && redaction.key != nil && redactor.hidesPartsOfID(storage.index, slot) { id = redaction.digest(id) }
        var key = record.orderingKey
        if let touching, slot.kind == .change, let text = key?.text {
            key = OrderingKey("\(record.source.identity)#\(touching.digest(text))")
        }
        var changed: [UInt8]?
        if slot.kind == .change, slot.operation == .modify, !slot.old.isNone, !slot.new.isNone {
            var names = JSONWriter()
            differences.changedNames(storage, slot, place, into: &names)
            changed = names.array
        }
        return RecordOrigin(id: id, position: record.position, orderingKey: key, changed: changed)
    }
}

extension EnvelopeDecoder {
    /// A record of the same kind and time, and nothing else.
    fileprivate mutating func blank(like original: Slot) -> Slot {
        let document = JSONDocument.index(JSONBytes(Array(#"{"text":""}"#.utf8)), framing: .single).document
        documents.append(document)
        let place = Int32(documents.count - 1)
        var slot = Slot(kind: original.kind, document: place, raw: document.root)
        slot.operation = original.operation
        slot.time = original.time
        slot.source = sources.table(arn: nil, table: nil, region: nil)
        if original.kind == .log || original.kind == .message {
            slot.message = document.view(document.root).member("text")?.node ?? document.root
        }
        if original.kind == .log { slot.header = document.root }
        return slot
    }
}
