// SPDX-License-Identifier: Apache-2.0

import Logging
@testable import Sluice
import Testing
import TestSupport

/// What follows from what was said, without a program.
@Suite struct ExecExchangeTests {
    private func greeted() -> ExecExchange {
        var exchange = ExecExchange()
        #expect(exchange.take(.hello(version: 1, maximumRecords: nil)) == .proceed)
        return exchange
    }

    @Test func aBatchIsThroughWhenEachRecordIsAnswered() {
        var exchange = greeted()
        #expect(exchange.begin(count: 3) == (1, 1))
        #expect(exchange.take(.outcome(.delivered, .records([2]))) == .nothing)
        #expect(exchange.take(.outcome(.rejected("bad"), .records([1]))) == .nothing)
        #expect(exchange.isUnderWay && !exchange.isThrough(1))
        #expect(exchange.take(.outcome(.alreadyThere, .batch(1))) == .proceed)
        #expect(exchange.outcomes(of: 1) == [.rejected("bad"), .delivered, .alreadyThere])
        #expect(!exchange.isUnderWay && exchange.isThrough(1))
        #expect(exchange.begin(count: 1) == (2, 4))
        #expect(exchange.outcomes(of: 1).isEmpty)
    }

    @Test func linesThatAreNoMessagesAreTold() {
        for (line, part) in [
            ("", "is no JSON"), ("[1]", "no JSON object"), ("{}", "has no type"), (#"{"type":"helo"}"#, "unknown type"), (#"{"type":"hello"}"#, "protocol version"),
            (#"{"type":"hello","protocol":1,"max_records":0}"#, "max_records"), (#"{"type":"outcome","outcome":"delivered"}"#, "without n or batch"),
            (#"{"type":"outcome","n":1.5,"outcome":"delivered"}"#, "neither a number"), (#"{"type":"outcome","n":[1,"2"],"outcome":"delivered"}"#, "neither a number"),
            (#"{"type":"outcome","n":1,"outcome":"retry","after_ms":-1}"#, "after_ms"), (#"{"type":"log"}"#, "without a message"),
            (#"{"type":"outcome","n":1}"#, "the outcome"), (#"{"type":"hello","protocol":1}x"#, "is no JSON"),
        ] {
            do throws(ExecMessage.Mistake) {
                Issue.record("\(line) was taken for \(try ExecMessage(Array(line.utf8)))")
            } catch {
                #expect(error.text.contains(part), "\(line): \(error.text)")
            }
        }
    }

    /// Random answers, right and wrong ones, against a model that keeps a dictionary.
    @Test func randomAnswersAgainstAModel() {
        let seed = SeededRandom.announcedSeed()
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            var exchange = greeted()
            var answers: [Int: Outcome] = [:]
            var next = 1
            batches: for number in 1...Int.random(in: 1...6, using: &random) {
                let count = Int.random(in: 1...8, using: &random)
                let begun = exchange.begin(count: count)
                #expect(begun == (number, next), "seed \(seed)")
                let range = next..<next + count
                next += count
                while !range.allSatisfy({ answers[$0] != nil }) {
                    let outcome: Outcome = [.delivered, .alreadyThere, .retry("r"), .rejected("x")].randomElement(using: &random) ?? .delivered
                    if Int.random(in: 0..<12, using: &random) == 0 {
                        // The whole batch, or an earlier one.
                        let batch = Int.random(in: 1...number, using: &random)
                        let consequence = exchange.take(.outcome(outcome, .batch(batch)))
                        if batch == number {
                            #expect(consequence == .proceed, "seed \(seed)")
                            for record in range where answers[record] == nil { answers[record] = outcome }
                        } else {
                            #expect(consequence != .proceed, "seed \(seed)")
                        }
                        continue
                    }
                    let record = Int.random(in: 0...next, using: &random)
                    let consequence = exchange.take(.outcome(outcome, .records([record])))
                    if record == 0 || record == next {
                        guard case .broken = consequence else {
                            Issue.record("record \(record) of \(next - 1) was believed, seed \(seed)")
                            return
                        }
                        break batches
                    }
                    if answers[record] == nil { answers[record] = outcome }
                    let isThrough = range.allSatisfy { answers[$0] != nil }
                    #expect((consequence == .proceed) == isThrough, "seed \(seed)")
                }
                #expect(exchange.outcomes(of: number) == range.map { answers[$0] }, "seed \(seed)")
                #expect(exchange.isThrough(number), "seed \(seed)")
            }
        }
    }
}
