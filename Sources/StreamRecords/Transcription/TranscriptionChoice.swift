// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import Synchronization

/// Decides for each piece of an input whether to try the one pass from bytes to lines. Where pieces turn out to be of another form, the next ones are
/// not tried, so that an input that is never of the common form loses next to nothing.
final class TranscriptionChoice: Sendable {
    private struct State {
        /// How many pieces to leave out before the next try, and how many the next failure leaves out.
        var left = 0
        var next = 1
    }

    private let state = Mutex(State())
    private let memory: JSONMemory?
    private let outlining: OutlineInterest?

    init(memory: JSONMemory?, outlining: OutlineInterest? = nil) {
        self.memory = memory
        self.outlining = outlining
    }

    /// The records of a piece with their lines, where it is of the common form.
    func transcribe(_ text: JSONBytes, _ limits: RecordLimits) -> RecordBatch? {
        let isLogs = LogTranscription.mayTake(text)
        guard isLogs || ChangeTranscription.mayTake(text) else { return nil }
        let isTried = state.withLock { state -> Bool in
            guard state.left > 0 else { return true }
            state.left -= 1
            return false
        }
        guard isTried else { return nil }
        let lines = isLogs
            ? LogTranscription(limits: limits, memory: memory).run(text) : ChangeTranscription(text, limits: limits, memory: memory, outlining: outlining).run()
        state.withLock { state in
            if lines == nil {
                state.left = state.next
                state.next = min(state.next * 2, 64)
            } else {
                state.next = 1
            }
        }
        return lines.map { RecordBatch(RecordBatch.Storage($0, of: text, limits: limits)) }
    }
}
