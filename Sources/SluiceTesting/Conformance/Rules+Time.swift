// SPDX-License-Identifier: Apache-2.0

internal import Sluice

extension Rule {
    /// What a sink does when its time is up.
    static let time: [Rule] = [
        Rule("cancelled before it began", "a call of a cancelled task comes back, and calls delivered only what arrived") { the in
            try await the.withSink { sink in
                let records = the.changes(6, keys: 3)
                _ = try await the.callCancelled(sink, records)
                try await the.settle(sink, records)
            }
        },

        Rule("deadline", "when the service answers nothing and the deadline comes, the call comes back soon, and says retry") { the in
            try await the.withSink { sink in
                try await the.settle(sink, the.changes(3, keys: 2))
                let records = the.changes(6, keys: 3)
                try await the.bring(.stalled)
                let deadline = ContinuousClock.now + .milliseconds(200)
                let task = Task {
                    let outcomes = try await the.call(sink, records, deadline: deadline)
                    return (outcomes, ContinuousClock.now - deadline)
                }
                try await Task.sleep(until: deadline, clock: .continuous)
                task.cancel()
                let (outcomes, delay) = try await task.value
                the.expect(delay <= the.leeway, "the call came back \(delay) after its deadline; at most \(the.leeway) are allowed")
                // The service took none of them.
                the.expect(outcomes.allSatisfy(\.isRetry), "an outcome that is no retry: \(outcomes.first { !$0.isRetry }.map { "\($0)" } ?? "")")
                try await the.bring(.working)
                try await the.settle(sink, records)
            }
        },
    ]
}

extension Examination {
    /// A call that begins cancelled.
    func callCancelled(_ sink: any Sink, _ records: [TestRecord]) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: [Outcome].self) { group in
            group.cancelAll()
            group.addTask { try await self.call(sink, records) }
            return try await group.next() ?? []
        }
    }
}
