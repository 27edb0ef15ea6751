// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// What every measurement can be told, and how it hands over its report.
struct MeasurementOptions: ParsableArguments {
    @Option(help: "The sluice command to measure. Without it, the one beside this benchmark.")
    var sluice: String?

    @Option(help: "The generator's seed.")
    var seed: UInt64 = 1

    @Flag(help: "One JSON object instead of a table.")
    var json = false

    func write(_ report: Report) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            try FileHandle.standardOutput.write(contentsOf: encoder.encode(report) + Data("\n".utf8))
        } else {
            try FileHandle.standardOutput.write(contentsOf: Data(report.text.utf8))
        }
    }

    /// Measures with generated changes, in a folder that is removed afterwards.
    ///
    /// - Parameters:
    ///   - size: about how many bytes of changes.
    ///   - body: gets the folder, the file of changes in it and how many bytes that has.
    func withChanges<Result>(_ size: Int, _ body: (_ folder: String, _ input: String, _ bytes: Int) throws -> Result) throws -> Result {
        let folder = NSTemporaryDirectory() + "sluice-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let input = folder + "/changes.ndjson"
        return try body(folder, input, Generate.write(.changes, bytes: size, seed: seed, to: OutputFile(path: input)))
    }
}
