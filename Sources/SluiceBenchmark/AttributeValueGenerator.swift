// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Random AttributeValue JSON, as DynamoDB writes it, of all ten types.
struct AttributeValueGenerator {
    private var binary: [UInt8] = []

    /// Appends one typed value. Below the first levels only scalars come, so items stay within DynamoDB's nesting of 32.
    mutating func append(to output: inout [UInt8], random: inout SeededRandom, depth: Int) {
        switch random.below(depth < 3 ? 100 : 88) {
        case 0..<46:
            output.put(#"{"S":""#)
            appendText(to: &output, random: &random)
            output.put(#""}"#)
        case 46..<72:
            output.put(#"{"N":""#)
            appendNumber(to: &output, random: &random)
            output.put(#""}"#)
        case 72..<78:
            output.put(random.chance(50) ? #"{"BOOL":true}"# : #"{"BOOL":false}"#)
        case 78..<81:
            output.put(#"{"NULL":true}"#)
        case 81..<84:
            output.put(#"{"B":""#)
            appendBinary(to: &output, random: &random)
            output.put(#""}"#)
        case 84..<88:
            appendSet(to: &output, random: &random)
        case 88..<95:
            output.put(#"{"M":{"#)
            let names = Vocabulary.attributes
            let first = random.below(names.count)
            for index in 0..<random.below(6) {
                if index > 0 {
                    output.append(UInt8(ascii: ","))
                }
                output.append(UInt8(ascii: "\""))
                output.put(names[(first + index) % names.count])
                output.put("\":")
                append(to: &output, random: &random, depth: depth + 1)
            }
            output.put("}}")
        default:
            output.put(#"{"L":["#)
            for index in 0..<random.below(6) {
                if index > 0 {
                    output.append(UInt8(ascii: ","))
                }
                append(to: &output, random: &random, depth: depth + 1)
            }
            output.put("]}")
        }
    }

    private func appendText(to output: inout [UInt8], random: inout SeededRandom) {
        switch random.below(100) {
        case 0..<2:
            break  // DynamoDB allows the empty string outside keys
        case 2..<22:
            output.put(random.pick(Vocabulary.states))
        case 22..<34:
            output.put("2026-11-")
            output.put(decimal: random.within(1...30), width: 2)
            output.put("T")
            output.put(decimal: random.below(24), width: 2)
            output.put(":15:00.")
            output.put(decimal: random.below(1000), width: 3)
            output.put("Z")
        case 34..<46:
            output.put(uuidFrom: &random)
        case 46..<54:
            output.put("https://shop.example.com/")
            output.put(random.pick(Vocabulary.words))
            output.put("?ref=")
            output.put(hexadecimal: random.within(4...24), from: &random)
        case 54..<60:
            output.put(random.pick(Vocabulary.words))
            output.put(".")
            output.put(random.pick(Vocabulary.words))
            output.put("@example.com")
        case 60..<82:
            appendSentence(to: &output, random: &random, words: 2...12, unicode: 3, escapes: 1)
        case 82..<88:
            appendSentence(to: &output, random: &random, words: 3...12, unicode: 50, escapes: 0)
        case 88..<93:
            appendSentence(to: &output, random: &random, words: 3...20, unicode: 5, escapes: 30)
        case 93..<97:
            appendEmbeddedJSON(to: &output, random: &random)
        default:
            appendSentence(to: &output, random: &random, words: 20...150, unicode: 2, escapes: 2)
        }
    }

    /// Words with, in per cent, words beyond ASCII and escapes among them.
    private func appendSentence(
        to output: inout [UInt8], random: inout SeededRandom, words: ClosedRange<Int>, unicode: Int, escapes: Int
    ) {
        for index in 0..<random.within(words) {
            if index > 0 {
                output.append(UInt8(ascii: " "))
            }
            let dice = random.below(100)
            if dice < unicode {
                output.put(random.pick(Vocabulary.unicode))
            } else if dice < unicode + escapes {
                output.put(random.pick(Vocabulary.escapes))
            } else {
                output.put(random.pick(Vocabulary.words))
            }
        }
    }

    /// Programs like to keep JSON in strings: a quotation mark is escaped every few bytes.
    private func appendEmbeddedJSON(to output: inout [UInt8], random: inout SeededRandom) {
        output.put("{")
        for index in 0..<random.within(1...8) {
            if index > 0 {
                output.put(",")
            }
            output.put(#"\""#)
            output.put(random.pick(Vocabulary.words))
            output.put(#"\":\""#)
            output.put(random.pick(Vocabulary.words))
            output.put(#"\""#)
        }
        output.put("}")
    }

    private func appendNumber(to output: inout [UInt8], random: inout SeededRandom) {
        let kind = random.below(100)
        if kind >= 10 && random.chance(10) {
            output.append(UInt8(ascii: "-"))
        }
        switch kind {
        case 0..<10:
            output.append(UInt8(ascii: "0"))
        case 10..<40:
            output.put(digits: random.within(1...4), from: &random)
        case 40..<60:
            output.put(digits: random.within(1...5), from: &random)
            output.append(UInt8(ascii: "."))
            output.put(digits: 2, from: &random)
        case 60..<82:
            output.put(digits: random.within(9...16), from: &random)
        case 82..<92:
            output.put("0.")
            output.put(digits: random.within(5...20), from: &random)
        case 92..<97:
            output.put(digits: 38, from: &random)
        case 97..<99:
            output.put(digits: 20, from: &random)
            output.append(UInt8(ascii: "."))
            output.put(digits: 18, from: &random)
        default:
            output.put(digits: 1, from: &random)
            output.put(random.chance(50) ? "E+" : "E-")
            output.put(decimal: random.within(1...120))
        }
    }

    private mutating func appendBinary(to output: inout [UInt8], random: inout SeededRandom) {
        binary.removeAll(keepingCapacity: true)
        for _ in 0..<random.within(1...random.pick([16, 64, 400])) {
            binary.append(UInt8(truncatingIfNeeded: random.next()))
        }
        output.put(base64: binary)
    }

    private mutating func appendSet(to output: inout [UInt8], random: inout SeededRandom) {
        let kind = random.below(10)
        output.put(kind < 5 ? #"{"SS":["# : kind < 8 ? #"{"NS":["# : #"{"BS":["#)
        for index in 0..<random.within(1...6) {
            output.put(index > 0 ? ",\"" : "\"")
            // The members' running number makes them differ, as a set's members must.
            switch kind {
            case 0..<5:
                output.put(random.pick(Vocabulary.words))
                output.append(UInt8(ascii: "-"))
                output.put(decimal: index)
            case 5..<8:
                output.put(decimal: random.below(100_000) * 10 + index)
            default:
                binary = [UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: random.next()), 0xFB]
                output.put(base64: binary)
            }
            output.append(UInt8(ascii: "\""))
        }
        output.put("]}")
    }
}
