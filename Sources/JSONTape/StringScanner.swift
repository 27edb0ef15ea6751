// SPDX-License-Identifier: Apache-2.0

public import CInstructions

/// Why a scan of a string stopped before its end.
struct ScanFailure: Sendable {
    var code: JSONError.Code
    var expected: StaticString

    static let all: [ScanFailure] = [
        ScanFailure(code: .controlCharacter, expected: "an escape such as \\n or \\u0000, or the closing quote"),
        ScanFailure(code: .invalidEscape, expected: "one of \" \\ / b f n r t u behind the backslash"),
        ScanFailure(code: .invalidEscape, expected: "four hexadecimal digits behind \\u"),
        ScanFailure(
            code: .loneSurrogate, expected: "a high surrogate (\\uD800 to \\uDBFF) and a low one (\\uDC00 to \\uDFFF) behind it"),
        ScanFailure(code: .invalidUTF8, expected: "UTF-8"),
    ]
}

/// How far a scan came, in two registers: passing the place by reference would keep it in memory throughout.
@usableFromInline @frozen @safe
struct ScanState {
    @usableFromInline var p: UnsafePointer<UInt8>
    /// 0: plain so far; 1: there was an escape; from 2 on a failure, whose place in `ScanFailure.all` is this less 2.
    @usableFromInline var status: UInt

    @inlinable @inline(__always) init(_ p: UnsafePointer<UInt8>, _ status: UInt) {
        unsafe self.p = p
        self.status = status
    }

    static var controlCharacter: UInt { 2 }
    static var badEscape: UInt { 3 }
    static var badDigits: UInt { 4 }
    static var loneSurrogate: UInt { 5 }
    static var badUTF8: UInt { 6 }
}

/// The inside of strings: RFC 8259, section 7, with UTF-8 by RFC 3629.
///
/// Every function here reads from a text that is followed by `JSONBuffer.padding` zero bytes: a zero is a control character, so each scan ends in
/// the padding at the latest.
@usableFromInline
enum StringScanner {
    @usableFromInline typealias Bytes = UnsafePointer<UInt8>

    @inlinable @inline(__always)
    static func load16(_ p: Bytes) -> SIMD16<UInt8> {
        unsafe UnsafeRawPointer(p).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// The first of 16 bytes that needs a look (quote, backslash, control character, not ASCII); 16 where none does.
    @inline(__always)
    static func special(among16 p: Bytes) -> Int {
        let mask = unsafe instruction_string(p)
        return (mask | mask &>> 16 | 1 &<< 16).trailingZeroBitCount
    }

    /// The first of 16 bytes that is no decimal digit; 16 where all are.
    @inlinable @inline(__always)
    static func nondigit(among16 p: Bytes) -> Int { unsafe (instruction_nondigits(p) | 1 &<< 16).trailingZeroBitCount }

    /// Scans from the first byte behind the opening quote to the closing one, or to the byte that is wrong.
    @inlinable @inline(__always)
    static func scan(_ start: Bytes) -> ScanState {
        var p = unsafe start
        var status: UInt = 0
        while true {
            let mask = unsafe instruction_string(p)
            let (quotes, others) = (mask & 0xFFFF, mask &>> 16)
            // One branch tells that there is a quote and nothing before it; without a quote all bits are below it, the highest as well.
            let below = (quotes &- 1) & ~quotes
            if (others | 1 &<< 31) & below == 0 { return unsafe ScanState(p + quotes.trailingZeroBitCount, status) }
            if others == 0 {
                unsafe p += 16
                continue
            }
            let state = unsafe special(p + others.trailingZeroBitCount)
            unsafe p = state.p
            status |= state.status
            if state.status > 1 { return unsafe ScanState(p, state.status) }
        }
    }

    /// Goes over escapes and characters beyond ASCII, up to the next plain byte.
    @usableFromInline @inline(never)
    static func special(_ start: Bytes) -> ScanState {
        var p = unsafe start
        var status: UInt = 0
        while true {
            let byte = unsafe p.pointee
            if byte == 0x5C {
                switch unsafe p[1] {
                case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
                    unsafe p += 2
                case 0x75:
                    let state = unsafe unicodeEscape(p)
                    unsafe p = state.p
                    if state.status > 1 { return state }
                default:
                    return unsafe ScanState(p + 1, ScanState.badEscape)
                }
                status = 1
            } else if byte >= 0x80 {
                let length = unsafe multibyteLength(p)
                if length <= 0 { return unsafe ScanState(p - length, ScanState.badUTF8) }
                unsafe p += length
            } else if byte < 0x20 {
                return unsafe ScanState(p, ScanState.controlCharacter)
            } else {
                return unsafe ScanState(p, status)
            }
        }
    }

    private static func unicodeEscape(_ start: Bytes) -> ScanState {
        var p = unsafe start
        guard let unit = unsafe hexUnit(&p) else { return unsafe ScanState(p, ScanState.badDigits) }
        guard unit & 0xF800 == 0xD800 else { return unsafe ScanState(p, 1) }
        guard unit < 0xDC00 else { return unsafe ScanState(start, ScanState.loneSurrogate) }
        guard unsafe p.pointee == 0x5C, unsafe p[1] == 0x75 else {
            // A text that ends behind the backslash may go on with the other half: point to its end.
            return unsafe ScanState(p.pointee == 0x5C && p[1] == 0 ? p + 1 : p, ScanState.loneSurrogate)
        }
        let second = unsafe p
        guard let low = unsafe hexUnit(&p) else { return unsafe ScanState(p, ScanState.badDigits) }
        guard low & 0xFC00 == 0xDC00 else { return unsafe ScanState(second, ScanState.loneSurrogate) }
        return unsafe ScanState(p, 1)
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

    /// How many bytes, two to four, a character beyond ASCII has. RFC 3629, section 4, gives the ranges.
    ///
    /// - Returns: 0 or less where it is none; then so many bytes, negated, come before the wrong one.
    @inline(__always)
    static func multibyteLength(_ p: Bytes) -> Int {
        let lead = unsafe p.pointee
        let second = unsafe p[1]
        let isSecond: Bool
        switch lead {
        case 0xC2...0xDF: if second & 0xC0 == 0x80 { return 2 } else { isSecond = false }
        case 0xE0: isSecond = second & 0xE0 == 0xA0
        case 0xED: isSecond = second & 0xE0 == 0x80
        case 0xE1...0xEC, 0xEE, 0xEF: isSecond = second & 0xC0 == 0x80
        case 0xF0: isSecond = second >= 0x90 && second <= 0xBF
        case 0xF1...0xF3: isSecond = second & 0xC0 == 0x80
        case 0xF4: isSecond = second & 0xF0 == 0x80
        default: return 0
        }
        if isSecond && (unsafe p[2] & 0xC0 == 0x80) {
            if lead < 0xF0 { return 3 }
            if unsafe p[3] & 0xC0 == 0x80 { return 4 }
        }
        // A zero may be the padding: the failure then is that the text ends here, and the caller tells by the place.
        var zero = 1
        while unsafe zero < 3 && p[zero] & 0xC0 == 0x80 { zero += 1 }
        return unsafe p[zero] == 0 ? -zero : 0
    }
}
