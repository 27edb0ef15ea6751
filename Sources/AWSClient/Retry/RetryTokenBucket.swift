// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Bounds how many further tries a client makes in all: while most calls fail, trying each again makes things worse.
///
/// Rules: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
struct RetryTokenBucket: Sendable, Hashable {
    static let capacity = 500
    static let retryCost = 5
    static let timeoutCost = 10

    private(set) var tokens = capacity

    /// Takes what one further try costs.
    /// - Returns: false, with nothing taken, where there is not enough.
    mutating func take(_ cost: Int) -> Bool {
        if tokens < cost { return false }
        tokens -= cost
        return true
    }

    mutating func give(_ amount: Int) { tokens = min(RetryTokenBucket.capacity, tokens + amount) }
}

#endif
