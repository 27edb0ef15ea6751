// SPDX-License-Identifier: Apache-2.0

import StreamRecords

/// Inputs that several tasks read together: each takes the next piece, one at a time and in the order of the inputs, and goes on with it.
///
/// So a piece is decoded by the core that has read it, which has it in its cache.
actor SharedInputs {
    enum Found: Sendable {
        case piece(RecordChunk, of: Input)
        case failure(OpenInput.Failure)
    }

    private let inputs: [Input]
    private let stop: StopSignal
    private let open: @Sendable (Input) throws(OpenInput.Failure) -> OpenInput
    private var input = 0
    private var opened: OpenInput?
    private var count = 0

    /// - Parameter open: opens an input. Called for one after another.
    init(_ inputs: [Input], stop: StopSignal, open: @escaping @Sendable (Input) throws(OpenInput.Failure) -> OpenInput) {
        self.inputs = inputs
        self.stop = stop
        self.open = open
    }

    /// What comes next, with its number; nil at the end.
    func next() -> (number: Int, found: Found)? {
        guard let found = find() else { return nil }
        defer { count += 1 }
        return (count, found)
    }

    private func find() -> Found? {
        while input < inputs.count {
            do throws(OpenInput.Failure) {
                if opened == nil {
                    guard stop.reason == nil else { return nil }
                    opened = try open(inputs[input])
                }
                if let chunk = try opened?.next() { return .piece(chunk, of: inputs[input]) }
                close()
            } catch {
                close()
                return .failure(error)
            }
        }
        return nil
    }

    private func close() {
        opened = nil
        input += 1
    }
}
