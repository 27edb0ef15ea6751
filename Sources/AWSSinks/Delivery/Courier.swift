// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice
internal import Synchronization

/// What a sink makes of a record before it is sent.
enum Preparation<Entry: Sendable>: Sendable {
    /// - Parameter bytes: what the service counts for it.
    case ready(Entry, bytes: Int)
    case rejected(Reason)
}

/// What is to be brought to a service: the records of a batch, or what is made of several of them.
struct Cargo<Entry: Sendable>: Sendable {
    let count: Int
    /// Where each thing is one record: by whose keys order is kept. Absent where there is no order to keep.
    let batch: DeliveryBatch?
    /// When all must be over; absent where nobody waits.
    let deadline: ContinuousClock.Instant?
    /// Makes the entry for the thing at that place. Called when its turn comes, and once.
    let prepare: @Sendable (Int) -> Preparation<Entry>

    /// Records, each as an entry, in the order of their keys.
    init(_ batch: DeliveryBatch, prepare: @escaping @Sendable (Delivery, Int) -> Preparation<Entry>) {
        count = batch.count
        self.batch = batch
        deadline = batch.deadline
        self.prepare = { prepare(batch[$0], $0) }
    }

    /// Entries in any order.
    init(_ entries: [Entry], deadline: ContinuousClock.Instant?) {
        count = entries.count
        batch = nil
        self.deadline = deadline
        prepare = { .ready(entries[$0], bytes: 0) }
    }
}

/// A thing on its way.
struct Parcel<Entry: Sendable>: Sendable {
    /// Its place in the cargo.
    let index: Int
    /// Parcels with the same number have the same ordering key; absent where order is not kept.
    let key: Int?
    let entry: Entry
    let bytes: Int
}

/// How records are put together into calls.
struct Packing: Sendable, Hashable {
    var maximumEntries: Int
    /// Of all entries of a call.
    var maximumBytes: Int
    /// Whether two records of one key may be in one call. Not where the service can refuse the first and take the second.
    var keysShareCalls: Bool

    /// Each in a call of its own.
    static let single = Packing(maximumEntries: 1, maximumBytes: .max, keysShareCalls: false)
}

/// Brings things to a service in as few calls as its limits allow, several at once, and has an answer for each of them.
///
/// - Records of one key are never in two calls at once, and go out in the order of the stream. What must be retried holds back what comes behind it.
/// - What failed is sent again after a pause, as long as there are attempts, time, and tokens in the budget that the whole sink shares.
/// - A call that failed as a whole was tried several times by the client already. When one has failed of something that lasts, or as many in a row as may
///   be under way at once, and three at least, nothing more is sent: the service is down, and everything is handed back.
/// - A little before the deadline everything ends, so that what is known can still be told.
final class Courier<Entry: Sendable>: Sendable {
    typealias Send = @Sendable ([Parcel<Entry>], ContinuousClock.Instant) async -> CallResult

    let settings: CallSettings
    private let packing: Packing
    private let policy: RetryPolicy
    private let pause: @Sendable (Duration) async -> Void
    private let shared: Mutex<(budget: RetryBudget, maximumBytes: Int)>

    init(
        _ settings: CallSettings, _ packing: Packing, base: Duration = .milliseconds(200),
        pause: @escaping @Sendable (Duration) async -> Void = SinkClient.wait
    ) {
        self.settings = settings
        self.packing = packing
        self.pause = pause
        policy = RetryPolicy(attempts: settings.attempts, base: base, cap: .seconds(5))
        shared = Mutex((RetryBudget(), packing.maximumBytes))
    }

    private enum Event: Sendable {
        case done(CourierWork<Entry>.Load, CallResult)
        case awake([Int])
    }

    /// Delivers records, each as an entry of its own.
    func deliver(
        _ batch: DeliveryBatch, prepare: @escaping @Sendable (Delivery, Int) -> Preparation<Entry>, send: @escaping Send
    ) async -> Outcomes {
        var outcomes = Outcomes(for: batch)
        for (index, outcome) in await carry(Cargo(batch, prepare: prepare), send: send).enumerated() { outcomes[index] = outcome }
        return outcomes
    }

    /// - Parameter send: makes one call; the moment is when it must be over.
    /// - Returns: what became of each thing, in their order.
    func carry(_ cargo: Cargo<Entry>, send: @escaping Send) async -> [Outcome] {
        var work = CourierWork<Entry>(cargo, packing: packing, failuresToStop: max(3, settings.concurrency))
        let end = cargo.deadline.map { $0 - Courier.margin(before: $0) }
        await withTaskGroup(of: Event.self) { group in
            var underWay = 0
            while true {
                stopIfOver(&work, end)
                while underWay < settings.concurrency, let load = work.pack(maximumBytes: shared.withLock { $0.maximumBytes }) {
                    underWay += 1
                    let limit = ContinuousClock.now + settings.timeout
                    group.addTask { .done(load, await send(load.parcels, min(limit, end ?? limit))) }
                    stopIfOver(&work, end)
                }
                // Whoever only sleeps need not any more.
                if underWay == 0, work.halt != nil { group.cancelAll() }
                guard let event = await group.next() else { break }
                switch event {
                case .awake(let heads): work.wake(heads)
                case .done(let load, let result):
                    underWay -= 1
                    finish(load, result, &work, end, &group)
                }
            }
        }
        return work.finish()
    }

    private func stopIfOver(_ work: inout CourierWork<Entry>, _ end: ContinuousClock.Instant?) {
        if Task.isCancelled {
            work.stop("the work was broken off before it was sent")
        } else if let end, ContinuousClock.now >= end {
            work.stop("the deadline came before it was sent")
        }
    }

    private func finish(
        _ load: CourierWork<Entry>.Load, _ result: CallResult, _ work: inout CourierWork<Entry>, _ end: ContinuousClock.Instant?,
        _ group: inout TaskGroup<Event>
    ) {
        if case .refused(_, bySize: true) = result, load.parcels.count > 1 {
            shared.withLock { $0.maximumBytes = min($0.maximumBytes, load.bytes / 2) }
        }
        let remaining = end.map { ContinuousClock.now.duration(to: $0) }
        let heads = work.settle(load, result) { attempt, verdict in
            shared.withLock { shared in
                guard case .failed(let asked) = verdict else {
                    shared.budget.succeed(afterRetry: attempt > 1)
                    return nil
                }
                guard let delay = policy.delay(after: attempt, asked: asked), remaining.map({ delay < $0 }) ?? true, shared.budget.take() else { return nil }
                return delay
            }
        }
        guard let wait = heads.wait else { return work.wake(heads.indices) }
        group.addTask { [pause] in
            await pause(wait)
            return .awake(heads.indices)
        }
    }

    /// How long before the deadline to stop: time enough for an answer.
    private static func margin(before deadline: ContinuousClock.Instant) -> Duration {
        min(max(ContinuousClock.now.duration(to: deadline) / 10, .zero), .milliseconds(500))
    }
}
#endif
