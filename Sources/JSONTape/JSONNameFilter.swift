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
    public func mayHold(hash: UInt64) -> Bool { names &>> (hash & 63) & 1 != 0 }

    /// Whether a name may begin with one that others follow.
    @inlinable @inline(__always)
    public func mayHoldStart(of word: UInt64) -> Bool { starts &>> JSONNameFilter.startHash(word) & 1 != 0 }

    /// Whether a member may be looked for.
    @inlinable @inline(__always)
    public func mayHold(_ word: UInt64) -> Bool {
        (names &>> (JSONNameFilter.hash(word) & 63) | starts &>> JSONNameFilter.startHash(word)) & 1 != 0
    }

    /// Lets a name pass.
    public mutating func insert(_ word: UInt64) { names |= 1 &<< (JSONNameFilter.hash(word) & 63) }

    /// Lets names with escapes pass, of which nothing is known: their word is zero.
    public mutating func insertEscaped() { insert(0) }

    /// Lets all names pass that begin with this one and a point.
    public mutating func insertStart(_ word: UInt64, count: Int) {
        // What follows an empty name is any name.
        starts |= count == 0 ? .max : 1 &<< JSONNameFilter.startHash(count == 1 ? word & 0xFF | 0x2E00 : word)
    }

    /// Lets pass what passes another one, too.
    public mutating func formUnion(_ other: JSONNameFilter) {
        names |= other.names
        starts |= other.starts
    }

    /// Whether all pass that pass another one.
    public func covers(_ other: JSONNameFilter) -> Bool { other.names & ~names == 0 && other.starts & ~starts == 0 }
}
