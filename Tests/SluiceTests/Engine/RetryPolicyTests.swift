// SPDX-License-Identifier: Apache-2.0

import Sluice
import Testing
import TestSupport

@Suite struct RetryPolicyTests {
    @Test func waitsAreRandomUpToTheBackOffAndNeverAboveTheCap() throws {
        let policy = RetryPolicy(attempts: 8, base: .milliseconds(100), cap: .seconds(1))
        var random = SeededRandom(seed: 7)
        for (attempt, longest) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (7, 1000)] {
            let waits = try (0..<200).map { _ in try #require(policy.delay(after: attempt, using: &random)) }
            #expect(waits.allSatisfy { $0 >= .zero && $0 <= .milliseconds(longest) })
            #expect(try #require(waits.min()) < .milliseconds(longest) * 0.2)
            #expect(try #require(waits.max()) > .milliseconds(longest) * 0.8)
        }
        #expect(policy.delay(after: 8) == nil)
        #expect(try #require(policy.delay(after: 1, asked: .seconds(9))) >= .seconds(9))
    }

    @Test func whatAServiceAskedForIsBounded() throws {
        let day = Duration.seconds(86_400)
        for (cap, longest) in [(Duration.seconds(5), Duration.seconds(20)), (.seconds(20), .seconds(20)), (.seconds(60), .seconds(60))] {
            let policy = RetryPolicy(attempts: 3, base: .milliseconds(200), cap: cap)
            var random = SeededRandom(seed: 7)
            #expect(policy.delay(after: 1, asked: day, using: &random) == longest)
            #expect(policy.delay(after: 1, asked: .seconds(19), using: &random) == .seconds(19))
            let negative = try #require(policy.delay(after: 1, asked: .zero - day, using: &random))
            #expect(negative >= .zero && negative <= .milliseconds(200))
        }
    }

    @Test func theBudgetRunsOutAndFillsUpAgain() {
        var budget = RetryBudget(capacity: 10, cost: 5)
        let answers = (0..<3).map { _ in budget.take() }
        #expect(answers == [true, true, false])
        for _ in 0..<5 { budget.succeed() }
        let again = budget.take()
        #expect(again)
        budget.succeed(afterRetry: true)
        #expect(budget.tokens == 5)
        for _ in 0..<50 { budget.succeed() }
        #expect(budget.tokens == 10)
    }
}
