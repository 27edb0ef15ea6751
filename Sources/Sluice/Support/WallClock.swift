// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
public import StreamRecords

/// The time of day by the system's clock, to the second.
public enum WallClock {
    public static var now: Timestamp { Timestamp(milliseconds: Int64(time(nil)) * 1000) }
}
