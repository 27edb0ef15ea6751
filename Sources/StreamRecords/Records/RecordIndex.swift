// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Synchronization

/// Where the parts of a batch's records are: the indexed documents, and for each record a slot.
final class RecordIndex: Sendable {
    let documents: [JSONDocument]
    let slots: [Slot]
    let sources: SourceTable
    /// What the records were read with. Who reads them again takes no deeper nesting: what was a text for that stays one.
    let json: JSONLimits

    init(documents: [JSONDocument] = [], slots: [Slot] = [], sources: SourceTable = SourceTable(), json: JSONLimits = JSONLimits()) {
        self.documents = documents
        self.slots = slots
        self.sources = sources
        self.json = json
    }

    /// For reading a record again, which in another form may be longer: a digest may take the place of a word.
    var limits: RecordLimits {
        RecordLimits(document: .max, record: .max, decompressed: .max, json: JSONLimits(maximumDepth: json.maximumDepth, maximumBytes: .max))
    }
}

/// The index of records whose lines were written without one: made when somebody asks for a part of a record, and kept.
final class LateRecordIndex: Sendable {
    private let text: JSONBytes
    private let limits: RecordLimits
    private let made = Mutex<RecordIndex?>(nil)

    init(_ text: JSONBytes, limits: RecordLimits) {
        self.text = text
        self.limits = limits
    }

    var byteCount: Int { text.count }

    var index: RecordIndex {
        made.withLock { made in
            if let made { return made }
            let index = makeIndex()
            made = index
            return index
        }
    }

    /// The keys of a change, indexed by themselves: order is asked for of nearly every record, and all else of few.
    func keys(_ brief: RecordBrief) -> Image? {
        guard brief.keysCount > 0 else { return nil }
        let text = text
        let start = Int(brief.keysPlace)
        var keys = JSONBuffer(capacity: Int(brief.keysCount))
        keys.append(text.span.extracting(start..<start + Int(brief.keysCount)))
        let document = JSONDocument.index(keys, framing: .single, limits: limits.json).document
        return document.roots.isEmpty ? nil : Image(document: document, node: document.root)
    }

    /// What made the lines went over every byte, so there is nothing here that can fail.
    private func makeIndex() -> RecordIndex {
        let document = JSONDocument.index(text, framing: .sequence, limits: limits.json).document
        var decoder = EnvelopeDecoder(document, offset: 0, limits: limits, payloadBudget: .max)
        for root in document.roots { _ = decoder.decode(document: root, from: 0) }
        return decoder.finish().index
    }
}
