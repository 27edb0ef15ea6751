// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import Testing

/// Arrays that are large enough to show whether the search for elements that agree multiplies. The reference would take days.
@Suite struct ArrayTests {
    private func matches(_ pattern: String, _ event: String) throws -> Bool { try EventPattern(pattern).matches(json: event) }

    @Test func manyElementsOfManyArraysDoNotMultiply() throws {
        let half = (0..<1_000).map { _ in #"{"a":1},{"b":2}"# }.joined(separator: ",")
        let event = #"{"l":[\#(half)],"m":[\#(half)],"n":[\#(half)]}"#
        #expect(try !matches(#"{"l":{"a":[1]},"m":{"a":[1]},"n":{"a":[1],"b":[2]}}"#, event))
        #expect(try matches(#"{"l":{"a":[1]},"m":{"a":[1]},"n":{"b":[2]}}"#, event))
        #expect(try matches(#"{"l":{"a":[1],"b":[{"exists":false}]},"m":{"b":[2]}}"#, event))
    }

    @Test func nestedArraysDoNotMultiply() throws {
        let inner = (0..<50).map { #"{"a":\#($0 % 2),"b":\#($0 % 3)}"# }.joined(separator: ",")
        let event = #"{"l":[\#((0..<50).map { #"{"id":\#($0),"m":[\#(inner)]}"# }.joined(separator: ","))]}"#
        #expect(try matches(#"{"l":{"id":[49],"m":{"a":[1],"b":[0]}}}"#, event))
        #expect(try !matches(#"{"l":{"id":[49],"m":{"a":[1],"b":[0],"c":[1]}}}"#, event))
        #expect(try !matches(#"{"l":{"id":[50],"m":{"a":[1],"b":[0]}}}"#, event))
    }

    @Test func eventsOneAfterAnotherAreForgotten() throws {
        var matcher = PatternMatcher(try PatternSet([EventPattern(#"{"l":{"a":[1],"b":[2]}}"#), EventPattern(#"{"l":{"b":[{"exists":false}]}}"#)]))
        for (event, expected) in [
            (#"{"l":[{"a":1}]}"#, [1]), (#"{"l":[{"b":2}]}"#, []), (#"{"l":[{"a":1,"b":2}]}"#, [0]), (#"{"l":{"b":2}}"#, []), (#"{"l":{"a":1}}"#, [1]),
            (#"{}"#, [1]), (#"[]"#, []),
        ] {
            let document = try JSONDocument(event)
            matcher.match(document.view(document.root))
            let found = matcher.matches
            #expect(found == expected, "\(event)")
        }
    }
}
