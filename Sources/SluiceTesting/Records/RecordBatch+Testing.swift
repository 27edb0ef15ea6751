// SPDX-License-Identifier: Apache-2.0

public import StreamRecords
public import Sluice

/// Why test records did not become what they should.
public struct TestRecordError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

extension RecordBatch {
    /// The batch that these records make, in their order.
    ///
    /// - Throws: where one of them is no record that Sluice reads.
    public init(testing records: [TestRecord]) throws(TestRecordError) {
        let bytes = Array(records.map(\.json).joined(separator: "\n").utf8)
        var reader = RecordReader(MemorySource(bytes), chunkSize: bytes.count + 1)
        var batches: [RecordBatch] = []
        do throws(ReadError) {
            while var chunk = try reader.next() {
                while let batch = chunk.nextBatch() { batches.append(batch) }
            }
        } catch {
            throw TestRecordError(description: "the test records cannot be read: \(error)")
        }
        if let wrong = batches.lazy.flatMap(\.undecodable).first {
            throw TestRecordError(description: "a test record cannot be decoded: \(wrong.reason)")
        }
        batches.removeAll { $0.isEmpty }
        guard batches.count == 1, batches[0].count == records.count else {
            throw TestRecordError(
                description: "\(records.count) test records became \(batches.count) batches with \(batches.map(\.count))")
        }
        self = batches[0]
    }
}

extension DeliveryBatch {
    /// These records as a sink is handed them.
    ///
    /// - Parameter envelope: the form of the payloads; absent for a sink that needs none.
    public init(
        testing records: [TestRecord], to sink: String = "sink", in envelope: Envelope? = .plain,
        deadline: ContinuousClock.Instant? = nil
    ) throws(TestRecordError) {
        if records.isEmpty {
            // A batch needs records to be made of; none of them is in the part.
            let one = try RecordBatch(testing: [.event("nothing")])
            self = DeliveryBatch(one, to: sink, in: envelope, deadline: deadline).part(0..<0)
        } else {
            self.init(try RecordBatch(testing: records), to: sink, in: envelope, deadline: deadline)
        }
    }
}
