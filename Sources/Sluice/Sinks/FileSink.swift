// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Synchronization

/// Writes records as lines into one file.
///
/// The lines go into a file aside, which takes the place of the real one when the run ends: whoever reads it never
/// sees half a run, and after a run that broke off the old file is as it was. A run that goes on until somebody stops
/// it writes behind what is there instead, each batch at once. A path that is no regular file (a pipe, a device) is
/// written to directly.
public final class FileSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// Folders on the way are created.
        var path: FilePath
        /// Keep what is in the file already, and write behind it.
        var append: Bool?
    }

    private let queue = BlockingQueue("sluice.file")
    private let output: Mutex<FileOutput?>

    public init(_ settings: Settings, _ context: SinkContext) async throws {
        output = Mutex(try FileOutput.open(settings.path.text, append: settings.append ?? false, isEndless: context.end.isOpen))
    }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        try await queue.run { [self] in
            try output.withLock { output in
                guard output != nil else { throw SinkEnded() }
                try output?.write(batch.lines)
            }
            return Outcomes(.delivered, for: batch)
        }
    }

    /// Puts the file in place.
    public func shutdown() async throws {
        try await queue.run { [self] in
            try output.withLock { output in
                defer { output = nil }
                try output?.finish()
            }
        }
    }

    /// Leaves the old file as it was.
    public func abandon() async throws {
        try await queue.run { [self] in
            output.withLock { output in
                output?.discard()
                output = nil
            }
        }
    }
}
