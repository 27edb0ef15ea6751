// SPDX-License-Identifier: Apache-2.0

package import JSONTape
public import StreamRecords

/// Records on their way into one sink, in stream order, routed and rendered.
///
/// A batch is a value and can be kept; it keeps the bytes of its records alive.
public struct DeliveryBatch: Sendable, RandomAccessCollection {
    let storage: Storage
    private let range: Range<Int>
    /// The bytes that the lines lie in, here since a span can be borrowed from no further away.
    private let bytes: JSONBytes

    /// When the answer must be there. Absent where nobody waits.
    public let deadline: ContinuousClock.Instant?

    init(_ storage: Storage, _ range: Range<Int>? = nil, deadline: ContinuousClock.Instant? = nil) {
        self.storage = storage
        self.range = range ?? 0..<storage.count
        bytes = storage.rendered.bytes
        self.deadline = deadline
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { range.count }

    public subscript(index: Int) -> Delivery { Delivery(storage, range.lowerBound + index) }

    /// The name of the sink it goes to.
    public var sink: String { storage.sink }

    /// All payloads as lines, each ended by a line feed: what a sink for lines writes in one call.
    /// Empty where the sink's traits say that it needs no payloads.
    public var lines: RawSpan {
        @_lifetime(borrow self) borrowing get { bytes.span.extracting(storage.byteRange(range)) }
    }

    /// How many bytes ``lines`` has.
    public var lineBytes: Int { storage.byteRange(range).count }

    /// A part of this batch, as a batch.
    ///
    /// - Parameter part: places of this batch.
    public func part(_ part: Range<Int>) -> DeliveryBatch {
        DeliveryBatch(
            storage, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound, deadline: deadline)
    }
}

/// One record on its way into one sink.
public struct Delivery: Sendable, Identifiable {
    let storage: DeliveryBatch.Storage
    let index: Int
    private let bytes: JSONBytes

    init(_ storage: DeliveryBatch.Storage, _ index: Int) {
        self.storage = storage
        self.index = index
        bytes = storage.rendered.bytes
    }

    /// What is delivered once: a record, and a sink.
    public struct ID: Sendable, Hashable {
        public var record: Record.ID
        public var sink: String

        public init(record: Record.ID, sink: String) {
            self.record = record
            self.sink = sink
        }
    }

    public var id: ID { ID(record: record.id, sink: storage.sink) }

    /// The same in the engine's own account, which knows records by the ids that they were received with: redaction may make others.
    var accountID: ID { ID(record: storage.records[storage.slot(index)].id, sink: storage.sink) }

    /// The record. On a route that redacts it is another one than was received, made without what is to be hidden: nothing that is read or
    /// written of it can give that away.
    public var record: Record { storage.record(index) }

    /// The name of the route that brought it here.
    public var route: String { storage.route(index) }

    /// In which order is kept; absent for records that have none.
    public var orderingKey: OrderingKey? { storage.orderingKey(index) }

    /// The record's text in the route's envelope, without a line feed. Empty where the sink's traits say that it
    /// needs no payloads.
    public var payload: RawSpan {
        @_lifetime(borrow self) borrowing get { bytes.span.extracting(storage.payloadRange(index)) }
    }

    /// A copy of the payload's bytes.
    public var payloadBytes: [UInt8] { bytes[storage.payloadRange(index)] }

    /// The payload where it stands: as a part of bytes that the whole batch shares.
    package var payloadPart: (bytes: JSONBytes, range: Range<Int>) { (bytes, storage.payloadRange(index)) }
}

/// Lines that were rendered once for all sinks that want the same ones.
final class RenderedLines: Sendable {
    let bytes: JSONBytes
    /// Where each line begins, and where the last one ends. Each line includes its line feed.
    let offsets: [UInt32]

    /// For sinks that need no payloads.
    static let none = RenderedLines(bytes: JSONBytes([]), offsets: [])

    init(bytes: JSONBytes, offsets: [UInt32]) {
        self.bytes = bytes
        self.offsets = offsets
    }
}

extension DeliveryBatch {
    /// What a batch and its parts share.
    final class Storage: Sendable {
        /// As they were received, for the engine's own account. Sinks are given ``record(_:)``.
        let records: RecordBatch
        /// Where routes to this sink redact, what it is given in their place.
        private let redacted: RecordBatch?
        /// The places of the records in `redacted`; absent where it is all of them.
        private let redactedPlaces: [UInt32]?
        let sink: String
        let count: Int
        /// The places of the records in their batch; absent where it is all of them.
        private let slots: [UInt32]?
        let rendered: RenderedLines
        private let routeNames: RouteNames
        /// A rejected record counts as one to be retried.
        let rejectionBlocks: Bool

        init(
            records: RecordBatch, redacted: RecordBatch? = nil, redactedPlaces: [UInt32]? = nil, sink: String, slots: [UInt32]?,
            rendered: RenderedLines, routeNames: RouteNames, rejectionBlocks: Bool
        ) {
            self.redacted = redacted
            self.redactedPlaces = redactedPlaces
            self.rejectionBlocks = rejectionBlocks
            self.records = records
            self.sink = sink
            self.slots = slots
            count = slots?.count ?? records.count
            self.rendered = rendered
            self.routeNames = routeNames
        }

        func slot(_ index: Int) -> Int { slots.map { Int($0[index]) } ?? index }

        /// The record as the sink may see it.
        func record(_ index: Int) -> Record {
            guard let redacted else { return records[slot(index)] }
            return redacted[redactedPlaces.map { Int($0[index]) } ?? index]
        }

        func orderingKey(_ index: Int) -> OrderingKey? {
            redacted == nil ? records.orderingKey(at: slot(index)) : record(index).orderingKey
        }

        func route(_ index: Int) -> String { route(slot: slot(index)) }

        func route(slot: Int) -> String { routeNames[slot] }

        func byteRange(_ range: Range<Int>) -> Range<Int> {
            if rendered.offsets.isEmpty { return 0..<0 }
            return Int(rendered.offsets[range.lowerBound])..<Int(rendered.offsets[range.upperBound])
        }

        /// A line without its line feed.
        func payloadRange(_ index: Int) -> Range<Int> { byteRange(index..<index + 1).dropLast() }

        /// The same with only some of its records, their lines copied together.
        func selecting(_ indices: [Int]) -> Storage {
            var lines = RenderedLines.none
            if !rendered.offsets.isEmpty {
                var writer = JSONWriter()
                var offsets: [UInt32] = [0]
                offsets.reserveCapacity(indices.count + 1)
                let bytes = rendered.bytes
                for index in indices {
                    writer.write(raw: bytes.span.extracting(byteRange(index..<index + 1)))
                    offsets.append(UInt32(writer.count))
                }
                lines = RenderedLines(bytes: writer.finish(), offsets: offsets)
            }
            return Storage(
                records: records, redacted: redacted,
                redactedPlaces: redacted.map { _ in indices.map { redactedPlaces?[$0] ?? UInt32($0) } }, sink: sink,
                slots: indices.map { UInt32(slot($0)) }, rendered: lines, routeNames: routeNames, rejectionBlocks: rejectionBlocks)
        }
    }

    /// Tells by which route the record at a place of its batch came to a sink.
    struct RouteNames: Sendable {
        /// The plan of each record; empty where all have the first.
        var plans: [UInt32]
        /// The route of each plan; empty where the plan does not lead to this sink.
        var names: [String]

        subscript(slot: Int) -> String { names[plans.isEmpty ? 0 : Int(plans[slot])] }
    }
}
