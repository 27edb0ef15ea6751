// SPDX-License-Identifier: Apache-2.0

import Sluice
import StreamRecords
import Synchronization

/// A sink that does what a test says, and keeps the ids of what it delivered.
final class TestSink: Sink {
    /// What becomes of a record; the number is of the call.
    typealias Script = @Sendable (Delivery, Int) -> Outcome

    private let script: Script
    private let before: @Sendable () async throws -> Void
    private let state = Mutex(State())

    private struct State {
        var calls = 0
        var delivered: [String] = []
        var isShutDown = false
    }

    init(_ script: @escaping Script = { _, _ in .delivered }) {
        self.script = script
        before = {}
    }

    init(before: @escaping @Sendable () async throws -> Void) {
        script = { _, _ in .delivered }
        self.before = before
    }

    convenience init(_ settings: NoSettings, _ context: SinkContext) async throws { self.init() }

    var delivered: [String] { state.withLock { $0.delivered } }
    var calls: Int { state.withLock { $0.calls } }
    var isShutDown: Bool { state.withLock { $0.isShutDown } }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        let call = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        try await before()
        var outcomes = Outcomes(for: batch)
        var gate = KeyGate()
        for (index, delivery) in batch.enumerated() where gate.isOpen(for: delivery) {
            outcomes[index] = script(delivery, call)
            gate.note(outcomes[index], of: delivery)
            if case .delivered = outcomes[index] { state.withLock { $0.delivered.append(delivery.record.id.id) } }
        }
        return outcomes
    }

    func shutdown() async throws { state.withLock { $0.isShutDown = true } }
}
