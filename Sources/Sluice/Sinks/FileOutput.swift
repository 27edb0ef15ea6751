// SPDX-License-Identifier: Apache-2.0

import JSONTape

/// A file on its way to its place.
struct FileOutput: ~Copyable, Sendable {
    private enum Way: Sendable {
        /// The target is no regular file.
        case direct
        /// Each batch behind what the target holds by then.
        case atOnce
        /// Into a file at that path, which takes the target's place in the end, or is put behind what the target holds by then.
        case aside(String, append: Bool)
    }

    private let target: String
    private let way: Way
    /// Absent where each batch opens it.
    private let file: OpenFile?
    private var length = 0

    private init(target: String, way: Way, file: consuming OpenFile?) {
        self.target = target
        self.way = way
        self.file = file
    }

    /// - Parameter isEndless: the run has no end that lines could wait for.
    static func open(_ path: String, append: Bool, isEndless: Bool) throws(FileError) -> FileOutput {
        let target = Files.resolved(path)
        let there = try Files.kind(of: target)
        switch there?.kind {
        case .folder: throw Files.isFolderError(path)
        case .other: return FileOutput(target: target, way: .direct, file: try OpenFile(target, .write))
        case .regular, nil: break
        }
        try Files.createFolder(Files.folder(of: target))
        removeLeftovers(of: target)
        if isEndless {
            // That it cannot be written is to be known at the start.
            _ = try OpenFile(target, .append)
            return FileOutput(target: target, way: .atOnce, file: nil)
        }
        if append { _ = try OpenFile.ifPresent(target, toChange: true) }
        let aside = nameAside(target)
        do throws(FileError) {
            return FileOutput(
                target: target, way: .aside(aside, append: append),
                file: try OpenFile(aside, .create, permissions: there?.permissions ?? 0o666))
        } catch {
            throw error.about(target)
        }
    }

    private static func prefix(of target: String) -> String { ".\(Files.name(of: target)).sluice-" }

    private static func nameAside(_ target: String) -> String {
        Files.join(Files.folder(of: target), "\(prefix(of: target))\(Files.processNumber)-\(UInt64.random(in: 0 ... .max))")
    }

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

    // MARK: writing

    mutating func write(_ bytes: RawSpan) throws(FileError) {
        switch way {
        case .direct: try file?.write(bytes)
        case .atOnce: try writeAtOnce(bytes)
        case .aside:
            do throws(FileError) {
                try file?.write(bytes)
                length += bytes.byteCount
            } catch {
                // Half a line must not stay: the lines will come again.
                try? file?.truncate(to: length)
                throw error.about(target)
            }
        }
    }

    private func writeAtOnce(_ bytes: RawSpan) throws(FileError) {
        for _ in 0..<Self.tries {
            let file = try OpenFile(target, .append)
            try file.lock()
            // A run that ended at this moment has put another file in its place.
            guard try file.isStill(at: target) else { continue }
            let length = try file.measure().length
            do throws(FileError) {
                try Self.endLine(of: file, in: file)
                try file.write(bytes)
            } catch {
                try? file.truncate(to: length)
                throw error
            }
            return
        }
        throw Files.isBusyError(target)
    }

    /// Ends a line that somebody has left without an end: a killed process, or an editor.
    private static func endLine(of there: borrowing OpenFile, in file: borrowing OpenFile) throws(FileError) {
        if try !there.endsALine() { try file.write(JSONBytes([UInt8(ascii: "\n")])) }
    }

    // MARK: the end

    func finish() throws(FileError) {
        guard case .aside(let aside, let append) = way else { return }
        do throws(FileError) {
            try file?.synchronise()
            if append {
                try finish(behindOld: aside)
            } else {
                try Files.rename(aside, to: target)
            }
        } catch {
            Files.remove(aside)
            throw error.about(target)
        }
        // So that the new name outlives a power cut as well. Some file systems can't do that for folders.
        let folder = Files.folder(of: target)
        if let folder = try? OpenFile(folder.isEmpty ? "." : folder, .read) { try? folder.synchronise() }
    }

    /// Puts a file in place that holds what the target holds by now, and these lines behind it. Under a lock, since another run may end at this moment
    /// and must find them.
    private func finish(behindOld aside: String) throws(FileError) {
        for _ in 0..<Self.tries {
            guard let old = try OpenFile.ifPresent(target, toChange: true) else {
                guard try Files.place(aside, at: target) else { continue }
                return Files.remove(aside)
            }
            if length == 0 { return Files.remove(aside) }
            try old.lock()
            guard try old.isStill(at: target) else { continue }
            let whole = Self.nameAside(target)
            do throws(FileError) {
                let new = try OpenFile(whole, .create, permissions: old.measure().permissions)
                try new.write(allOf: old)
                try Self.endLine(of: old, in: new)
                try new.write(allOf: OpenFile(aside, .read))
                try new.synchronise()
                try Files.rename(whole, to: target)
            } catch {
                Files.remove(whole)
                throw error
            }
            return Files.remove(aside)
        }
        throw Files.isBusyError(target)
    }

    /// How often a file is opened anew since another one has taken its place meanwhile.
    private static let tries = 1000

    func discard() { if case .aside(let aside, _) = way { Files.remove(aside) } }
}
