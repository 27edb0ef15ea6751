// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Checks attribute values and writes them as plain JSON in one pass: `{"N":"5"}` becomes `5`.
///
/// It takes what AWS writes. What it does not take may be sound all the same, with white space or numbers of another form: ``AttributeCheck`` and
/// ``AttributeRenderer`` read anything.
enum AttributeTranscription {
    /// How many maps and lists may be open at once: DynamoDB allows 32.
    static var maximumDepth: Int { 40 }

    /// One value, from its brace on.
    @_lifetime(copy transcriber)
    static func value(_ transcriber: JSONTranscriber, _ depth: Int) -> JSONTranscriber {
        var t = transcriber
        let word = t.word
        // {"?":"
        guard word & 0x0000_FFFF_FF00_FFFF == 0x0000_223A_2200_227B else { return other(t, depth) }
        t.skip(5)
        switch UInt8(truncatingIfNeeded: word &>> 16) {
        case 0x53: _ = t.copyString()  // S
        case 0x4E: t.copyNumber()  // N
        case 0x42: t.copyBase64()  // B
        default: t.fail()
        }
        t.expect(0x7D)
        return t
    }

    /// Members of an object, from its brace on.
    @_lifetime(copy transcriber)
    static func map(_ transcriber: JSONTranscriber, _ depth: Int) -> JSONTranscriber {
        var t = transcriber
        t.expect(0x7B)
        if t.byte == 0x7D {
            t.skip(1)
            t.write(0x7D7B, count: 2)
            return t
        }
        var separator: UInt8 = 0x7B
        while true {
            _ = t.copyName(after: separator)
            separator = 0x2C
            t = value(t, depth)
            guard t.take(0x2C) else { break }
        }
        t.expect(0x7D)
        t.write(byte: 0x7D)
        return t
    }

    /// The values that are not a folded string.
    @_lifetime(copy transcriber)
    private static func other(_ transcriber: JSONTranscriber, _ depth: Int) -> JSONTranscriber {
        var t = transcriber
        let word = t.word
        if word == 0x3A22_4C4F_4F42_227B {  // {"BOOL":
            t.skip(8)
            let value = t.word
            if value & 0xFF_FFFF_FFFF == 0x7D_6575_7274 {  // true}
                t.write(value, count: 4)
                t.skip(5)
            } else if value & 0xFFFF_FFFF_FFFF == 0x7D65_736C_6166 {  // false}
                t.write(value, count: 5)
                t.skip(6)
            } else {
                t.fail()
            }
            return t
        }
        if word & 0x0000_FFFF_FFFF_FFFF == 0x0000_7B3A_224D_227B {  // {"M":{
            guard depth > 0 else {
                t.fail()
                return t
            }
            t.skip(5)
            t = map(t, depth - 1)
            t.expect(0x7D)
            return t
        }
        if word & 0x0000_FFFF_FFFF_FFFF == 0x0000_5B3A_224C_227B {  // {"L":[
            guard depth > 0 else {
                t.fail()
                return t
            }
            t.skip(6)
            t = list(t, depth - 1)
            t.expect(0x7D)
            return t
        }
        if word == 0x3A22_4C4C_554E_227B {  // {"NULL":
            t.skip(8)
            t.expect(0x7D_6575_7274, count: 5)
            t.write(0x6C6C_756E, count: 4)
            return t
        }
        t = set(t)
        t.expect(0x7D)
        return t
    }

    /// Elements of a list, from behind its bracket on.
    @_lifetime(copy transcriber)
    private static func list(_ transcriber: JSONTranscriber, _ depth: Int) -> JSONTranscriber {
        var t = transcriber
        t.write(byte: 0x5B)
        if t.byte != 0x5D {
            while true {
                t = value(t, depth)
                guard t.take(0x2C) else { break }
                t.write(byte: 0x2C)
            }
        }
        t.expect(0x5D)
        t.write(byte: 0x5D)
        return t
    }

    @_lifetime(copy transcriber)
    private static func set(_ transcriber: JSONTranscriber) -> JSONTranscriber {
        var t = transcriber
        // {"?S":[
        let word = t.word
        guard word & 0x00FF_FFFF_FF00_FFFF == 0x005B_3A22_5300_227B else {
            t.fail()
            return t
        }
        let type = UInt8(truncatingIfNeeded: word &>> 16)
        t.skip(7)
        t.write(byte: 0x5B)
        if t.byte != 0x5D {
            while true {
                switch type {
                case 0x53: _ = t.copyString()
                case 0x4E: t.copyNumber()
                case 0x42: t.copyBase64()
                default: t.fail()
                }
                guard t.take(0x2C) else { break }
                t.write(byte: 0x2C)
            }
        }
        t.expect(0x5D)
        t.write(byte: 0x5D)
        return t
    }
}
