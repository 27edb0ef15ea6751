// SPDX-License-Identifier: Apache-2.0

/// Why a record was not delivered, in words for somebody who has to do something about it.
public struct Reason: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    public var description: String

    public init(_ text: String) { description = text }
    public init(stringLiteral text: String) { description = text }
}

/// What a sink says about one record.
public enum Outcome: Sendable, Hashable {
    /// It is where it should be.
    case delivered
    /// It was there already, from an earlier delivery; nothing changed. Counts as delivered.
    case alreadyThere
    /// It may succeed later; `after` is how long to wait, where the service said so.
    case retry(Reason, after: Duration? = nil)
    /// It can never succeed.
    case rejected(Reason)
}

/// A sink's answer: an outcome for each record of a batch.
public struct Outcomes: Sendable {
    /// Most records are delivered, so an outcome is a byte here, and what there is to say about the others is aside.
    enum Code: UInt8 { case retry, delivered, alreadyThere, rejected }

    private(set) var codes: [Code]
    private var details: [Int: Outcome] = [:]

    /// For records that a sink says nothing about.
    static let unanswered = Outcome.retry(unansweredReason)
    package static let unansweredReason: Reason = "the sink gave no answer for this record"

    /// An answer that says nothing yet: every record counts as to be retried.
    public init(for batch: DeliveryBatch) { self.init(count: batch.count) }

    /// The same outcome for every record.
    public init(_ outcome: Outcome, for batch: DeliveryBatch) { self.init(outcome, count: batch.count) }

    init(count: Int) { codes = Array(repeating: .retry, count: count) }

    init(_ outcome: Outcome, count: Int) {
        codes = Array(repeating: outcome.code, count: count)
        if outcome.hasDetail { for index in 0..<count { details[index] = outcome } }
    }

    public var count: Int { codes.count }

    /// The outcome of the record at that place of the batch.
    public subscript(index: Int) -> Outcome {
        get {
            switch codes[index] {
            case .delivered: .delivered
            case .alreadyThere: .alreadyThere
            case .retry, .rejected: details[index] ?? Self.unanswered
            }
        }
        set {
            codes[index] = newValue.code
            if newValue.hasDetail {
                details[index] = newValue
            } else if !details.isEmpty {
                details[index] = nil
            }
        }
    }

    /// Whether every record is delivered.
    public var allDelivered: Bool { details.isEmpty && codes.allSatisfy { $0 == .delivered || $0 == .alreadyThere } }
}

extension Outcome {
    /// Whether the record is where it should be.
    public var isDelivered: Bool { self == .delivered || self == .alreadyThere }

    /// Whether it may succeed later.
    public var isRetry: Bool { code == .retry }

    /// Whether it can never succeed.
    public var isRejected: Bool { code == .rejected }

    /// Why it was not delivered.
    public var reason: Reason? {
        switch self {
        case .delivered, .alreadyThere: nil
        case .retry(let reason, _), .rejected(let reason): reason
        }
    }

    var code: Outcomes.Code {
        switch self {
        case .delivered: .delivered
        case .alreadyThere: .alreadyThere
        case .retry: .retry
        case .rejected: .rejected
        }
    }

    var hasDetail: Bool { code == .retry || code == .rejected }
}
