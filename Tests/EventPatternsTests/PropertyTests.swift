// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import Testing

@Suite struct PropertyTests {
    /// Random patterns and events: the library, one pattern at a time and many together, says what the slow matcher says.
    @Test func saysWhatTheSlowMatcherSays() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("patterns against the reference: seed \(seed)")
        try compare(seed: seed, rounds: 60)
    }

    /// Some that are the same each time.
    @Test(arguments: [1, 2, 3, 20_261_121] as [UInt64]) func saysSoForTheseSeeds(_ seed: UInt64) throws {
        try compare(seed: seed, rounds: 20)
    }

    /// Random patterns by each rule for numbers on random items: what `was` and `becomes` of a route ask. The slow matcher sees the items as plain
    /// JSON, which is made beside their attribute values.
    @Test(arguments: [NumberRule.exact, .doubles]) func saysOfItemsWhatTheSlowMatcherSaysOfTheirPlainValues(_ rule: NumberRule) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("patterns on items against the reference, \(rule): seed \(seed)")
        try compareItems(seed: seed, rounds: 30, rule)
        try compareItems(seed: 20_261_130, rounds: 10, rule)
    }

    private func compareItems(seed: UInt64, rounds: Int, _ rule: NumberRule) throws {
        var make = RandomPatterns(random: SeededRandom(seed: seed), rule: rule)
        var hits = 0
        for _ in 0..<rounds {
            let nodes = try (0..<20).map { _ in try PatternNode(json: make.pattern().text) }
            let patterns = try nodes.map { try EventPattern($0, numbers: rule) }
            var matcher = PatternMatcher(PatternSet(patterns))
            for _ in 0..<30 {
                let item = make.item()
                let document = try JSONDocument(item.typed.text)
                let expected = nodes.indices.filter { Reference.matches(nodes[$0], item.plain, numbers: rule) }
                hits += expected.count
                matcher.match(plainValuesOf: document.view(document.root))
                let found = matcher.matches
                #expect(found == expected, "seed \(seed): \(item.typed.text) and \(differing(found, expected, patterns))")
                let explained = patterns.indices.filter { place in
                    var explainer = PatternExplainer(patterns[place])
                    explainer.add(plainValuesOf: document.view(document.root))
                    return explainer.explanation().isMatch
                }
                #expect(explained == expected, "seed \(seed), explained: \(item.typed.text) and \(differing(explained, expected, patterns))")
            }
        }
        // Patterns that never match would agree on anything.
        #expect(hits > rounds * 10)
    }

    private func compare(seed: UInt64, rounds: Int) throws {
        var make = RandomPatterns(random: SeededRandom(seed: seed))
        var hits = 0
        for _ in 0..<rounds {
            var nodes: [PatternNode] = []
            var patterns: [EventPattern] = []
            for _ in 0..<20 {
                let node = try PatternNode(json: make.pattern().text)
                nodes.append(node)
                patterns.append(try EventPattern(node))
            }
            var matcher = PatternMatcher(PatternSet(patterns))
            for _ in 0..<30 {
                let event = make.event()
                let document = try JSONDocument(event.text)
                let expected = nodes.indices.filter { Reference.matches(nodes[$0], event) }
                hits += expected.count
                matcher.match(document.view(document.root))
                let found = matcher.matches
                #expect(found == expected, "seed \(seed): \(event.text) and \(differing(found, expected, patterns))")
                let alone = patterns.indices.filter { patterns[$0].matches(document.view(document.root)) }
                #expect(alone == expected, "seed \(seed), one by one: \(event.text) and \(differing(alone, expected, patterns))")
            }
        }
        // Patterns that never match would agree on anything.
        #expect(hits > rounds * 10)
    }

    private func differing(_ found: [Int], _ expected: [Int], _ patterns: [EventPattern]) -> String {
        Set(found).symmetricDifference(expected).sorted().map { "\(found.contains($0) ? "wrongly " : "wrongly not ")\(patterns[$0])" }.joined(separator: "; ")
    }
}
