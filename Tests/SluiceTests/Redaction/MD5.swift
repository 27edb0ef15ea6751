// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// MD5 by [RFC 1321](https://www.rfc-editor.org/rfc/rfc1321), as SQS tells it of a body. It is here to look for, and nothing else.
enum MD5 {
    private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
    private static let constants = (0..<64).map { UInt32(abs(sin(Double($0 + 1))) * 4_294_967_296) }

    static func hexadecimal(_ text: String) -> String {
        var bytes = Array(text.utf8)
        let bits = UInt64(bytes.count) * 8
        bytes.append(0x80)
        while bytes.count % 64 != 56 { bytes.append(0) }
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        for block in stride(from: 0, to: bytes.count, by: 64) {
            let words = (0..<16).map { word in (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[block + 4 * word + $1]) << UInt32(8 * $1) } }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            for step in 0..<64 {
                let mixed: UInt32
                let place: Int
                switch step / 16 {
                case 0: (mixed, place) = (b & c | ~b & d, step)
                case 1: (mixed, place) = (d & b | ~d & c, (5 * step + 1) % 16)
                case 2: (mixed, place) = (b ^ c ^ d, (3 * step + 5) % 16)
                default: (mixed, place) = (c ^ (b | ~d), 7 * step % 16)
                }
                let sum = mixed &+ a &+ constants[step] &+ words[place]
                let shift = shifts[step / 16 * 4 + step % 4]
                (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
            }
            state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
        }
        let digest = state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

@Suite struct MD5Tests {
    /// From the RFC.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"),
    ]) func isWhatTheRFCSays(_ text: String, _ digest: String) {
        #expect(MD5.hexadecimal(text) == digest)
    }
}
