// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import StreamRecords
import Synchronization

/// A clock that stands still unless somebody waits, and then jumps.
final class TestClock: Sendable {
    private let state: Mutex<(now: Timestamp, waits: [Duration])>

    init(_ now: String = "2026-11-20T15:00:00Z") {
        state = Mutex((Timestamp(iso8601: now) ?? Timestamp(milliseconds: 0), []))
    }

    var now: Timestamp { state.withLock { $0.now } }
    /// How long somebody waited each time.
    var waits: [Duration] { state.withLock { $0.waits } }

    func advance(seconds: Int64) { state.withLock { $0.now.milliseconds += seconds * 1000 } }

    var clock: AWSClock {
        AWSClock(
            now: { self.now },
            sleep: { wait in
                try Task.checkCancellation()
                self.state.withLock {
                    $0.waits.append(wait)
                    $0.now.milliseconds += wait.components.seconds * 1000
                }
            })
    }
}

#endif
