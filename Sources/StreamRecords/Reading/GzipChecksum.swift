// SPDX-License-Identifier: Apache-2.0

internal import CInstructions
internal import CZlib

/// What the end of a gzip member tells of its content: CRC-32 and length (RFC 1952, section 2.3.1).
///
/// zlib counts both as well, at a third of the speed: a tenth of all time that goes into compressed logs.
struct GzipChecksum {
    /// Whether the processor has the instructions that make it worth while.
    static let isFast = instruction_has_crc32()

    private(set) var sum: UInt32 = 0
    private(set) var length: UInt32 = 0

    /// Counts bytes that were decompressed.
    @unsafe
    mutating func add(_ bytes: UnsafePointer<UInt8>, count: Int) {
        // Whole blocks, of which there have to be four; zlib does the rest.
        let blocks = count >= 64 ? count & ~15 : 0
        if blocks > 0 { sum = unsafe instruction_crc32(sum, bytes, blocks) }
        if count > blocks { sum = unsafe UInt32(truncatingIfNeeded: crc32(UInt(sum), bytes + blocks, UInt32(count - blocks))) }
        length &+= UInt32(truncatingIfNeeded: count)
    }

    /// What is wrong with a member, of which the last eight bytes end at a place; nil where nothing is.
    func fault(in input: RawSpan, endingAt end: Int) -> String? {
        guard end >= 8 && end <= input.byteCount else { return "incorrect data check" }
        let (sum, length) = unsafe (
            UInt32(littleEndian: input.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt32.self)),
            UInt32(littleEndian: input.unsafeLoadUnaligned(fromByteOffset: end - 4, as: UInt32.self)))
        if sum != self.sum { return "incorrect data check" }
        return length == self.length ? nil : "incorrect length check"
    }
}
