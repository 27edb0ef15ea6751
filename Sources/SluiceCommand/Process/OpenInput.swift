// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import StreamRecords

/// An input that is being read; closed when it goes away.
struct OpenInput: ~Copyable {
    struct Failure: Error {
        let path: String
        let reason: String
    }

    private let input: Input
    private let file: FileHandle
    private let stop: StopSignal
    private var reader: RecordReader

    /// - Parameters:
    ///   - rendering: the envelope that the lines will be wanted in.
    ///   - outlining: which members of the records will be looked for.
    init(
        _ input: Input, limits: RecordLimits, memory: JSONMemory, rendering: Envelope?, outlining: OutlineInterest? = nil, stop: StopSignal, counter: ByteCounter
    ) throws(Failure) {
        self.input = input
        if input.isStandardInput {
            file = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: input.path) {
            file = opened
        } else {
            let isThere = FileManager.default.fileExists(atPath: input.path)
            throw Failure(path: input.name, reason: isThere ? "cannot be opened: permission denied" : "cannot be opened: there is no such file")
        }
        self.stop = stop
        reader = RecordReader(InputSource(file.fileDescriptor, stop: stop, counter: counter), limits: limits, memory: memory,
            rendering: rendering, outlining: outlining)
    }

    deinit {
        if !input.isStandardInput { try? file.close() }
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
