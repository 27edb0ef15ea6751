// SPDX-License-Identifier: Apache-2.0

internal import Sluice
internal import StreamRecords

extension Rule {
    /// What a sink says of the records it is given, while all is well.
    static let answers: [Rule] = [
        Rule("start and shutdown", "a sink that was given nothing shuts down") { the in
            try await the.withSink { sink in
                the.expect(sink.traits.maximumRecords > 0 && sink.traits.concurrency > 0, "traits that allow no call")
            }
        },

        Rule("empty batch", "a batch without records is answered, and changes nothing") { the in
            try await the.withSink { sink in
                let outcomes = try await the.call(sink, [])
                the.expect(outcomes.isEmpty, "\(outcomes.count) outcomes for no record")
                let after = try await the.send(sink, the.changes([1]))
                the.expect(after.allSatisfy(\.isDelivered), "the batch behind it was not delivered: \(after)")
            }
        },

        Rule("an outcome for each record", "batches of any size are delivered, with an outcome for each record") { the in
            try await the.withSink { sink in
                for size in [1, 2, 7, min(sink.traits.maximumRecords, 500)] {
                    let outcomes = try await the.send(sink, the.changes(size, keys: max(1, size / 3)))
                    let wrong = outcomes.first { !$0.isDelivered }
                    the.expect(outcomes.count == size && wrong == nil, "of \(size) records not all were delivered: \(wrong.map { "\($0)" } ?? "")")
                }
            }
        },

        Rule("every kind of record", "changes, log lines, messages and events are delivered or rejected with a reason") { the in
            try await the.withSink { sink in
                let records: [TestRecord] = [
                    the.record(key: 0) { id, _, _ in .change(id, key: 0, old: ["Id": 0, "n": 1], operation: .remove) },
                    the.record(key: 1) { id, _, _ in .log(id, message: "2026-11-20 café\tline\n") },
                    the.record(key: 2) { id, _, _ in .message(id, body: "no JSON: \u{1F980} \"quoted\" \\") },
                    the.record(key: 3) { id, _, _ in .message(id, queue: "payments", group: "g-1") },
                    the.record(key: 4) { id, _, _ in .event(id, detail: #"{"text":"\u00e9\u0001\n","deep":{"list":[1,[2,[3]]]}}"#) },
                    the.record(key: 5) { id, key, sequence in
                        .change(
                            id, keys: ["Id": .number(DynamoDBNumber(key)), "Sort": "a b/c?d=é"],
                            new: [
                                "Id": .number(DynamoDBNumber(key)), "Sort": "a b/c?d=é", "huge": 12_345_678_901_234_567_890_123_456_789,
                                "bytes": .binary([0, 255, 128]), "tags": .stringSet(["x", "y"]), "nothing": .null, "flag": true,
                                "text": .string(String(repeating: "wide ", count: 10_000)), "map": ["a.b": ["c": []]],
                            ], sequence: sequence)
                    },
                ]
                for (record, outcome) in zip(records, try await the.send(sink, records)) {
                    the.expect(!outcome.isRetry, "a record is to be retried, though all is well: \(outcome) \(record.json.prefix(80))")
                }
            }
        },

        Rule("order by key", "records of one key arrive in the order of the stream, whatever the batches") { the in
            try await the.withSink { sink in
                var keys = (0..<120).map { ($0 * 7 + $0 / 5) % 9 }[...]
                for size in [1, 30, 2, 60, 27] {
                    let outcomes = try await the.send(sink, the.changes(Array(keys.prefix(size))))
                    the.expect(outcomes.allSatisfy(\.isDelivered), "not all were delivered: \(outcomes.first { !$0.isDelivered }.map { "\($0)" } ?? "")")
                    keys = keys.dropFirst(size)
                }
            }
        },

        Rule("concurrent calls", "as many calls at once as the traits allow, of different keys, are all answered") { the in
            try await the.withSink { sink in
                let lanes = min(sink.traits.concurrency, 8)
                guard lanes > 1 else { throw Examination.Unavailable(reason: "the traits allow one call at a time") }
                for _ in 0..<3 {
                    let parts = (0..<lanes).map { lane in the.changes((0..<min(10, sink.traits.maximumRecords)).map { lane * 100 + $0 % 3 }) }
                    let outcomes = try await withThrowingTaskGroup(of: [Outcome].self) { group in
                        for part in parts { group.addTask { try await the.call(sink, part) } }
                        return try await group.reduce(into: []) { $0 += $1 }
                    }
                    the.expect(outcomes.allSatisfy(\.isDelivered), "not all were delivered: \(outcomes.first { !$0.isDelivered }.map { "\($0)" } ?? "")")
                }
            }
        },
    ]
}
