// SPDX-License-Identifier: Apache-2.0

/// Goes over the bytes of a validated string's content, one by one, with its escapes resolved.
@safe
struct UnescapedBytes {
    // Invariant: `place..<end` is the rest of the text of a string in a document that outlives this value.
    private(set) var place: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    /// What is left of an escape's UTF-8, the next byte lowest, and how many bytes that is.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    init(_ string: borrowing JSONView) {
        unsafe place = string.bytes + string.textOffset
        unsafe end = place + string.textCount
    }

    init(from place: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) {
        unsafe self.place = place
        unsafe self.end = end
    }

    /// Whether the last byte was not the last one of what an escape stands for.
    var isInsideCharacter: Bool { pendingCount > 0 }

    mutating func next() -> UInt8? {
        if pendingCount > 0 {
            pendingCount -= 1
            defer { pending >>= 8 }
            return UInt8(truncatingIfNeeded: pending)
        }
        guard unsafe place < end else { return nil }
        let byte = unsafe place.pointee
        unsafe place += 1
        if byte != 0x5C { return byte }
        let letter = unsafe place.pointee
        unsafe place += 1
        switch letter {
        case 0x62: return 0x08
        case 0x66: return 0x0C
        case 0x6E: return 0x0A
        case 0x72: return 0x0D
        case 0x74: return 0x09
        case 0x75: return unicode()
        default: return letter
        }
    }

    private mutating func unit() -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            unit = unit << 4 | (StringScanner.hexDigit(unsafe place.pointee) ?? 0)
            unsafe place += 1
        }
        return unit
    }

    private mutating func unicode() -> UInt8? {
        var value = unit()
        if value & 0xFC00 == 0xD800 {
            unsafe place += 2
            value = 0x10000 + (value & 0x3FF) << 10 + (unit() & 0x3FF)
        }
        // UTF-8 by RFC 3629, section 3. A validated string has whole surrogate pairs only.
        switch value {
        case 0..<0x80:
            return UInt8(value)
        case 0x80..<0x800:
            (pending, pendingCount) = (0xC0 | value >> 6 | (0x80 | value & 0x3F) << 8, 2)
        case 0x800..<0x10000:
            (pending, pendingCount) = (0xE0 | value >> 12 | (0x80 | value >> 6 & 0x3F) << 8 | (0x80 | value & 0x3F) << 16, 3)
        default:
            pending = 0xF0 | value >> 18 | (0x80 | value >> 12 & 0x3F) << 8 | (0x80 | value >> 6 & 0x3F) << 16 | (0x80 | value & 0x3F) << 24
            pendingCount = 4
        }
        return next()
    }
}

extension JSONView {
    /// Whether both are strings with the same content, however it was written.
    public func contentEquals(_ other: borrowing JSONView) -> Bool {
        guard kind == .string && other.kind == .string else { return false }
        if !isEscaped && !other.isEscaped {
            return textCount == other.textCount && (unsafe equalBytes(bytes + textOffset, other.bytes + other.textOffset, textCount))
        }
        var mine = UnescapedBytes(self)
        var others = UnescapedBytes(other)
        while let byte = mine.next() {
            if others.next() != byte { return false }
        }
        return others.next() == nil
    }
}
