// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Hands over the objects of a batch's changes. What all of its records share is looked up once: keep one for a batch.
public struct ChangePartReader: Sendable {
    private let index: RecordIndex
    /// Nearly all batches have one document.
    private let document: JSONDocument?

    public init(_ records: RecordBatch) {
        index = records.storage.index
        document = index.documents.first
    }

    /// Hands over objects of a change's stream record one by one, with their ``ChangePart/membersApart``, which are not meant: their places
    /// are known from decoding, so nothing that nobody asks for is gone over again.
    ///
    /// - Returns: false, with nothing handed over, where that does not tell all: of what is no change as Lambda hands it out, and of one that
    ///   names its images in ways that AWS does not. ``RecordBatch/eachEventPart(at:wantsMessage:_:)`` does.
    public func each(at place: Int, of wanted: ChangeParts, _ body: (borrowing JSONView, ChangePart) -> Void) -> Bool {
        guard index.slots[place].flags.contains(.ordinaryNames) else { return false }
        let number = Int(index.slots[place].document)
        if number == 0, let document {
            ChangePartReader.each(index.slots[place], document, wanted, body)
        } else {
            ChangePartReader.each(index.slots[place], index.documents[number], wanted, body)
        }
        return true
    }

    @inline(__always)
    private static func each(_ slot: Slot, _ document: JSONDocument, _ wanted: ChangeParts, _ body: (borrowing JSONView, ChangePart) -> Void) {
        if wanted.contains(ChangeParts(.record)) { body(document.view(slot.raw), .record) }
        if wanted.contains(ChangeParts(.stream)) { body(document.view(slot.stream), .stream) }
        if !slot.new.isNone && wanted.contains(ChangeParts(.new)) { body(document.view(slot.new), .new) }
        if !slot.old.isNone && wanted.contains(ChangeParts(.old)) { body(document.view(slot.old), .old) }
    }
}
