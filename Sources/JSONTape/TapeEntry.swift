// SPDX-License-Identifier: Apache-2.0

/// One entry of the index: where a piece of the text is and what it is.
///
/// Bits 0–31: byte offset. Bits 32–59: length of a string's or number's text, or, for the start of an object or array, how many entries lie from
/// here to one behind its end. Bits 60–63: the tag.
@frozen @usableFromInline
struct TapeEntry: Sendable {
    @usableFromInline let bits: UInt64

    @inlinable @inline(__always) init(bits: UInt64) { self.bits = bits }

    @inlinable @inline(__always) init(_ tag: UInt64, offset: Int, payload: Int) {
        bits = tag &<< 60 | UInt64(truncatingIfNeeded: payload) &<< 32 | UInt64(truncatingIfNeeded: offset)
    }

    @inlinable @inline(__always) var tag: UInt64 { bits &>> 60 }
    @inlinable @inline(__always) var offset: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
    @inlinable @inline(__always) var payload: Int { Int(truncatingIfNeeded: bits &>> 32 & 0xFFF_FFFF) }

    /// The largest length and number of entries that the 28 bits of the payload hold.
    @inlinable @inline(__always) static var maximumPayload: Int { 0xFFF_FFFF }

    @inlinable static var objectStart: UInt64 { 0 }
    @inlinable static var arrayStart: UInt64 { 1 }
    /// The end of an object or array: the offset is that of its bracket.
    @inlinable static var end: UInt64 { 2 }
    /// A string without escapes; offset and length are those of what is between the quotes.
    @inlinable static var string: UInt64 { 3 }
    @inlinable static var escapedString: UInt64 { 4 }
    @inlinable static var number: UInt64 { 5 }
    @inlinable static var yes: UInt64 { 6 }
    @inlinable static var no: UInt64 { 7 }
    @inlinable static var null: UInt64 { 8 }
    /// A whole object written `{"K":"…"}`: one member, a name of one character, a string, no white space. One entry in place of four;
    /// offset and length are those of the string, whose bracket stands six bytes before.
    @inlinable static var folded: UInt64 { 9 }
    @inlinable static var foldedEscaped: UInt64 { 10 }
}
