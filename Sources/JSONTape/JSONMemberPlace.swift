// SPDX-License-Identifier: Apache-2.0

/// A member of an object in compact text, as whoever read it noted it: where it stands, and enough of its name to tell it from nearly all others
/// without another look at the text.
@frozen
public struct JSONMemberPlace: Sendable, BitwiseCopyable {
    /// Where the opening quote of the name stands.
    public var place: UInt32
    /// How many bytes the name has with its quotes and the colon: the value stands behind.
    public var nameCount: UInt32
    /// See ``JSONText/nameWord``; zero where the name has escapes.
    public var nameWord: UInt64

    @inlinable @inline(__always)
    public init(place: UInt32, nameCount: UInt32, nameWord: UInt64) {
        self.place = place
        self.nameCount = nameCount
        self.nameWord = nameWord
    }

    /// Where the value's first byte stands.
    @inlinable @inline(__always)
    public var valuePlace: Int { Int(place) &+ Int(nameCount) }

    /// What ``JSONText/nameWord`` is of a name without escapes.
    ///
    /// - Parameters:
    ///   - leading: its first eight bytes, the first one lowest, with anything behind its end.
    ///   - count: how many bytes it has.
    @inlinable @inline(__always)
    public static func nameWord(_ leading: UInt64, count: Int) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: count)
        let text = length >= 8 ? leading : leading & ((1 &<< (length &* 8)) &- 1)
        return text ^ length &<< 56
    }
}

extension JSONText {
    /// What tells short names apart: the first eight bytes, the first one lowest and zeros behind the end, with how many bytes there are mixed in.
    @inlinable @inline(__always)
    public var nameWord: UInt64 { leadingWord ^ UInt64(truncatingIfNeeded: count) &<< 56 }
}
