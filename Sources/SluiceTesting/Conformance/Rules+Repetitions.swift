// SPDX-License-Identifier: Apache-2.0

internal import Sluice

extension Rule {
    /// What happens when records come again.
    static let repetitions: [Rule] = [
        Rule("the same batch again", "records that come again are answered as delivered or as already there") { the in
            try await the.withSink { sink in
                let records = the.changes(12, keys: 4)
                for round in 1...3 {
                    let outcomes = try await the.send(sink, records)
                    the.expect(outcomes.allSatisfy(\.isDelivered), "round \(round): \(outcomes.first { !$0.isDelivered }.map { "\($0)" } ?? "")")
                }
            }
        },

        Rule("a record twice in a batch", "a record that is in a batch twice is delivered") { the in
            try await the.withSink { sink in
                let records = the.changes([1, 2, 1])
                let outcomes = try await the.send(sink, [records[0], records[1], records[0], records[1], records[2]])
                the.expect(outcomes.count == 5 && outcomes.allSatisfy(\.isDelivered), "\(outcomes)")
            }
        },

        Rule("again after a restart", "a new sink delivers what another one, which has ended, had delivered before") { the in
            let records = the.changes(12, keys: 4)
            try await the.withSink { _ = try await the.send($0, records) }
            try await the.withSink { sink in
                let outcomes = try await the.send(sink, records)
                the.expect(outcomes.allSatisfy(\.isDelivered), "\(outcomes.first { !$0.isDelivered }.map { "\($0)" } ?? "")")
                let further = try await the.send(sink, the.changes(4, keys: 4))
                the.expect(further.allSatisfy(\.isDelivered), "what came behind: \(further.first { !$0.isDelivered }.map { "\($0)" } ?? "")")
            }
        },
    ]
}
