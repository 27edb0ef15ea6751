// SPDX-License-Identifier: Apache-2.0

import Logging

/// What was said between Sluice and one program so far: which batch is under way, and what is known of its records.
/// Does no I/O: whoever reads lines hands them in, and does what comes out.
struct ExecExchange: Sendable {
    /// What follows from a message.
    enum Consequence: Sendable, Hashable {
        case nothing
        /// Somebody who waits may go on: the program has greeted, or the batch is through.
        case proceed
        case log(Logger.Level, String)
        /// The program does not keep to the protocol, or cannot go on; nothing more can be believed.
        case broken(String)
    }

    private struct Batch {
        var number: Int
        var first: Int
        var outcomes: [Outcome?]
        var open: Int
    }

    /// Whether the program has greeted.
    private(set) var isGreeted = false
    /// The most records that it takes in a batch; absent where it does not say.
    private(set) var maximumRecords: Int?
    private var batch: Batch?
    private var lastBatch = 0
    private var nextRecord = 1
    /// How many answers came a second time.
    private var repeated = 0
    private static let mostToldRepetitions = 5

    /// Whether a batch is under way of which some record is not answered.
    var isUnderWay: Bool { batch.map { $0.open > 0 } ?? false }

    /// A batch is on its way to the program. The one before is through.
    /// - Returns: its number, and its first record's.
    mutating func begin(count: Int) -> (number: Int, first: Int) {
        lastBatch += 1
        let begun = Batch(number: lastBatch, first: nextRecord, outcomes: Array(repeating: nil, count: count), open: count)
        nextRecord += count
        batch = begun
        return (begun.number, begun.first)
    }

    /// What is known of a batch's records, if it is the last one.
    func outcomes(of number: Int) -> [Outcome?] {
        guard let batch, batch.number == number else { return [] }
        return batch.outcomes
    }

    /// Whether all of a batch is answered.
    func isThrough(_ number: Int) -> Bool { batch.map { $0.number == number && $0.open == 0 } ?? false }

    mutating func take(_ message: ExecMessage) -> Consequence {
        switch message {
        case .log(let level, let text): return .log(level, text)
        case .error(let text): return .broken("it says: \(text)")
        case .hello(let version, let most):
            if isGreeted { return .broken("it greeted twice") }
            guard version == ExecProtocol.version else {
                return .broken("it speaks version \(version) of the protocol, and not \(ExecProtocol.version)")
            }
            isGreeted = true
            maximumRecords = most
            return .proceed
        case .outcome(let outcome, let which):
            guard isGreeted else { return .broken("it answered before it greeted") }
            switch which {
            case .batch(let number): return take(outcome, batch: number)
            case .records(let numbers):
                var consequence = Consequence.nothing
                for number in numbers {
                    switch take(outcome, record: number) {
                    case .nothing: break
                    case .broken(let text): return .broken(text)
                    case let told: if consequence != .proceed { consequence = told }
                    }
                }
                return consequence
            }
        }
    }

    private mutating func take(_ outcome: Outcome, batch number: Int) -> Consequence {
        guard number >= 1, number <= lastBatch else { return .broken("it answered for batch \(number), which it was not given") }
        guard var current = batch, current.number == number, current.open > 0 else { return again("batch \(number)") }
        for index in current.outcomes.indices where current.outcomes[index] == nil { current.outcomes[index] = outcome }
        current.open = 0
        batch = current
        return .proceed
    }

    private mutating func take(_ outcome: Outcome, record number: Int) -> Consequence {
        guard number >= 1, number < nextRecord else { return .broken("it answered for record \(number), which it was not given") }
        guard let first = batch?.first, number >= first, batch?.outcomes[number - first] == nil else { return again("record \(number)") }
        batch?.outcomes[number - first] = outcome
        batch?.open -= 1
        return batch?.open == 0 ? .proceed : .nothing
    }

    /// The first answer counts. The others are told, but not without end.
    private mutating func again(_ what: String) -> Consequence {
        repeated += 1
        if repeated > Self.mostToldRepetitions { return .nothing }
        return .log(.warning, "it answered for \(what) again; the first answer counts")
    }
}
