// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The text of a validated string as it was written, between its quotes: to be looked at without making a `String` of it.
@frozen @safe
public struct JSONText: ~Escapable {
    // Invariant: `start[0..<count]` is readable, and so are `JSONBuffer.padding` bytes behind it.
    @usableFromInline let start: UnsafePointer<UInt8>
    /// How many bytes it has.
    public let count: Int
    /// Whether there are escapes in it.
    public let isEscaped: Bool

    @inlinable @inline(__always)
    @_lifetime(immortal)
    init(start: UnsafePointer<UInt8>, count: Int, isEscaped: Bool) {
        unsafe self.start = start
        self.count = count
        self.isEscaped = isEscaped
    }

    /// The byte at a place; zero where the text has none there.
    @inlinable @inline(__always)
    public func byte(at place: Int) -> UInt8 {
        place >= 0 && place < count ? unsafe start[place] : 0
    }

    /// Whether it holds these bytes from `place` on.
    @inlinable @inline(__always)
    public func has(_ part: StaticString, at place: Int = 0) -> Bool {
        let length = part.utf8CodeUnitCount
        guard place >= 0, place + length <= count else { return false }
        for offset in 0..<length where unsafe start[place + offset] != part.utf8Start[offset] { return false }
        return true
    }

    /// Whether it holds these bytes anywhere.
    ///
    /// - Parameter anchor: which of them is the rarest; it is the one that is looked for.
    public func contains(_ part: StaticString, anchor: Int = 0) -> Bool {
        let length = part.utf8CodeUnitCount
        guard anchor >= 0, anchor < length else { return length == 0 }
        var place = anchor
        while place < count, let found = unsafe memchr(start + place, Int32(part.utf8Start[anchor]), count - place) {
            place = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
            if has(part, at: place - anchor) { return true }
            place += 1
        }
        return false
    }

    /// Whether 36 digits and letters in groups of 8, 4, 4, 4 and 12, with dashes between them, stand at a place, as request ids are written.
    public func hasGroupedID(at place: Int) -> Bool {
        guard place >= 0, place + 36 <= count else { return false }
        let first = unsafe start + place
        let x: UInt8 = 0xFF
        return unsafe JSONText.isGroup(first, dashes: SIMD16(0, 0, 0, 0, 0, 0, 0, 0, x, 0, 0, 0, 0, x, 0, 0))
            && JSONText.isGroup(first + 16, dashes: SIMD16(0, 0, x, 0, 0, 0, 0, x, 0, 0, 0, 0, 0, 0, 0, 0))
            && JSONText.isGroup(first + 20, dashes: SIMD16(0, 0, 0, x, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    }

    /// Whether 16 bytes are dashes where they should be and digits and letters elsewhere.
    @inline(__always)
    private static func isGroup(_ place: UnsafePointer<UInt8>, dashes: SIMD16<UInt8>) -> Bool {
        let bytes = unsafe StringScanner.load16(place)
        let digits = unsafe unsafeBitCast((bytes &- SIMD16<UInt8>(repeating: 0x30)) .< SIMD16<UInt8>(repeating: 10), to: SIMD2<UInt64>.self)
        let letters = unsafe unsafeBitCast(
            ((bytes | SIMD16<UInt8>(repeating: 0x20)) &- SIMD16<UInt8>(repeating: 0x61)) .< SIMD16<UInt8>(repeating: 26), to: SIMD2<UInt64>.self)
        let hyphens = unsafe unsafeBitCast(bytes .== SIMD16<UInt8>(repeating: 0x2D), to: SIMD2<UInt64>.self)
        let wanted = unsafe unsafeBitCast(dashes, to: SIMD2<UInt64>.self)
        let sound = (wanted & hyphens) | (~wanted & (digits | letters))
        return sound[0] & sound[1] == ~0
    }
}

extension JSONView {
    /// The text of a string or number as it was written, without quotes.
    @inlinable @inline(__always)
    public var rawText: JSONText {
        @_lifetime(copy self) get {
            let text = unsafe JSONText(start: bytes + textOffset, count: textCount, isEscaped: isEscaped)
            return unsafe _overrideLifetime(text, copying: self)
        }
    }
}

extension JSONTranscriber {
    /// The text of a string from whose opening quote on this has read.
    @inlinable @inline(__always)
    @_lifetime(copy start)
    public static func text(_ start: borrowing JSONTranscriber, upTo behind: borrowing JSONTranscriber, isEscaped: Bool) -> JSONText {
        let count = unsafe start.end == behind.end ? max(behind.place - start.place - 2, 0) : 0
        let text = unsafe JSONText(start: start.place + 1, count: count, isEscaped: isEscaped)
        return unsafe _overrideLifetime(text, copying: start)
    }
}
