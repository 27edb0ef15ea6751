// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Sluice
import StreamRecords
import Synchronization

/// A sink that does what a test says, and keeps what it was given.
final class ScriptedSink: Sink {
    struct Delivered: Sendable {
        var id: String
        var key: String?
        var payload: String
        var record: Record
    }

    /// What it does with a call as a whole, before it looks at the records.
    typealias Script = @Sendable (DeliveryBatch) async throws -> Outcomes?

    let traits: SinkTraits
    private let keepsOrder: Bool
    private let decide: @Sendable (Delivery) -> Outcome
    private let whole: Script
    private let state = Mutex(State())

    struct State: Sendable {
        var delivered: [Delivered] = []
        var calls: [Int] = []
        var lines: [String] = []
        var running = 0
        var mostAtOnce = 0
        var isShutDown = false
        var isAbandoned = false
    }

    init(
        traits: SinkTraits = SinkTraits(), keepsOrder: Bool = true,
        decide: @escaping @Sendable (Delivery) -> Outcome = { _ in .delivered }
    ) {
        self.traits = traits
        self.keepsOrder = keepsOrder
        self.decide = decide
        whole = { _ in nil }
    }

    init(traits: SinkTraits = SinkTraits(), whole: @escaping Script) {
        self.traits = traits
        self.whole = whole
        keepsOrder = true
        decide = { _ in .delivered }
    }

    init(_ settings: NoSettings, _ context: SinkContext) async throws {
        traits = SinkTraits()
        keepsOrder = true
        whole = { _ in nil }
        decide = { _ in .delivered }
    }

    var delivered: [Delivered] { state.withLock { $0.delivered } }
    var ids: [String] { delivered.map(\.id) }
    var calls: [Int] { state.withLock { $0.calls } }
    var lines: [String] { state.withLock { $0.lines } }
    var snapshot: State { state.withLock { $0 } }

    func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        state.withLock { state in
            state.calls.append(batch.count)
            state.lines += text(of: batch.lines).split(separator: "\n").map(String.init)
            state.running += 1
            state.mostAtOnce = max(state.mostAtOnce, state.running)
        }
        defer { state.withLock { $0.running -= 1 } }
        if let outcomes = try await whole(batch) { return outcomes }
        var outcomes = Outcomes(for: batch)
        var gate = KeyGate()
        for (index, delivery) in batch.enumerated() {
            if keepsOrder, !gate.isOpen(for: delivery) { continue }
            outcomes[index] = decide(delivery)
            gate.note(outcomes[index], of: delivery)
            guard case .delivered = outcomes[index] else { continue }
            let delivered = Delivered(
                id: delivery.record.id.id, key: delivery.orderingKey?.text, payload: text(of: delivery.payload),
                record: delivery.record)
            state.withLock { $0.delivered.append(delivered) }
        }
        return outcomes
    }

    func shutdown() async throws { state.withLock { $0.isShutDown = true } }
    func abandon() async throws { state.withLock { $0.isAbandoned = true } }

    private func text(of bytes: RawSpan) -> String {
        var writer = JSONWriter()
        writer.write(raw: bytes)
        return String(decoding: writer.array, as: UTF8.self)
    }
}
