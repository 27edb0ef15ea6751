// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many records a second go through the sink `exec` to a program that does nothing with them.
struct ExecBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Measures the sink exec with a program that does nothing.",
        discussion: """
            The same events go to /dev/null, to the program and, where there is python3, to one in Python that reads each batch as JSON, in \
            interleaved rounds. A program that does nothing still takes each line and answers each batch.
            """)

    @OptionGroup var options: MeasurementOptions

    @Option(help: "Bytes of DynamoDB events.")
    var changes: ByteCount = ByteCount(128_000_000)

    @Option(help: "How often each is measured.")
    var rounds: Int = 5

    @Flag(help: "Small data and few rounds: seconds, and figures of little worth.")
    var quick = false

    /// Answers each batch without a look at its records.
    private static let python = """
        import json, sys
        for line in sys.stdin:
            message = json.loads(line)
            if message["type"] == "hello":
                print('{"type":"hello","protocol":1}', flush=True)
            elif message["type"] == "batch":
                print(json.dumps({"type": "outcome", "batch": message["batch"], "outcome": "delivered"}), flush=True)
        """

    func run() async throws {
        let size = quick ? min(changes.count, 16_000_000) : changes.count
        try options.write(options.withChanges(size) { try measure(Run.path(ofCommand: options.sluice), $0, $1, $2) })
    }

    private func measure(_ command: String, _ folder: String, _ input: String, _ bytes: Int) throws -> Report {
        let records = try Self.countRecords(command, input, folder)
        let script = folder + "/nothing.py"
        try Data(Self.python.utf8).write(to: URL(fileURLWithPath: script))

        let sinks = [
            ("sluice: to /dev/null", "log:"), ("sluice: exec, a program that does nothing", "exec:'\(Run.ownPath)' exec-nothing"),
            ("sluice: exec, Python that reads the JSON", "exec:python3 '\(script)'"),
        ].filter { !$0.1.hasPrefix("exec:python3") || Self.hasPython }
        var measurements = sinks.map { _ in [Measurement]() }
        for round in 1...(quick ? min(rounds, 2) : rounds) {
            for (number, (name, sink)) in sinks.enumerated() {
                try FileHandle.standardError.write(contentsOf: Data("\(name), round \(round)\n".utf8))
                let measurement = try ChildProcess([command, "process", input, "--to", sink], errors: folder + "/errors.txt").wait()
                guard measurement.status == 0 else {
                    let errors = FileManager.default.contents(atPath: folder + "/errors.txt") ?? Data()
                    throw ValidationError("\(name): status \(measurement.status)\n\(String(decoding: errors.suffix(2000), as: UTF8.self))")
                }
                measurements[number].append(measurement)
            }
        }
        var report = Report()
        for ((name, _), all) in zip(sinks, measurements) {
            let speed = Double(bytes) / all.median.wall
            report.rows.append(
                .init(
                    name: name, bytes: bytes, rounds: all.count, median: all.median, megabytesPerSecond: speed / 1e6,
                    megabytesPerProcessorSecond: Double(bytes) / max(all.median.cpu, 1e-9) / 1e6, recordsPerSecond: Double(records) / all.median.wall))
        }
        report.targets.append(
            .init(
                name: "records a second to a program that does nothing", value: Double(records) / measurements[1].median.wall, floor: 50_000,
                aim: 100_000, unit: "records/s"))
        report.notes.append("to /dev/null it is \(Self.ratio(measurements[1].median.wall, measurements[0].median.wall)) times as fast; memory is that of sluice alone")
        return report
    }

    private static func ratio(_ one: Double, _ other: Double) -> String { String(format: "%.1f", one / max(other, 1e-9)) }

    private static var hasPython: Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/python3")
        }
    }

    private static func countRecords(_ command: String, _ input: String, _ folder: String) throws -> Int {
        let output = folder + "/count.out"
        let measurement = try ChildProcess([command, "process", input, "--to", "log:"], output: output, errors: folder + "/errors.txt").wait()
        guard measurement.status == 0 else { throw ValidationError("sluice process: status \(measurement.status)") }
        defer { try? FileManager.default.removeItem(atPath: output) }
        var lines = try LineReader(path: output)
        var count = 0
        while try lines.next() != nil { count += 1 }
        return count
    }
}

/// The program that does nothing.
struct ExecNothing: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec-nothing", abstract: "Takes what the sink exec sends, and says that it was delivered.", shouldDisplay: false)

    func run() throws {
        // What there is to know stands at the beginning of a line: its type and the batch's number.
        var head: [UInt8] = []
        let newline = UInt8(ascii: "\n")
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // What is there, as soon as something is; Foundation would wait for all that was asked for. The bytes go into the array's own room.
            let count = unsafe buffer.withUnsafeMutableBytes { room in unsafe read(0, room.baseAddress, room.count) }
            guard count > 0 else { return }
            var rest = buffer[..<count]
            while let end = rest.firstIndex(of: newline) {
                if head.count < 64 { head += rest[..<end].prefix(64) }
                try answer(String(decoding: head, as: UTF8.self))
                head.removeAll(keepingCapacity: true)
                rest = rest[(end + 1)...]
            }
            if head.count < 64 { head += rest.prefix(64) }
        }
    }

    private func answer(_ head: String) throws {
        if head.hasPrefix(#"{"type":"hello""#) {
            try FileHandle.standardOutput.write(contentsOf: Data("{\"type\":\"hello\",\"protocol\":1}\n".utf8))
        } else if let start = head.range(of: "\"batch\":") {
            let number = head[start.upperBound...].prefix { $0.isNumber }
            try FileHandle.standardOutput.write(contentsOf: Data("{\"type\":\"outcome\",\"batch\":\(number),\"outcome\":\"delivered\"}\n".utf8))
        }
    }
}
