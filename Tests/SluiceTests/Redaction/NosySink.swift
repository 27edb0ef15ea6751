// SPDX-License-Identifier: Apache-2.0

import EventTable
import JSONTape
import Logging
import Sluice
import StreamRecords
import Synchronization

/// Keeps everything that is told while a pipeline runs: by sinks, in logs, in reports.
final class Gossip: Sendable {
    private let text = Mutex("")

    func add(_ more: String) { text.withLock { $0 += more + "\n" } }
    func add(_ more: RawSpan) {
        var writer = JSONWriter()
        writer.write(raw: more)
        add(String(decoding: writer.array, as: UTF8.self))
    }

    var all: String { text.withLock { $0 } }
}

/// A sink that looks at all that there is to see of a record, and tells it all: in what it keeps, and in the reason for which it rejects the
/// record.
final class NosySink: Sink {
    let traits: SinkTraits
    private let gossip: Gossip
    private let outcome: @Sendable (Reason) -> Outcome
    private let mapper = Mutex(RecordMapper())

    init(_ gossip: Gossip, needsPayloads: Bool = true, outcome: @escaping @Sendable (Reason) -> Outcome) {
        self.gossip = gossip
        self.outcome = outcome
        traits = SinkTraits(needsPayloads: needsPayloads)
    }

    init(_ settings: NoSettings, _ context: SinkContext) async throws {
        gossip = Gossip()
        outcome = { _ in .delivered }
        traits = SinkTraits()
    }

    struct Tattle: Error, CustomStringConvertible {
        var description: String
    }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        var outcomes = Outcomes(for: batch)
        gossip.add(batch.lines)
        for (index, delivery) in batch.enumerated() {
            let text = all(of: delivery)
            gossip.add(text)
            outcomes[index] = outcome(Reason(text))
        }
        return outcomes
    }

    /// Everything that the record tells in any way.
    private func all(of delivery: Delivery) -> String {
        let record = delivery.record
        var lines: [String] = []
        for form in Envelope.Form.allCases {
            for numbers in Envelope.Numbers.allCases {
                var writer = JSONWriter()
                record.write(Envelope(form, numbers: numbers), into: &writer)
                lines.append(String(decoding: writer.array, as: UTF8.self))
            }
        }
        lines.append(String(decoding: record.rawBytes, as: UTF8.self))
        lines.append(String(decoding: record.detached().rawBytes, as: UTF8.self))
        lines.append(String(decoding: delivery.payloadBytes, as: UTF8.self))
        lines.append("\(record.id) \(record.source) \(record.position.map { "\($0)" } ?? "") \(delivery.id) \(delivery.route)")
        lines.append("\(record.subject ?? "") \(record.orderingKey?.text ?? "") \(delivery.orderingKey?.text ?? "") \(record.changedAttributes)")
        for image in [record.keys, record.oldImage, record.newImage] { lines.append("\(image?.names ?? []) \(image.map { "\($0.attributes)" } ?? "")") }
        lines.append("\(record.message ?? "") \(record.extractedFields?.text ?? "") \(record.lambda.map { "\($0)" } ?? "")")
        lines.append("\(record.body ?? "") \(record.jsonBody?.text ?? "") \(record.messageGroup ?? "")")
        lines.append("\(record.eventSource ?? "") \(record.detailType ?? "") \(record.detail?.text ?? "")")
        // What the event table keeps, whatever its store.
        var writes: [EventWrite] = []
        mapper.withLock { $0.map(record, into: &writes) }
        lines.append("\(writes)")
        return lines.joined(separator: "\n")
    }
}

/// A log that is kept.
struct GossipLog: LogHandler {
    let gossip: Gossip
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { gossip.add("\(event.level) \(event.message) \(event.metadata ?? [:])") }
}
