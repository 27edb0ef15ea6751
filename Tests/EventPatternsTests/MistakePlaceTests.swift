// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Testing

/// Where a mistake in a pattern is. In each pattern `▸` stands before the place; it is taken out.
@Suite struct MistakePlaceTests {
    @Test(arguments: [
        // The text
        ("syntax", #"{"f":[▸x]}"#),
        ("syntax", #"{"f":["é",▸]}"#),
        // Fields
        ("wrong-type", #"▸["a"]"#),
        ("empty", #"  ▸{}"#),
        ("wrong-type", #"{"g":["b"],"f":▸"a"}"#),
        ("empty", #"{"a":{"f":▸{}}}"#),
        ("empty", #"{"f":▸[]}"#),
        ("wrong-type", #"{"f":["a",▸["b"]]}"#),
        // Comparisons
        ("empty", #"{"f":["a",▸{}]}"#),
        ("unknown-operator", #"{"é":[{ ▸"prefx":"a"}]}"#),
        ("several-operators", #"{"f":[{"prefix":"a",▸"suffix":"b"}]}"#),
        ("bad-operand", #"{"f":[{"prefix":▸1}]}"#),
        ("wrong-type", #"{"f":[{"suffix":▸["a"]}]}"#),
        ("unknown-operator", #"{"f":[{"prefix":{▸"suffix":"a"}}]}"#),
        ("bad-operand", #"{"f":[{"exists":▸1}]}"#),
        ("bad-operand", #"{"f":["x",{"wildcard":▸"a**b"}]}"#),
        ("bad-operand", #"{"f":[{"cidr":▸"10.0.0.0/33"}]}"#),
        // Numbers
        ("wrong-type", #"{"f":[{"numeric":▸{}}]}"#),
        ("bad-operand", #"{"f":[{"numeric":▸[]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":[▸"!=",1]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":▸[">"]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":[">",▸"1"]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":["=",▸9007199254740993]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":["=",1,▸"<",5]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":["<",5,▸">",1]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":[">",1,▸">",5]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":[">",5,"<",▸1]}]}"#),
        ("bad-operand", #"{"f":[{"numeric":[">",1,"<",5,▸"<",6]}]}"#),
        // What is left out
        ("empty", #"{"f":[{"anything-but":▸[]}]}"#),
        ("bad-operand", #"{"f":[{"anything-but":▸true}]}"#),
        ("bad-operand", #"{"f":[{"anything-but":▸["a",1]}]}"#),
        ("bad-operand", #"{"f":[{"anything-but":["a",▸null]}]}"#),
        ("unknown-operator", #"{"f":[{"anything-but":{▸"numeric":["=",1]}}]}"#),
        ("empty", #"{"f":[{"anything-but":{"prefix":▸[]}}]}"#),
        ("bad-operand", #"{"f":[{"anything-but":{"suffix":["a",▸""]}}]}"#),
        ("bad-operand", #"{"f":[{"anything-but":{"wildcard":["a*",▸"a\\b"]}}]}"#),
        // Choices
        ("bad-choice", #"{"a":[1],"$or":▸[{"b":[1]}]}"#),
        ("bad-choice", #"{"a":[1],"$or":▸5}"#),
        ("bad-choice", #"{"$or":[{"a":[1]},▸5]}"#),
        ("bad-choice", #"{"$or":[{"a":[1]},{▸"prefix":[1]}]}"#),
        ("empty", #"{"$or":[{"a":[1]},▸{}]}"#),
        ("wrong-type", #"{"$or":[{"a":[1]},{"b":▸1}]}"#),
    ]) func isToldToTheByte(_ code: String, _ marked: String) throws {
        let parts = marked.split(separator: "▸", omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let error = try #require(throws: PatternError.self) { try EventPattern(parts.joined()) }
        #expect(error.code.rawValue == code && error.place == parts[0].utf8.count, "\(marked): \(error)")
    }

    @Test func tooManyChoicesAreToldWhereTheyBecomeTooMany() throws {
        let choices = "[\((0..<11).map { #"{"n":[\#($0)]}"# }.joined(separator: ","))]"
        let start = #"{"a":{"$or":\#(choices)},"b":{"$or":\#(choices)},"c":{"$or":"#
        let error = try #require(throws: PatternError.self) { try EventPattern("\(start)\(choices)},\"d\":[1]}") }
        #expect(error.code == .tooMany && error.place == start.utf8.count, "\(error)")
    }

    /// A pattern that was made of nodes tells their own places.
    @Test func nodesTellTheirOwnPlaces() throws {
        let operand = PatternNode(.number("1"), place: 70)
        let object = PatternNode(.object([PatternNode.Member(name: "prefix", place: 60, node: operand)]), place: 50)
        let root = PatternNode(.object([PatternNode.Member(name: "f", place: 20, node: PatternNode(.array([object]), place: 30))]), place: 10)
        let error = try #require(throws: PatternError.self) { try EventPattern(root) }
        #expect(error.place == 70 && error.path == "f[0].prefix")
    }
}
