// SPDX-License-Identifier: Apache-2.0

public import Sluice
public import StreamRecords

/// What the conformance kit needs of a sink's author: how to make the sink, and what can be seen and done at the place
/// that it delivers to. Only ``makeSink(_:)`` must be there; the more the rest tells, the more is checked.
public protocol SinkHarness: Sendable {
    /// A new sink. All of them deliver to the same place, as the processes of one deployment do.
    ///
    /// It is called again after the sink before was shut down or abandoned, as after a restart.
    func makeSink(_ context: SinkContext) async throws -> any Sink

    /// What the sink promises beyond an answer for each record.
    var guarantees: SinkGuarantees { get }

    /// The form of the payloads.
    var envelope: Envelope { get }

    /// The ids of the records that have arrived, as often as each has, and in the order of their arrival if
    /// ``SinkGuarantees/order`` is promised. Absent where that cannot be seen. Asked for when no sink is open.
    func arrived() async throws -> [String]?

    /// Brings the place into a condition.
    /// - Returns: false where that cannot be done; what needs it is then left out, and told.
    func bring(_ condition: ServiceCondition) async throws -> Bool

    /// A record of that id and key that the sink delivers: a change of a table, unless told otherwise.
    /// - Parameter sequence: its place in the stream, as a sequence number.
    func record(_ id: String, key: Int, sequence: String) -> TestRecord

    /// Whether the sink sends this record on. What it has nothing to do with it calls delivered, and nobody looks for it.
    func sends(_ record: TestRecord) -> Bool

    /// A record of that id and key that the sink can never deliver; absent where there is none.
    func undeliverable(_ id: String, key: Int) -> TestRecord?
}

extension SinkHarness {
    public var guarantees: SinkGuarantees { [.order] }
    public var envelope: Envelope { .plain }
    public func arrived() async throws -> [String]? { nil }
    public func bring(_ condition: ServiceCondition) async throws -> Bool { condition == .working }
    public func record(_ id: String, key: Int, sequence: String) -> TestRecord { .change(id, key: key, sequence: sequence) }
    public func sends(_ record: TestRecord) -> Bool { true }
    public func undeliverable(_ id: String, key: Int) -> TestRecord? { nil }
}

/// What a sink promises.
public struct SinkGuarantees: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Records of one key arrive in their order, and what arrives can be seen in order.
    public static let order = SinkGuarantees(rawValue: 1 << 0)
    /// A record that comes again arrives no second time.
    public static let once = SinkGuarantees(rawValue: 1 << 1)
}

/// How the place that a sink delivers to is doing.
public struct ServiceCondition: Sendable, Hashable {
    enum Kind: Hashable { case working, failing, stalled, slow, refusing }

    let kind: Kind
    /// How long a slow one takes for a call.
    public let delay: Duration?
    /// What a refusing one does not take.
    public let refused: Set<String>

    /// All is well.
    public static let working = ServiceCondition(kind: .working, delay: nil, refused: [])
    /// It takes nothing, and says so or is not there.
    public static let failing = ServiceCondition(kind: .failing, delay: nil, refused: [])
    /// It takes no call and gives no answer, until it is brought into another condition.
    public static let stalled = ServiceCondition(kind: .stalled, delay: nil, refused: [])
    /// It works and takes so long for a call.
    public static func slow(_ delay: Duration) -> ServiceCondition { ServiceCondition(kind: .slow, delay: delay, refused: []) }
    /// It works, but for these records says that it cannot take them now.
    public static func refusing(_ ids: Set<String>) -> ServiceCondition {
        ServiceCondition(kind: .refusing, delay: nil, refused: ids)
    }

    /// For a message.
    var description: String {
        switch kind {
        case .working: "working"
        case .failing: "failing"
        case .stalled: "stalled"
        case .slow: "slow"
        case .refusing: "refusing some records"
        }
    }
}

extension ServiceCondition {
    /// Whether it is of the same kind, whatever the delay and the records.
    public var isFailing: Bool { kind == .failing }
    public var isStalled: Bool { kind == .stalled }
}
