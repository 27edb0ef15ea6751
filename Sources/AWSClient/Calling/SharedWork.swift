// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Synchronization

/// Work that is done once for all who ask while it goes on. Each waits no longer than it may, and the work goes on when one of them goes away.
final class SharedWork<Value: Sendable>: Sendable {
    private struct State {
        var isRunning = false
        /// How many have asked so far.
        var count = 0
        var waiting: [Int: AsyncStream<Result<Value, AWSError>>.Continuation] = [:]
    }

    private let state = Mutex(State())

    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// What the work comes to. It begins here where it is not under way, before anybody else of the caller's actor has a turn.
    ///
    /// - Returns: absent where the deadline passed, or the caller was cancelled, before.
    func value(
        before deadline: ContinuousClock.Instant?, isolation: isolated (any Actor)? = #isolation,
        _ work: @escaping @Sendable () async -> Result<Value, AWSError>
    ) async -> Result<Value, AWSError>? {
        let (results, waiter) = AsyncStream<Result<Value, AWSError>>.makeStream()
        let (number, begins) = state.withLock { state in
            state.count += 1
            state.waiting[state.count] = waiter
            defer { state.isRunning = true }
            return (state.count, !state.isRunning)
        }
        if begins { Task { self.end(await work()) } }
        let timer = deadline.map { deadline in
            Task {
                try? await Task.sleep(until: deadline, clock: .continuous)
                waiter.finish()
            }
        }
        var iterator = results.makeAsyncIterator()
        let result = await iterator.next(isolation: isolation)
        timer?.cancel()
        state.withLock { $0.waiting[number] = nil }
        return result
    }

    private func end(_ result: Result<Value, AWSError>) {
        let waiting = state.withLock { state in
            defer {
                state.isRunning = false
                state.waiting = [:]
            }
            return state.waiting
        }
        for waiter in waiting.values {
            waiter.yield(result)
            waiter.finish()
        }
    }
}

extension AWSError {
    /// Why a call does not wait longer for what others may go on waiting for.
    static func stoppedWaiting(for what: String) -> AWSError {
        if Task.isCancelled { return AWSError(.cancelled, "the task was cancelled") }
        return AWSError(.timeout, "the deadline passed before \(what) were there", isRetryable: true)
    }
}

#endif
