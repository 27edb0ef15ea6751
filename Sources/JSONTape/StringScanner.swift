// SPDX-License-Identifier: Apache-2.0

/// What stopped a scan.
@usableFromInline
struct ScanFailure {
    var code: JSONError.Code
    var expected: StaticString
}

/// The inside of strings: RFC 8259, section 7, with UTF-8 by RFC 3629.
///
/// Every function here reads from a text that is followed by `JSONBuffer.padding` zero bytes: a zero is a control character, so each scan ends in
/// the padding at the latest.
enum StringScanner {
    typealias Bytes = UnsafePointer<UInt8>

    @inline(__always)
    static func load16(_ p: Bytes) -> SIMD16<UInt8> {
        unsafe UnsafeRawPointer(p).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// How many of the 16 bytes come before the first that needs a look (quote, backslash, control character, not ASCII); 16 where none does.
    @inline(__always)
    static func plainPrefix(_ p: Bytes) -> Int {
        let bytes = unsafe load16(p)
        let quote = unsafe unsafeBitCast(bytes .== SIMD16<UInt8>(repeating: 0x22), to: SIMD2<UInt64>.self)
        let backslash = unsafe unsafeBitCast(bytes .== SIMD16<UInt8>(repeating: 0x5C), to: SIMD2<UInt64>.self)
        // As signed numbers, control characters and everything that is not ASCII lie below 32.
        let signed = unsafe unsafeBitCast(bytes, to: SIMD16<Int8>.self)
        let other = unsafe unsafeBitCast(signed .< SIMD16<Int8>(repeating: 0x20), to: SIMD2<UInt64>.self)
        // Joined as integers: `.|` on SIMD masks becomes a loop over the lanes.
        let mask = quote | backslash | other
        let low = mask[0]
        if low != 0 { return low.trailingZeroBitCount &>> 3 }
        let high = mask[1]
        if high != 0 { return 8 &+ high.trailingZeroBitCount &>> 3 }
        return 16
    }

    /// Scans from the first byte behind the opening quote; on success `p` stands on the closing quote.
    ///
    /// - Returns: nil on success; `p` stands on the wrong byte otherwise.
    @inline(__always)
    static func scan(_ p: inout Bytes, escaped: inout Bool) -> ScanFailure? {
        while true {
            let plain = unsafe plainPrefix(p)
            unsafe p += plain
            if plain == 16 { continue }
            if unsafe p.pointee == 0x22 { return nil }
            if let failure = unsafe special(&p, escaped: &escaped) { return failure }
        }
    }

    /// Goes over escapes and characters beyond ASCII, up to the next plain byte.
    @inline(never)
    static func special(_ p: inout Bytes, escaped: inout Bool) -> ScanFailure? {
        while true {
            let byte = unsafe p.pointee
            if byte == 0x5C {
                escaped = true
                if let failure = unsafe escape(&p) { return failure }
            } else if byte >= 0x80 {
                if let failure = unsafe multibyte(&p) { return failure }
            } else if byte < 0x20 {
                return ScanFailure(code: .controlCharacter, expected: "an escape such as \\n or \\u0000, or the closing quote")
            } else {
                return nil
            }
        }
    }

    @inline(__always)
    static func escape(_ p: inout Bytes) -> ScanFailure? {
        switch unsafe p[1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            unsafe p += 2
            return nil
        case 0x75:
            return unsafe unicodeEscape(&p)
        default:
            unsafe p += 1
            return ScanFailure(code: .invalidEscape, expected: "one of \" \\ / b f n r t u behind the backslash")
        }
    }

    @inline(never)
    static func unicodeEscape(_ p: inout Bytes) -> ScanFailure? {
        guard let unit = unsafe hexUnit(&p) else {
            return ScanFailure(code: .invalidEscape, expected: "four hexadecimal digits behind \\u")
        }
        guard unit & 0xF800 == 0xD800 else { return nil }
        let lone = ScanFailure(code: .loneSurrogate, expected: "a high surrogate (\\uD800 to \\uDBFF) and a low one (\\uDC00 to \\uDFFF) behind it")
        guard unit < 0xDC00 else {
            unsafe p -= 6
            return lone
        }
        guard unsafe p.pointee == 0x5C, unsafe p[1] == 0x75 else { return lone }
        let second = unsafe p
        guard let low = unsafe hexUnit(&p) else {
            return ScanFailure(code: .invalidEscape, expected: "four hexadecimal digits behind \\u")
        }
        guard low & 0xFC00 == 0xDC00 else {
            unsafe p = second
            return lone
        }
        return nil
    }

    /// The unit that `\uXXXX` at `p` stands for; `p` is behind it then, or on the byte that is no digit.
    @inline(__always)
    static func hexUnit(_ p: inout Bytes) -> UInt32? {
        var unit: UInt32 = 0
        unsafe p += 2
        for _ in 0..<4 {
            guard let digit = hexDigit(unsafe p.pointee) else { return nil }
            unit = unit &<< 4 | digit
            unsafe p += 1
        }
        return unit
    }

    @inline(__always)
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte &- 0x30)
        case 0x41...0x46: UInt32(byte &- 0x41 &+ 10)
        case 0x61...0x66: UInt32(byte &- 0x61 &+ 10)
        default: nil
        }
    }

    /// One character of two to four bytes. RFC 3629, section 4, gives the ranges.
    @inline(__always)
    static func multibyte(_ p: inout Bytes) -> ScanFailure? {
        let lead = unsafe p.pointee
        let second = unsafe p[1]
        let following: Int
        switch lead {
        case 0xC2...0xDF:
            following = second & 0xC0 == 0x80 ? 1 : 0
        case 0xE0:
            following = second & 0xE0 == 0xA0 ? 2 : 0
        case 0xED:
            following = second & 0xE0 == 0x80 ? 2 : 0
        case 0xE1...0xEC, 0xEE, 0xEF:
            following = second & 0xC0 == 0x80 ? 2 : 0
        case 0xF0:
            following = second >= 0x90 && second <= 0xBF ? 3 : 0
        case 0xF1...0xF3:
            following = second & 0xC0 == 0x80 ? 3 : 0
        case 0xF4:
            following = second & 0xF0 == 0x80 ? 3 : 0
        default:
            following = 0
        }
        var sound = following > 0
        if sound && following > 1 { sound = unsafe p[2] & 0xC0 == 0x80 }
        if sound && following > 2 { sound = unsafe p[3] & 0xC0 == 0x80 }
        guard sound else {
            // A zero may be the padding: the failure then is that the text ends here, and the caller tells by the place.
            if lead >= 0xC2 && lead <= 0xF4 {
                var zero = 1
                while unsafe zero < 3 && p[zero] & 0xC0 == 0x80 { zero += 1 }
                if unsafe p[zero] == 0 { unsafe p += zero }
            }
            return ScanFailure(code: .invalidUTF8, expected: "UTF-8")
        }
        unsafe p += following + 1
        return nil
    }
}
