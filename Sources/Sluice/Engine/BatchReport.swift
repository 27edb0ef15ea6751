// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// What became of a batch.
public struct BatchReport: Sendable {
    /// What became of one record: the worst of what became of it in its sinks.
    public enum Fate: Sendable, Hashable {
        /// No route matched.
        case filtered
        /// In every sink it was meant for.
        case delivered
        /// Rejected, and kept in the sinks for rejected records.
        case parked(Reason)
        /// Rejected, and kept nowhere: listed for whoever runs this.
        case rejected(Reason)
        /// To be delivered again: its source must be told.
        case retry(Reason)
    }

    /// How many records had which fate.
    public struct Counts: Sendable, Hashable {
        public var received = 0
        public var filtered = 0
        public var delivered = 0
        public var parked = 0
        public var rejected = 0
        public var retry = 0

        public init() {}

        /// Whether every record is accounted for.
        public var isConserved: Bool { received == filtered + delivered + parked + rejected + retry }

        public static func += (a: inout Counts, b: Counts) {
            a.received += b.received
            a.filtered += b.filtered
            a.delivered += b.delivered
            a.parked += b.parked
            a.rejected += b.rejected
            a.retry += b.retry
        }

        mutating func count(_ fate: Fate, _ number: Int = 1) {
            received += number
            switch fate {
            case .filtered: filtered += number
            case .delivered: delivered += number
            case .parked: parked += number
            case .rejected: rejected += number
            case .retry: retry += number
            }
        }
    }

    /// What became of a batch's records in one sink.
    public struct SinkCounts: Sendable, Hashable {
        public var sink: String
        /// Delivered now.
        public var delivered = 0
        /// Found there from an earlier run.
        public var alreadyThere = 0
        /// Delivered by this process when the batch came before, and not sent again.
        public var remembered = 0
        /// Rejected, parked or not.
        public var rejected = 0
        /// To be delivered again.
        public var retry = 0
        /// How long the sink took to answer; parking not included.
        public var elapsed = Duration.zero

        public init(sink: String) { self.sink = sink }

        public var total: Int { delivered + alreadyThere + remembered + rejected + retry }

        public static func += (a: inout SinkCounts, b: SinkCounts) {
            a.delivered += b.delivered
            a.alreadyThere += b.alreadyThere
            a.remembered += b.remembered
            a.rejected += b.rejected
            a.retry += b.retry
            a.elapsed += b.elapsed
        }
    }

    /// A record that a sink rejected, or that could not be decoded.
    public struct Rejection: Sendable, Hashable {
        /// Absent for what could not be decoded.
        public var record: Record.ID?
        public var source: RecordSource?
        public var position: Position?
        /// Absent for what could not be decoded: it never reached a route.
        public var route: String?
        public var sink: String?
        public var reason: Reason
        public var isParked: Bool
    }

    /// For each record of the batch, in its order.
    public internal(set) var fates: [Fate]
    /// For each of the batch's undecodable records, in their order.
    public internal(set) var undecodableFates: [Fate]
    public internal(set) var counts: Counts
    /// The sinks that got records of the batch, in the configuration's order.
    public internal(set) var sinks: [SinkCounts]
    /// The batch's sources and what became of their records; undecodable ones are not among them.
    public internal(set) var sources: [(source: RecordSource, counts: Counts)]
    /// Everything that was rejected, parked or not, in the batch's order; undecodable records come last.
    public internal(set) var rejections: [Rejection]
    /// What the source must be told: the positions of what is to be retried, each once, in the batch's order.
    public internal(set) var retryPositions: [Position]
    /// Something that must be retried has no position: only failing the batch as a whole says so.
    public internal(set) var mustRetryWhole: Bool
    /// The longest wait that a sink asked for.
    public internal(set) var retryAfter: Duration?
    /// Records that AWS sends to see whether somebody is there. They are not among those received.
    public internal(set) var controlMessages: Int

    /// Nothing needs to be retried, and nothing was rejected.
    public var isClean: Bool { counts.retry == 0 && counts.rejected == 0 && counts.parked == 0 }
}

/// The engine lost count of a batch's records: an error in Sluice itself, which fails the batch.
public struct ConservationError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ text: String) { description = "internal error: \(text)" }
}
