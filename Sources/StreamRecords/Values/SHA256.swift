// SPDX-License-Identifier: Apache-2.0

/// SHA-256 by [FIPS 180-4](https://csrc.nist.gov/pubs/fips/180-4/upd1/final), and HMAC by [RFC 2104](https://www.rfc-editor.org/rfc/rfc2104) over it,
/// for values that are hidden and for API keys: a few bytes at a time, and no reason to take a package for. What signs requests to AWS has one.
package struct SHA256 {
    private var state: InlineArray<8, UInt32> = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    private var block = InlineArray<64, UInt8>(repeating: 0)
    private var filled = 0
    private var count: UInt64 = 0

    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]

    package init() {}

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            block[filled] = byte
            filled += 1
            count &+= 8
            if filled == 64 {
                compress()
                filled = 0
            }
        }
    }

    package consuming func finish() -> [UInt8] {
        let bits = count
        update(CollectionOfOne(0x80))
        while filled != 56 { update(CollectionOfOne(0)) }
        for shift in stride(from: 56, through: 0, by: -8) { update(CollectionOfOne(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))) }
        var digest: [UInt8] = []
        digest.reserveCapacity(32)
        for index in 0..<8 {
            for shift in stride(from: 24, through: 0, by: -8) { digest.append(UInt8(truncatingIfNeeded: state[index] >> UInt32(shift))) }
        }
        return digest
    }

    package static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// Bytes as hexadecimal digits, small ones.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            for digit in [byte >> 4, byte & 15] { digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private mutating func compress() {
        func rotated(_ word: UInt32, _ by: UInt32) -> UInt32 { word >> by | word << (32 - by) }
        var words = InlineArray<64, UInt32>(repeating: 0)
        for index in 0..<16 {
            let place = index * 4
            words[index] = UInt32(block[place]) << 24 | UInt32(block[place + 1]) << 16 | UInt32(block[place + 2]) << 8 | UInt32(block[place + 3])
        }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let small = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
            let large = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
            words[index] = words[index - 16] &+ small &+ words[index - 7] &+ large
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let large = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let first = h &+ large &+ choice &+ SHA256.constants[index] &+ words[index]
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let small = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ small &+ majority)
        }
        let words8: InlineArray<8, UInt32> = [a, b, c, d, e, f, g, h]
        for index in 0..<8 { state[index] = state[index] &+ words8[index] }
    }
}

/// HMAC-SHA256 with a key that is prepared once.
struct HMACSHA256: Sendable, Hashable {
    private let key: [UInt8]

    init(key: [UInt8]) { self.key = key.count > 64 ? SHA256.digest(key) : key }

    func code(for message: some Sequence<UInt8>) -> [UInt8] {
        let padding = repeatElement(UInt8(0), count: 64 - key.count)
        var inner = SHA256()
        inner.update(key.lazy.map { $0 ^ 0x36 })
        inner.update(padding.lazy.map { $0 ^ 0x36 })
        inner.update(message)
        var outer = SHA256()
        outer.update(key.lazy.map { $0 ^ 0x5C })
        outer.update(padding.lazy.map { $0 ^ 0x5C })
        outer.update(inner.finish())
        return outer.finish()
    }

    /// The code as 64 hexadecimal digits.
    func text(for message: some Sequence<UInt8>) -> String { SHA256.hexadecimal(code(for: message)) }
}
