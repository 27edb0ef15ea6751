// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice

/// How a sink calls its service; the settings that all of them share.
struct CallSettings: Sendable, Hashable {
    /// How long one call may take, with all that the client does to have it succeed.
    var timeout: Duration
    /// How many calls may be under way at once.
    var concurrency: Int
    /// How often a record is sent in all before it is handed back to be retried.
    var attempts: Int

    init(
        timeout: TimeoutSetting? = nil, concurrency: ConcurrencySetting? = nil, attempts: AttemptsSetting? = nil,
        defaultTimeout: Duration = .seconds(20), defaultAttempts: Int = 3
    ) {
        self.timeout = timeout?.value ?? defaultTimeout
        self.concurrency = concurrency?.value ?? 4
        self.attempts = attempts?.value ?? defaultAttempts
    }
}

/// A whole number of a configuration, within bounds.
protocol BoundedSetting: Decodable, Sendable {
    static var bounds: ClosedRange<Int> { get }
    static var what: String { get }
    init(value: Int)
}

extension BoundedSetting {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer().decode(Int.self)
        guard Self.bounds.contains(value) else {
            throw ConfigurationValueError(expected: "\(Self.what), \(Self.bounds.lowerBound) to \(Self.bounds.upperBound)")
        }
        self.init(value: value)
    }
}

struct ConcurrencySetting: BoundedSetting, Hashable {
    static let bounds = 1...64
    static let what = "how many calls may be under way at once"
    var value: Int
}

struct AttemptsSetting: BoundedSetting, Hashable {
    static let bounds = 1...20
    static let what = "how often a record is sent in all"
    var value: Int
}

/// A duration from one second to a quarter of an hour, which is as long as Lambda lets anything run.
struct TimeoutSetting: Decodable, Sendable, Hashable {
    var value: Duration

    init(value: Duration) { self.value = value }

    init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Duration.self)
        guard (Duration.seconds(1)...Duration.seconds(900)).contains(value) else {
            throw ConfigurationValueError(expected: "how long one call may take, from 1s to 15m")
        }
    }
}
#endif
