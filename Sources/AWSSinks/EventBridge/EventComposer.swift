// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import JSONTape
internal import Sluice
internal import StreamRecords

/// Makes the event that a record becomes.
struct EventComposer: Sendable {
    let bus: String
    let source: TextTemplate
    let detailType: TextTemplate
    /// Of all events of a call, so of one too.
    let maximumBytes: Int

    func compose(_ delivery: Delivery) -> Preparation<EventBridge.PutEventsEntry> {
        let record = delivery.record
        let detail: String
        do throws(DetailError) {
            detail = try EventDetail.text(of: delivery.payloadBytes)
        } catch {
            return .rejected(Reason(error.description))
        }
        let source = record.eventSource.flatMap { EventComposer.mayKeep($0) ? $0 : nil } ?? self.source.text(for: record)
        let type = record.detailType.flatMap { $0.isEmpty ? nil : $0 } ?? detailType.text(for: record)
        if source.isEmpty || !EventComposer.mayKeep(source) {
            return .rejected("the source \(source.prefix(100)) is none that EventBridge takes: not empty, and without aws. in front")
        }
        if !(1...EventBridge.Limits.detailTypeLength).contains(type.count) {
            return .rejected("the detail type has \(type.count) characters; EventBridge takes 1 to \(EventBridge.Limits.detailTypeLength)")
        }
        let entry = EventBridge.PutEventsEntry(
            bus: bus, source: source, detailType: type, detail: detail, resources: EventComposer.resources(of: record), time: record.time)
        let bytes = EventBridge.size(of: entry)
        if bytes > maximumBytes { return .rejected("the event has \(bytes) bytes as EventBridge counts them, and may have at most \(maximumBytes)") }
        return .ready(entry, bytes: bytes)
    }

    private static func mayKeep(_ source: String) -> Bool { !source.isEmpty && !isReserved(source) }

    /// AWS keeps sources for itself that begin with `aws.`, in capitals too.
    static func isReserved(_ source: String) -> Bool { source.lowercased().hasPrefix("aws.") }

    /// An event's own resources; else the table or queue.
    private static func resources(of record: Record) -> [String] {
        if record.kind == .event {
            guard let document = try? JSONDocument(record.rawBytes) else { return [] }
            var resources: [String] = []
            let root = document.view(document.root)
            guard let member = root.member("resources") else { return [] }
            var each = member.elements
            while each.next() { if let text = each.value.string { resources.append(text) } }
            return resources
        }
        guard let arn = record.source.arn else { return [] }
        // The ARN of a table's stream goes on behind that of the table.
        let parts = arn.split(separator: "/", omittingEmptySubsequences: false)
        return [record.kind == .change && parts.count > 2 ? parts.prefix(2).joined(separator: "/") : arn]
    }
}
#endif
