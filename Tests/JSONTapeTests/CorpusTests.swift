// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Testing

@Suite("JSON corpus") struct CorpusTests {
    @Test("The corpus is there, and each text has its verdict") func isWhole() {
        #expect(Corpus.valid.count + Corpus.invalid.count + Corpus.implementation.count >= 330)
        #expect(Corpus.invalid == Corpus.offsets.keys.sorted())
        #expect(Corpus.implementation == Corpus.choices.keys.sorted())
    }

    @Test("Valid texts are accepted, and written and read again they are the same", arguments: Corpus.valid)
    func valid(name: String) throws {
        let value = try JSONValue(parsing: try Corpus.text("valid", name))
        var writer = JSONWriter()
        value.write(into: &writer)
        #expect(try JSONValue(parsing: writer.array) == value)
    }

    @Test("Invalid texts are rejected at the first byte that is wrong", arguments: Corpus.invalid)
    func invalid(name: String) throws {
        let text = try Corpus.text("invalid", name)
        // A limit beyond the deepest text: the grammar alone decides.
        let error = try #require(failure(text, depth: 1_000_000))
        #expect(error.code != .depthExceeded)
        #expect(!error.expected.isEmpty)
        #expect((0...text.count).contains(error.offset))
        if let expected = try #require(Corpus.offsets[name]) {
            #expect(error.offset == expected, "\(error)")
        }
        if error.offset == text.count {
            #expect(error.code == .unexpectedEnd, "\(error)")
        }
    }

    @Test("Where the standard leaves the choice, it is made as the table says", arguments: Corpus.implementation)
    func implementation(name: String) throws {
        let text = try Corpus.text("implementation", name)
        let choice = try #require(Corpus.choices[name])
        let error = failure(text)
        switch choice.verdict {
        case .accept:
            #expect(error == nil, "\(choice.why)")
        case .reject:
            #expect(error != nil, "\(choice.why)")
            #expect(error?.code.rawValue == choice.code)
        }
        if choice.raised == true {
            #expect(failure(text, depth: 100_001) == nil)
        }
    }

    @Test("Depth is an error at its limit and nowhere below it", arguments: [1, 2, 3, 16, 17, 1023, 1024, 5000])
    func depth(limit: Int) throws {
        for (opening, closing) in [("[", "]"), (#"{"a":"#, "}"), (#"[{"S":"#, "}]")] {
            let levels = opening.utf8.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
            guard limit % levels == 0 else { continue }
            let count = limit / levels
            let inside = opening == "[" ? "" : "0"
            let sound = String(repeating: opening, count: count) + inside + String(repeating: closing, count: count)
            #expect(failure(Array(sound.utf8), depth: limit) == nil)
            #expect(failure(Array("[\(sound)]".utf8), depth: limit)?.code == .depthExceeded)
            let open = String(repeating: opening, count: count)
            let error = failure(Array(open.utf8), depth: limit)
            #expect(error?.code == .unexpectedEnd)
            #expect(error?.offset == open.utf8.count)
        }
    }

    @Test("100,000 open brackets cost an error, not the stack", arguments: ["[", #"{"a":"#, #"[{"":"#])
    func deepAndOpen(opening: String) {
        let text = Array(String(repeating: opening, count: 100_000).utf8)
        let error = failure(text)
        #expect(error?.code == .depthExceeded)
        #expect(failure(text, depth: 1_000_000)?.code == .unexpectedEnd)
        #expect(failure(text, depth: 1_000_000)?.offset == text.count)
    }

    @Test("A text larger than the limit is an error") func tooLarge() {
        let text = Array("[1,2,3]".utf8)
        #expect(failure(text, limits: JSONLimits(maximumBytes: text.count)) == nil)
        #expect(failure(text, limits: JSONLimits(maximumBytes: text.count - 1))?.code == .tooLarge)
    }

    @Test("Cut at any byte, a text ends too early, and the error says where") func truncation() throws {
        let text = Array(
            #"""
             { "Records" : [ {"eventID":"1","dynamodb":{"Keys":{"Id":{"N":"5"}},"NewImage":{"näme":{"S":"a\"b\\c\u00e9\ud83d\ude00 é€😀"},
             "list":{"L":[{"BOOL":true},{"BOOL":false},{"NULL":true}]}},"SizeBytes":-12.50e+3, "empty" : [ ], "none":{ }}}, null ] }
            """#.utf8)
        #expect(failure(text) == nil)
        for length in 0..<text.count {
            let error = failure(Array(text[..<length]))
            #expect(error?.code == .unexpectedEnd, "cut at \(length)")
            #expect(error?.offset == length, "cut at \(length)")
        }
    }

    private func failure(_ text: [UInt8], depth: Int = JSONLimits().maximumDepth) -> JSONError? {
        failure(text, limits: JSONLimits(maximumDepth: depth))
    }

    private func failure(_ text: [UInt8], limits: JSONLimits) -> JSONError? {
        do {
            _ = try JSONDocument(text, limits: limits)
            return nil
        } catch {
            return error
        }
    }
}
