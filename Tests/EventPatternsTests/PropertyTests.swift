// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import Testing
import TestSupport

/// The slow matcher takes its time, and tests of other suites wait for the same threads, some with a deadline: so each comparison lets others go first.
@Suite struct PropertyTests {
    /// Random patterns and events: the library, one pattern at a time and many together, says what the slow matcher says.
    @Test func saysWhatTheSlowMatcherSays() async throws {
        let seed = SeededRandom.announcedSeed(for: "patterns against the reference")
        try await compare(seed: seed, rounds: 60)
    }

    /// Some that are the same each time.
    @Test(arguments: [1, 2, 3, 20_261_121] as [UInt64]) func saysSoForTheseSeeds(_ seed: UInt64) async throws {
        try await compare(seed: seed, rounds: 20)
    }

    /// Random patterns by each rule for numbers on random items: what `was` and `becomes` of a route ask. The slow matcher sees the items as plain
    /// JSON, which is made beside their attribute values.
    @Test(arguments: [NumberRule.exact, .doubles]) func saysOfItemsWhatTheSlowMatcherSaysOfTheirPlainValues(_ rule: NumberRule) async throws {
        let seed = SeededRandom.announcedSeed(for: "patterns on items against the reference, \(rule)")
        try await compareItems(seed: seed, rounds: 30, rule)
        try await compareItems(seed: 20_261_130, rounds: 10, rule)
    }

    private func compareItems(seed: UInt64, rounds: Int, _ rule: NumberRule) async throws {
        var make = RandomPatterns(random: SeededRandom(seed: seed), rule: rule)
        var hits = 0
        for _ in 0..<rounds {
            let nodes = try (0..<20).map { _ in try PatternNode(json: make.pattern().text) }
            let patterns = try nodes.map { try EventPattern($0, numbers: rule) }
            var matcher = PatternMatcher(PatternSet(patterns))
            for _ in 0..<30 {
                await Task.yield()
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

    private func compare(seed: UInt64, rounds: Int) async throws {
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
                await Task.yield()
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
