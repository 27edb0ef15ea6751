// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords

/// A batch that is routed and rendered and waits for its delivery. It can be delivered once.
public struct Prepared: ~Copyable, Sendable {
    let records: RecordBatch
    let plans: RoutingTable.Plans
    let shares: [Share]

    /// How many bytes of rendered lines it holds, for whoever bounds what is in flight.
    public let renderedBytes: Int

    /// The part of a batch that goes to one sink.
    struct Share: Sendable {
        var sink: Int
        var storage: DeliveryBatch.Storage
    }
}

extension Prepared {
    /// Routes the records and renders their lines: all that needs a processor, and nothing that waits.
    ///
    /// - Parameter sinks: for each whether it wants lines, and whether any route to it redacts.
    init(
        _ records: RecordBatch, table: RoutingTable, sinks: [(name: String, needsPayload: Bool, isRedacted: Bool)],
        rejectionBlocks: Bool, memory: JSONMemory?
    ) {
        let plans = table.plans(for: records)
        var groups: [Group] = []
        for (number, sink) in sinks.enumerated() {
            let routes = plans.all.map { plan in plan.first { $0.sink == number }?.route }
            guard routes.contains(where: { $0 != nil }) else { continue }
            let key = GroupKey(
                included: routes.map { $0 != nil },
                envelopes: sink.needsPayload ? routes.map { $0.map { table.routes[$0].envelope } } : nil,
                redactions: sink.isRedacted ? routes.map { $0.map { table.routes[$0].redaction ?? .none } } : nil,
                ordering: sink.isRedacted ? table.orderings[number] : nil)
            let member = Member(sink: number, routes: routes.map { $0.map { table.routes[$0].name } ?? "" })
            if let group = groups.firstIndex(where: { $0.key == key }) {
                groups[group].members.append(member)
            } else {
                groups.append(Group(key: key, members: [member]))
            }
        }

        var shares: [Share] = []
        var renderedBytes = 0
        for group in groups {
            let content = Self.content(of: group.key, records, plans, memory)
            renderedBytes += content.lines.bytes.count
            for member in group.members {
                let names = DeliveryBatch.RouteNames(
                    plans: plans.all.count > 1 ? plans.ofRecord : [], names: member.routes)
                let storage = DeliveryBatch.Storage(
                    records: records, redacted: content.redacted, sink: sinks[member.sink].name, slots: content.slots,
                    rendered: content.lines, routeNames: names, rejectionBlocks: rejectionBlocks)
                shares.append(Share(sink: member.sink, storage: storage))
            }
        }
        self.records = records
        self.plans = plans
        self.shares = shares.sorted { $0.sink < $1.sink }
        self.renderedBytes = renderedBytes
    }

    /// Sinks that get the same records in the same envelopes share one rendering.
    private struct GroupKey: Hashable {
        var included: [Bool]
        var envelopes: [Envelope?]?
        var redactions: [Redaction?]?
        /// What makes the digests of ordering keys; nil where no route to the sinks may hide a key.
        var ordering: Redaction?
    }

    private struct Member {
        var sink: Int
        var routes: [String]
    }

    private struct Group {
        var key: GroupKey
        var members: [Member]
    }

    private struct Content {
        var slots: [UInt32]?
        var lines: RenderedLines
        /// What sinks see in place of the records.
        var redacted: RecordBatch?
    }

    private static func content(
        of key: GroupKey, _ records: RecordBatch, _ plans: RoutingTable.Plans, _ memory: JSONMemory?
    ) -> Content {
        let slots = key.included.contains(false) ? slots(of: plans) { key.included[Int($0)] } : nil
        if let redactions = key.redactions { return content(of: key, records, plans, redactions, slots, memory) }
        guard let envelopes = key.envelopes else { return Content(slots: slots, lines: .none) }
        // Every record in one envelope, whichever way it goes.
        let single = Set(envelopes).count == 1 ? envelopes[0] : nil
        if let single, let lines = records.lines(in: single) {
            return Content(slots: slots, lines: RenderedLines(bytes: lines.bytes, offsets: lines.offsets))
        }
        var renderer = RecordRenderer()
        var writer = JSONWriter(capacity: records.byteCount, memory: memory)
        var offsets: [UInt32] = []
        offsets.reserveCapacity(records.count + 1)
        offsets.append(0)
        for index in 0..<records.count {
            guard let envelope = single ?? envelopes[Int(plans.ofRecord[index])] else { continue }
            renderer.write(envelope, records, at: index, into: &writer)
            writer.write(byte: UInt8(ascii: "\n"))
            offsets.append(UInt32(truncatingIfNeeded: writer.count))
        }
        return Content(slots: slots, lines: RenderedLines(bytes: writer.finish(), offsets: offsets))
    }

    /// The same through redaction: sinks are given records, and lines of them, that never held what is to be hidden.
    private static func content(
        of key: GroupKey, _ records: RecordBatch, _ plans: RoutingTable.Plans, _ redactions: [Redaction?], _ slots: [UInt32]?,
        _ memory: JSONMemory?
    ) -> Content {
        let places = slots.map { $0.map(Int.init) } ?? Array(0..<records.count)
        let redacted = records.redacted(places.map { ($0, redactions[Int(plans.ofRecord[$0])] ?? .none) }, orderedBy: key.ordering)
        guard let envelopes = key.envelopes else { return Content(slots: slots, lines: .none, redacted: redacted) }
        var renderer = RecordRenderer()
        var writer = JSONWriter(capacity: records.byteCount, memory: memory)
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(places.count + 1)
        for (index, place) in places.enumerated() {
            renderer.write(envelopes[Int(plans.ofRecord[place])] ?? .plain, redacted, at: index, into: &writer)
            writer.write(byte: UInt8(ascii: "\n"))
            offsets.append(UInt32(truncatingIfNeeded: writer.count))
        }
        return Content(slots: slots, lines: RenderedLines(bytes: writer.finish(), offsets: offsets), redacted: redacted)
    }

    private static func slots(of plans: RoutingTable.Plans, where included: (UInt32) -> Bool) -> [UInt32] {
        var slots: [UInt32] = []
        for (index, plan) in plans.ofRecord.enumerated() where included(plan) { slots.append(UInt32(index)) }
        return slots
    }
}
