// SPDX-License-Identifier: Apache-2.0

#if AWS

/// What one attempt failed of, as far as trying again goes.
struct AttemptFailure: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The service has too much to do.
        case throttling
        /// No answer in time.
        case timeout
        /// Anything else that may pass by itself.
        case transient
        /// The service's clock is so far ahead of the time that was signed.
        case clockSkew(Duration)
        /// The keys were good once.
        case expiredCredentials
        /// The same call fails again.
        case permanent
    }

    var kind: Kind
    /// How long the service asked to be left alone.
    var retryAfter: Duration?
}

/// What to do after an attempt failed.
enum NextStep: Sendable, Hashable {
    case retry(after: Duration)
    /// Sign anew by the service's clock, at once.
    case correctClock(Duration)
    /// Get new credentials and sign anew, at once.
    case refreshCredentials
    case giveUp(GiveUpReason)

    enum GiveUpReason: Sendable, Hashable {
        case permanent
        case attemptsUsedUp
        /// Too many calls of this client have been failing lately.
        case bucketEmpty
        /// The wait would end behind the call's deadline.
        case deadline
    }
}

/// How far a call has come: the standard retry mode as a value, without clock, sockets and chance.
///
/// Clock and credentials are put right at most once each, beyond the count of attempts: such an attempt was never tried in earnest.
///
/// Rules: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
struct CallProgress: Sendable, Hashable {
    static let base = Duration.seconds(1)
    static let cap = Duration.seconds(20)

    let maximumAttempts: Int
    /// How often the request was sent.
    private(set) var sent = 0
    /// How many of these count.
    private var counted = 0
    private var lastCost = 0
    private var hasCorrectedClock = false
    private var hasRefreshedCredentials = false

    init(maximumAttempts: Int) { self.maximumAttempts = max(1, maximumAttempts) }

    /// An attempt begins.
    mutating func begin() {
        sent += 1
        counted += 1
    }

    /// The attempt that was begun failed.
    ///
    /// - Parameters:
    ///   - jitter: from 0 to 1, by chance.
    ///   - remaining: until the call's deadline.
    mutating func fail(
        _ failure: AttemptFailure, bucket: inout RetryTokenBucket, jitter: Double, remaining: Duration? = nil
    ) -> NextStep {
        let cost: Int
        switch failure.kind {
        case .permanent: return .giveUp(.permanent)
        case .clockSkew(let offset):
            if hasCorrectedClock { return .giveUp(.permanent) }
            hasCorrectedClock = true
            counted -= 1
            return .correctClock(offset)
        case .expiredCredentials:
            if hasRefreshedCredentials { return .giveUp(.permanent) }
            hasRefreshedCredentials = true
            counted -= 1
            return .refreshCredentials
        case .timeout: cost = RetryTokenBucket.timeoutCost
        case .throttling, .transient: cost = RetryTokenBucket.retryCost
        }
        guard counted < maximumAttempts else { return .giveUp(.attemptsUsedUp) }
        let wait = CallProgress.wait(after: counted, asked: failure.retryAfter, jitter: jitter)
        if let remaining, wait >= remaining { return .giveUp(.deadline) }
        guard bucket.take(cost) else { return .giveUp(.bucketEmpty) }
        lastCost = cost
        return .retry(after: wait)
    }

    /// The attempt that was begun succeeded: what the last further try cost comes back, or a little where there was none.
    mutating func succeed(bucket: inout RetryTokenBucket) { bucket.give(lastCost > 0 ? lastCost : 1) }

    /// A random part of 1, 2, 4… seconds up to 20, and at least what was asked for, which counts up to 20 seconds too.
    static func wait(after attempt: Int, asked: Duration?, jitter: Double) -> Duration {
        let longest = min(cap, base * (1 << min(max(0, attempt - 1), 10)))
        return max(longest * min(max(jitter, 0), 1), min(asked ?? .zero, cap))
    }
}

#endif
