// SPDX-License-Identifier: Apache-2.0

/// What a text may ask of the reader before it is refused with an error.
public struct JSONLimits: Sendable, Hashable {
    /// How many objects and arrays may be open at once. RFC 8259, section 9, lets a reader set this. The index itself takes
    /// any depth; ``JSONValue``, and what takes records apart, need stack for each level, and some thousands fill a thread's.
    public var maximumDepth: Int

    /// The most bytes one indexed buffer may hold. The index uses 32-bit offsets, so 4 GiB - 64 is the ceiling.
    public var maximumBytes: Int

    public init(maximumDepth: Int = 1024, maximumBytes: Int = 1 << 30) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = min(maximumBytes, 0xFFFF_FFC0)
    }
}
