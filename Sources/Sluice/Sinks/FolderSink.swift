// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Synchronization

/// Writes each record into a file of its own, in a folder, under a name that a template gives.
///
/// A file comes into being whole, under its final name, or not at all, and one that is there is never written over: a
/// record whose file holds the same bytes is there already; where it holds others, the record is rejected.
public final class FolderSink: Sink {
    public struct Settings: Decodable, Sendable {
        /// The folder; created where it is missing.
        var path: String
        /// The names of the files in it. By default `{kind}/{source}/{date}/{id}.json`.
        var key: NameTemplate?
        /// Wait for each file to be on the disk, so that it outlives a power cut. Slow.
        var sync: Bool?
    }

    private let queue = BlockingQueue("sluice.dir")
    private let folder: String
    private let template: NameTemplate
    private let sync: Bool
    private let state = Mutex(State())

    private struct State {
        /// Folders known to be there.
        var folders: Set<String> = []
        /// Counts the files written, to name the next one aside.
        var files = 0
        var isPrepared = false
    }

    public init(_ settings: Settings, _ context: SinkContext) async throws {
        folder = settings.path
        template = try settings.key ?? NameTemplate("{kind}/{source}/{date}/{id}.json")
        sync = settings.sync ?? false
        if let kind = try Files.kind(of: folder)?.kind, kind != .folder { throw Files.isNoFolderError(folder) }
    }

    public func deliver(_ batch: DeliveryBatch) async throws -> Outcomes {
        try await queue.run { [self] in
            try state.withLock { state in
                try prepare(&state)
                var outcomes = Outcomes(for: batch)
                var gate = KeyGate()
                for (index, delivery) in batch.enumerated() where gate.isOpen(for: delivery) {
                    outcomes[index] = deliver(delivery, &state)
                    gate.note(outcomes[index], of: delivery)
                }
                return outcomes
            }
        }
    }

    public func shutdown() async throws {
        try await queue.run { [self] in
            state.withLock { state in
                if state.isPrepared { Files.removeFolder(aside) }
                state.isPrepared = false
            }
        }
    }

    /// Where files are written before they get their names.
    private var aside: String { Files.join(folder, ".sluice") }

    /// Creates what must be there, and clears away what a killed run has left.
    private func prepare(_ state: inout State) throws(FileError) {
        if state.isPrepared { return }
        try Files.createFolder(aside)
        for name in Files.names(in: aside) {
            if let process = Int32(name.prefix { $0 != "-" }), !Files.isRunning(process) {
                Files.remove(Files.join(aside, name))
            }
        }
        state.isPrepared = true
    }

    private func deliver(_ delivery: Delivery, _ state: inout State) -> Outcome {
        let path = Files.join(folder, template.path(for: delivery.record))
        var line = delivery.payloadBytes
        line.append(UInt8(ascii: "\n"))
        do throws(FileError) {
            if let found = try compare(path, line) { return found }
            let parent = Files.folder(of: path)
            if !state.folders.contains(parent) {
                try Files.createFolder(parent)
                if state.folders.count >= 4096 { state.folders.removeAll() }
                state.folders.insert(parent)
            }
            return try write(line, path, &state)
        } catch {
            // Somebody may have removed a folder.
            state.folders.removeAll()
            return error.isForGood ? .rejected("\(error)") : .retry("\(error)")
        }
    }

    private func write(_ line: [UInt8], _ path: String, _ state: inout State) throws(FileError) -> Outcome {
        state.files += 1
        let temporary = Files.join(aside, "\(Files.processNumber)-\(UInt64.random(in: 0 ... .max))-\(state.files)")
        do throws(FileError) {
            defer { Files.remove(temporary) }
            let file = try create(temporary)
            try file.write(JSONBytes(line))
            if sync { try file.synchronise() }
            if try Files.place(temporary, at: path) { return .delivered }
        } catch {
            state.isPrepared = false
            throw error.about(path)
        }
        // Another process was quicker by a moment.
        return try compare(path, line) ?? .retry("\(path): was there and is gone")
    }

    /// Creates a file aside. Another run that ends takes the folder along, where nothing is in it at that moment.
    private func create(_ temporary: String) throws(FileError) -> OpenFile {
        do throws(FileError) {
            return try OpenFile(temporary, .create)
        } catch {
            guard error.isAbsence else { throw error }
            try Files.createFolder(aside)
            return try OpenFile(temporary, .create)
        }
    }

    /// What is to be said of a file that is there already; absent where none is.
    private func compare(_ path: String, _ line: [UInt8]) throws(FileError) -> Outcome? {
        guard let file = try OpenFile.ifPresent(path) else { return nil }
        let there = try file.read(upTo: line.count + 1)
        if there.count == line.count, there[0..<there.count] == line { return .alreadyThere }
        return .rejected("\(path): is there already, with other content")
    }
}
