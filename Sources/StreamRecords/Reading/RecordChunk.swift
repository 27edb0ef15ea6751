// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A piece of an input, to be decoded wherever there is a core to spare.
///
/// Usually one batch; several where compressed payloads hold much, so that memory stays bounded.
public struct RecordChunk: Sendable {
    enum Context: Sendable {
        /// Each text is a document: an event, a bare record, a payload.
        case documents
        /// Each text is an element of `Records`.
        case records
        /// Each text is an element of `logEvents`; the members before it stand in a document of their own.
        case logEvents(JSONDocument)
    }

    private enum Content: Sendable {
        /// Lines that hold whole documents, unless they are broken.
        case text(JSONBytes, TranscriptionChoice?)
        case indexed(JSONDocument, Context)
        case undecodable(Undecodable)
        case chunks([RecordChunk])
        case nothing
    }

    private var content: Content
    /// Where the piece begins in the input.
    let offset: Int64
    let limits: RecordLimits
    /// How many bytes of the input it covers.
    public let byteCount: Int

    /// Which text comes next, and how many of its records were given already.
    private var root = 0
    private var element = 0
    /// The document is nested deeper than the limits allow, so its records are measured one by one.
    private var isDeep = false

    init(_ text: JSONBytes, offset: Int64, limits: RecordLimits, _ choice: TranscriptionChoice?) {
        content = .text(text, choice)
        self.offset = offset
        self.limits = limits
        byteCount = text.count
    }

    init(_ document: JSONDocument, context: Context, offset: Int64, limits: RecordLimits) {
        content = .indexed(document, context)
        self.offset = offset
        self.limits = limits
        byteCount = document.count
    }

    init(undecodable: Undecodable, limits: RecordLimits) {
        content = .undecodable(undecodable)
        offset = undecodable.offset
        self.limits = limits
        byteCount = undecodable.rawBytes.count
    }

    /// Nothing is left to be decoded. Where that would have to be looked for, it says no.
    package var isExhausted: Bool {
        switch content {
        case .nothing: true
        case .indexed(let document, _): root >= document.roots.count
        case .text, .undecodable, .chunks: false
        }
    }

    /// Decodes the next batch; nil when all has been decoded. Never fails: what cannot be decoded is in the batch's `undecodable`.
    public mutating func nextBatch() -> RecordBatch? {
        while true {
            switch content {
            case .nothing:
                return nil
            case .undecodable(let undecodable):
                content = .nothing
                return RecordBatch(RecordBatch.Storage(undecodable: undecodable))
            case .text(let text, let choice):
                if let batch = choice?.transcribe(text, limits) {
                    content = .nothing
                    return batch
                }
                content = read(text)
            case .indexed(let document, let context):
                return nextBatch(document, context)
            case .chunks(var chunks):
                guard !chunks.isEmpty else {
                    content = .nothing
                    return nil
                }
                if let batch = chunks[0].nextBatch() {
                    content = .chunks(chunks)
                    return batch
                }
                chunks.removeFirst()
                content = .chunks(chunks)
            }
        }
    }

    /// Indexes the documents of a piece; where one is broken, what can be had of it is read as if the piece were an input of its own.
    private mutating func read(_ text: JSONBytes) -> Content {
        let indexed = JSONDocument.index(text, framing: .sequence, limits: limits.json)
        if indexed.stop == .end { return .indexed(indexed.document, .documents) }
        // A record that is nested too deeply fails alone where all around it is sound.
        if case .broken(let error) = indexed.stop, error.code == .depthExceeded, limits.json.maximumDepth < JSONLimits().maximumDepth {
            let deep = JSONDocument.index(text, framing: .sequence, limits: JSONLimits(maximumBytes: limits.json.maximumBytes))
            if deep.stop == .end {
                isDeep = true
                return .indexed(deep.document, .documents)
            }
        }
        var reader = RecordReader(piece: text, at: offset, limits: limits)
        var chunks: [RecordChunk] = []
        // Memory cannot fail to be read.
        while let chunk = try? reader.next() { chunks.append(chunk) }
        return .chunks(chunks)
    }

    private mutating func nextBatch(_ document: JSONDocument, _ context: Context) -> RecordBatch? {
        guard root < document.roots.count else { return nil }
        var decoder = EnvelopeDecoder(document, offset: offset, limits: limits, measuresDepth: isDeep)
        if case .logEvents(let header) = context { decoder.begin(logHeader: header) }
        while root < document.roots.count {
            let node = document.roots[root]
            var rest: Int?
            switch context {
            case .documents: rest = decoder.decode(document: node, from: element)
            case .records: rest = decoder.decode(record: node, from: element)
            case .logEvents: decoder.decode(logEvent: node)
            }
            if let rest {
                element = rest
                break
            }
            element = 0
            root += 1
        }
        return RecordBatch(decoder.finish())
    }
}
