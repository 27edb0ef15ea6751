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

/// A record on its way.
struct Parcel<Entry: Sendable>: Sendable {
    /// Its place in the batch.
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
}

/// Brings the records of a batch to a service in as few calls as its limits allow, several at once, and has an answer for each of them.
///
/// - Records of one key are never in two calls at once, and go out in the order of the stream. What must be retried holds back what comes behind it.
/// - An entry that failed is sent again after a pause, as long as there are attempts, time, and tokens in the budget that the whole sink shares.
/// - A call that failed as a whole was tried several times by the client already; its records are handed back. After three such calls in a row, or one that
///   failed of something that lasts, nothing more is sent.
/// - A little before the batch's deadline everything ends, so that what is known can still be told.
final class Courier<Entry: Sendable>: Sendable {
    typealias Prepare = @Sendable (Delivery, Int) -> Preparation<Entry>
    typealias Send = @Sendable ([Parcel<Entry>], ContinuousClock.Instant) async -> CallResult

    let settings: CallSettings
    private let packing: Packing
    private let policy: RetryPolicy
    /// Waits for that long, or until the task is cancelled.
    private let pause: @Sendable (Duration) async -> Void
    private let shared: Mutex<(budget: RetryBudget, maximumBytes: Int)>

    init(
        _ settings: CallSettings, _ packing: Packing, base: Duration = .milliseconds(200),
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
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

    /// - Parameters:
    ///   - prepare: makes a record's entry, given its place in the batch.
    ///   - send: makes one call; the moment is when it must be over.
    func deliver(_ batch: DeliveryBatch, prepare: @escaping Prepare, send: @escaping Send) async -> Outcomes {
        var work = CourierWork<Entry>(batch, packing: packing, prepare: prepare)
        let end = batch.deadline.map { $0 - Courier.margin(before: $0) }
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
        let heads = work.settle(load, result) { attempt, delivered in
            shared.withLock { shared in
                if delivered {
                    shared.budget.succeed(afterRetry: attempt > 1)
                    return nil
                }
                guard let delay = policy.delay(after: attempt), remaining.map({ delay < $0 }) ?? true, shared.budget.take() else { return nil }
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
