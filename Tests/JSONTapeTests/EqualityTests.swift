// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Testing

@Suite struct EqualityTests {
    private struct Missing: Error {}

    /// A list of two texts of a length, the second with another byte at a place.
    private static func pair(_ length: Int, _ place: Int?, _ wrap: (String) -> String) throws -> JSONDocument {
        let first = String(repeating: "a", count: length)
        var second = Array(first.utf8)
        if let place { second[place] = UInt8(ascii: "b") }
        return try JSONDocument("[\(wrap(first)),\(wrap(String(decoding: second, as: UTF8.self)))]")
    }

    private static func equal(_ document: JSONDocument) -> Bool {
        var elements = document.view(document.root).elements
        guard elements.next() else { return false }
        let first = elements.value
        guard elements.next() else { return false }
        return first.sourceEquals(elements.value)
    }

    static let wraps: [@Sendable (String) -> String] = [
        { "\"\($0)\"" }, { "{\"S\":\"\($0)\"}" }, { "{ \"S\": \"\($0)\" }" }, { "[\"\($0)\"]" },
    ]

    @Test("Two values are the same exactly when all their bytes are, at every length and place", arguments: 0...3)
    func everyPlace(_ kind: Int) throws {
        let wrap = Self.wraps[kind]
        for length in 0...80 {
            #expect(Self.equal(try Self.pair(length, nil, wrap)), "\(length) bytes, the same")
            for place in 0..<length {
                #expect(!Self.equal(try Self.pair(length, place, wrap)), "\(length) bytes, another one at \(place)")
            }
        }
    }

    @Test("Contents are the same however they are written")
    func contents() throws {
        let pairs: [(String, String, Bool)] = [
            (#""a\u0062c""#, #""abc""#, true), (#""\ud83d\ude80 x""#, "\"🚀 x\"", true), (#""\u00e9\n""#, "\"é\\u000a\"", true),
            (#""a\/b""#, #""a/b""#, true), (#""abc""#, #""ab\u0064""#, false), (#""\u6771""#, "\"東\"", true), (#""ab\t""#, #""ab""#, false),
            (#""""#, #""\u0000""#, false),
        ]
        for (first, second, expected) in pairs {
            let document = try JSONDocument("[\(first),\(second)]")
            var elements = document.view(document.root).elements
            guard elements.next() else { throw Missing() }
            let view = elements.value
            guard elements.next() else { throw Missing() }
            let other = elements.value
            let isSame = view.contentEquals(other)
            let isSameString = view.string == other.string
            #expect(isSame == expected, "\(first) and \(second)")
            #expect(isSameString == expected)
        }
    }
}
