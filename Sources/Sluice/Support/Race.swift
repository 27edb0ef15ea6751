// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Runs work that may ignore cancellation, and waits for it no longer than to a deadline.
///
/// At the deadline, or when the caller is cancelled, the work is cancelled; what it returns after the deadline goes to
/// `late`. The work is not a child task: a child would hold its parent until it returns.
///
/// - Returns: what the work returned or threw; absent where the deadline came first.
package func race<Value: Sendable>(
    until deadline: ContinuousClock.Instant,
    _ work: @escaping @Sendable () async throws -> Value,
    late: @escaping @Sendable (Result<Value, any Error>) -> Void
) async -> Result<Value, any Error>? {
    let finish = Finish<Value>()
    let task = Task {
        let result: Result<Value, any Error>
        do {
            result = .success(try await work())
        } catch {
            result = .failure(error)
        }
        if !finish.end(result) { late(result) }
    }
    let timer = Task {
        try? await ContinuousClock().sleep(until: deadline)
        if !Task.isCancelled, finish.end(nil) { task.cancel() }
    }
    let result = await withTaskCancellationHandler {
        await withCheckedContinuation { finish.wait($0) }
    } onCancel: {
        task.cancel()
    }
    timer.cancel()
    return result
}

/// What comes first: a result, or the deadline.
private final class Finish<Value: Sendable>: Sendable {
    private enum State {
        case running
        case waiting(CheckedContinuation<Result<Value, any Error>?, Never>)
        case ended(Result<Value, any Error>?)
    }

    private let state = Mutex(State.running)

    /// - Returns: false where the other one was first.
    func end(_ result: Result<Value, any Error>?) -> Bool {
        let (first, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Result<Value, any Error>?, Never>?) in
            switch state {
            case .ended: return (false, nil)
            case .running:
                state = .ended(result)
                return (true, nil)
            case .waiting(let continuation):
                state = .ended(result)
                return (true, continuation)
            }
        }
        waiter?.resume(returning: result)
        return first
    }

    func wait(_ continuation: CheckedContinuation<Result<Value, any Error>?, Never>) {
        let ended = state.withLock { state -> Result<Value, any Error>?? in
            if case .ended(let result) = state { return .some(result) }
            state = .waiting(continuation)
            return nil
        }
        if let ended { continuation.resume(returning: ended) }
    }
}
