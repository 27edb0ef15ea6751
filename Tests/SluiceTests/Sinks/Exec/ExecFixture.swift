// SPDX-License-Identifier: Apache-2.0

import Logging
@testable import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing
import TestSupport

/// A program that behaves as told (Tests/Support/exec/child.py), and the folder that it keeps its notes in.
struct ExecFixture: Sendable {
    let folder: TemporaryFolder
    let behaviour: String
    let told = LogNotes()

    init(_ behaviour: String) throws {
        folder = try TemporaryFolder()
        self.behaviour = behaviour
    }

    static let program = Repository.path("Tests/Support/exec/child.py")

    var settings: ExecSink.Settings {
        ExecSink.Settings(
            command: ExecCommand(words: ["python3", Self.program, behaviour, folder.path])!, timeout: .seconds(20),
            startTimeout: .seconds(20), stopTimeout: .seconds(20))
    }

    var context: SinkContext {
        SinkContext(name: "program", logger: Logger(label: "test") { [told] _ in NoteHandler(told: told) })
    }

    /// A sink, with pauses that are short.
    func sink(_ change: (inout ExecSink.Settings) -> Void = { _ in }) async throws -> ExecSink {
        var settings = settings
        change(&settings)
        return try await ExecSink(
            settings, context, pauses: RetryPolicy(attempts: .max, base: .milliseconds(1), cap: .milliseconds(20)))
    }

    /// The lines of a file that the program writes.
    func lines(_ name: String) throws -> [String] { try folder.textIfPresent(name)?.split(separator: "\n").map(String.init) ?? [] }

    /// Whether all processes that were started have ended.
    func areAllGone() throws -> Bool { try lines("starts").allSatisfy { !Files.isRunning(Int32($0) ?? 0) } }

    func set(_ json: String) throws {
        try folder.write("condition.new", json)
        try Files.rename(folder.path("condition.new"), to: folder.path("condition"))
    }
}

/// What a logger was told.
final class LogNotes: Sendable {
    private let all = Mutex<[(level: Logger.Level, text: String)]>([])
    var lines: [(level: Logger.Level, text: String)] { all.withLock { $0 } }
    func add(_ level: Logger.Level, _ text: String) { all.withLock { $0.append((level, text)) } }
    func contains(_ level: Logger.Level, _ part: String) -> Bool { lines.contains { $0.level == level && $0.text.contains(part) } }
}

private struct NoteHandler: LogHandler {
    let told: LogNotes
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(told: LogNotes) { self.told = told }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { told.add(event.level, event.message.description) }
}

/// Six changes of three items.
func changes(_ count: Int = 6, keys: Int = 3, from start: Int = 0) throws -> DeliveryBatch {
    try DeliveryBatch(testing: (start..<start + count).map { .change("r\($0)", key: $0 % keys) })
}

extension Outcomes {
    var all: [Outcome] { (0..<count).map { self[$0] } }
}
