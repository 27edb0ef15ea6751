// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A bounded queue between one thread that blocks when it is full and one task that waits when it is empty.
final class OrderedWork<Element: Sendable>: Sendable {
    private struct State {
        var items: [Element] = []
        var isFinished = false
        var consumer: CheckedContinuation<Element?, Never>?
    }

    private let state = Mutex(State())
    private let room: DispatchSemaphore

    init(capacity: Int) { room = DispatchSemaphore(value: capacity) }

    /// Adds an element; blocks the thread while there is no room.
    ///
    /// - Parameter make: makes it, once there is room.
    func push(_ make: () -> Element) {
        room.wait()
        let item = make()
        let consumer = state.withLock { state -> CheckedContinuation<Element?, Never>? in
            guard let consumer = state.consumer else {
                state.items.append(item)
                return nil
            }
            state.consumer = nil
            return consumer
        }
        consumer?.resume(returning: item)
    }

    /// Nothing comes any more.
    func finish() {
        let consumer = state.withLock { state in
            state.isFinished = true
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
    }

    /// The next element in order; nil after the last. Room is made by ``done()``, when its work is over.
    func next() async -> Element? {
        await withCheckedContinuation { continuation in
            let ready: Element?? = state.withLock { state in
                if !state.items.isEmpty { return .some(state.items.removeFirst()) }
                if state.isFinished { return .some(nil) }
                state.consumer = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// An element that `next` gave needs its place no longer.
    func done() { room.signal() }
}
