// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Testing

/// Conditions on stream records that are never met, or always.
@Suite struct WarningTests {
    private func warnings(_ image: String, numbers: NumberRule = .doubles) throws -> [String] {
        try EventPattern(#"{"dynamodb":\#(image)}"#, numbers: numbers).warnings.map(\.description)
    }

    private static let neverNumber = #"never matches: in a stream's records numbers are texts"#
    private static let alwaysNumber = #"always matches where there is a number: in a stream's records numbers are texts"#
    private static let otherValues = #"matches by its other values alone: in a stream's records numbers are texts"#

    @Test(arguments: [
        (#"[5]"#, neverNumber), (#"[{"numeric":[">",5]}]"#, neverNumber), (#"[5,{"numeric":["<",1]}]"#, neverNumber),
        // One text is enough for a match, and so is that there is nothing.
        (#"["5",{"numeric":[">",5]}]"#, otherValues), (#"[{"numeric":[">",5]},{"exists":false}]"#, otherValues), (#"[5,{"prefix":"1"}]"#, otherValues),
        (#"[{"anything-but":5}]"#, alwaysNumber), (#"[{"anything-but":[5,6]}]"#, alwaysNumber), (#"["5",{"anything-but":[6]}]"#, alwaysNumber),
    ]) func numbersAreTexts(_ tests: String, _ message: String) throws {
        for path in ["NewImage", "OldImage", "Keys"] {
            let found = try warnings(#"{"\#(path)":{"price":{"N":\#(tests)}}}"#)
            #expect(found.count == 1 && found[0].hasPrefix("dynamodb.\(path).price.N: \(message), such as \"42\""), "\(found)")
        }
        #expect(try warnings(#"{"NewImage":{"sizes":{"NS":\#(tests)}}}"#).count == 1)
        #expect(try warnings(#"{"NewImage":{"price":{"N":\#(tests)}}}"#, numbers: .exact).isEmpty)
        #expect(try warnings(#"{"SizeBytes":\#(tests)}"#).isEmpty)
    }

    @Test(arguments: [
        #"["5"]"#, #"[{"anything-but":["5"]}]"#, #"[{"anything-but":{"prefix":"5"}}]"#, #"[{"exists":true}]"#, #"[{"exists":false}]"#, #"[{"wildcard":"5*"}]"#,
    ]) func nothingIsSaidOfTexts(_ tests: String) throws {
        #expect(try warnings(#"{"NewImage":{"price":{"N":\#(tests)}}}"#).isEmpty)
    }

    @Test(arguments: [
        (#"{"NewImage":[{"exists":true}]}"#, "dynamodb.NewImage: never matches: NewImage is an object, and exists sees values only; name an attribute and its type as well, such as NewImage.Id.S"),
        (#"{"OldImage":[{"exists":false}]}"#, "dynamodb.OldImage: always matches: OldImage is an object, and exists sees values only"),
        (#"{"Keys":["a"]}"#, "dynamodb.Keys: never matches: values stand below attributes and their types"),
        (#"{"NewImage":{"a":[{"exists":true}]}}"#, "dynamodb.NewImage.a: never matches: an attribute is an object, and exists sees values only; name the type as well, such as a.S"),
        (#"{"NewImage":{"a":[{"exists":false}]}}"#, "dynamodb.NewImage.a: always matches: an attribute is an object"),
        (#"{"NewImage":{"a":["x",{"exists":false}]}}"#, "dynamodb.NewImage.a: always matches: an attribute is an object"),
        (#"{"NewImage":{"a":["x"]}}"#, "dynamodb.NewImage.a: never matches: values stand below their type"),
    ]) func objectsAreNoValues(_ image: String, _ message: String) throws {
        let found = try warnings(image)
        #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
    }

    /// What the warnings say is what the matcher does.
    @Test func theMatcherDoesSo() throws {
        let event = #"{"dynamodb":{"NewImage":{"price":{"N":"5"},"a":{"S":"x"}}}}"#
        for (image, isMatch) in [
            (#"{"NewImage":{"price":{"N":[5]}}}"#, false), (#"{"NewImage":{"price":{"N":["5",{"numeric":[">",5]}]}}}"#, true),
            (#"{"NewImage":{"price":{"N":[{"anything-but":[5]}]}}}"#, true), (#"{"NewImage":[{"exists":true}]}"#, false),
            (#"{"NewImage":[{"exists":false}]}"#, true), (#"{"NewImage":{"a":[{"exists":true}]}}"#, false),
        ] {
            #expect(try EventPattern(#"{"dynamodb":\#(image)}"#).matches(json: event) == isMatch, "\(image)")
        }
    }
}
