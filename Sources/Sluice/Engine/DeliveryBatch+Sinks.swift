// SPDX-License-Identifier: Apache-2.0

import JSONTape
public import StreamRecords

extension DeliveryBatch {
    /// A batch of all these records as the engine hands one to a sink: for tests of a sink, and for programs that call one
    /// themselves.
    ///
    /// - Parameters:
    ///   - sink: the sink's name, which is part of each delivery's id.
    ///   - route: the name of the route by which they come.
    ///   - envelope: the form of the payloads; absent for a sink that needs none.
    ///   - deadline: when the answer must be there.
    public init(
        _ records: RecordBatch, to sink: String = "sink", by route: String = "all", in envelope: Envelope? = .plain,
        deadline: ContinuousClock.Instant? = nil
    ) {
        var rendered = RenderedLines.none
        if let envelope {
            var writer = JSONWriter(capacity: records.byteCount)
            var offsets: [UInt32] = [0]
            offsets.reserveCapacity(records.count + 1)
            for record in records {
                record.write(envelope, into: &writer)
                writer.write(byte: UInt8(ascii: "\n"))
                offsets.append(UInt32(truncatingIfNeeded: writer.count))
            }
            rendered = RenderedLines(bytes: writer.finish(), offsets: offsets)
        }
        self.init(
            Storage(
                records: records, sink: sink, slots: nil, rendered: rendered,
                routeNames: RouteNames(plans: [], names: [route]), rejectionBlocks: false),
            deadline: deadline)
    }

    /// Delivers one record after another: the way for a sink that sends them singly.
    ///
    /// When a record must be retried, the later ones of its key are left alone; when the task is cancelled, so are all
    /// that are left. What `body` throws is the reason to retry that record.
    ///
    /// - Parameter body: delivers one record and says what became of it.
    public func deliverEach(_ body: (Delivery) async throws -> Outcome) async -> Outcomes {
        var outcomes = Outcomes(for: self)
        var gate = KeyGate()
        for (index, delivery) in enumerated() {
            if Task.isCancelled {
                outcomes[index] = .retry("the time was up before it was its turn")
                continue
            }
            guard gate.isOpen(for: delivery) else {
                outcomes[index] = KeyGate.waiting
                continue
            }
            do {
                outcomes[index] = try await body(delivery)
            } catch {
                outcomes[index] = .retry("\(error)")
            }
            gate.note(outcomes[index], of: delivery)
        }
        return outcomes
    }
}

/// What a sink throws for a batch that comes after its last call.
public struct SinkEnded: Error, Sendable, Hashable, CustomStringConvertible {
    public init() {}

    public var description: String { "the sink was shut down" }
}
