// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice
internal import StreamRecords

/// How far the delivery of one cargo has come: what may go out next, and what is known of the rest.
///
/// The records of one key form a chain, of which only the first one, its head, is ever ready, under way or asleep.
struct CourierWork<Entry: Sendable>: Sendable {
    /// The entries of one call.
    struct Load: Sendable {
        var parcels: [Parcel<Entry>] = []
        var bytes = 0
        /// Heads of keys that are in the call; they have to wait for its end.
        var following: [Int] = []
    }

    enum Verdict: Sendable {
        case delivered
        /// - Parameter asked: how long the service asked to be left alone.
        case failed(asked: Duration?)
    }

    /// Tells after how long something that failed may be sent again; absent: not at all.
    typealias Pause = (_ attempt: Int, _ verdict: Verdict) -> Duration?

    private let cargo: Cargo<Entry>
    private let packing: Packing
    /// After how many failed calls in a row nothing more is sent.
    private let failuresToStop: Int
    private var outcomes: [Outcome]
    private var gate = KeyGate()
    /// A number for each record's key; absent for those without one.
    private let keys: [Int?]
    /// The next record of the same key; -1 behind the last one.
    private var next: [Int]
    private var ready: IndexHeap
    /// Records that were made ready and not yet delivered.
    private var prepared: [(entry: Entry, bytes: Int)?]
    private var attempts: [Int: Int] = [:]
    /// Records that get a call of their own, since one of those they were with was refused.
    private var alone: Set<Int> = []
    private var failuresInRow = 0
    /// Why nothing is sent any more.
    private(set) var halt: Reason?

    init(_ cargo: Cargo<Entry>, packing: Packing, failuresToStop: Int = 3) {
        self.cargo = cargo
        self.packing = packing
        self.failuresToStop = failuresToStop
        outcomes = Array(repeating: CourierWork.unanswered, count: cargo.count)
        prepared = Array(repeating: nil, count: cargo.count)
        var numbers: [OrderingKey: Int] = [:]
        var last: [Int] = []
        var keys: [Int?] = []
        var next = [Int](repeating: -1, count: cargo.count)
        var heads: [Int] = []
        keys.reserveCapacity(cargo.count)
        if cargo.batch != nil { numbers.reserveCapacity(cargo.count) }
        for index in 0..<cargo.count {
            guard let key = cargo.batch?[index].orderingKey else {
                keys.append(nil)
                heads.append(index)
                continue
            }
            if let number = numbers[key] {
                keys.append(number)
                next[last[number]] = index
                last[number] = index
            } else {
                keys.append(last.count)
                numbers[key] = last.count
                last.append(index)
                heads.append(index)
            }
        }
        self.keys = keys
        self.next = next
        ready = IndexHeap(ascending: heads)
    }

    private static var unanswered: Outcome { .retry("the answer does not tell what became of it") }

    /// Whether nothing before it in its key must be retried.
    private func isOpen(_ index: Int) -> Bool { cargo.batch.map { gate.isOpen(for: $0[index]) } ?? true }

    // MARK: Packing

    /// The next call's entries; absent where nothing is ready.
    mutating func pack(maximumBytes: Int) -> Load? {
        guard halt == nil else { return nil }
        var load = Load()
        load.parcels.reserveCapacity(min(packing.maximumEntries, cargo.count))
        // What may go along although an earlier record of its key is in the call.
        var along = IndexHeap()
        while load.parcels.count < packing.maximumEntries {
            let isAlong = along.first.map { first in ready.first.map { first < $0 } ?? true } ?? false
            guard let index = isAlong ? along.pop() : ready.pop() else { break }
            guard let (entry, bytes) = prepareOnce(index) else {
                let behind = next[index]
                if behind < 0 { continue }
                // One that came along has earlier records of its key in the call, and so have those behind it.
                if isAlong, isOpen(behind) { along.push(behind) } else { wake([behind]) }
                continue
            }
            let fits = load.parcels.isEmpty || (load.bytes + bytes <= maximumBytes && !alone.contains(index))
            guard fits else {
                if isAlong { along.push(index) } else { ready.push(index) }
                break
            }
            load.parcels.append(Parcel(index: index, key: keys[index], entry: entry, bytes: bytes))
            load.bytes += bytes
            if next[index] >= 0 {
                if packing.keysShareCalls { along.push(next[index]) } else { load.following.append(next[index]) }
            }
            if alone.contains(index) { break }
        }
        load.following += along.removeAll()
        return load.parcels.isEmpty ? nil : load
    }

    /// - Returns: absent where the record is rejected.
    private mutating func prepareOnce(_ index: Int) -> (Entry, Int)? {
        if let ready = prepared[index] { return ready }
        switch cargo.prepare(index) {
        case .ready(let entry, let bytes):
            prepared[index] = (entry, bytes)
            return (entry, bytes)
        case .rejected(let reason):
            settle(index, .rejected(reason))
            return nil
        }
    }

    // MARK: Results

    /// Takes in what became of a call.
    ///
    /// - Returns: the heads that may go on, and how long they must wait before.
    mutating func settle(_ load: Load, _ result: CallResult, _ pause: Pause) -> (indices: [Int], wait: Duration?) {
        var fates = [EntryFate](repeating: .settled(CourierWork.unanswered), count: load.parcels.count)
        switch result {
        case .answered(let told):
            failuresInRow = 0
            for (place, fate) in told.prefix(fates.count).enumerated() { fates[place] = fate }
        case .refused(let reason, let bySize):
            if load.parcels.count == 1 {
                fates = [.settled(.rejected(reason))]
            } else {
                // Together they were refused; in smaller calls, or each in its own, it shows which of them was meant.
                if !bySize { alone.formUnion(load.parcels.map(\.index)) }
                return (relink(load, unsettled: load.parcels.map(\.index)), nil)
            }
        case .failed(let reason, let after, let isLasting):
            failuresInRow += 1
            if isLasting || failuresInRow >= failuresToStop { stop(reason) }
            fates = fates.map { _ in .again(reason, after: after) }
        }
        return settle(load, fates, pause)
    }

    private mutating func settle(_ load: Load, _ fates: [EntryFate], _ pause: Pause) -> (indices: [Int], wait: Duration?) {
        var unsettled: [Int] = []
        var wait: Duration?
        for place in load.parcels.indices {
            let index = load.parcels[place].index
            let attempt = attempts.isEmpty ? 1 : attempts[index, default: 0] + 1
            switch fates[place] {
            case .settled(let outcome):
                if outcome.isDelivered { _ = pause(attempt, .delivered) }
                settle(index, outcome)
            case .again(let reason, let after):
                // A record behind one that is given up must not go out before it.
                if halt == nil, isOpen(index), let delay = pause(attempt, .failed(asked: after)) {
                    attempts[index] = attempt
                    wait = max(wait ?? .zero, delay)
                    unsettled.append(index)
                } else {
                    settle(index, .retry(reason, after: after))
                }
            }
        }
        return (relink(load, unsettled: unsettled), wait)
    }

    /// Puts the chains together again that were in a call: first what has to go once more, then what comes behind.
    ///
    /// - Returns: their heads.
    private mutating func relink(_ load: Load, unsettled: [Int]) -> [Int] {
        var heads: [Int] = []
        var lastOfKey: [Int: Int] = [:]
        for index in unsettled + load.following {
            guard let key = keys[index] else {
                heads.append(index)
                continue
            }
            if let last = lastOfKey[key] { next[last] = index } else { heads.append(index) }
            lastOfKey[key] = index
        }
        for index in unsettled where keys[index].map({ lastOfKey[$0] == index }) ?? true { next[index] = -1 }
        return heads
    }

    /// Lets heads go out, or hands their chains back where they may not.
    mutating func wake(_ heads: [Int]) {
        for head in heads {
            if !isOpen(head) {
                giveUp(from: head, KeyGate.waiting)
            } else if let halt {
                giveUp(from: head, .retry(halt))
            } else {
                ready.push(head)
            }
        }
    }

    private mutating func settle(_ index: Int, _ outcome: Outcome) {
        outcomes[index] = outcome
        if let batch = cargo.batch { gate.note(outcome, of: batch[index]) }
        prepared[index] = nil
    }

    /// Hands a chain back: its first record for a reason, the others since they wait for it.
    private mutating func giveUp(from head: Int, _ outcome: Outcome) {
        var index = head
        var outcome = outcome
        while index >= 0 {
            settle(index, outcome)
            if keys[index] != nil { outcome = KeyGate.waiting }
            index = next[index]
        }
    }

    /// Sends nothing more. What is under way is waited for.
    mutating func stop(_ reason: Reason) {
        if halt != nil { return }
        halt = reason
        wake(ready.removeAll())
    }

    consuming func finish() -> [Outcome] { outcomes }
}
#endif
