// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import StreamRecords
import Synchronization

/// Reads a descriptor, counts what it reads, and does not wait for a pipe any longer when the run is to stop.
final class InputSource: ByteSource, Sendable {
    let descriptor: Int32
    private let stop: StopSignal
    private let counter: ByteCounter
    /// Reading a regular file never waits for anybody.
    private let mayWait: Bool

    init(_ descriptor: Int32, stop: StopSignal, counter: ByteCounter) {
        self.descriptor = descriptor
        self.stop = stop
        self.counter = counter
        // Pipes, sockets and terminals have no place to seek to.
        mayWait = lseek(descriptor, 0, SEEK_CUR) < 0
    }

    func read(into buffer: inout JSONBuffer, upTo maximum: Int) throws(ReadError) -> Int {
        if mayWait {
            while !JSONBuffer.isReadable(descriptor, within: 100) {
                if stop.reason != nil { return 0 }
            }
        }
        do throws(DescriptorError) {
            let count = try buffer.read(from: descriptor, upTo: maximum)
            counter.add(count)
            return count
        } catch {
            throw ReadError(.system, error.description)
        }
    }

    /// A tenth of a second is long for who writes what there is, and short for who waits to see it.
    func hasPaused() -> Bool { mayWait && !JSONBuffer.isReadable(descriptor, within: 100) }
}

/// How many bytes have been read from files and pipes, before decompression.
final class ByteCounter: Sendable {
    private let count = Atomic<Int>(0)

    func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }

    var bytes: Int { count.load(ordering: .relaxed) }
}
