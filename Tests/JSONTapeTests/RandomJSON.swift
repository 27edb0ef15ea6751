// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Random JSON trees and texts, the same for the same seed.
struct RandomJSON {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

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
        for _ in 0...random.below(3) where !text.isEmpty {
            let place = random.below(text.count)
            switch random.below(6) {
            case 0: text[place] = interesting[random.below(interesting.count)]
            case 1: text[place] = UInt8(truncatingIfNeeded: random.next())
            case 2: text.remove(at: place)
            case 3: text.insert(interesting[random.below(interesting.count)], at: place)
            case 4: text.removeSubrange(place...)
            default: text.insert(contentsOf: text[place..<min(place + random.below(8), text.count)], at: place)
            }
        }
        return text
    }

    private mutating func space(_ text: inout [UInt8]) {
        guard random.below(4) == 0 else { return }
        for _ in 0..<random.below(4) {
            text.append([0x20, 0x09, 0x0A, 0x0D][random.below(4)])
        }
    }

    private mutating func value(_ text: inout [UInt8], depth: Int) {
        switch random.below(depth < 5 ? 10 : 7) {
        case 0: text += Array("null".utf8)
        case 1: text += Array((random.below(2) == 0 ? "true" : "false").utf8)
        case 2, 3: number(&text)
        case 4, 5, 6: string(&text)
        case 7, 8:
            text.append(UInt8(ascii: "{"))
            space(&text)
            for index in 0..<random.below(5) {
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
            for index in 0..<random.below(6) {
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
        let whole = random.below(4) == 0 ? "0" : String(random.below(10_000) + 1)
        let fraction = random.below(3) == 0 ? "." + String(random.below(100_000)) : ""
        let exponent = random.below(4) == 0 ? ["e", "E", "e+", "E-"][random.below(4)] + String(random.below(40)) : ""
        text += Array(((random.below(3) == 0 ? "-" : "") + whole + fraction + exponent).utf8)
    }

    private mutating func string(_ text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for _ in 0..<(random.below(10) == 0 ? random.below(60) : random.below(6)) {
            switch random.below(12) {
            case 0: text += Array([#"\n"#, #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\r"#, #"\t"#][random.below(8)].utf8)
            case 1: text += Array([#"\u0041"#, #"\u00e9"#, #"\u20AC"#, #"\ud83d\ude00"#, #"\u0000"#, #"\uFFFF"#][random.below(6)].utf8)
            case 2: text += Array(["é", "€", "😀", "\u{7F}", "\u{80}", "\u{FFFF}", "\u{10FFFF}", "\u{D7FF}", "\u{FEFF}"][random.below(9)].utf8)
            default: text.append(UInt8(ascii: "a") + UInt8(random.below(26)))
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
