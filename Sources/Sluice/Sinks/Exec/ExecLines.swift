// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Synchronization

/// Takes what comes out of a pipe apart into lines.
struct LineReader: Sendable {
    /// What one reading came to.
    struct Reading {
        /// Without their line feeds.
        var lines: [[UInt8]] = []
        var isAtEnd = false
        /// A line is longer than it may be, and its end is not in sight.
        var isTooLong = false
    }

    /// How many bytes a line may have.
    let longest: Int
    /// A longer line is handed on in pieces.
    var isCutting = false
    private var rest: [UInt8] = []

    init(longest: Int, isCutting: Bool = false) {
        self.longest = longest
        self.isCutting = isCutting
    }

    /// Reads once. Waits where there is nothing to be read.
    mutating func read(from descriptor: Int32) -> Reading {
        var reading = Reading()
        var buffer = JSONBuffer(capacity: 64 << 10)
        let count = try? buffer.read(from: descriptor, upTo: 64 << 10)
        guard let count, count > 0 else {
            if !rest.isEmpty { reading.lines.append(rest) }
            rest = []
            reading.isAtEnd = true
            return reading
        }
        var start = 0
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            reading.lines.append(rest + buffer.copy(of: start..<end))
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
        rest += buffer.copy(of: start..<buffer.count)
        if rest.count > longest {
            reading.isTooLong = !isCutting
            if isCutting { reading.lines.append(rest) }
            rest = []
        }
        return reading
    }
}

/// Something that happens once, and one task that waits for it.
final class Signal: Sendable {
    enum Result: Sendable { case fired, timeUp, cancelled }

    private enum State {
        case open
        case waiting(CheckedContinuation<Result, Never>)
        case ended(Result)
    }

    private let state = Mutex(State.open)

    func fire() { end(.fired) }

    private func end(_ result: Result) {
        let waiter: CheckedContinuation<Result, Never>? = state.withLock { state in
            switch state {
            case .ended: return nil
            case .open:
                state = .ended(result)
                return nil
            case .waiting(let continuation):
                state = .ended(result)
                return continuation
            }
        }
        waiter?.resume(returning: result)
    }

    /// - Parameter deadline: how long to wait; absent for as long as it takes.
    func wait(until deadline: ContinuousClock.Instant?) async -> Result {
        let timer = deadline.map { deadline in
            Task { [self] in
                try await Task.sleep(until: deadline, clock: .continuous)
                end(.timeUp)
            }
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ended: Result? = state.withLock { state in
                    if case .ended(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let ended { continuation.resume(returning: ended) }
            }
        } onCancel: {
            end(.cancelled)
        }
    }
}
