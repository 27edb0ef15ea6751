// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Bytes that grow at the end and are then indexed or sent: always followed by at least ``padding`` readable bytes, so that the scanner may load
/// whole vectors without asking where the text ends.
@safe
public struct JSONBuffer: ~Copyable, @unchecked Sendable {
    /// How many readable bytes follow the last one.
    public static var padding: Int { 64 }

    // Invariant: `start` is the start of `block`, `0 <= count` and `count + padding <= capacity`.
    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// How many bytes it holds.
    public fileprivate(set) var count: Int
    private var block: JSONBlock?   // nil once released
    private let memory: JSONMemory?

    /// An empty buffer with room for `capacity` bytes, from `memory` or the system.
    public init(capacity: Int = 0, memory: JSONMemory? = nil) {
        let wanted = max(capacity, 0) + JSONBuffer.padding
        let block = memory?.take(capacity: wanted) ?? JSONBlock(allocating: wanted)
        self.block = block
        unsafe start = block.start.assumingMemoryBound(to: UInt8.self)
        self.capacity = block.capacity
        count = 0
        self.memory = memory
    }

    deinit {
        guard let block else { return }
        if let memory { memory.give(block) } else { block.free() }
    }

    /// Ends the buffer and hands its block to `JSONDocument` or `JSONBytes`, padded with zeros.
    consuming func release() -> (block: JSONBlock, count: Int, memory: JSONMemory?) {
        unsafe (start + count).update(repeating: 0, count: JSONBuffer.padding)
        // Only this function takes the block away, and it consumes the buffer.
        let released = block ?? JSONBlock(allocating: capacity)
        block = nil
        return (released, count, memory)
    }

    /// Reads it with a transcriber that has no room to write.
    public mutating func read(_ body: (inout JSONTranscriber) -> Void) {
        unsafe (start + count).update(repeating: 0, count: JSONBuffer.padding)
        var transcriber = unsafe JSONTranscriber(place: start, end: start + count, out: start, limit: start)
        body(&transcriber)
    }

    /// Makes room for `more` bytes after the ones that are there.
    @inlinable @inline(__always)
    public mutating func reserve(_ more: Int) {
        if count + more + JSONBuffer.padding > capacity { grow(by: more) }
    }

    @usableFromInline @inline(never)
    mutating func grow(by more: Int) {
        let wanted = max(count + more + JSONBuffer.padding, capacity * 2)
        guard let old = block else { return }
        let larger: JSONBlock
        if let memory {
            larger = memory.take(capacity: wanted)
            unsafe larger.start.copyMemory(from: start, byteCount: count)
            memory.give(old)
        } else {
            larger = old.grown(to: wanted)
        }
        block = larger
        unsafe start = larger.start.assumingMemoryBound(to: UInt8.self)
        capacity = larger.capacity
    }

    /// Lets `body` write up to the given number of bytes behind the ones that are there.
    ///
    /// - Parameter body: gets memory of at least `minimum` bytes and returns how many of them it has written, at most all.
    @unsafe @inlinable
    public mutating func appendUnsafe<Failure: Error>(
        minimum: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(minimum)
        let room = capacity - count - JSONBuffer.padding
        let written = try unsafe body(UnsafeMutableBufferPointer(start: start + count, count: room))
        unsafe advance(by: min(max(written, 0), room))
    }

    /// Counts bytes that were written behind the last one.
    @unsafe @usableFromInline
    mutating func advance(by written: Int) { count += written }

    public mutating func append(_ bytes: RawSpan) {
        reserve(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                unsafe UnsafeMutableRawPointer(start + count).copyMemory(from: from, byteCount: source.count)
            }
        }
        count += bytes.byteCount
    }

    public mutating func append(_ bytes: some Sequence<UInt8>) {
        let copied: Void? = bytes.withContiguousStorageIfAvailable { source in
            reserve(source.count)
            if let from = source.baseAddress { unsafe (start + count).update(from: from, count: source.count) }
            count += source.count
        }
        if copied == nil { for byte in bytes { append(byte) } }
    }

    public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe start[count] = byte
        count += 1
    }

    /// The bytes it holds.
    public var bytes: RawSpan {
        @_lifetime(borrow self) borrowing get {
            unsafe _overrideLifetime(
                RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count), borrowing: self)
        }
    }

    /// A copy of the bytes from `range`.
    public func copy(of range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        return unsafe Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
    }

    public subscript(offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < count, "offset out of bounds")
        return unsafe start[offset]
    }

    /// Where the last byte of this value stands before `end`, or nil.
    public func lastIndex(of byte: UInt8, before end: Int) -> Int? {
        // Block by block from the end, each from its start: the system's search forward is the fast one.
        var high = max(0, min(end, count))
        while high > 0 {
            let low = max(0, high - 1024)
            var from = low
            var found: Int?
            while from < high, let hit = unsafe memchr(start + from, Int32(byte), high - from) {
                found = unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(start)
                from = (found ?? high) + 1
            }
            if let found { return found }
            high = low
        }
        return nil
    }

    /// Where the first byte of this value stands at or after `offset`, or nil.
    public func firstIndex(of byte: UInt8, from offset: Int) -> Int? {
        guard offset >= 0, offset < count,
            let found = unsafe memchr(start + offset, Int32(byte), count - offset)
        else { return nil }
        return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }

    public mutating func removeAll() { count = 0 }

    /// Takes back everything behind the first `count` bytes.
    public mutating func truncate(to count: Int) {
        if count >= 0 && count < self.count { self.count = count }
    }

    /// Appends the content of a string, with its escapes resolved.
    public mutating func append(contentOf string: borrowing JSONView) { append(contentOf: string.rawText) }

    /// Appends the content of a string, with its escapes resolved.
    public mutating func append(contentOf string: borrowing JSONText) {
        // The content is never longer than it is written, and whole steps of 16 bytes end in the padding.
        reserve(string.count)
        var from = unsafe string.start
        let end = unsafe from + string.count
        guard string.isEscaped else {
            unsafe (start + count).update(from: from, count: string.count)
            count += string.count
            return
        }
        var to = unsafe start + count
        while unsafe from < end {
            let plain = unsafe min(StringScanner.special(among16: from), end - from)
            unsafe UnsafeMutableRawPointer(to).storeBytes(of: StringScanner.load16(from), as: SIMD16<UInt8>.self)
            unsafe from += plain
            unsafe to += plain
            if plain == 16 { continue }
            if unsafe from >= end { break }
            if unsafe from.pointee != 0x5C {
                // Beyond ASCII: up to four bytes, which are copied one by one.
                unsafe to.pointee = from.pointee
                unsafe from += 1
                unsafe to += 1
            } else if unsafe from[1] == 0x22 || from[1] == 0x5C || from[1] == 0x2F {
                unsafe to.pointee = from[1]
                unsafe from += 2
                unsafe to += 1
            } else {
                var escape = unsafe UnescapedBytes(from: from, to: end)
                repeat {
                    if let byte = escape.next() {
                        unsafe to.pointee = byte
                        unsafe to += 1
                    }
                } while escape.isInsideCharacter
                unsafe from = escape.place
            }
        }
        count = unsafe to - start
    }
}
