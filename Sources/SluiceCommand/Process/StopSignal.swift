// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Whether somebody wants the run to end: SIGINT and SIGTERM finish what is in flight, a second one ends at once; a closed pipe ends quietly.
final class StopSignal: Sendable {
    enum Reason: Sendable, Equatable {
        case interrupted, terminated
        /// Nobody reads standard output any more.
        case outputClosed
        /// Sluice has met an error of its own.
        case failed

        /// Nil where ending so is no failure.
        var status: ExitStatus? {
            switch self {
            case .interrupted: .interrupted
            case .terminated: .terminated
            case .outputClosed: nil
            case .failed: .undelivered
            }
        }
    }

    private let state = Mutex<Reason?>(nil)

    /// Why to stop; nil while nobody wants to.
    var reason: Reason? { state.withLock { $0 } }

    func stop(_ reason: Reason) {
        state.withLock { if $0 == nil { $0 = reason } }
    }

    /// Listens to the two signals, as long as what comes back is kept.
    func listen() -> [any DispatchSourceSignal] {
        [(SIGINT, Reason.interrupted), (SIGTERM, .terminated)].map { number, reason in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                if self.reason != nil { _exit(128 + number) }
                stop(reason)
            }
            source.resume()
            return source
        }
    }
}
