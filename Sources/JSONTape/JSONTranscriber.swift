// SPDX-License-Identifier: Apache-2.0

/// Reads one text and writes another in the same pass, without an index: what it reads is validated as it is copied.
///
/// It takes compact JSON only, without white space. A step that meets anything else, or has no room to write, fails: then the place jumps to the
/// text's end, where no other step succeeds, so that whoever uses it asks once, at the end. Small enough to be handed on and back in registers: each
/// function takes one and returns it.
@frozen @safe
public struct JSONTranscriber: ~Escapable {
    // Invariant: `place <= end`, and `JSONBuffer.padding` readable zeros follow `end`; `out <= limit`, and `JSONBuffer.padding` bytes may be written
    // behind `limit`, though they don't count. A zero is no part of any text, so each step ends at `end` at the latest.
    @usableFromInline var place: UnsafePointer<UInt8>
    @usableFromInline let end: UnsafePointer<UInt8>
    @usableFromInline var out: UnsafeMutablePointer<UInt8>
    @usableFromInline let limit: UnsafeMutablePointer<UInt8>

    @inlinable @inline(__always)
    @_lifetime(immortal)
    init(place: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, out: UnsafeMutablePointer<UInt8>, limit: UnsafeMutablePointer<UInt8>) {
        unsafe self.place = place
        unsafe self.end = end
        unsafe self.out = out
        unsafe self.limit = limit
    }

    // MARK: Places

    /// Whether there is nothing left, as after a failure.
    @inlinable @inline(__always) public var isAtEnd: Bool { unsafe place == end }

    /// Makes all further steps fail.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func fail() { unsafe place = end }

    /// How far it has read since another place of the same text.
    @inlinable @inline(__always)
    public func read(since start: borrowing JSONTranscriber) -> Int { unsafe place - start.place }

    /// How much it has written since then.
    @inlinable @inline(__always)
    public func written(since start: borrowing JSONTranscriber) -> Int { unsafe out - start.out }

    /// A reader of the same text, so many bytes behind this place.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func ahead(_ count: Int) -> JSONTranscriber {
        var there = self
        there.skip(count)
        return there
    }

    // MARK: Looking

    /// The next byte; zero at the end.
    @inlinable @inline(__always) public var byte: UInt8 { unsafe place.pointee }

    /// The next eight bytes, the first one lowest; zeros behind the end.
    @inlinable @inline(__always)
    public var word: UInt64 { unsafe UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)) }

    /// The eight bytes behind the next so many, of which there may be up to 32.
    @inlinable @inline(__always)
    public func word(behind count: Int) -> UInt64 {
        unsafe UInt64(littleEndian: UnsafeRawPointer(place + (count & 31)).loadUnaligned(as: UInt64.self))
    }

    /// Whether the next bytes are these.
    @inlinable @inline(__always)
    public func isNext(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard unsafe end - place >= count else { return false }
        // A literal has no padding: steps of eight bytes, of which the last one may overlap with the one before, or single bytes.
        let literal = unsafe UnsafeRawPointer(text.utf8Start)
        let own = unsafe UnsafeRawPointer(place)
        if count < 8 {
            for offset in 0..<count where unsafe place[offset] != text.utf8Start[offset] { return false }
            return true
        }
        var offset = 0
        while offset < count &- 8 {
            if unsafe literal.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != own.loadUnaligned(fromByteOffset: offset, as: UInt64.self) {
                return false
            }
            offset &+= 8
        }
        return unsafe literal.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) == own.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    }

    /// Whether the next bytes are the same as some of another text.
    @inlinable @inline(__always)
    public func isNext(_ text: JSONBytes, from offset: Int, count: Int) -> Bool {
        guard unsafe offset >= 0 && count >= 0 && offset &+ count <= text.count && end - place >= count else { return false }
        return unsafe equalBytes(place, text.start + offset, count)
    }

    /// Whether the bytes at an earlier place of the text come again here.
    @inlinable @inline(__always)
    public func repeats(_ earlier: borrowing JSONTranscriber, count: Int) -> Bool {
        guard unsafe count >= 0 && end - place >= count && earlier.end == end else { return false }
        return unsafe equalBytes(earlier.place, place, count)
    }

    // MARK: Reading

    /// Goes over bytes that were looked at.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func skip(_ count: Int) {
        unsafe place = UInt(bitPattern: count) <= UInt(bitPattern: end - place) ? place + count : end
    }

    /// Goes over a byte, which must be this one.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func expect(_ byte: UInt8) {
        if !take(byte) { fail() }
    }

    /// Goes over a byte where it is this one.
    /// - Returns: whether it is.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func take(_ byte: UInt8) -> Bool {
        // At the end there is a zero, so that any other byte lies before it.
        guard unsafe place.pointee == byte && (byte != 0 || place != end) else { return false }
        unsafe place += 1
        return true
    }

    /// Goes over the next bytes, up to eight and the first one lowest, which must be these.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func expect(_ bytes: UInt64, count: Int) {
        if word & (~0 &>> UInt64(64 &- 8 &* count)) == bytes { skip(count) } else { fail() }
    }

    /// Goes over a string. It stands on the opening quote before and behind the closing one afterwards.
    /// - Returns: whether there are escapes in it.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func skipString() -> Bool {
        guard byte == 0x22 else {
            fail()
            return false
        }
        let scan = unsafe StringScanner.scan(place + 1)
        guard scan.status <= 1 else {
            fail()
            return false
        }
        unsafe place = scan.p + 1
        return scan.status == 1
    }

    /// Goes over a member's name and its colon.
    /// - Returns: whether there are escapes in the name.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func skipName() -> Bool {
        let isEscaped = skipString()
        expect(0x3A)
        return isEscaped
    }

    /// Goes over any value, validating it.
    @_lifetime(self: copy self)
    public mutating func skipValue(depth: Int = 64) {
        self = JSONTranscriber.behindValue(self, depth)
    }

    /// Goes over a number.
    @_lifetime(self: copy self)
    public mutating func skipNumber() {
        var p = unsafe place
        if unsafe Indexer.number(&p) == nil && p <= end { unsafe place = p } else { fail() }
    }

    @_lifetime(copy transcriber)
    private static func behindValue(_ transcriber: JSONTranscriber, _ depth: Int) -> JSONTranscriber {
        var t = transcriber
        switch t.byte {
        case 0x22: _ = t.skipString()
        case 0x2D, 0x30...0x39: t.skipNumber()
        case 0x74: t.expect(0x6575_7274, count: 4)
        case 0x66: t.expect(0x65_736C_6166, count: 5)
        case 0x6E: t.expect(0x6C6C_756E, count: 4)
        case 0x7B, 0x5B:
            let isObject = t.byte == 0x7B
            let closing: UInt8 = isObject ? 0x7D : 0x5D
            guard depth > 0 else {
                t.fail()
                return t
            }
            t.skip(1)
            if t.byte == closing {
                t.skip(1)
                return t
            }
            while true {
                if isObject { _ = t.skipName() }
                t = behindValue(t, depth - 1)
                guard t.take(0x2C) else { break }
            }
            t.expect(closing)
        default: t.fail()
        }
        return t
    }

    // MARK: Writing

    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func write(byte: UInt8) {
        guard unsafe out < limit else { return fail() }
        unsafe out.pointee = byte
        unsafe out += 1
    }

    /// Up to eight bytes of text, the first one lowest.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func write(_ word: UInt64, count: Int) {
        guard unsafe limit - out >= count && count <= 8 else { return fail() }
        unsafe UnsafeMutableRawPointer(out).storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe out += count
    }

    /// What was written from an earlier place on, once more.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func writeAgain(_ start: borrowing JSONTranscriber, from offset: Int, count: Int) {
        guard unsafe start.limit == limit && offset >= 0 && count >= 0 && out - start.out >= offset + count else { return fail() }
        unsafe copy(UnsafePointer(start.out + offset), count)
    }

    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    mutating func copy(_ source: UnsafePointer<UInt8>, _ count: Int) {
        guard unsafe limit - out >= count else { return fail() }
        unsafe copyPadded(source, to: out, count: count)
        unsafe out += count
    }

    // MARK: Both

    /// Copies a string with its quotes.
    /// - Returns: whether there are escapes in it.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyString() -> Bool {
        let start = unsafe place
        let isEscaped = skipString()
        unsafe copy(start, place - start)
        return isEscaped
    }

    /// Copies a member's name, with its quotes and its colon, behind a separator.
    /// - Returns: whether there are escapes in the name.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyName(after separator: UInt8) -> Bool {
        let start = unsafe place
        let isEscaped = skipName()
        let count = unsafe place - start
        guard unsafe limit - out > count else {
            fail()
            return isEscaped
        }
        unsafe out.pointee = separator
        unsafe copyPadded(start, to: out + 1, count: count)
        unsafe out += count &+ 1
        return isEscaped
    }

    /// Copies the number in a string, without the quotes.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func copyNumber() {
        guard byte == 0x22 else { return fail() }
        let text = unsafe place + 1
        let sign = unsafe text.pointee == 0x2D ? 1 : 0
        let start = unsafe text + sign
        // Most numbers have up to 16 digits, with a point among them: two looks at all of them together, no loop.
        let first = unsafe start.pointee
        var count = unsafe StringScanner.nondigit(among16: start)
        if first &- 0x31 < 9 || (first == 0x30 && count == 1) {
            if unsafe start[count] == 0x2E && count < 16 {
                // From the point on: a digit, and further ones up to the quote.
                let fraction = unsafe StringScanner.nondigit(among16: start + count + 1)
                if fraction > 0 { count &+= 1 &+ fraction }
            }
            if unsafe start[count] == 0x22 && count > 0 {
                unsafe copy(text, count &+ sign)
                unsafe place = start + (count &+ 1)
                return
            }
        }
        copyAnyNumber()
    }

    @usableFromInline @inline(never)
    @_lifetime(self: copy self)
    mutating func copyAnyNumber() {
        let text = unsafe place + 1
        var p = unsafe text
        guard unsafe Indexer.number(&p) == nil && p.pointee == 0x22 else { return fail() }
        unsafe copy(text, p - text)
        if !isAtEnd { unsafe place = p + 1 }
    }

    /// Copies a string that holds base64, with its quotes.
    @_lifetime(self: copy self)
    public mutating func copyBase64() {
        let start = unsafe place
        if copyString() { return fail() }
        guard !isAtEnd, unsafe isBase64Text(start + 1, count: place - start - 2) else { return fail() }
    }

    /// Copies any value as it was written.
    @_lifetime(self: copy self)
    public mutating func copyValue(depth: Int = 64) {
        let start = unsafe place
        skipValue(depth: depth)
        unsafe copy(start, place - start)
    }

    /// Whether the content of two strings is the same, however it was written. Each stands on its opening quote.
    public static func isSameContent(_ a: borrowing JSONTranscriber, _ b: borrowing JSONTranscriber) -> Bool {
        var (behindA, behindB) = (copy a, copy b)
        _ = behindA.skipString()
        _ = behindB.skipString()
        guard !behindA.isAtEnd && !behindB.isAtEnd else { return false }
        var first = unsafe UnescapedBytes(from: a.place + 1, to: behindA.place - 1)
        var second = unsafe UnescapedBytes(from: b.place + 1, to: behindB.place - 1)
        while let byte = first.next() {
            if second.next() != byte { return false }
        }
        return second.next() == nil
    }

    /// The bytes between this place and a later one, as a text of its own.
    public func text(upTo later: borrowing JSONTranscriber) -> String {
        guard unsafe later.end == end && later.place >= place else { return "" }
        return unsafe String(decoding: UnsafeBufferPointer(start: place, count: later.place - place), as: UTF8.self)
    }
}

extension JSONWriter {
    /// Reads on in a text and appends what is made of it.
    ///
    /// - Parameters:
    ///   - offset: where the reading begins.
    ///   - room: the most that may be written.
    ///   - body: takes the transcriber and returns it where it came to.
    /// - Returns: where the reading ended; nil, with nothing written, where a step failed.
    @inlinable @inline(__always)
    public mutating func transcribe(
        _ text: JSONBytes, from offset: Int, room: Int, _ body: (inout JSONTranscriber) -> Void
    ) -> Int? {
        guard offset >= 0 && offset < text.count else { return nil }
        buffer.reserve(room)
        let out = unsafe buffer.start + buffer.count
        var transcriber = unsafe JSONTranscriber(
            place: text.start + offset, end: text.start + text.count, out: out, limit: out + max(room, 0))
        body(&transcriber)
        guard !transcriber.isAtEnd else { return nil }
        unsafe buffer.advance(by: transcriber.out - out)
        return unsafe transcriber.place - text.start
    }
}
