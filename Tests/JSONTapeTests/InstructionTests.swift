// SPDX-License-Identifier: Apache-2.0

import CInstructions
import Testing

/// What the processor's instructions say, against a look at one byte after another.
@Suite("Instructions that Swift cannot ask for") struct InstructionTests {
    @Test("Every byte in every lane") func everyLane() {
        for background in [0x61, 0x35, 0x22, 0x5C, 0x1F, 0xFF] as [UInt8] {
            for byte in UInt8.min...UInt8.max {
                for lane in 0..<16 {
                    var bytes = [UInt8](repeating: background, count: 16)
                    bytes[lane] = byte
                    let same = unsafe instruction_string(bytes) == instruction_string_portable(bytes)
                    let sameDigits = unsafe instruction_nondigits(bytes) == instruction_nondigits_portable(bytes)
                    let sameBoth = unsafe instruction_both(bytes, byte, bytes, background) == instruction_both_portable(bytes, byte, bytes, background)
                        && instruction_both(bytes, byte, bytes, byte) == instruction_both_portable(bytes, byte, bytes, byte)
                    #expect(same && sameDigits && sameBoth, "byte \(byte) in lane \(lane) among \(background)")
                }
            }
        }
    }

    @Test("Checksums of whole blocks, one after another, against one bit after another",
        .enabled(if: instruction_has_crc32(), "The processor has no such instructions"))
    func checksum() {
        let bytes = (0..<2048).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ $0 &>> 3) }
        for count in stride(from: 64, through: bytes.count, by: 16) {
            var expected: UInt32 = ~0x1234_5678
            for byte in bytes.prefix(count) {
                expected ^= UInt32(byte)
                for _ in 0..<8 { expected = expected &>> 1 ^ (expected & 1 == 1 ? 0xEDB8_8320 : 0) }
            }
            let sum = unsafe instruction_crc32(0x1234_5678, bytes, count)
            #expect(sum == ~expected, "\(count) bytes")
        }
    }

    @Test("Backslashes come before every byte that needs one, in every lane, up to a control character",
        .enabled(if: instruction_has_escape(), "The processor has no such instructions"))
    func escape() {
        for background in [0x61, 0x22, 0x5C, 0xFF] as [UInt8] {
            for byte in UInt8.min...UInt8.max {
                for lane in 0..<40 {
                    var bytes = [UInt8](repeating: background, count: 40)
                    bytes[lane] = byte
                    // Whole steps of 16 bytes, up to the one with a control character.
                    let read = byte < 0x20 ? lane / 16 * 16 : 32
                    let expected = bytes.prefix(min(read, 32)).flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] }
                    var written = 0
                    var escaped = [UInt8](repeating: 0, count: 80)
                    let done = unsafe instruction_escape(bytes, bytes.count, &escaped, &written)
                    #expect(done == min(read, 32) && Array(escaped.prefix(written)) == expected, "byte \(byte) in lane \(lane) among \(background)")
                }
            }
        }
    }
}
