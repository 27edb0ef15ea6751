// SPDX-License-Identifier: Apache-2.0

/// Which members of an object somebody looks for, by their names' ``JSONText/nameWord``: all of these pass, and few others do.
///
/// A name may also be looked for part by part, with points between the parts; then all pass that begin like the first one.
@frozen
public struct JSONNameFilter: Sendable, Hashable, BitwiseCopyable {
    /// A bit for each name's hash.
    @usableFromInline var names: UInt64 = 0
    /// A bit for how each name begins that others may follow behind a point.
    @usableFromInline var starts: UInt64 = 0
    /// A bit for how each name begins that passes, one way or the other.
    @usableFromInline var beginnings: UInt64 = 0

    @inlinable
    public init() {}

    /// Whether nothing passes.
    @inlinable @inline(__always) public var isEmpty: Bool { names | starts == 0 }

    @inlinable @inline(__always)
    public static func hash(_ word: UInt64) -> UInt64 {
        let mixed = word &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ mixed &>> 32
    }

    /// Of a name's first two bytes, the first one lowest.
    @inlinable @inline(__always)
    static func startHash(_ word: UInt64) -> UInt64 { ((word & 0xFFFF) &* 0x9E37_79B9_7F4A_7C15) &>> 58 }

    /// Whether a name with this hash may be one of those looked for.
    @inlinable @inline(__always)
    public func mayHold(hash: UInt64) -> Bool { names &>> JSONNameFilter.bit(hash) & 1 != 0 }

    /// Of the upper bits, which all bytes of the word have a part in.
    @inlinable @inline(__always)
    static func bit(_ hash: UInt64) -> UInt64 { hash &>> 58 }

    /// Whether a name may begin with one that others follow.
    @inlinable @inline(__always)
    public func mayHoldStart(of word: UInt64) -> Bool { starts &>> JSONNameFilter.startHash(word) & 1 != 0 }

    /// Whether a name that passes may begin like this one: the cheapest of the questions, and most names are out by it. Only the first two bytes of
    /// the word matter.
    @inlinable @inline(__always)
    public func mayBegin(_ word: UInt64) -> Bool { beginnings &>> JSONNameFilter.startHash(word) & 1 != 0 }

    /// The same answer as the top bit of a word, for loops that take many: a branch on it would go the wrong way too often.
    @inlinable @inline(__always)
    public func mayBeginBit(_ word: UInt64) -> UInt64 { (beginnings &>> JSONNameFilter.startHash(word)) &<< 63 }

    /// Whether a member may be looked for.
    ///
    /// - Parameter count: how many bytes its name has; of one with escapes, whose word is zero, no matter how many.
    @inlinable @inline(__always)
    public func mayHold(_ word: UInt64, count: Int) -> Bool {
        mayBegin(word) && (mayHold(hash: JSONNameFilter.hash(word)) || (mayHoldStart(of: word) && JSONNameFilter.mayHavePoint(word, count: count)))
    }

    /// Whether a name has a point in it, as far as its word tells.
    @inlinable @inline(__always)
    public static func mayHavePoint(_ word: UInt64, count: Int) -> Bool {
        if count > 8 { return true }
        // A point makes a byte of this zero.
        let points = (word ^ UInt64(truncatingIfNeeded: count) &<< 56) ^ 0x2E2E_2E2E_2E2E_2E2E
        return (points &- 0x0101_0101_0101_0101) & ~points & 0x8080_8080_8080_8080 != 0
    }

    /// Lets a name pass.
    public mutating func insert(_ word: UInt64) {
        names |= 1 &<< JSONNameFilter.bit(JSONNameFilter.hash(word))
        beginnings |= 1 &<< JSONNameFilter.startHash(word)
    }

    /// Lets names with escapes pass, of which nothing is known: their word is zero.
    public mutating func insertEscaped() { insert(0) }

    /// Lets all names pass that begin with this one and a point.
    public mutating func insertStart(_ word: UInt64, count: Int) {
        // What follows an empty name is any name.
        let bits: UInt64 = count == 0 ? .max : 1 &<< JSONNameFilter.startHash(count == 1 ? word & 0xFF | 0x2E00 : word)
        starts |= bits
        beginnings |= bits
    }

    /// Lets pass what passes another one, too.
    public mutating func formUnion(_ other: JSONNameFilter) {
        names |= other.names
        starts |= other.starts
        beginnings |= other.beginnings
    }

    /// Whether all pass that pass another one.
    public func covers(_ other: JSONNameFilter) -> Bool { other.names & ~names == 0 && other.starts & ~starts == 0 }
}
