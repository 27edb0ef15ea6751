// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Synchronization

/// Writes records as lines into one file.
///
/// The lines go into a file aside, which takes the place of the real one when the run ends: whoever reads it never
/// sees half a run, and after an interruption the old file is as it was. A path that is no regular file (a pipe, a
/// device) is written to directly.
public final class FileSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// Folders on the way are created.
        var path: String
        /// Keep what is in the file already, and write behind it.
        var append: Bool?
    }

    private let queue = BlockingQueue("sluice.file")
    private let output: Mutex<Output?>

    public init(_ settings: Settings, _ context: SinkContext) async throws {
        output = Mutex(try Output.open(settings.path, append: settings.append ?? false))
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

/// A file on its way to its place.
private struct Output: ~Copyable, Sendable {
    private let target: String
    /// Where the lines go until then; absent where they go straight to the target.
    private let aside: String?
    private let file: OpenFile
    private var length = 0

    private init(target: String, aside: String?, file: consuming OpenFile) {
        self.target = target
        self.aside = aside
        self.file = file
    }

    static func open(_ path: String, append: Bool) throws(FileError) -> Output {
        let target = Files.resolved(path)
        let there = try Files.kind(of: target)
        switch there?.kind {
        case .folder: throw Files.isFolderError(path)
        case .other: return Output(target: target, aside: nil, file: try OpenFile(target, .write))
        case .regular, nil: break
        }
        let folder = Files.folder(of: target)
        try Files.createFolder(folder)
        removeLeftovers(of: target)
        let aside = Files.join(folder, "\(prefix(of: target))\(Files.processNumber)-\(UInt64.random(in: 0 ... .max))")
        var output = Output(
            target: target, aside: aside,
            file: try OpenFile(aside, .create, permissions: there?.permissions ?? 0o666))
        if append, there != nil { try output.copyOld() }
        return output
    }

    private static func prefix(of target: String) -> String { ".\(Files.name(of: target)).sluice-" }

    /// What a killed run has left behind.
    private static func removeLeftovers(of target: String) {
        let folder = Files.folder(of: target)
        let prefix = prefix(of: target)
        for name in Files.names(in: folder.isEmpty ? "." : folder) where name.hasPrefix(prefix) {
            let process = Int32(name.dropFirst(prefix.count).prefix { $0 != "-" })
            if let process, !Files.isRunning(process) {
                Files.remove(Files.join(folder, name))
            }
        }
    }

    private mutating func copyOld() throws(FileError) {
        let old = try OpenFile(target, .read)
        while true {
            let bytes = try old.read(upTo: 1 << 20)
            if bytes.count == 0 { return }
            try write(bytes.span)
        }
    }

    mutating func write(_ bytes: RawSpan) throws(FileError) {
        do throws(FileError) {
            try file.write(bytes)
            length += bytes.byteCount
        } catch {
            // Half a line must not stay: the lines will come again.
            if aside != nil { try? file.truncate(to: length) }
            throw error
        }
    }

    func finish() throws(FileError) {
        guard let aside else { return }
        do throws(FileError) {
            try file.synchronise()
            try Files.rename(aside, to: target)
        } catch {
            Files.remove(aside)
            throw error
        }
        // So that the new name outlives a power cut as well. Some file systems can't do that for folders.
        let folder = Files.folder(of: target)
        if let folder = try? OpenFile(folder.isEmpty ? "." : folder, .read) { try? folder.synchronise() }
    }

    func discard() { if let aside { Files.remove(aside) } }
}
