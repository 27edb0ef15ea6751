// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Synchronization

/// What the reading of lines ended with.
enum LinesEnd { case closed, tooLong, stopped }

/// Reads a pipe line by line to its end, and blocks while there is nothing.
///
/// - Parameters:
///   - longest: how many bytes a line may have.
///   - cutting: a longer line is handed on in pieces; otherwise it ends the reading.
///   - body: gets each line without its line feed; says whether to go on.
func readLines(_ descriptor: Int32, longest: Int, cutting: Bool = false, _ body: ([UInt8]) -> Bool) -> LinesEnd {
    var buffer = JSONBuffer(capacity: 64 << 10)
    while true {
        let scanned = buffer.count
        do throws(DescriptorError) {
            if try buffer.read(from: descriptor, upTo: 64 << 10) == 0 {
                if buffer.count > 0 { _ = body(buffer.copy(of: 0..<buffer.count)) }
                return .closed
            }
        } catch {
            return .closed
        }
        var start = 0
        var from = scanned
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n"), from: from) {
            if !body(buffer.copy(of: start..<end)) { return .stopped }
            start = end + 1
            from = start
        }
        var rest = buffer.copy(of: start..<buffer.count)
        if rest.count > longest {
            if !cutting { return .tooLong }
            if !body(rest) { return .stopped }
            rest = []
        }
        buffer.removeAll()
        buffer.append(rest)
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
