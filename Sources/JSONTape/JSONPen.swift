// SPDX-License-Identifier: Apache-2.0

/// Writes into room that a ``JSONWriter`` has made. Small enough to be handed on and back in registers: each function takes a pen and returns it.
///
/// What there is no room for is not written, and the writer is told at the end.
@frozen @safe
public struct JSONPen: ~Escapable {
    // Invariant: `place <= end`, and `JSONBuffer.padding` bytes may be written behind `end`, though they don't count.
    @usableFromInline var place: UnsafeMutablePointer<UInt8>
    @usableFromInline let end: UnsafeMutablePointer<UInt8>
    @usableFromInline var isFull: Bool

    @inlinable @inline(__always)
    @_lifetime(immortal)
    init(_ place: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>) {
        unsafe self.place = place
        unsafe self.end = end
        isFull = false
    }

    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func write(byte: UInt8) {
        guard unsafe place < end else {
            isFull = true
            return
        }
        unsafe place.pointee = byte
        unsafe place += 1
    }

    /// Up to eight bytes of text, the first one lowest.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func write(_ word: UInt64, count: Int) {
        guard unsafe end - place >= count, count <= 8 else {
            isFull = true
            return
        }
        unsafe UnsafeMutableRawPointer(place).storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe place += count
    }

    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    mutating func copy(_ source: UnsafePointer<UInt8>, _ count: Int) {
        guard unsafe end - place >= count else {
            isFull = true
            return
        }
        unsafe copyPadded(source, to: place, count: count)
        unsafe place += count
    }

    /// All behind the first 32 bytes.
    @inlinable @inline(__always)
    static func copyRest(_ target: UnsafeMutableRawPointer, _ from: UnsafeRawPointer, _ count: Int) {
        if count > 128 {
            unsafe target.copyMemory(from: from, byteCount: count)
            return
        }
        var done = 32
        repeat {
            unsafe target.storeBytes(of: (from + done).loadUnaligned(as: SIMD16<UInt8>.self), toByteOffset: done, as: SIMD16<UInt8>.self)
            done &+= 16
        } while done < count
    }

    /// A byte, a member's name as it was written, with quotes, and a colon.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyName(after separator: UInt8, _ name: borrowing JSONView) {
        let count = name.textCount
        write(byte: separator)
        // The colon follows at once in most texts; where there is white space, it is put in.
        unsafe copy(name.bytes + (name.textOffset &- 1), count &+ 3)
        if !isFull { unsafe place[-1] = 0x3A }
    }

    /// The text of a folded object's string, with quotes or without, told by a number: no branch.
    ///
    /// - Parameter quotes: 1 with, 0 without.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyFolded(_ value: borrowing JSONView, quotes: Int) {
        let entry = value.entry
        let quotes = quotes & 1
        unsafe copy(value.bytes + (entry.offset &- quotes), entry.payload &+ 2 &* quotes)
    }

    /// The text of a string or number as it was written, without quotes.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyText(_ value: borrowing JSONView) {
        unsafe copy(value.bytes + value.textOffset, value.textCount)
    }

    /// The text of a string as it was written, with quotes.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyQuoted(_ value: borrowing JSONView) {
        unsafe copy(value.bytes + (value.textOffset &- 1), value.textCount &+ 2)
    }

    /// A value as it was written.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ value: borrowing JSONView) {
        let start = value.offset
        unsafe copy(value.bytes + start, value.endOffset &- start)
    }

    /// Text that is JSON already.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func write(raw text: StaticString) {
        let count = text.utf8CodeUnitCount
        guard unsafe end - place >= count else {
            isFull = true
            return
        }
        unsafe UnsafeMutableRawPointer(place).copyMemory(from: text.utf8Start, byteCount: count)
        unsafe place += count
    }

    /// The first `count` of 32 bytes that are JSON already.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func write(_ bytes: SIMD32<UInt8>, count: Int) {
        guard count >= 0, count <= 32, unsafe end - place >= count else {
            isFull = true
            return
        }
        unsafe UnsafeMutableRawPointer(place).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
        unsafe place += count
    }

    /// Text that is JSON already.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ text: JSONBytes) {
        unsafe copy(text.start, text.count)
    }

    /// Part of a text. What lies outside of it is as what there is no room for.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ text: JSONBytes, from offset: Int, count: Int) {
        guard offset >= 0 && count >= 0 && offset &+ count <= text.count else {
            isFull = true
            return
        }
        unsafe copy(text.start + offset, count)
    }

    /// What a transcriber has read between two places.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ start: borrowing JSONTranscriber, upTo behind: borrowing JSONTranscriber) {
        guard unsafe start.end == behind.end && behind.place >= start.place else {
            isFull = true
            return
        }
        unsafe copy(start.place, behind.place - start.place)
    }

    /// Part of a string's text.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ text: borrowing JSONText, from place: Int, count: Int) {
        guard place >= 0 && count >= 0 && place &+ count <= text.count else {
            isFull = true
            return
        }
        unsafe copy(text.start + place, count)
    }

    /// Part of a buffer.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ buffer: borrowing JSONBuffer, from offset: Int, count: Int) {
        guard offset >= 0 && count >= 0 && offset &+ count <= buffer.count else {
            isFull = true
            return
        }
        unsafe copy(UnsafePointer(buffer.start + offset), count)
    }

    /// Part of what a writer has written, which is another one than the pen's.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copy(_ writer: borrowing JSONWriter, from offset: Int, count: Int) {
        guard offset >= 0 && count >= 0 && offset &+ count <= writer.count else {
            isFull = true
            return
        }
        unsafe copy(UnsafePointer(writer.buffer.start + offset), count)
    }
}

/// Copies from memory with padding to memory with padding. Two steps at once for nearly all, since a branch on the length is a bad bet.
@unsafe @inlinable @inline(__always)
func copyPadded(_ source: UnsafePointer<UInt8>, to place: UnsafeMutablePointer<UInt8>, count: Int) {
    let target = UnsafeMutableRawPointer(place)
    let from = unsafe UnsafeRawPointer(source)
    unsafe target.storeBytes(of: from.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
    unsafe target.storeBytes(of: (from + 16).loadUnaligned(as: SIMD16<UInt8>.self), toByteOffset: 16, as: SIMD16<UInt8>.self)
    if count > 32 { unsafe JSONPen.copyRest(target, from, count) }
}
