// SPDX-License-Identifier: Apache-2.0

#if Server
import Sluice
import Synchronization

/// Work that was promised and goes on beside the answers.
final class BackgroundTasks: Sendable {
    private let tasks = Mutex<(next: Int, running: [Int: Task<Void, Never>])>((0, [:]))

    func start(_ work: @escaping @Sendable () async -> Void) {
        tasks.withLock { tasks in
            let number = tasks.next
            tasks.next += 1
            // It cannot remove itself before it is there: the lock is held.
            tasks.running[number] = Task {
                await work()
                self.tasks.withLock { $0.running[number] = nil }
            }
        }
    }

    /// Waits for all of it.
    /// - Returns: whether all has ended in time; what has not is cancelled.
    func finish(within time: Duration) async -> Bool {
        let ended: Void? = try? await race(until: .now + time) { [self] in
            while let task = tasks.withLock({ $0.running.first?.value }) { await task.value }
        } late: { _ in }?.get()
        if ended == nil { tasks.withLock { tasks in tasks.running.values.forEach { $0.cancel() } } }
        return ended != nil
    }
}
#endif
