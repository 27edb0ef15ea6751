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

    @OptionGroup var options: MeasurementOptions

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

    @Option(help: "The folder for the data; kept if named, else a temporary one that is removed.")
    var folder: String?

    @Flag(help: "Small data and few rounds: seconds, and figures of little worth.")
    var quick = false

    func run() async throws {
        var settings = Suite.Settings(
            sluice: try Self.path(ofCommand: options.sluice), benchmark: Self.ownPath, comparators: comparators.map(Self.absolute),
            changes: changes.count, logs: logs.count, memory: memory.count, rounds: rounds, seed: options.seed)
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
        try options.write(suite.report)
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
