// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Testing
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct AttributeValueTests {
    @Test func setsAreEqualInAnyOrderAndWithDuplicates() {
        #expect(AttributeValue.stringSet(["a", "b"]) == .stringSet(["b", "a", "b"]))
        #expect(AttributeValue.stringSet(["a", "b"]) != .stringSet(["a", "c"]))
        #expect(AttributeValue.stringSet(["a"]) != .stringSet(["a", "b"]))
        #expect(AttributeValue.numberSet([1, 2]) == .numberSet([DynamoDBNumber("2.0") ?? 0, 1, 1]))
        #expect(AttributeValue.binarySet([[1], [2, 3]]) == .binarySet([[2, 3], [1], [1]]))
        #expect(AttributeValue.binarySet([[1], [2, 3]]) != .binarySet([[1, 2], [3]]))
        #expect(AttributeValue.list(["a", "b"]) != .list(["b", "a"]))
        #expect(AttributeValue.stringSet(["a"]) != .list(["a"]))
    }

    @Test func differentTypesAreNeverEqual() {
        let values: [AttributeValue] = [
            .string("1"), .number(1), .binary([49]), .stringSet(["1"]), .numberSet([1]), .binarySet([[49]]),
            .map([:]), .list([]), .null, .bool(true), .bool(false), .string(""), .binary([]),
        ]
        for (i, left) in values.enumerated() {
            for (j, right) in values.enumerated() { #expect((left == right) == (i == j)) }
        }
        #expect(Set(values).count == values.count)
    }

    @Test func stringsAndNamesAreComparedByTheirUTF8() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed, "Swift holds them to be equal")
        #expect(AttributeValue.string(composed) != .string(decomposed))
        #expect(AttributeValue.stringSet([composed]) != .stringSet([decomposed]))
        #expect(AttributeValue.stringSet([composed, decomposed]) != .stringSet([composed]))
        // Equal length, other order of the marks: canonically equivalent as well.
        #expect(AttributeValue.string("q\u{307}\u{323}") != .string("q\u{323}\u{307}"))
        let map: AttributeMap = [composed: 1, decomposed: 2]
        #expect(map.count == 2)
        #expect(map[composed] == 1)
        #expect(map[decomposed] == 2)
        #expect(map != [composed: 2, decomposed: 1])
    }

    @Test func accessorsGiveTheirOwnTypeOnly() {
        let values: [AttributeValue] = [
            .string("s"), .number(7), .binary([1]), .stringSet(["a"]), .numberSet([1]), .binarySet([[1]]),
            .map(["k": "v"]), .list(["x"]), .null, .bool(true),
        ]
        #expect(values.map(\.type) == [
            .string, .number, .binary, .stringSet, .numberSet, .binarySet, .map, .list, .null, .bool,
        ])
        #expect(values.compactMap(\.stringValue) == ["s"])
        #expect(values.compactMap(\.numberValue) == [7])
        #expect(values.compactMap(\.intValue) == [7])
        #expect(values.compactMap(\.binaryValue) == [[1]])
        #expect(values.compactMap(\.stringSetValue) == [["a"]])
        #expect(values.compactMap(\.numberSetValue) == [[1]])
        #expect(values.compactMap(\.binarySetValue) == [[[1]]])
        #expect(values.compactMap(\.mapValue) == [["k": "v"]])
        #expect(values.compactMap(\.listValue) == [["x"]])
        #expect(values.compactMap(\.boolValue) == [true])
        #expect(values.filter(\.isNull).count == 1)
        #expect(values.compactMap { $0["k"] } == ["v"])
        #expect(values.compactMap { $0[0] } == ["x"])
        #expect(values[7][1] == nil)
        #expect(values[7][-1] == nil)
    }

    @Test func describesItselfOnOneLineWithoutControlCharacters() {
        let value: AttributeValue = [
            "Id": 5, "name": "Chair \"Oslo\"\n\u{1B}[31m", "two words": .null, "": [true, .binary([1, 2, 3])],
            "tags": .stringSet(["b", "a"]), "sizes": .numberSet([DynamoDBNumber("1.50") ?? 0]),
            "keys": .binarySet([[255]]), "family": "👩‍👩‍👧\u{202E}",
        ]
        #expect(
            value.description == #"""
                {Id: 5, name: "Chair \"Oslo\"\n\u{1b}[31m", "two words": null, "": [true, b"AQID"], tags: <<"b", "a">>, sizes: <<1.50>>, keys: <<b"/w==">>, family: "👩‍👩‍👧\u{202e}"}
                """#)
        #expect(AttributeValue.number(5).debugDescription == "N 5")
    }

    @Test func equalityLawsHoldForRandomValues() {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<400 {
            let value = random.value(depth: 4)
            let same = random.respelled(value)
            let again = random.respelled(same)
            let other = random.value(depth: 4)
            let comment: Comment = "\(value), \(same), seed \(random.seed)"
            #expect(value == value, comment)
            #expect(value == same, comment)
            #expect(same == value, comment)
            #expect(again == value, comment)
            #expect(value.hashValue == same.hashValue, comment)
            #expect((value == other) == (other == value), comment)
            #expect(AttributeValue.list([value]) != .list([value, value]), comment)
            if case .map(var map) = value {
                map["\u{1}new"] = other
                #expect(AttributeValue.map(map) != value, comment)
                map["\u{1}new"] = nil
                #expect(AttributeValue.map(map) == value, comment)
            }
        }
    }
}

@Suite struct AttributeMapTests {
    @Test func keepsTheOrderAndComparesWithoutIt() {
        let map: AttributeMap = ["b": 1, "a": 2, "c": 3]
        #expect(map.names == ["b", "a", "c"])
        #expect(map == ["a": 2, "b": 1, "c": 3])
        #expect(map.hashValue == (["a": 2, "b": 1, "c": 3] as AttributeMap).hashValue)
        #expect(map != ["b": 1, "a": 2])
        #expect(map[1].name == "a")
        #expect(map.dictionary == ["a": 2, "b": 1, "c": 3])
        #expect(AttributeMap(["z": 1, "a": 2]  as [String: AttributeValue]).names == ["a", "z"])
    }

    @Test func theLastOfDuplicateNamesCounts() {
        let map: AttributeMap = ["a": 1, "b": 2, "a": 3]
        #expect(map.names == ["a", "b"])
        #expect(map["a"] == 3)
    }

    /// Small and large maps find their attributes in different ways: both are compared with an array.
    @Test func agreesWithAPlainArray() {
        var random = SeededRandom(announcing: #function)
        var map = AttributeMap()
        var plain: [(name: String, value: AttributeValue)] = []
        for step in 0..<4000 {
            let name = "n\(Int.random(in: 0..<(step % 1000 < 500 ? 40 : 8), using: &random))"
            let value: AttributeValue? =
                random.chance(step % 1000 < 500 ? 60 : 30)
                ? .number(DynamoDBNumber(random.next())) : nil
            map[name] = value
            if let place = plain.firstIndex(where: { $0.name == name }) {
                if let value { plain[place].value = value } else { plain.remove(at: place) }
            } else if let value {
                plain.append((name, value))
            }
            #expect(map.names == plain.map(\.name), "seed \(random.seed)")
            #expect(map[name] == value, "seed \(random.seed)")
            #expect(map.contains(name) == (value != nil), "seed \(random.seed)")
            #expect(map.map(\.value) == plain.map(\.value), "seed \(random.seed)")
        }
    }
}

/// The typed form through Foundation's JSON coders.
@Suite struct TypedFormTests {
    static func decode(_ text: String) throws -> AttributeValue {
        try JSONDecoder().decode(AttributeValue.self, from: Data(text.utf8))
    }

    static let texts: [(String, AttributeValue)] = [
        (#"{"S":""}"#, AttributeValue.string("")), (#"{"N":"+1.50"}"#, .number(DynamoDBNumber("1.5") ?? 0)),
        (#"{"B":"AQID"}"#, .binary([1, 2, 3])), (#"{"B":""}"#, .binary([])),
        (#"{"SS":["b","a","b"]}"#, .stringSet(["a", "b"])), (#"{"NS":["1","2.0"]}"#, .numberSet([2, 1])),
        (#"{"BS":["AQ==",""]}"#, .binarySet([[], [1]])), (#"{"NULL":true}"#, .null),
        (#"{"BOOL":false}"#, .bool(false)), (#"{"L":[]}"#, .list([])), (#"{"M":{}}"#, .map([:])),
        (#"{"M":{"a":{"L":[{"S":"x"},{"NULL":true}]}}}"#, ["a": ["x", .null]]),
    ]

    @Test(arguments: texts)
    func reads(_ text: String, _ value: AttributeValue) throws {
        #expect(try Self.decode(text) == value)
    }

    @Test func keepsReceivedOrderAndTexts() throws {
        #expect(try Self.decode(#"{"SS":["b","a","b"]}"#).stringSetValue == ["b", "a", "b"])
        #expect(try Self.decode(#"{"NS":["2.0","1"]}"#).numberSetValue?.map(\.text) == ["2.0", "1"])
    }

    @Test(arguments: [
        "{}", #"{"S":"a","N":"1"}"#, #"{"X":"a"}"#, #"{"s":"a"}"#, #"{"S":1}"#, #"{"N":1}"#, #"{"N":"one"}"#,
        #"{"B":"A"}"#, #"{"B":"AB=="}"#, #"{"NULL":false}"#, #"{"NULL":"true"}"#, #"{"BOOL":1}"#,
        #"{"SS":"a"}"#, #"{"SS":[1]}"#, #"{"NS":["x"]}"#, #"{"BS":["*"]}"#, #"{"L":{}}"#, #"{"M":[]}"#,
        #"{"M":{"a":"x"}}"#, #"{"L":["x"]}"#, #""S""#, "[]", #"{"S":null}"#,
    ])
    func refuses(_ text: String) {
        #expect(throws: DecodingError.self) { try Self.decode(text) }
    }

    @Test func writesOneMemberNamedAfterTheType() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let value: AttributeValue = [
            "a": "x", "b": .number(DynamoDBNumber("+1.50") ?? 0), "c": .binary([255]), "d": .stringSet(["q", "p"]),
            "e": .numberSet([2, 1]), "f": .binarySet([[1]]), "g": [.null, true],
        ]
        let expected = #"""
            {"M":{"a":{"S":"x"},"b":{"N":"+1.50"},"c":{"B":"/w=="},"d":{"SS":["q","p"]},"e":{"NS":["2","1"]},"f":{"BS":["AQ=="]},"g":{"L":[{"NULL":true},{"BOOL":true}]}}}
            """#
        #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == expected)
        let map = try #require(value.mapValue)
        #expect(try JSONDecoder().decode(AttributeMap.self, from: encoder.encode(map)) == map)
    }

    @Test func randomValuesComeBack() throws {
        var random = SeededRandom(announcing: #function)
        for _ in 0..<400 {
            let value = random.value(depth: 4)
            // Foundation's decoder folds names that are canonically equivalent.
            guard !value.hasEquivalentNames else { continue }
            let again = try JSONDecoder().decode(AttributeValue.self, from: JSONEncoder().encode(value))
            #expect(again == value, "seed \(random.seed)")
        }
    }
}

extension AttributeValue {
    /// Whether a map holds names that Swift takes for the same string.
    fileprivate var hasEquivalentNames: Bool {
        switch self {
        case .map(let map):
            Set(map.names).count < map.count || map.contains { $0.value.hasEquivalentNames }
        case .list(let values): values.contains { $0.hasEquivalentNames }
        default: false
        }
    }
}
