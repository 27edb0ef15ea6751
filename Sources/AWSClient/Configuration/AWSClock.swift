// SPDX-License-Identifier: Apache-2.0

#if AWS
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif
public import StreamRecords

/// The time of day, by which requests are signed and credentials expire, and how to wait. Tests bring their own.
public struct AWSClock: Sendable {
    /// The time of day.
    public var now: @Sendable () -> Timestamp
    /// Waits so long; throws where the task is cancelled meanwhile.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - now: tells the time of day.
    ///   - sleep: waits, and throws where the task is cancelled.
    public init(now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's, to the second.
    public static let system = AWSClock(
        now: { Timestamp(milliseconds: Int64(time(nil)) * 1000) },
        sleep: { try await Task.sleep(for: $0) })
}

#endif
