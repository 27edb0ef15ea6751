// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The whole suite: makes the data, checks the output, measures, compares.",
        discussion: """
            Whole commands are measured, output into /dev/null, in interleaved rounds. Figures of one run may be compared with each \
            other and not with those of another machine. A figure below its floor is told and is no failure; wrong output is.
            """)

    @Option(help: "The sluice command to measure. Without it, the one beside this benchmark.")
    var sluice: String?

    @Option(help: "The folder that holds the Python comparators.")
    var comparators: String?

    @Option(help: "Bytes of DynamoDB events.")
    var changes: ByteCount = ByteCount(256_000_000)

    @Option(help: "Bytes of log subscriptions.")
    var logs: ByteCount = ByteCount(55_000_000)

    @Option(help: "Bytes that go through a pipe for the measurement of memory; 0 leaves it out.")
    var memory: ByteCount = ByteCount(10_000_000_000)

    @Option(help: "How often each command is measured.")
    var rounds: Int = 7

    @Option(help: "The generator's seed.")
    var seed: UInt64 = 1

    @Option(help: "The folder for the data; kept if named, else a temporary one that is removed.")
    var folder: String?

    @Flag(help: "Small data and few rounds: seconds, and figures of little worth.")
    var quick = false

    @Flag(help: "One JSON object instead of a table.")
    var json = false

    func run() async throws {
        var settings = Suite.Settings(
            sluice: try Self.path(ofCommand: sluice), benchmark: Self.ownPath, comparators: comparators.map(Self.absolute),
            changes: changes.count, logs: logs.count, memory: memory.count, rounds: rounds, seed: seed)
        if quick {
            settings.changes = 16_000_000
            settings.logs = 3_000_000
            settings.memory = min(memory.count, 200_000_000)
            settings.rounds = 3
            settings.slice = 2_000_000
        }
        let work =
            folder.map(Self.absolute) ?? NSTemporaryDirectory() + "sluice-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        defer {
            if folder == nil {
                try? FileManager.default.removeItem(atPath: work)
            }
        }
        var suite = Suite(settings: settings, folder: work)
        try suite.run()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            try FileHandle.standardOutput.write(contentsOf: encoder.encode(suite.report) + Data("\n".utf8))
        } else {
            try FileHandle.standardOutput.write(contentsOf: Data(suite.report.text.utf8))
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    static var ownPath: String {
        #if os(Linux)
            if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
                return path
            }
        #endif
        return absolute(CommandLine.arguments[0])
    }

    static func path(ofCommand named: String?) throws -> String {
        let path = named.map(absolute) ?? URL(fileURLWithPath: ownPath).deletingLastPathComponent().appendingPathComponent("sluice").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ValidationError("there is no command at \(path): build the product sluice, or name it with --sluice")
        }
        return path
    }
}
