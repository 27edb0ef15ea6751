// SPDX-License-Identifier: Apache-2.0

/// A place in a document's index: cheap to keep, meaningless without its document.
@frozen
public struct JSONNode: Sendable, Hashable {
    /// The entry's place in bits 0–27, and in bits 28–29 which part of a folded object is meant: the whole, its name, its value.
    @usableFromInline let bits: UInt32

    @inlinable @inline(__always) init(bits: UInt32) { self.bits = bits }
    @inlinable @inline(__always) init(entry: UInt32) { bits = entry }

    /// No place at all, for whoever keeps many nodes and cannot spare an optional's byte.
    @inlinable @inline(__always) public static var none: JSONNode { JSONNode(bits: .max) }
    @inlinable @inline(__always) public var isNone: Bool { bits == .max }
}

/// JSON texts in memory with their index, validated and frozen.
///
/// The bytes stay as they were received; nothing is decoded before somebody asks for it.
@safe
public final class JSONDocument: @unchecked Sendable {
    // Invariant: nothing changes after `init`; `bytes[0..<count]` is followed by `JSONBuffer.padding` zeros, `tape[0..<used]` is a sound index over it,
    // and both `source` and `tapeBlock` live as long as this object.
    @usableFromInline let bytes: UnsafePointer<UInt8>
    @usableFromInline let tape: UnsafePointer<UInt64>
    /// How many bytes it holds.
    public let count: Int
    private let used: Int
    private let tapeBlock: JSONBlock
    /// The bytes with what keeps them.
    public let source: JSONBytes
    /// Where its blocks go back to.
    public var memory: JSONMemory? { source.memory }

    /// The outermost value of each text, in order.
    public let roots: [JSONNode]

    private init(
        text: JSONBytes, limits: JSONLimits, framing: JSONFraming, consumed: inout Int, stop: inout JSONStop
    ) {
        unsafe bytes = text.start
        count = text.count
        source = text
        var indexer = unsafe Indexer(base: bytes, count: min(text.count, limits.maximumBytes), limits: limits, memory: text.memory)
        stop = indexer.run(framing)
        consumed = indexer.consumed
        if text.count > limits.maximumBytes {
            stop = .broken(JSONError(code: .tooLarge, offset: limits.maximumBytes, expected: "at most \(limits.maximumBytes) bytes"))
        }
        tapeBlock = indexer.block
        unsafe tape = UnsafePointer(indexer.tape)
        used = indexer.used
        roots = indexer.roots
    }

    deinit {
        if let memory { memory.give(tapeBlock) } else { tapeBlock.free() }
    }

    /// What indexing a buffer yields: the whole texts, how far they reach, and why it went no further.
    public struct Indexed: Sendable {
        public let document: JSONDocument
        /// How many bytes from the start belong to whole texts and to what is between them; what follows was not indexed.
        public let consumed: Int
        public let stop: JSONStop
    }

    /// Indexes as much of the buffer as is sound. The document keeps all of the buffer's bytes.
    public static func index(_ buffer: consuming JSONBuffer, framing: JSONFraming, limits: JSONLimits = JSONLimits()) -> Indexed {
        index(JSONBytes(buffer), framing: framing, limits: limits)
    }

    /// Indexes as much of the bytes as is sound. The document shares them.
    public static func index(_ bytes: JSONBytes, framing: JSONFraming, limits: JSONLimits = JSONLimits()) -> Indexed {
        var consumed = 0
        var stop = JSONStop.end
        let document = JSONDocument(text: bytes, limits: limits, framing: framing, consumed: &consumed, stop: &stop)
        return Indexed(document: document, consumed: consumed, stop: stop)
    }

    /// Indexes a buffer that holds exactly one text.
    public convenience init(indexing buffer: consuming JSONBuffer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var consumed = 0
        var stop = JSONStop.end
        self.init(text: JSONBytes(buffer), limits: limits, framing: .single, consumed: &consumed, stop: &stop)
        switch stop {
        case .end, .closed: break
        case .incomplete(let error), .broken(let error): throw error
        }
    }

    /// Copies and indexes exactly one text.
    public convenience init(_ text: some Collection<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var buffer = JSONBuffer(capacity: text.count)
        buffer.append(text)
        try self.init(indexing: buffer, limits: limits)
    }

    /// Copies and indexes exactly one text.
    public convenience init(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(text.utf8, limits: limits)
    }

    /// Finds an array that is a member of the object a text begins with, without needing the text's end: what comes before it is validated, the
    /// elements are for ``JSONFraming/elements(continued:)``.
    ///
    /// - Parameters:
    ///   - members: the names of which one is looked for.
    ///   - start: where the text begins in the buffer.
    /// - Returns: which name it was and where its first element, or the bracket's white space, begins; nil where the object has none before a break.
    public static func elements(
        ofMember members: [StaticString], in buffer: borrowing JSONBuffer, from start: Int, limits: JSONLimits = JSONLimits()
    ) -> (member: Int, offset: Int)? {
        // The scanner needs its padding, which a buffer that is still growing has, but not zeroed.
        var copy = JSONBuffer(capacity: buffer.count - start)
        unsafe buffer.bytes.extracting(droppingFirst: start).withUnsafeBytes { copy.append(unsafe RawSpan(_unsafeBytes: $0)) }
        let text = copy.release()
        defer { text.block.free() }
        var indexer = unsafe Indexer(
            base: UnsafePointer(text.block.start.assumingMemoryBound(to: UInt8.self)), count: text.count, limits: limits, memory: nil)
        defer { indexer.block.free() }
        guard let found = indexer.findArray(members) else { return nil }
        return (found.member, start + found.offset)
    }

    /// The outermost value of the first text.
    public var root: JSONNode { roots.first ?? JSONNode(bits: 0) }

    /// How many bytes of memory text and index take.
    public var footprint: Int { source.footprint + tapeBlock.capacity }

    /// A borrowed view of the value at a place of this document's index.
    @inlinable @inline(__always)
    @_lifetime(borrow self)
    public borrowing func view(_ node: JSONNode) -> JSONView {
        let view = unsafe JSONView(bytes: bytes, tape: tape, node: node)
        return unsafe _overrideLifetime(view, borrowing: self)
    }

    /// The received bytes.
    public var text: RawSpan {
        @_lifetime(borrow self) borrowing get {
            unsafe _overrideLifetime(RawSpan(_unsafeStart: UnsafeRawPointer(bytes), byteCount: count), borrowing: self)
        }
    }

    /// A copy of the received bytes from `range`.
    public func copy(of range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        return unsafe Array(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
    }
}
