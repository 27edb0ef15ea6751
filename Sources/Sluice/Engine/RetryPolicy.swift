// SPDX-License-Identifier: Apache-2.0

/// How often and how fast something is tried again: exponential back-off with full jitter, so that many who failed
/// together do not come back together.
///
/// See [retry behaviour](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
public struct RetryPolicy: Sendable, Hashable {
    /// How often something is tried in all; 1 is never again.
    public var attempts: Int
    /// The longest the first wait can be. It doubles with each further one.
    public var base: Duration
    /// The longest any wait can be.
    public var cap: Duration

    public init(attempts: Int = 3, base: Duration = .seconds(1), cap: Duration = .seconds(20)) {
        self.attempts = max(1, attempts)
        self.base = base
        self.cap = cap
    }

    /// The longest that a service is left alone since it asked for it, unless ``cap`` is longer: whoever waits does not do so for a day.
    static let longestAsked = Duration.seconds(20)

    /// How long to wait before another try: a random part of the back-off, and at least what the service asked for.
    ///
    /// - Parameters:
    ///   - attempt: how many tries there have been; from 1.
    ///   - asked: what the service asked for. It counts up to twenty seconds, or up to ``cap`` where that is longer.
    /// - Returns: absent when there have been tries enough.
    public func delay(
        after attempt: Int, asked: Duration? = nil, using random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard attempt < attempts else { return nil }
        let doublings = min(max(0, attempt - 1), 30)
        let longest = min(cap, base * (1 << doublings))
        return max(min(asked ?? .zero, max(cap, RetryPolicy.longestAsked)), longest * Double.random(in: 0...1, using: &random))
    }

    /// The same with the system's random numbers.
    public func delay(after attempt: Int, asked: Duration? = nil) -> Duration? {
        var random = SystemRandomNumberGenerator()
        return delay(after: attempt, asked: asked, using: &random)
    }
}

/// Bounds how many tries in all are second ones: while most calls fail, trying each again makes things worse.
///
/// Each further try takes from the budget, each success gives a little back.
public struct RetryBudget: Sendable, Hashable {
    private let capacity: Int
    private let cost: Int
    /// What is left.
    public private(set) var tokens: Int

    public init(capacity: Int = 500, cost: Int = 5) {
        self.capacity = capacity
        self.cost = cost
        tokens = capacity
    }

    /// Takes what one further try costs.
    /// - Returns: false where the budget does not allow one.
    public mutating func take() -> Bool {
        if tokens < cost { return false }
        tokens -= cost
        return true
    }

    /// Notes a success; one that needed further tries gives their cost back.
    public mutating func succeed(afterRetry: Bool = false) {
        tokens = min(capacity, tokens + (afterRetry ? cost : 1))
    }
}
