// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Foundation
import JSONTape
import Testing

/// One line of the fixtures, see Fixtures/make-cases.py.
struct PatternCase: Decodable, Sendable, CustomTestStringConvertible {
    var note: String
    var pattern: String
    var event: String?
    var match: Bool?
    var error: String?

    var testDescription: String { "\(note): \(pattern.prefix(200)) \(event?.prefix(200) ?? "")" }

    static let topics = [
        "addresses", "anything-but", "arrays", "exists", "fields", "ignore-case", "literals", "numbers", "numeric", "or", "prefix-suffix", "records",
        "wildcard",
    ]

    static func read(_ topic: String) throws -> [PatternCase] {
        guard let file = Bundle.module.url(forResource: "Fixtures/\(topic)", withExtension: "ndjson") else {
            throw CocoaError(.fileNoSuchFile)
        }
        return try String(decoding: Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map { line in
            try JSONDecoder().decode(PatternCase.self, from: Data(line.utf8))
        }
    }
}

@Suite struct CaseTests {
    /// Every case by itself, and that none of them went missing.
    @Test(arguments: PatternCase.topics) func givesTheVerdictThatAWSGives(_ topic: String) throws {
        let cases = try PatternCase.read(topic)
        #expect(cases.count >= 40)
        for each in cases {
            do throws(PatternError) {
                let pattern = try EventPattern(each.pattern)
                guard let event = each.event else {
                    Issue.record("\(each.testDescription) was taken, expected the mistake \(each.error ?? "")")
                    continue
                }
                let found = try? pattern.matches(json: event)
                #expect(found == each.match, "\(each.testDescription)")
            } catch {
                #expect(error.code.rawValue == each.error, "\(each.testDescription): \(error)")
                #expect(error.place >= 0 && error.place <= each.pattern.utf8.count, "\(each.testDescription): \(error)")
            }
        }
    }

    @Test func theReferenceSaysTheSame() throws {
        for topic in PatternCase.topics {
            for each in try PatternCase.read(topic) {
                guard let event = each.event, let match = each.match else { continue }
                let pattern = try PatternNode(json: each.pattern)
                let found = try Reference.matches(pattern, JSONValue(parsing: event, limits: JSONLimits()))
                #expect(found == match, "\(each.testDescription)")
            }
        }
    }

    /// All patterns of a topic in one set, against each of its events.
    @Test(arguments: PatternCase.topics) func aSetSaysWhatItsPatternsSay(_ topic: String) throws {
        let cases = try PatternCase.read(topic)
        let patterns = cases.compactMap { try? EventPattern($0.pattern) }
        var matcher = PatternMatcher(PatternSet(patterns))
        for event in Set(cases.compactMap(\.event)).sorted() {
            let document = try JSONDocument(event)
            matcher.match(document.view(document.root))
            let found = matcher.matches
            let expected = patterns.indices.filter { patterns[$0].matches(document.view(document.root)) }
            #expect(found == expected, "\(event.prefix(300))")
        }
    }
}
