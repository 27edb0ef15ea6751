// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Records that were received together, in their order, with what could not be decoded.
///
/// A batch keeps the bytes it was decoded from; its records are places in it. Whoever keeps a single record for long takes ``Record/detached()``.
public struct RecordBatch: Sendable, RandomAccessCollection {
    final class Storage: Sendable {
        private let early: RecordIndex
        private let late: LateRecordIndex?
        /// Lines that were written while the records were decoded; absent where nobody asked for them, or the input is not of the common form.
        let transcribed: TranscribedLines?
        /// The same as in these.
        private let briefs: [RecordBrief]
        let undecodable: [Undecodable]
        let controlMessages: Int
        /// For records that were redacted, what they keep of the ones that they were made from; else empty.
        let origins: [RecordOrigin]

        init(_ index: RecordIndex, origins: [RecordOrigin]) {
            early = index
            late = nil
            transcribed = nil
            briefs = []
            undecodable = []
            controlMessages = 0
            self.origins = origins
        }

        init(_ index: RecordIndex, undecodable: [Undecodable], controlMessages: Int) {
            early = index
            late = nil
            transcribed = nil
            briefs = []
            self.undecodable = undecodable
            self.controlMessages = controlMessages
            origins = []
        }

        /// Records whose lines are there, and whose parts can be found again in the text.
        init(_ transcribed: TranscribedLines, of text: JSONBytes, limits: RecordLimits) {
            early = RecordIndex()
            late = LateRecordIndex(text, limits: limits)
            self.transcribed = transcribed
            briefs = transcribed.briefs
            undecodable = []
            controlMessages = 0
            origins = []
        }

        convenience init(undecodable: Undecodable) {
            self.init(RecordIndex(), undecodable: [undecodable], controlMessages: 0)
        }

        /// Where the records' parts are.
        var index: RecordIndex { late?.index ?? early }
        var documents: [JSONDocument] { index.documents }
        var slots: [Slot] { index.slots }
        var sources: SourceTable { transcribed?.sources ?? early.sources }
        var count: Int { transcribed?.briefs.count ?? early.slots.count }
        var byteCount: Int { late?.byteCount ?? early.documents.reduce(0) { $0 + $1.count } }

        /// The keys of a change that was not indexed when it was read; absent where they are to be had from the index.
        func keysAlone(_ place: Int) -> Image? { late?.keys(briefs[place]) }

        @inline(__always)
        func brief(_ place: Int) -> RecordBrief {
            if !briefs.isEmpty { return briefs[place] }
            let slot = early.slots[place]
            let hasOrderingKey =
                switch slot.kind {
                case .change: !slot.keys.isNone
                case .log: true
                case .message, .event: !slot.group.isNone
                }
            return RecordBrief(kind: slot.kind, operation: slot.operation, hasOrderingKey: hasOrderingKey, source: slot.source)
        }
    }

    let storage: Storage

    init(_ storage: Storage) { self.storage = storage }

    /// Decodes everything in `bytes`: any envelope, one or many documents, compressed or not.
    ///
    /// Never fails for the content: what cannot be decoded is in the batches' ``undecodable``. Broken compression is told there as well.
    public static func decode(_ bytes: [UInt8], limits: RecordLimits = RecordLimits()) -> [RecordBatch] {
        var reader = RecordReader(MemorySource(bytes), limits: limits)
        var batches: [RecordBatch] = []
        while true {
            do throws(ReadError) {
                guard var chunk = try reader.next() else { return batches }
                while let batch = chunk.nextBatch() { batches.append(batch) }
            } catch {
                let error = Undecodable(error: RecordError(.brokenPayload, error.message), rawBytes: bytes, offset: reader.bytesRead)
                batches.append(RecordBatch(Storage(undecodable: error)))
                return batches
            }
        }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { storage.count }
    public subscript(index: Int) -> Record { Record(storage: storage, index: index) }

    /// What was received and is no record, in order.
    public var undecodable: [Undecodable] { storage.undecodable }

    /// How many CONTROL_MESSAGE documents were skipped: CloudWatch Logs sends them to check that the destination is there.
    public var controlMessages: Int { storage.controlMessages }

    // MARK: Without making a record

    /// The sources of the records, each once.
    public var sources: [RecordSource] { storage.sources.entries.map(\.source) }

    /// Which of ``sources`` a record comes from.
    @inline(__always)
    public func sourceIndex(at index: Int) -> Int { Int(storage.brief(index).source) }

    /// What happened to the item: 0 nothing that is known, 1 INSERT, 2 MODIFY, 3 REMOVE, 4 something else, which ``Record/operation`` names.
    @inline(__always)
    public func operationCode(at index: Int) -> UInt8 { storage.brief(index).operation.rawValue }

    /// What happened to the item of a change.
    public func operation(at index: Int) -> Operation? { self[index].operation }

    /// In which order the record has to stay with others.
    public func orderingKey(at index: Int) -> OrderingKey? { self[index].orderingKey }

    /// Whether the record has to keep its place behind others of the same key.
    public func hasOrderingKey(at index: Int) -> Bool {
        storage.brief(index).hasOrderingKey
    }

    /// The records' lines in this envelope, each with its line feed, where they were written while the records were decoded: see
    /// ``RecordReader/init(_:limits:memory:chunkSize:rendering:outlining:)``.
    public func lines(in envelope: Envelope) -> (bytes: JSONBytes, offsets: [UInt32])? {
        guard envelope == .plain, let transcribed = storage.transcribed else { return nil }
        return (transcribed.lines, transcribed.offsets)
    }

    /// When the last record happened, as its source tells it. Costs no index where there are lines.
    public var lastTime: Timestamp? {
        guard let transcribed = storage.transcribed, count > 0 else { return last?.time }
        let (start, end) = (Int(transcribed.offsets[count - 1]), Int(transcribed.offsets[count]))
        var line = JSONBuffer(capacity: end - start)
        line.append(transcribed.lines.span.extracting(start..<end))
        guard let document = try? JSONDocument(indexing: line) else { return nil }
        return document.view(document.root).member("time")?.string.flatMap { Timestamp(iso8601: $0) }
    }

    /// How many bytes of the input its documents cover.
    public var byteCount: Int { storage.byteCount }
}
