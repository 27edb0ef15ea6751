// SPDX-License-Identifier: Apache-2.0

internal import StreamRecords
internal import Synchronization

/// Counts what each key asks for, and says when it is too much.
final class Meter: Sendable {
    /// What stands in the way of a request.
    enum Refusal: Sendable, Hashable {
        /// Too many in a short time; another may come after so many seconds.
        case rate(seconds: Int)
        /// The day's are used up.
        case quota(seconds: Int)
    }

    private struct Count: Sendable {
        /// How many requests may come now.
        var tokens: Double
        /// When that was so, in milliseconds since 1970.
        var at: Int64
        /// Days since 1970.
        var day: Int64
        /// Requests of that day.
        var used = 0
    }

    private let plans: [APIPlan]
    private let counts: Mutex<[Count?]>

    private static let day: Int64 = 86_400_000

    init(_ plans: [APIPlan]) {
        self.plans = plans
        counts = Mutex(Array(repeating: nil, count: plans.count))
    }

    /// Counts one request of a key. One that is refused is not counted against the day's.
    func take(_ key: Int, at now: Timestamp) -> Refusal? {
        let plan = plans[key]
        if plan.rate == nil, plan.quota == nil { return nil }
        let milliseconds = now.milliseconds
        let (today, ofDay) = milliseconds.quotientAndRemainder(dividingBy: Self.day)
        return counts.withLock { counts in
            var count = counts[key] ?? Count(tokens: plan.capacity, at: milliseconds, day: today)
            defer { counts[key] = count }
            if count.day != today {
                count.day = today
                count.used = 0
            }
            if let rate = plan.rate {
                // A clock that was set back gives nothing.
                let elapsed = Double(max(0, milliseconds - count.at)) / 1000
                count.tokens = min(plan.capacity, count.tokens + elapsed * rate)
                count.at = max(count.at, milliseconds)
                if count.tokens < 1 { return .rate(seconds: max(1, Int(((1 - count.tokens) / rate).rounded(.up)))) }
            }
            if let quota = plan.quota, count.used >= quota {
                return .quota(seconds: max(1, Int((Self.day - ofDay + 999) / 1000)))
            }
            count.tokens -= 1
            count.used += 1
            return nil
        }
    }
}
