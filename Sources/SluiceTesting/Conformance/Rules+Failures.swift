// SPDX-License-Identifier: Apache-2.0

internal import Sluice

extension Rule {
    /// What a sink does where the place fails, for all records or for some.
    static let failures: [Rule] = [
        Rule("partial failure", "a record that fails is to be retried with the later ones of its key; others are delivered") { the in
            try await the.withSink { sink in
                let records = the.changes([1, 2, 1, 3, 2, 1])
                try await the.bring(.refusing([records[0].id]))
                let outcomes = try await the.send(sink, records)
                the.expect(outcomes[0].isRetry, "the record that the service refused: \(outcomes[0])")
                if the.harness.guarantees.contains(.order) {
                    for later in [2, 5] {
                        the.expect(outcomes[later].isRetry, "a later record of the refused one's key did not wait: \(outcomes[later])")
                    }
                }
                for (place, outcome) in outcomes.enumerated() where outcome.isRejected {
                    the.fail("record \(place) was rejected, though it may succeed later: \(outcome)")
                }
                // A sink that delivers all or nothing may let the others wait; one that says delivered must have done so.
                try await the.bring(.working)
                try await the.settle(sink, zip(records, outcomes).filter { !$1.isDelivered }.map(\.0))
            }
        },

        Rule("rejection", "a record that can never be delivered is rejected with a reason, and holds up no other") { the in
            try await the.withSink { sink in
                let before = the.changes([1, 2])
                guard let bad = the.harness.undeliverable("\(the.prefix)-bad", key: 1) else {
                    throw Examination.Unavailable(reason: "the harness knows no record that cannot be delivered")
                }
                let after = the.changes([1, 3])
                let outcomes = try await the.send(sink, before + [bad] + after)
                the.expect(outcomes[2].isRejected, "the record that cannot be delivered: \(outcomes[2])")
                for place in [0, 1, 3, 4] {
                    the.expect(outcomes[place].isDelivered, "a record beside it was not delivered: \(outcomes[place])")
                }
                let alone = try await the.send(sink, [bad])
                the.expect(alone[0].isRejected, "the same record alone: \(alone[0])")
            }
        },

        Rule("failing service", "while the service fails all is to be retried and nothing is rejected; then it is delivered") { the in
            try await the.withSink { sink in
                try await the.settle(sink, the.changes(3, keys: 2))
                let records = the.changes(8, keys: 3)
                try await the.bring(.failing)
                for _ in 0..<2 {
                    let outcomes = try await the.send(sink, records)
                    the.expect(outcomes.allSatisfy(\.isRetry), "an outcome that is no retry: \(outcomes.first { !$0.isRetry }.map { "\($0)" } ?? "")")
                }
                try await the.bring(.working)
                try await the.settle(sink, records)
            }
        },

        Rule("slow service", "a slow service gets everything, in order") { the in
            try await the.withSink { sink in
                try await the.bring(.slow(.milliseconds(60)))
                try await the.settle(sink, the.changes(min(20, sink.traits.maximumRecords), keys: 3))
                try await the.bring(.working)
            }
        },
    ]
}
