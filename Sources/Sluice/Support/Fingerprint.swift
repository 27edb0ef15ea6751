// SPDX-License-Identifier: Apache-2.0

/// A short mark of some bytes: FNV-1a, 64 bits, as 16 hexadecimal digits. It tells things apart that nobody makes
/// alike on purpose.
func fingerprint(_ bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
