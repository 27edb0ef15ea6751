// SPDX-License-Identifier: Apache-2.0

import EventTable
import StreamRecords
import Testing
import TestSupport

struct InvocationTests {
    static let key = EventKey(id: "r-1", name: "orders")

    static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_795_186_800_000 + milliseconds) }

    static func randomFacts(using random: inout SeededRandom) -> Invocation {
        var facts = Invocation(key: key, seen: at(.random(in: 0...20, using: &random)))
        switch Int.random(in: 0...5, using: &random) {
        case 0: facts.qualifier = ["$LATEST", "1", "live"].randomElement(using: &random)
        case 1, 2:
            facts.report = Invocation.Report(
                at: at(.random(in: 0...3, using: &random)), durationMS: Bool.random(using: &random) ? 2.5 : nil,
                billedMS: Double(Int.random(in: 1...2, using: &random)), initMS: Bool.random(using: &random) ? 100 : nil,
                memoryMB: 128, maxMemoryMB: Int.random(in: 60...61, using: &random),
                status: [nil, "", "error", "timeout"].randomElement(using: &random)!)
        case 3, 4:
            facts.failure = Invocation.Failure(
                Bool.random(using: &random) ? .error : .timeout, at: at(.random(in: 0...3, using: &random)),
                errorType: [nil, "", "E", "Ä"].randomElement(using: &random)!,
                errorMessage: [nil, "a", "b"].randomElement(using: &random)!)
        default: facts.expiresAt = .random(in: 1...3, using: &random)
        }
        return facts
    }

    @Test("Facts in any order, any number of times, add up to the same", arguments: 0..<300)
    func orderDoesNotMatter(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let facts = (0..<12).map { _ in Self.randomFacts(using: &random) }
        let once = merged(facts)
        let again = merged((facts + facts).shuffled(using: &random))
        #expect(once == again, "seed \(seed)")
        #expect(merged([once, again]) == once, "seed \(seed)")
    }

    private func merged(_ facts: [Invocation]) -> Invocation {
        var sum = facts[0]
        for fact in facts.dropFirst() { sum.merge(fact) }
        return sum
    }

    @Test("The earliest sight, the latest report, the first failure, and a time-out before an error")
    func rules() {
        var row = Invocation(key: Self.key, seen: Self.at(5))
        row.report = .init(at: Self.at(10), durationMS: 7)
        row.failure = .init(.error, at: Self.at(6), errorType: "Late")
        var second = Invocation(key: Self.key, seen: Self.at(1))
        second.report = .init(at: Self.at(8), durationMS: 900)
        second.failure = .init(.error, at: Self.at(2), errorType: "Early")
        row.merge(second)
        #expect(row.time == Self.at(1))
        #expect(row.report?.durationMS == 7)
        #expect(row.failure?.errorType == "Early")
        var third = Invocation(key: Self.key, seen: Self.at(9))
        third.failure = .init(.timeout, at: Self.at(9))
        row.merge(third)
        #expect(row.failure?.problem == .timeout)
        #expect(row.failure?.errorType == nil)
    }

    @Test("What was told first about input and output stays")
    func firstTold() {
        var row = Invocation(key: Self.key, seen: Self.at(0))
        row.params = "1"
        var other = row
        other.params = "2"
        other.response = "3"
        other.source = "s"
        other.functionError = "Unhandled"
        row.merge(other)
        #expect(row.params == "1")
        #expect(row.response == "3")
        #expect(row.source == "s")
        #expect(row.functionError == "Unhandled")
    }

    @Test("The status follows from the facts and the time of reading")
    func status() {
        var row = Invocation(key: Self.key, seen: Self.at(0))
        #expect(row.status(at: Self.at(1000)) == .running)
        #expect(row.status(at: Self.at(Invocation.longest)) == .unknown)
        row.response = "{}"
        #expect(row.status(at: Self.at(Invocation.longest)) == .ok)
        row.response = nil
        row.report = .init(at: Self.at(3))
        #expect(row.status(at: Self.at(Invocation.longest)) == .ok)
        row.functionError = "Handled"
        #expect(row.status(at: Self.at(5)) == .error)
        row.failure = .init(.timeout, at: Self.at(4))
        #expect(row.status(at: Self.at(5)) == .timeout)
        row.failure = .init(.error, at: Self.at(4))
        #expect(row.status(at: Self.at(5)) == .error)
    }

    @Test(
        "A percentile is the least value that so many percent do not exceed",
        arguments: [(50, 1, 1), (50, 2, 1), (50, 3, 2), (90, 10, 9), (90, 11, 10), (99, 100, 99), (99, 101, 100), (99, 5, 5), (100, 5, 5)])
    func ranks(percent: Int, count: Int, rank: Int) {
        #expect(Quantiles.rank(percent, of: count) == rank)
        // By the definition itself.
        let least = (1...count).first { $0 * 100 >= percent * count }
        #expect(least == rank)
    }
}
