// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import Testing
import TestSupport

/// A matcher remembers what some fields' last texts met. Whatever came before, an event has to match what it matches alone.
@Suite struct RepetitionTests {
    private static let patterns = [
        #"{"arn":[{"wildcard":"*:table/T*"}]}"#, #"{"arn":[{"prefix":"arn:aws"}],"name":["MODIFY"]}"#, #"{"arn":[{"suffix":"/U"},{"exists":false}]}"#,
        #"{"arn":[{"anything-but":"arn:aws:table/T"}]}"#, #"{"arn":[{"equals-ignore-case":"ARN:AWS:TABLE/t"}]}"#, #"{"arn":["arn:aws:table/U",5]}"#,
        #"{"arn":[{"exists":true}],"inner":{"arn":[{"prefix":"arn"}]}}"#, #"{"arn":[{"wildcard":"*\"*"},{"wildcard":"*\\\\"}]}"#, #"{"name":[{"anything-but":["INSERT"]}]}"#,
        #"{"arn":[{"prefix":"a"}],"$or":[{"name":[{"prefix":"M"}]},{"arn":[{"suffix":"T"}]}]}"#,
    ]
    /// Among them, what must not be taken for each other: one is another's beginning, quotes, escapes, a value of another kind, several values.
    private static let values = [
        #""arn:aws:table/T""#, #""arn:aws:table/T""#, #""arn:aws:table/T""#, #""arn:aws:table/U""#, #""arn:aws:table/T/more""#, #""arn:aws:table\/T""#, #""a""#, #""""#, #""a\"""#,
        #""a\",\"name\":\"b""#, #""\\""#, "5", "null", "true", #"["arn:aws:table/T","x"]"#, #"[["arn:aws:table/U"],"arn:aws:table/T"]"#, #"[{"arn":"arn:aws:table/T"}]"#, "[]", "{}",
    ]

    private static func event(_ random: inout SeededRandom) -> String {
        var members: [String] = []
        for name in ["arn", "name", "arn", "inner"] where random.chance(name == "inner" ? 40 : members.isEmpty ? 90 : 30) {
            switch name {
            case "name": members.append(#""name":"\#(random.pick(["MODIFY", "MODIFY", "INSERT"]))""#)
            case "inner": members.append(#""inner":{"arn":\#(random.pick(values))}"#)
            default: members.append(#""\#(random.chance(10) ? #"\u0061rn"# : "arn")":\#(random.pick(values))"#)
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    @Test func remembersNothingWrong() throws {
        let seed = SeededRandom.announcedSeed(for: "matching again")
        for seed in [seed, 1, 2] { try compare(seed) }
    }

    private func compare(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let set = PatternSet(try Self.patterns.map { try EventPattern($0) })
        let place = try #require(set.place([]))
        var indexed = PatternMatcher(set)
        var unindexed = PatternMatcher(set)
        var hits = 0
        for _ in 0..<2000 {
            let text = Self.event(&random)
            let document = try JSONDocument(text)
            var alone = PatternMatcher(set)
            alone.match(document.view(document.root))
            let expected = alone.matches
            hits += expected.count

            indexed.match(document.view(document.root))
            var found = indexed.matches
            #expect(found == expected, "seed \(seed): \(text)")

            unindexed.begin()
            unindexed.add(Self.places(document).span, of: document.source, below: place)
            unindexed.finish()
            found = unindexed.matches
            #expect(found == expected, "seed \(seed), without an index: \(text)")
        }
        #expect(hits > 2000)
    }

    private static func places(_ document: JSONDocument) -> [JSONMemberPlace] {
        var places: [JSONMemberPlace] = []
        var members = document.view(document.root).members
        while members.next() {
            let name = members.key.rawText
            places.append(JSONMemberPlace(
                place: UInt32(members.key.offset), nameCount: UInt32(members.value.offset - members.key.offset), nameWord: name.isEscaped ? 0 : name.nameWord))
        }
        return places
    }

    /// A field that never says the same twice, for long enough that its texts are kept no more and then now and then.
    @Test func takesTextsThatAlwaysChange() throws {
        let set = PatternSet([try EventPattern(#"{"id":[{"suffix":"7"}]}"#), try EventPattern(#"{"id":[{"prefix":"1"}],"x":[1]}"#)])
        var matcher = PatternMatcher(set)
        for number in 0..<5_000 {
            let id = String(repeating: "1", count: number % 3) + "\(number)"
            let document = try JSONDocument(#"{"id":"\#(id)","x":1}"#)
            matcher.match(document.view(document.root))
            let found = matcher.matches
            #expect(found == [id.hasSuffix("7") ? 0 : nil, id.hasPrefix("1") ? 1 : nil].compactMap(\.self))
        }
    }
}
