// SPDX-License-Identifier: Apache-2.0

internal import CInstructions

/// What a look-up of many known texts needs of a text: its hash, and whether it is one of them.
extension JSONText {
    /// A hash of the first `length` bytes, and of how many that is. The same in one process and on one kind of machine only.
    @inlinable @inline(__always)
    public func hash(prefix length: Int) -> UInt64 {
        let length = min(max(length, 0), count)
        return unsafe hashBytes(start, length)
    }

    /// The same of the last `length` bytes: texts with the same bytes have the same hash, wherever they stand.
    @inlinable @inline(__always)
    public func hash(suffix length: Int) -> UInt64 {
        let length = min(max(length, 0), count)
        return unsafe hashBytes(start + (count &- length), length)
    }

    /// Whether some bytes from `place` on are those of another text.
    @inlinable @inline(__always)
    public func has(_ bytes: JSONBytes, from offset: Int, count length: Int, at place: Int = 0) -> Bool {
        guard place >= 0, length >= 0, place <= count &- length, offset >= 0, offset <= bytes.count &- length else { return false }
        return unsafe equalBytes(start + place, bytes.start + offset, length)
    }

    /// Where a byte stands first, from a place on; nil where it doesn't.
    @inlinable @inline(__always)
    public func firstPlace(of byte: UInt8, from start: Int = 0) -> Int? {
        let spread = UInt64(byte) &* 0x0101_0101_0101_0101
        var place = max(start, 0)
        while place < count {
            // The lowest byte of these that is not zero belongs to the first byte that is the one looked for.
            let word = (unsafe UInt64(littleEndian: UnsafeRawPointer(self.start + place).loadUnaligned(as: UInt64.self))) ^ spread
            let hits = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if hits != 0 {
                let found = place &+ hits.trailingZeroBitCount &>> 3
                return found < count ? found : nil
            }
            place &+= 8
        }
        return nil
    }

    @inlinable @inline(__always)
    public func contains(_ byte: UInt8) -> Bool { firstPlace(of: byte) != nil }

    /// Where some bytes of another text stand first, looked for from one place of this one up to another; nil where they don't. No bytes stand anywhere.
    public func firstPlace(of bytes: JSONBytes, from offset: Int, count length: Int, in range: Range<Int>) -> Int? {
        let range = range.clamped(to: 0..<count)
        guard offset >= 0, length > 0, offset <= bytes.count &- length else { return length == 0 ? range.lowerBound : nil }
        // Sixteen places a step: those where both the first and the last byte are right are looked at.
        let (first, last) = unsafe (bytes.start[offset], bytes.start[offset &+ length &- 1])
        var place = range.lowerBound
        while place <= range.upperBound &- length {
            var hits = unsafe instruction_both(start + place, first, start + (place &+ length &- 1), last)
            while hits != 0 {
                let found = place &+ hits.trailingZeroBitCount
                if found > range.upperBound &- length { return nil }
                if unsafe equalBytes(start + found, bytes.start + offset, length) { return found }
                hits &= hits &- 1
            }
            place &+= 16
        }
        return nil
    }

    /// Whether both have the same bytes.
    @inlinable @inline(__always)
    public func hasSameBytes(as other: borrowing JSONText) -> Bool {
        guard count == other.count else { return false }
        return unsafe equalBytes(start, other.start, count)
    }

    /// The first eight bytes, the first one lowest, and zeros behind the end.
    @inlinable @inline(__always)
    public var leadingWord: UInt64 {
        if count == 0 { return 0 }
        // Without a branch for longer texts: names of all lengths come one after another.
        let word = unsafe UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        return word & UInt64.max &>> UInt64(truncatingIfNeeded: (8 &- min(count, 8)) &* 8)
    }
}

extension JSONText {
    /// Some of the bytes, as a text of its own.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func part(_ range: Range<Int>) -> JSONText {
        let range = range.clamped(to: 0..<count)
        let part = unsafe JSONText(start: start + range.lowerBound, count: range.count, isEscaped: isEscaped)
        return unsafe _overrideLifetime(part, copying: self)
    }

    /// The same text, read as one with escapes in it; they must be sound, as they are in a validated string.
    public var withEscapes: JSONText {
        @_lifetime(copy self) get {
            let text = unsafe JSONText(start: start, count: count, isEscaped: true)
            return unsafe _overrideLifetime(text, copying: self)
        }
    }
}

extension JSONBytes {
    /// Some of the bytes, as a text without escapes.
    @inlinable @inline(__always)
    @_lifetime(borrow self)
    public borrowing func text(_ range: Range<Int>) -> JSONText {
        let range = range.clamped(to: 0..<count)
        let text = unsafe JSONText(start: start + range.lowerBound, count: range.count, isEscaped: false)
        return unsafe _overrideLifetime(text, borrowing: self)
    }
}

extension JSONBuffer {
    /// The bytes, as a text without escapes.
    public var text: JSONText {
        @_lifetime(borrow self) borrowing get {
            let text = unsafe JSONText(start: UnsafePointer(start), count: count, isEscaped: false)
            return unsafe _overrideLifetime(text, borrowing: self)
        }
    }
}

/// Hashes bytes in steps of eight. Reads up to 7 bytes behind them, which must be allowed, as it is in a document.
@inlinable @inline(__always)
func hashBytes(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var place = 0
    while place &+ 8 <= count {
        hash = mixBits(hash ^ (unsafe UInt64(littleEndian: UnsafeRawPointer(start + place).loadUnaligned(as: UInt64.self))))
        place &+= 8
    }
    if place < count {
        let word = unsafe UInt64(littleEndian: UnsafeRawPointer(start + place).loadUnaligned(as: UInt64.self))
        hash = mixBits(hash ^ (word & ((1 &<< UInt64((count &- place) &* 8)) &- 1)))
    }
    return hash
}

@inlinable @inline(__always)
func mixBits(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0xA24B_AED4_963E_E407)
    return product.high ^ product.low
}

extension JSONBytes {
    /// A reader of the text from a place on, with no room to write.
    @inlinable @inline(__always)
    @_lifetime(borrow self)
    public borrowing func reader(at offset: Int) -> JSONTranscriber {
        let place = unsafe start + min(max(offset, 0), count)
        // Nothing is written: there is no room between the two places.
        let nowhere = unsafe UnsafeMutablePointer(mutating: start)
        let reader = unsafe JSONTranscriber(place: place, end: start + count, out: nowhere, limit: nowhere)
        return unsafe _overrideLifetime(reader, borrowing: self)
    }
}

extension JSONTranscriber {
    /// Goes over a member's name and its colon.
    /// - Returns: the name.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    @_lifetime(copy self)
    public mutating func readName() -> JSONText {
        let start = self
        // A name of one letter, as the types of attribute values are: "S":
        let isShort = word & 0xFFFF_00FF == 0x3A22_0022 && (word &>> 8) & 0xFF != 0x5C
        var isEscaped = false
        if isShort { skip(4) } else { isEscaped = skipName() }
        let count = unsafe max(place - start.place - 3, 0)
        let name = unsafe JSONText(start: start.place + 1, count: count, isEscaped: isEscaped)
        return unsafe _overrideLifetime(name, copying: self)
    }

    /// Whether a string stands next that is written like this text, which has no escapes.
    @inlinable @inline(__always)
    public func isNextString(_ text: borrowing JSONText) -> Bool {
        guard unsafe byte == 0x22 && !text.isEscaped && end - place >= text.count &+ 2 && place[text.count &+ 1] == 0x22 else { return false }
        return unsafe equalBytes(place + 1, text.start, text.count)
    }

    /// The bytes between this place and a later one, as they are written.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func rawText(upTo behind: borrowing JSONTranscriber) -> JSONText {
        let count = unsafe end == behind.end ? max(behind.place - place, 0) : 0
        let text = unsafe JSONText(start: place, count: count, isEscaped: false)
        return unsafe _overrideLifetime(text, copying: self)
    }
}
