// SPDX-License-Identifier: Apache-2.0

import StreamRecords
import Synchronization

/// Inputs that several threads read together: each takes the next piece, one at a time and in the order of the inputs, and goes on with it.
///
/// So a piece is decoded by the core that has read it, which has it in its cache.
final class SharedInputs: Sendable {
    /// What the order of the pieces is told by.
    enum Found: Sendable {
        case piece(RecordChunk, of: Input)
        case failure(OpenInput.Failure)
        case end
    }

    private struct Place: ~Copyable {
        var input = 0
        var open: OpenInput?
        var isOpen = false
        var isAtEnd = false
    }

    private let inputs: [Input]
    private let open: @Sendable (Input) throws(OpenInput.Failure) -> OpenInput
    private let stop: StopSignal
    private let place = Mutex(Place())

    /// - Parameter open: opens an input. Called for one after another.
    init(_ inputs: [Input], stop: StopSignal, open: @escaping @Sendable (Input) throws(OpenInput.Failure) -> OpenInput) {
        self.inputs = inputs
        self.open = open
        self.stop = stop
    }

    /// Takes the next piece.
    ///
    /// - Parameter note: is given what was found before anybody else takes something; the end once.
    /// - Returns: what `note` returned for a piece, with it; nil at the end.
    func next<Note>(_ note: (Found) -> Note) -> (chunk: RecordChunk, input: Input, note: Note)? {
        place.withLock { place in
            while !place.isAtEnd {
                do throws(OpenInput.Failure) {
                    if !place.isOpen {
                        guard place.input < inputs.count, stop.reason == nil else {
                            place.isAtEnd = true
                            _ = note(.end)
                            return nil
                        }
                        place.open = try open(inputs[place.input])
                        place.isOpen = true
                    }
                    if let chunk = try place.open?.next() {
                        let input = inputs[place.input]
                        return (chunk, input, note(.piece(chunk, of: input)))
                    }
                } catch {
                    _ = note(.failure(error))
                }
                place.open = nil
                place.isOpen = false
                place.input += 1
            }
            return nil
        }
    }
}
