// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A validated piece of an input, to be decoded wherever there is a core to spare.
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

    private let document: JSONDocument?
    private let context: Context
    private let undecodable: Undecodable?
    /// Where the document begins in the input.
    let offset: Int64
    let limits: RecordLimits

    /// Which text comes next, and how many of its records were given already.
    private var root = 0
    private var element = 0

    init(_ document: JSONDocument, context: Context, offset: Int64, limits: RecordLimits) {
        self.document = document
        self.context = context
        self.offset = offset
        self.limits = limits
        undecodable = nil
    }

    init(undecodable: Undecodable, limits: RecordLimits) {
        document = nil
        context = .documents
        offset = undecodable.offset
        self.limits = limits
        self.undecodable = undecodable
    }

    /// How many bytes of the input it covers.
    public var byteCount: Int { document?.count ?? undecodable?.rawBytes.count ?? 0 }

    /// About how many decompressed bytes go into one batch.
    static let payloadBudget = 8 << 20

    /// Decodes the next batch; nil when all has been decoded. Never fails: what cannot be decoded is in the batch's `undecodable`.
    public mutating func nextBatch() -> RecordBatch? {
        guard let document else {
            guard root == 0, let undecodable else { return nil }
            root = 1
            return RecordBatch(RecordBatch.Storage(undecodable: undecodable))
        }
        guard root < document.roots.count else { return nil }
        var decoder = EnvelopeDecoder(document, offset: offset, limits: limits)
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
