// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct Base64Tests {
    // RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func agreesWithTheStandardsExamples(_ plain: String, _ text: String) throws {
        #expect(Base64.encodeToString(Array(plain.utf8)) == text)
        #expect(try Base64.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: [
        ("A", Base64Error.Code.length, 1), ("AA", .length, 2), ("AAA", .length, 3), ("AAAAA", .length, 5),
        ("AAA\n", .character, 3), ("AA A", .character, 2), ("A===", .character, 1), ("====", .character, 0),
        ("=AAA", .character, 0), ("AA=A", .character, 2), ("AA==AAAA", .character, 2),
        ("AAA=AAAA", .character, 3), ("AA-_", .character, 2), ("AAAA*AAA", .character, 4),
        ("AAAAAA\u{e9}=", .character, 6), ("AB==", .unusedBits, 1), ("AAB=", .unusedBits, 2),
        ("AAAAZh==", .unusedBits, 5),
    ])
    func refuses(_ text: String, _ code: Base64Error.Code, _ offset: Int) {
        // One byte a character, so that the offsets are what they seem.
        let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        var out: [UInt8] = [7, 8]
        #expect(throws: Base64Error(code: code, offset: offset)) {
            try Base64.decode(bytes[...], appendingTo: &out)
        }
        #expect(out == [7, 8])
    }

    @Test func countsOffsetsFromTheStartOfASlice() {
        let bytes = Array("!!!!AAAAA!AA".utf8)
        var out: [UInt8] = []
        #expect(throws: Base64Error(code: .character, offset: 5)) {
            try Base64.decode(bytes[4...], appendingTo: &out)
        }
    }

    @Test func agreesWithFoundation() throws {
        var random = SeededRandom(announcing: #function)
        for length in 0..<400 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64.encode(bytes)
            #expect(text == Array(Data(bytes).base64EncodedData()), "seed \(random.seed)")
            #expect(try Base64.decode(text) == bytes, "seed \(random.seed)")
            var out: [UInt8] = [1]
            try Base64.decode(text[...], appendingTo: &out)
            #expect(out == [1] + bytes, "seed \(random.seed)")
        }
    }

    @Test func everyBytesHasOneText() throws {
        var random = SeededRandom(announcing: #function)
        var taken = 0
        let characters = Array("AQgwBZaz09+/==".utf8)
        for _ in 0..<20_000 {
            let text = (0..<4 * Int.random(in: 1...2, using: &random)).map { _ in random.pick(characters) }
            guard let bytes = try? Base64.decode(text) else { continue }
            taken += 1
            #expect(Base64.encode(bytes) == text, "seed \(random.seed)")
        }
        #expect(taken > 1000)
    }
}
