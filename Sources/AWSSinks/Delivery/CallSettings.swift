// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import EventTable
internal import Sluice

/// How a sink calls its service: the settings that all of them share, each with the sink's own default.
struct CallSettings: Sendable, Hashable {
    /// How long one call may take, with all that the client does to have it succeed.
    var timeout: Duration
    /// How many calls may be under way at once.
    var concurrency: Int
    /// How often a record is tried before it is handed back to be retried.
    ///
    /// Each time it is in one call, which the client sends up to three times (`AWS_MAX_ATTEMPTS`) where it fails as a whole: so what always fails is sent up to
    /// three times as often. What the service refuses within a call that succeeds is sent once each time, and so are calls of functions.
    var attempts: Int

    init(timeout: Duration = .seconds(20), concurrency: Int = 4, attempts: Int = 3) {
        self.timeout = timeout
        self.concurrency = concurrency
        self.attempts = attempts
    }

    /// Calls that bring several records: SQS, EventBridge.
    static let packed = CallSettings()
    /// Calls that bring one object or row: many at once, each of which may be large.
    static let single = CallSettings(timeout: .seconds(60), concurrency: 16, attempts: 2)
    /// Calls of a function, which may take long, and does not want to be called twice.
    static let function = CallSettings(timeout: .seconds(60), attempts: 1)

    /// These, with what a configuration says in their place.
    func with(_ options: CallOptions) -> CallSettings {
        CallSettings(
            timeout: options.timeout?.value ?? timeout, concurrency: options.concurrency?.value ?? concurrency,
            attempts: options.attempts?.value ?? attempts)
    }
}

/// What a configuration says of a sink's calls. All of it may be absent.
struct CallOptions: Decodable, Sendable, Hashable {
    var timeout: TimeoutSetting?
    var concurrency: ConcurrencySetting?
    var attempts: AttemptsSetting?

    /// What the sink `event-table` was told, which knows no bounds itself.
    init(_ options: EventStores.Options) throws(ConfigurationValueError) {
        if let value = options.timeout { timeout = try TimeoutSetting(checking: value) }
        if let value = options.concurrency { concurrency = try ConcurrencySetting(checking: value) }
        if let value = options.attempts { attempts = try AttemptsSetting(checking: value) }
    }
}

/// A sink's own settings, and beside them those of its calls.
@dynamicMemberLookup
struct CallingSettings<Own: Decodable & Sendable>: Decodable, Sendable {
    let own: Own
    let calls: CallOptions

    init(from decoder: any Decoder) throws {
        own = try Own(from: decoder)
        calls = try CallOptions(from: decoder)
    }

    subscript<Value>(dynamicMember member: KeyPath<Own, Value>) -> Value { own[keyPath: member] }
}

/// A value of a configuration, within bounds.
protocol BoundedSetting: Decodable, Sendable, Hashable {
    associatedtype Value: Comparable & Decodable & Sendable
    static var bounds: ClosedRange<Value> { get }
    /// What was to be given: `how many calls may be under way at once, 1 to 256`.
    static var expected: String { get }
    init(value: Value)
}

extension BoundedSetting {
    init(checking value: Value) throws(ConfigurationValueError) {
        guard Self.bounds.contains(value) else { throw ConfigurationValueError(expected: Self.expected) }
        self.init(value: value)
    }

    init(from decoder: any Decoder) throws { try self.init(checking: decoder.singleValueContainer().decode(Value.self)) }
}

struct ConcurrencySetting: BoundedSetting {
    static let bounds = 1...256
    static let expected = "a concurrency: how many calls may be under way at once, 1 to 256"
    var value: Int
}

struct AttemptsSetting: BoundedSetting {
    static let bounds = 1...20
    static let expected = "attempts: how often a record is tried before it must come again, 1 to 20"
    var value: Int
}

struct TimeoutSetting: BoundedSetting {
    /// Nothing runs longer on Lambda than a quarter of an hour.
    static let bounds = Duration.milliseconds(100)...Duration.seconds(900)
    static let expected = "a timeout: how long one call may take, 100ms to 15m"
    var value: Duration
}
#endif
