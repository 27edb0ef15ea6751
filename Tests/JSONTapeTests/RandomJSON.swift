// SPDX-License-Identifier: Apache-2.0

/// Random JSON trees and texts, the same for the same seed.
struct RandomJSON {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    /// A valid text of random shape, white space and escapes.
    mutating func text() -> [UInt8] {
        var text: [UInt8] = []
        space(&text)
        value(&text, depth: 0)
        space(&text)
        return text
    }

    /// The text with a few bytes changed, removed, doubled or moved.
    mutating func mutation(of text: [UInt8]) -> [UInt8] {
        var text = text
        let interesting = Array("{}[]:,\"\\ \n\tue0129.-+Etfn/".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0xFF]
        for _ in 0...below(3) where !text.isEmpty {
            let place = below(text.count)
            switch below(6) {
            case 0: text[place] = interesting[below(interesting.count)]
            case 1: text[place] = UInt8(truncatingIfNeeded: next())
            case 2: text.remove(at: place)
            case 3: text.insert(interesting[below(interesting.count)], at: place)
            case 4: text.removeSubrange(place...)
            default: text.insert(contentsOf: text[place..<min(place + below(8), text.count)], at: place)
            }
        }
        return text
    }

    private mutating func space(_ text: inout [UInt8]) {
        guard below(4) == 0 else { return }
        for _ in 0..<below(4) {
            text.append([0x20, 0x09, 0x0A, 0x0D][below(4)])
        }
    }

    private mutating func value(_ text: inout [UInt8], depth: Int) {
        switch below(depth < 5 ? 10 : 7) {
        case 0: text += Array("null".utf8)
        case 1: text += Array((below(2) == 0 ? "true" : "false").utf8)
        case 2, 3: number(&text)
        case 4, 5, 6: string(&text)
        case 7, 8:
            text.append(UInt8(ascii: "{"))
            space(&text)
            for index in 0..<below(5) {
                if index > 0 {
                    text.append(UInt8(ascii: ","))
                    space(&text)
                }
                string(&text)
                space(&text)
                text.append(UInt8(ascii: ":"))
                space(&text)
                value(&text, depth: depth + 1)
                space(&text)
            }
            text.append(UInt8(ascii: "}"))
        default:
            text.append(UInt8(ascii: "["))
            space(&text)
            for index in 0..<below(6) {
                if index > 0 {
                    text.append(UInt8(ascii: ","))
                    space(&text)
                }
                value(&text, depth: depth + 1)
                space(&text)
            }
            text.append(UInt8(ascii: "]"))
        }
    }

    private mutating func number(_ text: inout [UInt8]) {
        let whole = below(4) == 0 ? "0" : String(below(10_000) + 1)
        let fraction = below(3) == 0 ? "." + String(below(100_000)) : ""
        let exponent = below(4) == 0 ? ["e", "E", "e+", "E-"][below(4)] + String(below(40)) : ""
        text += Array(((below(3) == 0 ? "-" : "") + whole + fraction + exponent).utf8)
    }

    private mutating func string(_ text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for _ in 0..<(below(10) == 0 ? below(60) : below(6)) {
            switch below(12) {
            case 0: text += Array([#"\n"#, #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\r"#, #"\t"#][below(8)].utf8)
            case 1: text += Array([#"\u0041"#, #"\u00e9"#, #"\u20AC"#, #"\ud83d\ude00"#, #"\u0000"#, #"\uFFFF"#][below(6)].utf8)
            case 2: text += Array(["é", "€", "😀", "\u{7F}", "\u{80}", "\u{FFFF}", "\u{10FFFF}", "\u{D7FF}", "\u{FEFF}"][below(9)].utf8)
            default: text.append(UInt8(ascii: "a") + UInt8(below(26)))
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
