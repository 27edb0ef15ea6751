// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSTestSupport
import Sluice
import StreamRecords
import Testing
import TestSupport

/// Delivers changes as a stream's event source does: what must be retried comes again, with all that is behind it, until nothing is left.
struct Redelivery {
    let changes: [Change]
    /// What became of each change, by its place.
    private(set) var fates: [BatchReport.Fate]
    private(set) var rounds = 0

    init(_ changes: [Change]) {
        self.changes = changes
        fates = Array(repeating: .retry("not yet delivered"), count: changes.count)
    }

    /// Changes of a few keys, by chance.
    init(using random: inout SeededRandom) {
        let keys = Int.random(in: 1...6, using: &random)
        self.init((0..<Int.random(in: 1...30, using: &random)).map { Change(number: $0, key: Int.random(in: 0..<keys, using: &random)) })
    }

    mutating func run(_ pipeline: Pipeline, atMost: Int = 60) async throws {
        while let first = fates.firstIndex(where: \.isRetry), rounds < atMost {
            rounds += 1
            let report = try await pipeline.deliver(batch(Array(changes[first...])))
            #expect(report.counts.isConserved && report.counts.received == changes.count - first)
            for (place, fate) in report.fates.enumerated() {
                // What was delivered stays so: the pipeline remembers it and does not send it again.
                if fates[first + place].isDelivered { #expect(fate.isDelivered) }
                fates[first + place] = fate
            }
        }
    }

    /// The changes that are called delivered, by their place.
    var delivered: [Int] { fates.indices.filter { fates[$0].isDelivered } }
    var rejected: [Int] { fates.indices.filter { fates[$0].isRejected } }
    /// Why the others were not delivered.
    var reasons: Set<String> { Set(fates.map(\.reason).filter { !$0.isEmpty }) }
    var isSettled: Bool { delivered.count + rejected.count == changes.count }

    /// Whether the ids, each taken where it is first, are in the stream's order for each key.
    func keepsOrder(_ ids: [String]) -> Bool {
        var highest: [Int: Int] = [:]
        var seen: Set<String> = []
        for id in ids where seen.insert(id).inserted {
            guard let number = Int(id.dropFirst("event-".count)), changes.indices.contains(number) else { return false }
            let key = changes[number].key
            if highest[key] ?? -1 > number { return false }
            highest[key] = number
        }
        return true
    }
}

extension FaultProxy.Exchange {
    /// Whether the client got an answer which told that the entry at that place was taken.
    func tellsSuccess(at place: Int) -> Bool {
        guard let answer, answer.status < 300 else { return false }
        switch fault {
        case .none, .trickle, .slow, .skewedClock: return true
        case .entries(let faults): return faults[place] == nil
        default: return false
        }
    }

    /// Whether the client was told that the entry at that place can never be taken.
    func tellsRejection(at place: Int) -> Bool {
        if case .entries(let faults) = fault, case .failed(_, senderFault: true)? = faults[place] { return true }
        return false
    }
}
#endif
