// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Bytes that do not change any more, shared by reference.
@safe
public final class JSONBytes: @unchecked Sendable {
    // Invariant: nothing changes after `init`, and the block lives as long as this object.
    @usableFromInline let start: UnsafePointer<UInt8>
    private let block: JSONBlock
    /// Where its block goes back to.
    public let memory: JSONMemory?
    /// How many bytes there are; ``JSONBuffer/padding`` zeros follow them.
    public let count: Int

    public init(_ buffer: consuming JSONBuffer) {
        let parts = buffer.release()
        block = parts.block
        memory = parts.memory
        count = parts.count
        unsafe start = UnsafePointer(parts.block.start.assumingMemoryBound(to: UInt8.self))
    }

    public convenience init(_ bytes: some Collection<UInt8>) {
        var buffer = JSONBuffer(capacity: bytes.count)
        buffer.append(bytes)
        self.init(buffer)
    }

    /// How many bytes of memory it takes.
    var footprint: Int { block.capacity }

    deinit {
        if let memory { memory.give(block) } else { block.free() }
    }

    public var span: RawSpan {
        @_lifetime(borrow self) borrowing get {
            unsafe _overrideLifetime(RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count), borrowing: self)
        }
    }

    /// One byte; zero outside of the bytes.
    @inlinable @inline(__always)
    public func byte(at offset: Int) -> UInt8 {
        offset >= 0 && offset < count ? unsafe start[offset] : 0
    }

    /// Whether these bytes stand at a place.
    public func starts(with text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, offset <= count - length else { return false }
        for place in 0..<length where unsafe start[offset + place] != text.utf8Start[place] { return false }
        return true
    }

    /// Where the first byte of this value stands at or after `offset`, or nil.
    public func firstIndex(of byte: UInt8, from offset: Int) -> Int? {
        guard offset >= 0, offset < count, let found = unsafe memchr(start + offset, Int32(byte), count - offset) else { return nil }
        return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }

    /// Whether the bytes at two places are the same.
    @inlinable @inline(__always)
    public func isSame(_ a: Int, _ b: Int, count: Int) -> Bool {
        guard a >= 0 && b >= 0 && count >= 0 && max(a, b) <= self.count - count else { return false }
        return unsafe equalBytes(start + a, start + b, count)
    }

    /// A copy of the bytes from `range`.
    public subscript(range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        return unsafe Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
    }

    /// Adds a copy of the bytes from `range`.
    public func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
        let range = range.clamped(to: 0..<count)
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
    }

    /// The bytes from `range` as text; what is not UTF-8 shows replacement characters.
    public func text(of range: Range<Int>) -> String {
        let range = range.clamped(to: 0..<count)
        return unsafe String(decoding: UnsafeBufferPointer(start: start + range.lowerBound, count: range.count), as: UTF8.self)
    }
}
