// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Appending text to bytes without building strings: the generator's inner loops use only these.
extension [UInt8] {
    mutating func put(_ text: String) {
        append(contentsOf: text.utf8)
    }

    mutating func put(_ text: [UInt8]) {
        append(contentsOf: text)
    }

    mutating func put(decimal number: Int) {
        if number < 0 {
            append(UInt8(ascii: "-"))
        }
        var rest = number.magnitude
        let start = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// The number with leading zeros, `width` digits long.
    mutating func put(decimal number: Int, width: Int) {
        var rest = number
        let start = count
        for _ in 0..<width {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }

    /// `count` random decimal digits, the first of them not zero.
    mutating func put(digits count: Int, from random: inout SeededRandom) {
        append(UInt8(ascii: "1") + UInt8(truncatingIfNeeded: random.below(9)))
        for _ in 1..<Swift.max(count, 1) where count > 1 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: random.below(10)))
        }
    }

    /// `count` random hexadecimal digits, lower case.
    mutating func put(hexadecimal count: Int, from random: inout SeededRandom) {
        var bits: UInt64 = 0
        for index in 0..<count {
            if index % 16 == 0 {
                bits = random.next()
            }
            append(Self.hexadecimalDigits[Int(truncatingIfNeeded: bits & 15)])
            bits >>= 4
        }
    }

    /// A random UUID in its usual form.
    mutating func put(uuidFrom random: inout SeededRandom) {
        for (index, length) in [8, 4, 4, 4, 12].enumerated() {
            if index > 0 {
                append(UInt8(ascii: "-"))
            }
            put(hexadecimal: length, from: &random)
        }
    }

    /// Base64 of the bytes, padded.
    mutating func put(base64 bytes: [UInt8]) {
        let alphabet = Self.base64Alphabet
        var index = 0
        while index + 2 < bytes.count {
            let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            append(alphabet[group >> 18])
            append(alphabet[group >> 12 & 63])
            append(alphabet[group >> 6 & 63])
            append(alphabet[group & 63])
            index += 3
        }
        switch bytes.count - index {
        case 1:
            let group = Int(bytes[index]) << 16
            append(alphabet[group >> 18])
            append(alphabet[group >> 12 & 63])
            put("==")
        case 2:
            let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8
            append(alphabet[group >> 18])
            append(alphabet[group >> 12 & 63])
            append(alphabet[group >> 6 & 63])
            append(UInt8(ascii: "="))
        default:
            break
        }
    }

    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
    private static let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
