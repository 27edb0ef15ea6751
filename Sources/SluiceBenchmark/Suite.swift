// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// The measurements of one run.
struct Suite {
    struct Settings {
        var sluice: String
        var benchmark: String
        var comparators: String?
        var changes: Int
        var logs: Int
        var memory: Int
        var rounds: Int
        var seed: UInt64
        /// What the slow comparators get: speeds are compared, and theirs do not depend on the size.
        var slice = 8_000_000
    }

    let settings: Settings
    let folder: String
    private(set) var report = Report()

    init(settings: Settings, folder: String) {
        self.settings = settings
        self.folder = folder
    }

    mutating func run() throws {
        if Self.pinning == nil {
            report.notes.append("taskset is not there: nothing was pinned to one processor")
        }
        tell("making data in \(folder)")
        let changes = try make(.changes, bytes: settings.changes, as: "changes.ndjson")
        let logs = try make(.logs, bytes: settings.logs, as: "logs.ndjson")
        let slice = try make(.changes, bytes: min(settings.slice, settings.changes), as: "changes-slice.ndjson")
        let logSlice = try make(.logs, bytes: min(settings.slice / 8, settings.logs), as: "logs-slice.ndjson")

        try check(slice, "changes")
        try check(logSlice, "logs")
        try measureChanges(changes, slice)
        try measureLogs(logs, logSlice)
        try measureCores(changes)
        if settings.memory > 0 {
            try measureMemory(changes)
        }
    }

    // MARK: Data

    private struct Input {
        var path: String
        /// Bytes of JSON in it.
        var content: Int
    }

    private func make(_ workload: Workload, bytes: Int, as name: String) throws -> Input {
        let path = folder + "/" + name
        let content = try Generate.write(workload, bytes: bytes, seed: settings.seed, to: OutputFile(path: path))
        return Input(path: path, content: content)
    }

    // MARK: Checks

    /// The command's output must be that of the slow, obvious decoder, byte by byte.
    private mutating func check(_ input: Input, _ name: String) throws {
        tell("checking the output for \(name)")
        let ours = folder + "/sluice.out"
        let expected = folder + "/reference.out"
        _ = try measure(process(input, jobs: 2), output: ours)
        _ = try measure([settings.benchmark, "reference", input.path], output: expected)
        var one = try LineReader(path: ours)
        var other = try LineReader(path: expected)
        var line = 0
        while true {
            let first = try one.next()
            let second = try other.next()
            line += 1
            guard let first, let second else {
                guard first == nil, second == nil else {
                    throw ValidationError("\(name): the outputs differ in length after line \(line - 1); see \(ours) and \(expected)")
                }
                break
            }
            guard first == second else {
                throw ValidationError(
                    "\(name): line \(line) differs from the reference:\n\(Self.excerpt(first, second))")
            }
        }
        report.checks.append("\(name): \(line - 1) lines equal those of the reference decoder")
    }

    /// Both lines from a little before where they part.
    private static func excerpt(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) -> String {
        let same = zip(first, second).prefix { $0 == $1 }.count
        let cut = { (line: ArraySlice<UInt8>) in String(decoding: line.dropFirst(max(0, same - 60)).prefix(160), as: UTF8.self) }
        return "sluice:    …\(cut(first))\nreference: …\(cut(second))"
    }

    // MARK: Measurements

    private mutating func measureChanges(_ changes: Input, _ slice: Input) throws {
        let records = try countLines(process(changes, jobs: 1))
        var ours: [Measurement] = []
        var decoder: [Measurement] = []
        var boto: [Measurement] = []
        var powertools: [Measurement] = []
        let botoScript = python("boto3_plain.py", needs: "boto3")
        let powertoolsScript = python("powertools_plain.py", needs: "aws_lambda_powertools")
        for round in 1...settings.rounds {
            tell("DynamoDB events, round \(round) of \(settings.rounds)")
            ours.append(try measure(pinned(process(changes, jobs: 1))))
            decoder.append(try measure(pinned([settings.benchmark, "baseline-json-decoder", slice.path])))
            if let botoScript {
                boto.append(try measure(pinned(botoScript + [slice.path])))
            }
            if let powertoolsScript {
                powertools.append(try measure(pinned(powertoolsScript + [slice.path])))
            }
        }
        let perByte = Double(records) / Double(changes.content)
        add("sluice: DynamoDB events", changes.content, ours, recordsPerByte: perByte)
        add("JSONDecoder, Codable", slice.content, decoder, recordsPerByte: perByte)
        add("Python, boto3's TypeDeserializer", slice.content, boto, recordsPerByte: perByte)
        add("Python, Powertools", slice.content, powertools, recordsPerByte: perByte)
        let scale = Double(changes.content) / Double(slice.content)
        report.targets.append(
            .init(
                name: "DynamoDB events, times JSONDecoder", value: median(zip(ours, decoder).map { $1.cpu * scale / $0.cpu }),
                floor: 60, aim: 90, unit: "×"))
    }

    private mutating func measureLogs(_ logs: Input, _ slice: Input) throws {
        let records = try countLines(process(logs, jobs: 1))
        var ours: [Measurement] = []
        var bound: [Measurement] = []
        var inflate: [Double] = []
        let output = folder + "/inflate.out"
        for round in 1...settings.rounds {
            tell("log subscriptions, round \(round) of \(settings.rounds)")
            ours.append(try measure(pinned(process(logs, jobs: 1))))
            bound.append(try measure(pinned([settings.benchmark, "baseline-inflate", logs.path]), output: output))
            let result = try JSONDecoder().decode(InflateResult.self, from: Data(contentsOf: URL(fileURLWithPath: output)))
            inflate.append(result.inflateSeconds)
        }
        add("sluice: log subscriptions", logs.content, ours, recordsPerByte: Double(records) / Double(logs.content))
        add("base64 and zlib's inflate alone", logs.content, bound)
        report.notes.append(
            "zlib's inflate alone: \(Int(Double(logs.content) / median(inflate) / 1e6)) MB/s of JSON")
        report.targets.append(
            .init(
                name: "log subscriptions, of the bound of zlib's inflate",
                value: median(zip(ours, inflate).map { $1 / $0.cpu * 100 }), floor: 62, aim: 75, unit: "%"))
    }

    private mutating func measureCores(_ changes: Input) throws {
        guard ProcessInfo.processInfo.activeProcessorCount > 1 else {
            report.notes.append("one processor: two were not measured")
            return
        }
        var one: [Measurement] = []
        var two: [Measurement] = []
        for round in 1...settings.rounds {
            tell("two cores against one, round \(round) of \(settings.rounds)")
            one.append(try measure(pinned(process(changes, jobs: 1))))
            two.append(try measure(process(changes, jobs: 2)))
        }
        add("sluice: DynamoDB events, two cores", changes.content, two)
        report.targets.append(
            .init(
                name: "two cores against one", value: median(zip(one, two).map { $0.wall / $1.wall }), floor: 1.7, aim: 1.9, unit: "×"))
    }

    /// An input of any size through a pipe: the generated events over and over.
    private mutating func measureMemory(_ changes: Input) throws {
        tell("memory, \(settings.memory / 1_000_000) MB through a pipe")
        let pipe = try PipeEnds()
        let feeder = try ChildProcess(
            [settings.benchmark, "repeat", changes.path, "--bytes", String(settings.memory)], outputDescriptor: pipe.writing,
            errors: folder + "/feeder.err")
        let reader = try ChildProcess(
            [settings.sluice, "process", "-", "--to", "log:", "--jobs", "2"], input: pipe.reading, errors: folder + "/errors.txt")
        pipe.close()
        let measurement = reader.wait()
        _ = feeder.wait()
        try requireSuccess(measurement, of: "sluice process -")
        let size = (settings.memory + changes.content - 1) / changes.content * changes.content
        add("sluice: a long stream, two cores", size, [measurement])
        report.targets.append(
            .init(
                name: "peak memory, \(size / 1_000_000) MB through a pipe", value: Double(measurement.peak) / Double(1 << 20), floor: 64,
                aim: 24, unit: "MiB", lessIsBetter: true))
    }

    // MARK: Commands

    private func process(_ input: Input, jobs: Int) -> [String] {
        [settings.sluice, "process", input.path, "--to", "log:", "--jobs", String(jobs)]
    }

    private static let pinning: String? = ["/usr/bin/taskset", "/bin/taskset"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The command on one processor, the last: the first has the interrupts.
    private func pinned(_ command: [String]) -> [String] {
        guard let taskset = Self.pinning else { return command }
        return [taskset, "-c", String(ProcessInfo.processInfo.activeProcessorCount - 1)] + command
    }

    /// The command line of a Python comparator; nil, and a note, where what it needs is not installed.
    private mutating func python(_ script: String, needs module: String) -> [String]? {
        guard let folder = settings.comparators else {
            report.notes.append("\(script) left out: --comparators names no folder")
            return nil
        }
        let probe = try? ChildProcess(["python3", "-c", "import \(module)"], errors: self.folder + "/python.err")
        guard probe?.wait().status == 0 else {
            report.notes.append("\(script) left out: Python cannot import \(module)")
            return nil
        }
        return ["python3", folder + "/" + script]
    }

    private func measure(_ command: [String], output: String = "/dev/null") throws -> Measurement {
        let measurement = try ChildProcess(command, output: output, errors: folder + "/errors.txt").wait()
        try requireSuccess(measurement, of: command.joined(separator: " "))
        return measurement
    }

    private func requireSuccess(_ measurement: Measurement, of command: String) throws {
        guard measurement.status == 0 else {
            let errors = FileManager.default.contents(atPath: folder + "/errors.txt") ?? Data()
            throw ValidationError("\(command): status \(measurement.status)\n\(String(decoding: errors.suffix(2000), as: UTF8.self))")
        }
    }

    private func countLines(_ command: [String]) throws -> Int {
        let output = folder + "/count.out"
        _ = try measure(command, output: output)
        defer { try? FileManager.default.removeItem(atPath: output) }
        var lines = try LineReader(path: output)
        var count = 0
        while try lines.next() != nil {
            count += 1
        }
        return count
    }

    private mutating func add(_ name: String, _ bytes: Int, _ measurements: [Measurement], recordsPerByte: Double? = nil) {
        guard !measurements.isEmpty else { return }
        let median = measurements.median
        let speed = Double(bytes) / max(median.wall, 1e-9)
        report.rows.append(
            .init(
                name: name, bytes: bytes, rounds: measurements.count, median: median, megabytesPerSecond: speed / 1e6,
                megabytesPerProcessorSecond: Double(bytes) / max(median.cpu, 1e-9) / 1e6,
                recordsPerSecond: recordsPerByte.map { $0 * speed }))
    }

    private func tell(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }
}
