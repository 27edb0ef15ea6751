// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Reads a recording of any size, in order, in memory that does not grow with it.
///
/// The reader does what has to be done one after another: it finds where documents begin and end. What it hands out is validated and decoded
/// elsewhere, by as many cores as there are: see ``RecordChunk``.
///
/// An input may hold any of the envelopes, one or many, pretty, one per line, or without separators, gzip'd or not. A broken text costs itself: the
/// elements read before the break are handed out, the rest is kept raw, and reading goes on at the next line that begins with `{` or `[`.
public struct RecordReader: ~Copyable {
    private var source: any ByteSource
    private let limits: RecordLimits
    private let memory: JSONMemory
    /// How many bytes are indexed together: small enough to stay in a core's cache.
    private let target: Int

    private var inflating: InflatingSource?
    /// Bytes that were read and not handed out yet.
    private var carry: JSONBuffer
    /// Where `carry` begins in the (decompressed) input.
    private var offset: Int64 = 0
    private var atEnd = false
    private var began = false
    private var failure: ReadError?
    /// How many bytes of `carry` are known to hold nothing whole: when the source pauses, looking again is of use only if there are more.
    private var examined = 0
    private var mode = Mode.documents
    private var ready: [RecordChunk] = []
    private let choice: TranscriptionChoice?
    /// Whether the input is a piece of a larger one, in which the start of another document follows.
    private let isPiece: Bool

    private enum Mode {
        /// At the start of a document.
        case documents
        /// Among the elements of an array of a document that is too large to be held, or broken.
        case elements(RecordChunk.Context, continued: Bool)
        /// Behind the closing bracket of such an array; the rest of the document follows.
        case trailer
        /// Behind a break: everything up to the next line that may begin a document is kept raw.
        case skipping(RecordError)
    }

    /// - Parameters:
    ///   - source: read from its current place to its end.
    ///   - memory: blocks that are used again; share one among the readers of a run.
    ///   - chunkSize: about how many bytes are decoded together.
    ///   - rendering: an envelope that most records will be wanted in. Where it is the plain one and the input is of the form that AWS writes, the
    ///     lines are made while the records are decoded, see ``RecordBatch/lines(in:)``.
    ///   - outlining: which members of records with such lines will be looked for, see ``RecordBatch/outlines``.
    public init(
        _ source: any ByteSource, limits: RecordLimits = RecordLimits(), memory: JSONMemory = JSONMemory(), chunkSize: Int = 256 << 10,
        rendering: Envelope? = nil, outlining: OutlineInterest? = nil
    ) {
        self.source = source
        self.limits = limits
        self.memory = memory
        self.target = max(chunkSize, 4096)
        carry = JSONBuffer(memory: memory)
        choice = rendering == .plain ? TranscriptionChoice(memory: memory, outlining: outlining) : nil
        isPiece = false
    }

    /// Reads a piece again whose documents are not all sound.
    init(piece: JSONBytes, at offset: Int64, limits: RecordLimits) {
        source = MemorySource([])
        self.limits = limits
        memory = piece.memory ?? JSONMemory()
        target = piece.count
        carry = JSONBuffer(capacity: piece.count)
        carry.append(piece.span)
        self.offset = offset
        began = true
        atEnd = true
        choice = nil
        isPiece = true
    }

    /// How many bytes, after decompression, have been handed out.
    public var bytesRead: Int64 { offset }

    /// The next piece of the input, nil at its end.
    ///
    /// - Throws: ``ReadError`` where the input cannot be read on; what came before was handed out.
    public mutating func next() throws(ReadError) -> RecordChunk? {
        var wanted = target
        while true {
            if !ready.isEmpty { return ready.removeFirst() }
            let paused = try fill(wanted)
            if carry.count == 0 && atEnd {
                switch mode {
                case .elements, .trailer:
                    ended(among: 0)
                    continue
                case .documents, .skipping:
                    break
                }
                if let failure {
                    self.failure = nil
                    throw failure
                }
                return nil
            }
            let before = carry.count
            switch mode {
            case .documents: readDocuments(paused: paused)
            case .elements(let context, let continued): readElements(context, continued: continued)
            case .trailer: readTrailer()
            case .skipping(let error): skip(error)
            }
            if paused && ready.isEmpty { examined = carry.count }
            // Nothing could be taken: the text is larger than what was read so far.
            wanted = ready.isEmpty && carry.count == before ? max(carry.count * 2, target) : max(target, carry.count + target / 2)
        }
    }

    // MARK: Reading

    /// - Returns: whether there are fewer bytes than wanted since the source has paused, with whole documents among them, as it seems.
    private mutating func fill(_ wanted: Int) throws(ReadError) -> Bool {
        while carry.count < wanted && !atEnd {
            if began, carry.count > examined, inflating?.isDrained ?? true, endsWithBracket(), source.hasPaused() { return true }
            do throws(ReadError) {
                var got: Int
                if inflating != nil {
                    got = try inflating?.read(from: &source, into: &carry, upTo: max(wanted - carry.count, 1)) ?? 0
                } else {
                    got = try source.read(into: &carry, upTo: max(wanted - carry.count, 1))
                }
                if got == 0 { atEnd = true }
                if !began && (carry.count >= 4 || atEnd) {
                    began = true
                    if carry.count >= 2 && Inflater.recognises(carry[0], carry[1]) {
                        inflating = InflatingSource(start: carry)
                        carry.removeAll()
                        atEnd = false
                        began = got == 0
                        got = 0
                    }
                    skipByteOrderMark()
                }
            } catch {
                // What was read comes first.
                atEnd = true
                failure = error
            }
        }
        return false
    }

    /// Whether a document or an element may end where `carry` does.
    private func endsWithBracket() -> Bool {
        var end = carry.count
        while end > 0, [0x20, 0x09, 0x0A, 0x0D].contains(carry[end - 1]) { end -= 1 }
        return end > 0 && (carry[end - 1] == 0x7D || carry[end - 1] == 0x5D)
    }

    /// Some tools put a byte order mark before UTF-8, which JSON does not allow.
    private mutating func skipByteOrderMark() {
        if carry.count >= 3 && carry[0] == 0xEF && carry[1] == 0xBB && carry[2] == 0xBF { drop(3) }
    }

    /// Takes the first bytes off `carry`.
    private mutating func drop(_ count: Int) {
        _ = take(count)
    }

    /// The first bytes of `carry` in a buffer of their own; the rest stays.
    private mutating func take(_ count: Int) -> JSONBuffer {
        offset += Int64(count)
        examined = 0
        var rest = JSONBuffer(capacity: max(target * 2, carry.count - count), memory: memory)
        rest.append(carry.bytes.extracting(droppingFirst: count))
        swap(&rest, &carry)
        rest.truncate(to: count)
        return rest
    }

    // MARK: Documents

    private mutating func readDocuments(paused: Bool) {
        if !isPiece, let end = atEnd ? carry.count : wholeLines() {
            let start = offset
            ready.append(RecordChunk(JSONBytes(take(end)), offset: start, limits: limits, choice))
            return
        }
        // Fewer lines than that are waited for, while they come.
        if !isPiece && !paused && carry.count < wholeDocument { return }
        // A newline inside a string would be an error: so whole lines hold whole texts, or a text goes over several lines.
        var cut = carry.count
        if !atEnd, !paused, let newline = carry.lastIndex(of: 0x0A, before: carry.count) { cut = newline + 1 }
        let start = offset
        let indexed = JSONDocument.index(take(cut), framing: .sequence, limits: limits.json)
        if !indexed.document.roots.isEmpty {
            ready.append(RecordChunk(indexed.document, context: .documents, offset: start, limits: limits))
        }
        switch indexed.stop {
        case .end, .closed:
            return
        case .incomplete(let error):
            putBack(indexed.document, from: indexed.consumed, start: start)
            if !ready.isEmpty && !atEnd { return }
            if atEnd {
                broken(error, at: start)
            } else if carry.count >= wholeDocument, let opened = open() {
                begin(opened)
            } else if carry.count > limits.document {
                tooLarge()
            }
        case .broken(let error):
            putBack(indexed.document, from: indexed.consumed, start: start)
            broken(error, at: start)
        }
    }

    /// How many bytes at the start of `carry` hold whole documents, whatever is in them: up to a line break with a closing brace or bracket before it
    /// and an opening one behind it. No string goes over a line break, so both belong to the structure, and where no comma is between two values,
    /// one document has ended. Where one is broken, reading goes on at such a line as well.
    private func wholeLines() -> Int? {
        var end = carry.count
        while let newline = carry.lastIndex(of: 0x0A, before: end) {
            end = newline
            guard newline > 1, newline + 1 < carry.count, carry[newline + 1] == 0x7B || carry[newline + 1] == 0x5B else { continue }
            let last = carry[newline - 1] == 0x0D ? carry[newline - 2] : carry[newline - 1]
            if last == 0x7D || last == 0x5D { return newline + 1 }
        }
        return nil
    }

    /// Documents up to this size are held whole; beyond it their elements are read one by one.
    private var wholeDocument: Int { target * 8 }

    /// Puts what an index did not cover before what follows it.
    private mutating func putBack(_ document: JSONDocument, from consumed: Int, start: Int64) {
        var again = JSONBuffer(capacity: max(target * 2, document.count - consumed + carry.count), memory: memory)
        again.append(document.text.extracting(droppingFirst: consumed))
        again.append(carry.bytes)
        carry = again
        offset = start + Int64(consumed)
    }

    // MARK: Documents by their elements

    private struct Opened {
        var context: RecordChunk.Context
        var offset: Int
    }

    /// The array of records in the document at the start of `carry`, where there is one and all that its records need stands before it.
    private func open() -> Opened? {
        var start = 0
        while start < carry.count, [0x20, 0x09, 0x0A, 0x0D].contains(carry[start]) { start += 1 }
        guard start < carry.count else { return nil }
        if carry[start] == 0x5B { return Opened(context: .documents, offset: start + 1) }
        guard let array = JSONDocument.elements(ofMember: ["Records", "logEvents"], in: carry, from: start, limits: limits.json) else { return nil }
        if array.member == 0 { return Opened(context: .records, offset: array.offset) }
        // The members before the events make a document of their own, once it is closed.
        var head = JSONBuffer(capacity: array.offset - start + 2)
        head.append(carry.bytes.extracting(start..<array.offset))
        head.append([0x5D, 0x7D])
        guard let header = try? JSONDocument(indexing: head, limits: limits.json), LogHeader(header) != nil else { return nil }
        return Opened(context: .logEvents(header), offset: array.offset)
    }

    private mutating func begin(_ opened: Opened) {
        drop(opened.offset)
        mode = .elements(opened.context, continued: false)
    }

    private mutating func readElements(_ context: RecordChunk.Context, continued: Bool) {
        let start = offset
        let indexed = JSONDocument.index(take(carry.count), framing: .elements(continued: continued), limits: limits.element)
        let any = !indexed.document.roots.isEmpty
        if any { ready.append(RecordChunk(indexed.document, context: context, offset: start, limits: limits)) }
        // White space behind the last element stays: a line break there tells a broken document's end.
        var consumed = indexed.stop == .closed ? indexed.consumed : 0
        if consumed == 0, let last = indexed.document.roots.last { consumed = indexed.document.view(last).endOffset }
        putBack(indexed.document, from: consumed, start: start)
        mode = .elements(context, continued: continued || any)
        switch indexed.stop {
        case .end:
            if atEnd { ended(among: carry.count) }
        case .closed:
            // A list of documents ends with its bracket; of an event or a payload more members may follow.
            if case .documents = context { mode = .documents } else { mode = .trailer }
        case .incomplete(let error):
            if atEnd {
                mode = .documents
                broken(error, at: start, salvaging: false)
            } else if carry.count > limits.document {
                mode = .documents
                tooLarge()
            }
        case .broken(let error):
            mode = .documents
            broken(error, at: start, salvaging: false)
        }
    }

    /// The input ends before the array's bracket: what is left is kept, if only to say so.
    private mutating func ended(among left: Int) {
        let error = RecordError(.brokenJSON, "the input ends inside a document: expected more at byte \(offset + Int64(left))")
        let start = offset
        let rest = take(left)
        ready.append(RecordChunk(undecodable: Undecodable(error: error, rawBytes: rest.copy(of: 0..<rest.count), offset: start), limits: limits))
        mode = .documents
    }

    /// The rest of a document whose array was read: a document again, once it has an opening.
    private mutating func readTrailer() {
        let opening: [UInt8] = [0x7B, 0x22, 0x22, 0x3A, 0x30]  // {"":0
        var text = JSONBuffer(capacity: opening.count + carry.count, memory: memory)
        text.append(opening)
        text.append(carry.bytes)
        let left = carry.count
        let indexed = JSONDocument.index(text, framing: .sequence, limits: limits.json)
        if let first = indexed.document.roots.first {
            let end = indexed.document.view(first).endOffset - opening.count
            if end <= left {
                drop(end)
                mode = .documents
                return
            }
        }
        switch indexed.stop {
        case .incomplete(let error) where atEnd || left > limits.document:
            mode = .documents
            broken(error, at: offset - Int64(opening.count), salvaging: false)
        case .broken(let error):
            mode = .documents
            broken(error, at: offset - Int64(opening.count), salvaging: false)
        default:
            break
        }
    }

    // MARK: Broken texts

    /// The document at the start of `carry` is broken: its whole elements are handed out, the rest is kept raw up to the next line that may begin a
    /// document.
    private mutating func broken(_ failure: JSONError, at start: Int64, salvaging: Bool = true) {
        // What ends a piece is the start of another document.
        let error = isPiece && failure.code == .unexpectedEnd
            ? JSONError(code: .unexpectedByte, offset: failure.offset, expected: failure.expected) : failure
        let reason = RecordError(
            error.code == .tooLarge || error.code == .depthExceeded ? .tooLarge : .brokenJSON,
            JSONError(code: error.code, offset: Int(start) + error.offset, expected: error.expected).description)
        // Where salvaging, the document's own first line begins at the start of `carry`; else `carry` begins inside the document.
        let next = nextLine(after: salvaging ? leadingSpace() : 0)
        // How many bytes at the start of `carry` are the document's.
        var left = next ?? carry.count
        if salvaging, let opened = open(), opened.offset < left {
            drop(opened.offset)
            left -= opened.offset
            var part = JSONBuffer(capacity: left, memory: memory)
            part.append(carry.bytes.extracting(first: left))
            let from = offset
            let indexed = JSONDocument.index(part, framing: .elements(continued: false), limits: limits.element)
            if let last = indexed.document.roots.last {
                let end = indexed.document.view(last).endOffset
                ready.append(RecordChunk(indexed.document, context: opened.context, offset: from, limits: limits))
                drop(end)
                left -= end
            }
        }
        mode = next != nil || atEnd ? .documents : .skipping(reason)
        keep(left, next, reason)
    }

    /// Keeps the bytes of a broken document raw. There may be none, where it ends behind a whole element: that it ended too early is told all the same.
    private mutating func keep(_ count: Int, _ next: Int?, _ reason: RecordError) {
        // A newline at the very end may be followed by a brace that has not been read yet.
        let isOpen = next == nil && !atEnd && count > 0 && carry[count - 1] == 0x0A
        let from = offset
        let raw = take(isOpen ? count - 1 : count)
        ready.append(RecordChunk(undecodable: Undecodable(error: reason, rawBytes: raw.copy(of: 0..<raw.count), offset: from), limits: limits))
    }

    private mutating func tooLarge() {
        let reason = RecordError(.tooLarge, "a document of more than \(limits.document) bytes at byte \(offset)")
        let next = nextLine(after: leadingSpace())
        mode = next != nil || atEnd ? .documents : .skipping(reason)
        keep(next ?? carry.count, next, reason)
    }

    private func leadingSpace() -> Int {
        var start = 0
        while start < carry.count, [0x20, 0x09, 0x0A, 0x0D].contains(carry[start]) { start += 1 }
        return start
    }

    /// Where the next line begins, behind `place`, that starts with a brace or bracket.
    private func nextLine(after place: Int) -> Int? {
        var from = place
        while let newline = carry.firstIndex(of: 0x0A, from: from) {
            if newline + 1 < carry.count, carry[newline + 1] == 0x7B || carry[newline + 1] == 0x5B { return newline + 1 }
            from = newline + 1
        }
        return nil
    }

    /// Goes on with what is left of a broken document, of which `carry` holds more bytes.
    private mutating func skip(_ reason: RecordError) {
        let next = nextLine(after: 0)
        let left = next ?? carry.count
        if next != nil || atEnd { mode = .documents }
        guard left > 1 || atEnd || carry[0] != 0x0A else { return }
        if left > 0 { keep(left, next, reason) }
    }
}
