// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
public import StreamRecords
#if canImport(SwiftOverlayShims)
// Where the optimiser is on, timespec is known by this module as well as by the C library's.
import SwiftOverlayShims
#endif

/// The time of day by the system's clock, to the millisecond.
public enum WallClock {
    public static var now: Timestamp {
        var moment = timespec()
        // The call writes this one value, which lives longer than the call.
        guard unsafe clock_gettime(CLOCK_REALTIME, &moment) == 0 else { return Timestamp(milliseconds: Int64(time(nil)) * 1000) }
        return Timestamp(milliseconds: Int64(moment.tv_sec) * 1000 + Int64(moment.tv_nsec) / 1_000_000)
    }
}
