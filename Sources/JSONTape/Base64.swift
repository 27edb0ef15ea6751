// SPDX-License-Identifier: Apache-2.0

extension JSONBuffer {
    /// Decodes base64 (RFC 4648, section 4, with its padding) and appends the bytes.
    ///
    /// - Returns: false, with nothing appended, where the text is not base64.
    public mutating func append(base64 text: RawSpan) -> Bool {
        let count = text.byteCount
        guard count % 4 == 0 else { return false }
        guard count > 0 else { return true }
        var sound = false
        unsafe text.withUnsafeBytes { source in
            unsafe appendUnsafe(minimum: count / 4 * 3) { room -> Int in
                guard let input = unsafe source.baseAddress?.assumingMemoryBound(to: UInt8.self), let output = room.baseAddress,
                    let written = unsafe decodeBase64(input, count: count, into: output)
                else { return 0 }
                sound = true
                return written
            }
        }
        return sound
    }
}

extension JSONView {
    /// Whether the text of a string is base64 (RFC 4648, section 4, with its padding), as it was written: an escaped slash is not.
    public var isBase64: Bool {
        unsafe isBase64Text(bytes + textOffset, count: textCount)
    }
}

/// Whether these bytes are base64 with its padding. `JSONBuffer.padding` readable bytes follow them.
func isBase64Text(_ start: UnsafePointer<UInt8>, count: Int) -> Bool {
    guard count % 4 == 0 else { return false }
    var end = count
    if count > 0 && (unsafe start[count - 1]) == 0x3D { end -= unsafe start[count - 2] == 0x3D ? 2 : 1 }
    var place = 0
    while place < end {
        let bytes = unsafe StringScanner.load16(start + place)
        let digits = unsafe unsafeBitCast((bytes &- SIMD16<UInt8>(repeating: 0x30)) .< SIMD16<UInt8>(repeating: 10), to: SIMD2<UInt64>.self)
        let letters = unsafe unsafeBitCast(
            ((bytes | SIMD16<UInt8>(repeating: 0x20)) &- SIMD16<UInt8>(repeating: 0x61)) .< SIMD16<UInt8>(repeating: 26), to: SIMD2<UInt64>.self)
        let plus = unsafe unsafeBitCast(bytes .== SIMD16<UInt8>(repeating: 0x2B), to: SIMD2<UInt64>.self)
        let slash = unsafe unsafeBitCast(bytes .== SIMD16<UInt8>(repeating: 0x2F), to: SIMD2<UInt64>.self)
        // The first of the 16 that base64 does not have, which may lie behind the text.
        let others = ~(digits | letters | plus | slash)
        if others[0] | others[1] != 0 {
            let lane = others[0] != 0 ? others[0].trailingZeroBitCount : 64 + others[1].trailingZeroBitCount
            return place + lane / 8 >= end
        }
        place += 16
    }
    return true
}

enum Base64Table {
    /// What each byte stands for; 255 for those that base64 does not have.
    static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, letter) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            table[Int(letter)] = UInt8(value)
        }
        return table
    }()

    /// The same, shifted to the place in a group of four that the letter has, so that four look-ups and three ors make three bytes. What base64
    /// does not have sets a bit above the 24.
    static let shifted: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 1024)
        for place in 0..<4 {
            for byte in 0..<256 {
                let value = UInt32(values[byte])
                // The first letter has the six highest of the 24 bits.
                table[place * 256 + byte] = value > 63 ? 1 << 31 : value << UInt32(18 - 6 * place)
            }
        }
        return table
    }()
}

/// Decodes `count` letters, a multiple of four and not none. Writes up to a byte more than it returns, and never more than three for each four letters.
private func decodeBase64(_ input: UnsafePointer<UInt8>, count: Int, into output: UnsafeMutablePointer<UInt8>) -> Int? {
    unsafe Base64Table.shifted.withUnsafeBufferPointer { buffer -> Int? in
        guard let table = buffer.baseAddress else { return nil }
        var read = 0
        var written = 0
        var wrong: UInt32 = 0
        // All groups but the last, which may be padded.
        while read < count - 4 {
            let word = unsafe UInt32(littleEndian: UnsafeRawPointer(input + read).loadUnaligned(as: UInt32.self))
            let group = unsafe table[Int(word & 0xFF)] | table[256 &+ Int(word &>> 8 & 0xFF)]
                | table[512 &+ Int(word &>> 16 & 0xFF)] | table[768 &+ Int(word &>> 24)]
            wrong |= group
            // Four bytes are stored and three count; the next group overwrites the fourth.
            unsafe UnsafeMutableRawPointer(output + written).storeBytes(of: (group &<< 8).bigEndian, as: UInt32.self)
            read &+= 4
            written &+= 3
        }
        let last = unsafe (input[read], input[read + 1], input[read + 2], input[read + 3])
        var group = unsafe table[Int(last.0)] | table[256 + Int(last.1)]
        var bytes = 3
        if last.3 == 0x3D {
            bytes = last.2 == 0x3D ? 1 : 2
            if bytes == 2 { group |= unsafe table[512 + Int(last.2)] }
        } else {
            group |= unsafe table[512 + Int(last.2)] | table[768 + Int(last.3)]
        }
        guard (wrong | group) &>> 31 == 0 else { return nil }
        for place in 0..<bytes { unsafe output[written + place] = UInt8(truncatingIfNeeded: group &>> UInt32(16 - 8 * place)) }
        return written + bytes
    }
}
