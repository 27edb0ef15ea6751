// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Sluice
import StreamRecords

/// An input that is being read; closed when it goes away.
struct OpenInput: ~Copyable {
    struct Failure: Error {
        let path: String
        let reason: String
    }

    private let input: Input
    /// None for standard input.
    private let file: OpenFile?
    private let stop: StopSignal
    private var reader: RecordReader

    /// - Parameters:
    ///   - rendering: the envelope that the lines will be wanted in.
    ///   - outlining: which members of the records will be looked for.
    init(
        _ input: Input, limits: RecordLimits, memory: JSONMemory, rendering: Envelope?, outlining: OutlineInterest? = nil, stop: StopSignal, counter: ByteCounter
    ) throws(Failure) {
        self.input = input
        let descriptor: Int32
        if input.isStandardInput {
            file = nil
            descriptor = STDIN_FILENO
        } else {
            do throws(FileError) {
                let opened = try OpenFile(reading: input.path)
                descriptor = opened.descriptor
                file = consume opened
            } catch {
                let reason = error.errorNumber == ENOENT ? "there is no such file" : DescriptorError(errorNumber: error.errorNumber).description
                throw Failure(path: input.name, reason: "cannot be opened: \(reason)")
            }
        }
        self.stop = stop
        reader = RecordReader(InputSource(descriptor, stop: stop, counter: counter), limits: limits, memory: memory,
            rendering: rendering, outlining: outlining)
    }

    /// The next piece; nil at the end, and when the run is to stop.
    mutating func next() throws(Failure) -> RecordChunk? {
        do throws(ReadError) {
            let chunk = try reader.next()
            // What was cut short by the order to stop must not be taken for the input's end.
            return stop.reason == nil ? chunk : nil
        } catch {
            throw Failure(path: input.name, reason: "cannot be read on at byte \(reader.bytesRead): \(error.message)")
        }
    }
}
