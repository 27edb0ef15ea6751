// SPDX-License-Identifier: Apache-2.0

/// JSON in a string, as structured log lines have it: `"{\\"level\\":\\"INFO\\"}\\n"`. Its tokens are read where they stand, with a backslash before each
/// quote, so that both texts, the outer and the inner one, are validated in one pass and nothing is unescaped.
///
/// Strings of the inner text that have escapes themselves make the step fail, as does all else that would have to be unescaped to be understood.
extension JSONTranscriber {
    /// Goes over an inner string. It stands on the backslash of the opening quote before and behind the closing one afterwards.
    @_lifetime(self: copy self)
    public mutating func skipEscapedString() {
        guard word & 0xFFFF == 0x225C else { return fail() }
        var p = unsafe place + 2
        while true {
            let plain = unsafe StringScanner.special(among16: p)
            unsafe p += plain
            if plain == 16 { continue }
            let byte = unsafe p.pointee
            if byte == 0x5C {
                guard unsafe p[1] == 0x22 else { return fail() }
                unsafe place = p + 2
                return
            }
            guard byte >= 0x80 else { return fail() }
            let length = unsafe StringScanner.multibyteLength(p)
            guard length > 0 else { return fail() }
            unsafe p += length
        }
    }

    /// Goes over any inner value.
    @_lifetime(self: copy self)
    public mutating func skipEscapedValue(depth: Int = 64) {
        self = JSONTranscriber.behindEscapedValue(self, depth)
    }

    @_lifetime(copy transcriber)
    private static func behindEscapedValue(_ transcriber: JSONTranscriber, _ depth: Int) -> JSONTranscriber {
        var t = transcriber
        switch t.byte {
        case 0x5C: t.skipEscapedString()
        case 0x7B, 0x5B:
            let isObject = t.byte == 0x7B
            let closing: UInt8 = isObject ? 0x7D : 0x5D
            guard depth > 0 else {
                t.fail()
                return t
            }
            t.skip(1)
            if t.byte == closing {
                t.skip(1)
                return t
            }
            while true {
                if isObject {
                    t.skipEscapedString()
                    t.expect(0x3A)
                }
                t = behindEscapedValue(t, depth - 1)
                guard t.take(0x2C) else { break }
            }
            t.expect(closing)
        case 0x22: t.fail()
        default: t.skipValue(depth: depth)
        }
        return t
    }
}
