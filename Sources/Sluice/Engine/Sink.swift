// SPDX-License-Identifier: Apache-2.0

public import Logging
public import StreamRecords

/// Where records go. A type of yours that conforms and is registered by name is a sink like any other.
///
/// ## Implementation guidance
///
/// - Answer for every record of the batch. What you say nothing about counts as to be retried.
/// - Keep order: of the records with one ordering key, send the earlier one first, and when one of them must be
///   retried, leave the later ones of that key alone. Other keys go on. A ``RecordSink`` sends one record at a time and
///   has it done so; ``KeyGate`` keeps the account for one that does it itself.
/// - A record may come again after it was delivered: where the service can tell, say
///   ``Outcome/alreadyThere`` and change nothing.
/// - Reject only what can never succeed. Everything that may pass by itself is a retry.
/// - Never block a thread of the cooperative pool; ``BlockingQueue`` is there for file work.
/// - When the task is cancelled, the deadline has come: return soon, with what is known by then.
/// - After the last call nothing is delivered: a batch that comes nevertheless is answered with a throw.
///
/// The library `SluiceTesting` holds a sink against all this.
public protocol Sink: Sendable {
    /// The sink's part of the configuration. Keys that it does not ask for are reported as mistakes.
    associatedtype Settings: Decodable & Sendable = NoSettings

    /// What the engine should know before it hands over batches.
    var traits: SinkTraits { get }

    /// Makes the sink ready: opens what must be open. A throw ends the start, with the error's description.
    init(_ settings: Settings, _ context: SinkContext) async throws

    /// Delivers a batch and answers for each of its records. A throw means: all to be retried.
    ///
    /// Calls for one sink come one after another, unless its traits ask for more at once.
    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes

    /// Finishes everything and lets go of what is open. The last call.
    func shutdown() async throws

    /// Lets go of what is open after a run that was broken off: what counts only as a whole is not put in place.
    /// The last call, in place of ``shutdown()``, and by default the same.
    func abandon() async throws
}

extension Sink {
    public var traits: SinkTraits { SinkTraits() }
    public func shutdown() async throws {}
    public func abandon() async throws { try await shutdown() }
}

extension Sink where Settings == NoSettings {
    /// For a sink that a closure makes, see ``SinkRegistry/register(_:settings:shorthands:factory:)``: there is nothing to
    /// make it of here, so this throws.
    public init(_ settings: NoSettings, _ context: SinkContext) async throws { throw MadeByFactory(type: "\(Self.self)") }

    /// A sink without settings, for use in code.
    public init(_ context: SinkContext) async throws { try await self.init(NoSettings(), context) }
}

/// A sink that takes one record at a time, in their order.
public protocol RecordSink: Sink {
    /// Delivers a record and says what became of it. A throw means: to be retried.
    func deliver(_ delivery: Delivery) async throws -> Outcome
}

extension RecordSink {
    /// See ``DeliveryBatch/deliverEach(_:)``.
    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes { await batch.deliverEach { try await deliver($0) } }
}

/// A sink was registered by its type that has no initialiser for that.
struct MadeByFactory: Error, CustomStringConvertible {
    var type: String

    var description: String {
        "\(type) has no init(_: NoSettings, _: SinkContext); give it one, or register it with a closure that makes it"
    }
}

/// The settings of a sink that has none, or that a closure makes.
public struct NoSettings: Decodable, Sendable, Hashable {
    public init() {}
}

/// What the engine should know about a sink.
public struct SinkTraits: Sendable, Hashable {
    /// Whether it reads ``Delivery/payload`` or ``DeliveryBatch/lines``. What nobody reads is not rendered.
    public var needsPayloads: Bool

    /// The most records it takes at once; larger batches come in parts. At least 1.
    public var maximumRecords: Int

    /// How many calls may run at the same time. Records of one ordering key never are in two of them.
    public var concurrency: Int

    public init(needsPayloads: Bool = true, maximumRecords: Int = .max, concurrency: Int = 1) {
        self.needsPayloads = needsPayloads
        self.maximumRecords = max(1, maximumRecords)
        self.concurrency = max(1, concurrency)
    }
}

/// What a sink is told when it is made.
public struct SinkContext: Sendable {
    /// The name that the configuration gives it.
    public var name: String
    /// For what somebody running Sluice should know. Never for records.
    public var logger: Logger
    /// The environment's variables.
    public var environment: [String: String]
    /// Tells the time, and waits.
    public var clock: SinkClock
    /// What the host says of the run's end.
    public var end = RunEnd()

    public init(name: String, logger: Logger, environment: [String: String] = [:], clock: SinkClock = .system) {
        self.name = name
        self.logger = logger
        self.environment = environment
        self.clock = clock
    }
}

/// The time as a sink should take it, so that a test can put another in its place.
public struct SinkClock: Sendable {
    /// The time by the clock on the wall.
    public var now: @Sendable () -> Timestamp
    /// Waits so long; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
        now: @escaping @Sendable () -> Timestamp = { WallClock.now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's.
    public static let system = SinkClock()
}
