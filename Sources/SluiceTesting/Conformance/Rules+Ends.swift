// SPDX-License-Identifier: Apache-2.0

internal import Sluice

extension Rule {
    /// The last calls.
    static let ends: [Rule] = [
        Rule("after shutdown", "after its shutdown a sink calls nothing delivered that does not arrive") { the in
            let sink = try await the.makeSink()
            let first = try await the.send(sink, the.changes(3, keys: 2))
            the.expect(first.allSatisfy(\.isDelivered), "before: \(first)")
            try await the.shutdown(sink)
            _ = try await the.send(sink, the.changes(3, keys: 2))
        },

        Rule("abandon", "a run that is broken off ends soon, and another one can begin") { the in
            let sink = try await the.makeSink()
            // What a run that is broken off leaves is the sink's own affair, so nobody looks for these.
            let batch = try the.batch([.change("\(the.prefix)-left", key: 1), .change("\(the.prefix)-behind", key: 2)], for: sink)
            _ = try await the.within("deliver") { try await sink.deliver(batch.part(0..<1)).count }
            try await the.abandon(sink)
            try await the.withSink { try await the.settle($0, the.changes(3, keys: 2)) }
        },

        Rule("shutdown while the service fails", "shutdown comes back though nothing can be delivered") { the in
            let sink = try await the.makeSink()
            try await the.bring(.failing)
            _ = try await the.send(sink, the.changes(3, keys: 2))
            // It may well say what went wrong; it must end.
            do {
                try await the.shutdown(sink)
            } catch let error as Examination.TooLong {
                the.fail(error.description)
            } catch {
                the.expect(!"\(error)".isEmpty, "what shutdown threw says nothing")
            }
            try await the.bring(.working)
        },
    ]
}
