// SPDX-License-Identifier: Apache-2.0

public import EventTable
internal import JSONTape
public import Sluice
internal import StreamRecords

/// Where events go that are brought in: the configured routes, the event table alone, EventBridge, or wherever a closure takes them.
public struct EventIngest: Sendable {
    /// Takes events on, and answers for each of them at its place. A throw means that nothing is known of any.
    public typealias Take = @Sendable ([IngestedEvent]) async throws -> [IngestAnswer]

    /// The second is the request's deadline.
    let take: @Sendable ([IngestedEvent], ContinuousClock.Instant?) async throws -> [IngestAnswer]

    /// Hands events to a closure.
    public init(_ take: @escaping Take) { self.take = { events, _ in try await take(events) } }

    /// Sends events down the routes of a pipeline, as if EventBridge had sent them.
    /// - Parameter time: how long that may take, where the request's deadline is not sooner; what is not delivered by then is to be sent again.
    public init(through pipeline: Pipeline, within time: Duration? = nil) {
        take = { events, requestDeadline in
            var answers = [IngestAnswer](repeating: .retry("it was not delivered"), count: events.count)
            let places = Dictionary(events.enumerated().map { ($1.id, $0) }) { first, _ in first }
            let deadline = [requestDeadline, time.map { ContinuousClock.now + $0 }].compactMap(\.self).min()
            for batch in Self.batches(events) {
                // The pipeline's report has a fate for each record, in their order.
                let ids = batch.map(\.idText)
                let report = try await pipeline.deliver(pipeline.prepare(batch), before: deadline)
                for (id, fate) in zip(ids, report.fates) {
                    guard let place = places[id] else { continue }
                    answers[place] = IngestAnswer(fate, after: report.retryAfter)
                }
            }
            return Self.shared(answers, events, places)
        }
    }

    /// Keeps events in an event table.
    /// - Parameter retention: how long, in seconds; absent: for ever.
    public init(into store: any EventStore, retention: Int64? = nil) {
        self.init { events in
            var mapper = RecordMapper(retention: retention)
            var writes: [EventWrite] = []
            writes.reserveCapacity(events.count)
            for batch in Self.batches(events) {
                for record in batch { mapper.map(record, into: &writes) }
            }
            guard writes.count == events.count else {
                throw EventStoreError(.failed, "of \(events.count) events \(writes.count) became rows")
            }
            return try await store.write(writes).map(IngestAnswer.init)
        }
    }

    private static func batches(_ events: [IngestedEvent]) -> [RecordBatch] {
        var text: [UInt8] = []
        text.reserveCapacity(events.reduce(0) { $0 + $1.detail.utf8.count + 256 })
        for event in events {
            text += event.json.utf8
            text.append(UInt8(ascii: "\n"))
        }
        return RecordBatch.decode(text)
    }

    /// Events of one id in one request are one event.
    private static func shared(_ answers: [IngestAnswer], _ events: [IngestedEvent], _ places: [String: Int]) -> [IngestAnswer] {
        events.indices.map { index in places[events[index].id].map { answers[$0] } ?? answers[index] }
    }
}

extension IngestAnswer {
    init(_ fate: BatchReport.Fate, after delay: Duration?) {
        switch fate {
        case .filtered, .delivered, .parked: self = .accepted
        case .rejected(let reason): self = .rejected(reason.description)
        case .retry(let reason): self = .retry(reason.description, after: delay)
        }
    }

    init(_ answer: WriteAnswer) {
        switch answer {
        case .written, .alreadyThere: self = .accepted
        case .retry(let reason, let after): self = .retry(reason, after: after)
        case .rejected(let reason): self = .rejected(reason)
        }
    }
}
