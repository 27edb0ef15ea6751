// SPDX-License-Identifier: Apache-2.0

internal import CInstructions

/// Writes JSON into a growing buffer: spans of a source are copied as they were written, so nothing is unescaped and escaped again.
///
/// Commas and brackets are the caller's: this is the pen, not the grammar.
@safe
public struct JSONWriter: ~Copyable, Sendable {
    @usableFromInline var buffer: JSONBuffer

    public init(capacity: Int = 0, memory: JSONMemory? = nil) {
        buffer = JSONBuffer(capacity: capacity, memory: memory)
    }

    /// How many bytes have been written.
    @inlinable public var count: Int { buffer.count }

    @inlinable @inline(__always)
    public mutating func write(byte: UInt8) {
        buffer.reserve(1)
        unsafe buffer.start[buffer.count] = byte
        unsafe buffer.advance(by: 1)
    }

    /// Text that is JSON already.
    @inlinable @inline(__always)
    public mutating func write(raw text: StaticString) {
        unsafe copy(from: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Text that is JSON already.
    @inlinable
    public mutating func write(raw text: some Sequence<UInt8>) { buffer.append(text) }

    /// Text that is JSON already.
    @inlinable
    public mutating func write(raw text: String) {
        var text = text
        text.withUTF8 { bytes in
            if let start = bytes.baseAddress { buffer.append(unsafe RawSpan(_unsafeStart: start, byteCount: bytes.count)) }
        }
    }

    /// Text that is JSON already.
    public mutating func write(raw text: RawSpan) { buffer.append(text) }

    /// Text that is JSON already.
    @inlinable @inline(__always)
    public mutating func write(raw text: JSONBytes) {
        if text.count > 0 { unsafe copyPadded(from: text.start, count: text.count) }
    }

    /// The first `count` of 32 bytes that are JSON already.
    @inlinable @inline(__always)
    public mutating func write(_ bytes: SIMD32<UInt8>, count: Int) {
        buffer.reserve(32)
        unsafe UnsafeMutableRawPointer(buffer.start + buffer.count).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
        unsafe buffer.advance(by: min(max(count, 0), 32))
    }

    /// Bytes of this writer's own, once more.
    public mutating func repeatBytes(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<count)
        buffer.reserve(range.count)
        unsafe UnsafeMutableRawPointer(buffer.start + count).copyMemory(from: buffer.start + range.lowerBound, byteCount: range.count)
        unsafe buffer.advance(by: range.count)
    }

    /// Copies up to a few dozen bytes without a call. Writes up to 15 bytes more than asked into the padding, where they don't count.
    @inlinable @inline(__always)
    mutating func copy(from source: UnsafePointer<UInt8>, count: Int) {
        buffer.reserve(count)
        let target = unsafe UnsafeMutableRawPointer(buffer.start + buffer.count)
        let from = unsafe UnsafeRawPointer(source)
        unsafe target.copyMemory(from: from, byteCount: count)
        unsafe buffer.advance(by: count)
    }

    /// The same for bytes of a document, which has padding of its own behind it.
    @inlinable @inline(__always)
    mutating func copyPadded(from source: UnsafePointer<UInt8>, count: Int) {
        buffer.reserve(count)
        let target = unsafe UnsafeMutableRawPointer(buffer.start + buffer.count)
        let from = unsafe UnsafeRawPointer(source)
        if count <= 256 {
            var done = 0
            repeat {
                unsafe target.storeBytes(of: (from + done).loadUnaligned(as: SIMD16<UInt8>.self), toByteOffset: done, as: SIMD16<UInt8>.self)
                done &+= 16
            } while done < count
        } else {
            unsafe target.copyMemory(from: from, byteCount: count)
        }
        unsafe buffer.advance(by: count)
    }

    /// A value as it was written.
    @inlinable @inline(__always)
    public mutating func copy(_ value: borrowing JSONView) {
        let start = value.offset
        unsafe copyPadded(from: value.bytes + start, count: value.endOffset &- start)
    }

    /// A value on one line: as it was written, unless there are line breaks in it, which go together with all other white space.
    public mutating func copyLine(_ value: borrowing JSONView) {
        if !value.hasLineBreak { return copy(value) }
        switch value.kind {
        case .object:
            write(byte: 0x7B)
            var members = value.members
            var first = true
            while members.next() {
                if !first { write(byte: 0x2C) }
                first = false
                copyName(members.key)
                copyLine(members.value)
            }
            write(byte: 0x7D)
        case .array:
            write(byte: 0x5B)
            var elements = value.elements
            var first = true
            while elements.next() {
                if !first { write(byte: 0x2C) }
                first = false
                copyLine(elements.value)
            }
            write(byte: 0x5D)
        default:
            copy(value)
        }
    }

    /// Part of the text of a string or number as it was written.
    public mutating func copyText(_ value: borrowing JSONView, from place: Int, count: Int) {
        let count = min(count, value.textCount - place)
        if place >= 0 && count > 0 { unsafe copyPadded(from: value.bytes + value.textOffset + place, count: count) }
    }

    /// The text of a string or number as it was written, without quotes.
    @inlinable @inline(__always)
    public mutating func copyText(_ value: borrowing JSONView) {
        unsafe copyPadded(from: value.bytes + value.textOffset, count: value.textCount)
    }

    /// The text of a string as it was written, with quotes.
    @inlinable @inline(__always)
    public mutating func copyQuoted(_ value: borrowing JSONView) {
        unsafe copyPadded(from: value.bytes + (value.textOffset &- 1), count: value.textCount &+ 2)
    }

    /// The text of a folded object's string (see ``JSONView/foldedName``), without quotes.
    @inlinable @inline(__always)
    public mutating func copyFoldedText(_ value: borrowing JSONView) {
        let entry = value.entry
        unsafe copyPadded(from: value.bytes + entry.offset, count: entry.payload)
    }

    /// The text of a folded object's string (see ``JSONView/foldedName``), with quotes.
    @inlinable @inline(__always)
    public mutating func copyFoldedQuoted(_ value: borrowing JSONView) {
        let entry = value.entry
        unsafe copyPadded(from: value.bytes + (entry.offset &- 1), count: entry.payload &+ 2)
    }

    /// A member's name as it was written, with quotes, and a colon.
    @inlinable @inline(__always)
    public mutating func copyName(_ name: borrowing JSONView) {
        let start = unsafe name.bytes + (name.textOffset &- 1)
        let count = name.textCount
        // The colon follows at once in most texts; where there is white space, it is put in.
        unsafe copyPadded(from: start, count: count &+ 3)
        unsafe buffer.start[buffer.count &- 1] = 0x3A
    }

    /// A string, quoted and escaped.
    public mutating func write(string: String) {
        var string = string
        string.withUTF8 { bytes in
            if let start = bytes.baseAddress {
                unsafe write(quoting: start, count: bytes.count)
            } else {
                write(raw: "\"\"")
            }
        }
    }

    /// UTF-8 as a string, quoted and escaped.
    public mutating func write(string utf8: RawSpan) {
        unsafe utf8.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                unsafe write(quoting: start.assumingMemoryBound(to: UInt8.self), count: bytes.count)
            } else {
                write(raw: "\"\"")
            }
        }
    }

    private mutating func write(quoting start: UnsafePointer<UInt8>, count: Int) {
        write(byte: 0x22)
        unsafe write(escaping: start, count: count)
        write(byte: 0x22)
    }

    /// Whether the processor has instructions for most of that.
    private static let hasEscape = instruction_has_escape()

    /// Writes UTF-8 with a backslash where a string of JSON needs one.
    private mutating func write(escaping start: UnsafePointer<UInt8>, count: Int) {
        var from = unsafe start
        let end = unsafe start + count
        // Invariant: there is room for what is left if each byte of it gets a backslash, and steps of 16 bytes end in the padding.
        buffer.reserve(2 * count)
        var to = unsafe buffer.start + buffer.count
        // Steps of 16 bytes, each read in as many parts as have to begin behind a backslash; the last part may be read 15 bytes further.
        while unsafe end - from >= 32 {
            if JSONWriter.hasEscape {
                var written = 0
                unsafe from += instruction_escape(from, end - from, to, &written)
                unsafe to += written
                // What is left begins with a control character within 16 bytes, or is nearly nothing.
                if unsafe end - from < 32 { break }
            }
            let mask = unsafe instruction_string(from)
            var marks = (mask | mask &>> 16) & 0xFFFF
            var done = 0
            while marks != 0 {
                let place = marks.trailingZeroBitCount
                marks &= marks &- 1
                unsafe UnsafeMutableRawPointer(to).storeBytes(of: StringScanner.load16(from + done), as: SIMD16<UInt8>.self)
                unsafe to += place &- done
                done = place
                let byte = unsafe from[place]
                if byte < 0x20 {
                    unsafe to = write(control: byte, at: to, room: 2 * (end - from))
                    done = place &+ 1
                } else {
                    // The part that begins here writes over it, unless it is to stay.
                    unsafe to.pointee = 0x5C
                    unsafe to += byte == 0x22 || byte == 0x5C ? 1 : 0
                }
            }
            unsafe UnsafeMutableRawPointer(to).storeBytes(of: StringScanner.load16(from + done), as: SIMD16<UInt8>.self)
            unsafe to += 16 &- done
            unsafe from += 16
        }
        while unsafe from < end {
            let byte = unsafe from.pointee
            unsafe from += 1
            if byte == 0x22 || byte == 0x5C {
                unsafe to.pointee = 0x5C
                unsafe to[1] = byte
                unsafe to += 2
            } else if byte >= 0x20 {
                unsafe to.pointee = byte
                unsafe to += 1
            } else {
                unsafe to = write(control: byte, at: to, room: 2 * (end - from))
            }
        }
        unsafe buffer.advance(by: to - buffer.start - buffer.count)
    }

    /// Writes an escape, which takes more room than a backslash.
    ///
    /// - Parameter place: how far this writer's buffer is written.
    /// - Returns: where to go on, with that much room.
    @inline(never)
    private mutating func write(control byte: UInt8, at place: UnsafeMutablePointer<UInt8>, room: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe buffer.advance(by: place - buffer.start - buffer.count)
        write(control: byte)
        buffer.reserve(room)
        return unsafe buffer.start + buffer.count
    }

    private mutating func write(control byte: UInt8) {
        switch byte {
        case 0x08: write(raw: "\\b")
        case 0x0C: write(raw: "\\f")
        case 0x0A: write(raw: "\\n")
        case 0x0D: write(raw: "\\r")
        case 0x09: write(raw: "\\t")
        default:
            write(raw: "\\u00")
            for digit in [byte >> 4, byte & 15] { write(byte: digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
    }

    @inlinable
    public mutating func write(int: some FixedWidthInteger) { write(raw: String(int).utf8) }

    /// Lets `body` write up to `room` bytes with a pen, which stays in registers where a writer goes through memory.
    ///
    /// - Parameter body: writes with the pen. What goes beyond the room is left out.
    /// - Returns: whether there was room for everything; else nothing has been written.
    @inlinable @inline(__always)
    public mutating func write(room: Int, _ body: (inout JSONPen) -> Void) -> Bool {
        buffer.reserve(room)
        let start = unsafe buffer.start + buffer.count
        var pen = unsafe JSONPen(start, start + room)
        body(&pen)
        guard !pen.isFull else { return false }
        unsafe buffer.advance(by: pen.place - start)
        return true
    }

    /// Takes back everything behind the first `count` bytes.
    public mutating func truncate(to count: Int) {
        if count >= 0 && count < self.count { unsafe buffer.advance(by: count - self.count) }
    }

    public mutating func removeAll() { buffer.removeAll() }

    /// The bytes written so far.
    public var bytes: RawSpan {
        @_lifetime(borrow self) borrowing get { buffer.bytes }
    }

    /// The bytes written so far as text.
    public var text: String { unsafe String(decoding: UnsafeBufferPointer(start: UnsafePointer(buffer.start), count: buffer.count), as: UTF8.self) }

    /// A copy of the bytes written so far.
    public var array: [UInt8] { buffer.copy(of: 0..<buffer.count) }

    /// Writes all bytes to a file descriptor.
    public func write(to descriptor: Int32) throws(DescriptorError) { try buffer.bytes.write(to: descriptor) }

    /// Freezes what was written.
    public consuming func finish() -> JSONBytes { JSONBytes(buffer) }
}

