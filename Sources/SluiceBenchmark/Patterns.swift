// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventPatterns
import Foundation
import StreamRecords

/// What patterns cost, beside decoding and beside the whole command.
struct Patterns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures event patterns: beside decoding, 10 against 100 of them, and 20 in the command's routes.",
        discussion: """
            Decoding and matching are measured in this process, piece by piece in turn, on one core; the command as a whole is. Figures of one run may \
            be compared with each other. A figure below its floor is told and is no failure.
            """)

    @OptionGroup var options: MeasurementOptions

    @Option(help: "Bytes of DynamoDB events.")
    var changes: ByteCount = ByteCount(64_000_000)

    @Option(help: "How often everything is measured.")
    var rounds: Int = 7

    @Flag(help: "Leave the command out.")
    var libraryOnly = false

    func run() async throws {
        let report = try options.withChanges(changes.count) { folder, input, bytes in
            var report = Report()
            try measureLibrary(input, bytes, &report)
            if !libraryOnly {
                let routes = try PatternRoutes(sluice: Run.path(ofCommand: options.sluice), folder: folder, input: input, bytes: bytes, rounds: rounds)
                try routes.measure(&report)
            }
            return report
        }
        try options.write(report)
    }

    // MARK: In this process

    private struct Workload {
        var name: String
        var patterns: [String]
    }

    private static let workloads = [
        Workload(name: "1 pattern, an operation", patterns: [#"{"eventName":["REMOVE"]}"#]),
        Workload(name: "1 pattern, an attribute", patterns: [#"{"dynamodb":{"NewImage":{"status":{"S":["paid"]}}}}"#]),
        Workload(name: "10 patterns, one field each", patterns: PatternWorkload.oneField(10)),
        Workload(name: "100 patterns, one field each", patterns: PatternWorkload.oneField(100)),
        Workload(name: "10 patterns, mixed", patterns: PatternWorkload.mixed(10)),
        Workload(name: "100 patterns, mixed", patterns: PatternWorkload.mixed(100)),
    ]

    private func measureLibrary(_ path: String, _ bytes: Int, _ report: inout Report) throws {
        let sets = try Self.workloads.map { try PatternSet($0.patterns.map { try EventPattern($0) }) }
        let parts = sets.map { set in ChangePart.allCases.compactMap { part in set.place(part.path, except: part.membersApart).map { (part, $0) } } }
        guard let content = FileManager.default.contents(atPath: path) else { throw ValidationError("cannot read \(path)") }
        var decoding: [Double] = []
        var matching = [[Double]](repeating: [], count: sets.count)
        var records = 0
        var hits = [Int](repeating: 0, count: sets.count)
        for _ in 0..<rounds {
            var reader = RecordReader(MemorySource(Array(content)))
            var decodingTime = 0.0
            var times = [Double](repeating: 0, count: sets.count)
            records = 0
            hits = [Int](repeating: 0, count: sets.count)
            while true {
                let start = Self.processorTime
                guard var chunk = try reader.next() else { break }
                var batches: [RecordBatch] = []
                while let batch = chunk.nextBatch() { batches.append(batch) }
                decodingTime += Self.processorTime - start
                for number in sets.indices {
                    let start = Self.processorTime
                    var matcher = PatternMatcher(sets[number])
                    for batch in batches { hits[number] += Self.match(batch, &matcher, parts[number]) }
                    times[number] += Self.processorTime - start
                }
                records += batches.reduce(0) { $0 + $1.count }
            }
            decoding.append(decodingTime)
            for number in sets.indices { matching[number].append(times[number]) }
        }
        report.checks.append("\(records) records of \(bytes / max(records, 1)) bytes; decoding takes \(Int(median(decoding) / Double(records) * 1e9)) ns a record")
        for (number, workload) in Self.workloads.enumerated() {
            let time = median(matching[number])
            let both = median(zip(decoding, matching[number]).map { Double(records) / ($0 + $1) })
            report.checks.append(
                "\(workload.name): \(Int(time / Double(records) * 1e9)) ns a record, \(hits[number]) matches, \(Int(both)) records/s with decoding")
        }
        let share = { (number: Int) in median(zip(matching[number], decoding).map { $0 / $1 * 100 }) }
        let speed = { (number: Int) in median(zip(decoding, matching[number]).map { Double(records) / ($0 + $1) }) }
        report.targets += [
            .init(name: "one pattern, an operation, of decoding", value: share(0), floor: 5, aim: 2, unit: "%", lessIsBetter: true),
            .init(name: "one pattern, an attribute, of decoding", value: share(1), floor: 5, aim: 2, unit: "%", lessIsBetter: true),
            .init(name: "100 patterns, one field each, with decoding", value: speed(3), floor: 200_000, aim: 400_000, unit: "records/s"),
            .init(name: "100 patterns, mixed, with decoding", value: speed(5), floor: 200_000, aim: 400_000, unit: "records/s"),
            .init(name: "100 patterns against 10, one field each", value: median(zip(matching[3], matching[2]).map { $0 / $1 }), floor: 3, aim: 2, unit: "×", lessIsBetter: true),
            .init(name: "100 patterns against 10, mixed", value: median(zip(matching[5], matching[4]).map { $0 / $1 }), floor: 3, aim: 2, unit: "×", lessIsBetter: true),
        ]
    }

    /// Seconds of this process: other processes do not matter to them.
    private static var processorTime: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    private static func match(_ batch: RecordBatch, _ matcher: inout PatternMatcher, _ parts: [(part: ChangePart, place: PatternPlace)]) -> Int {
        let changeParts = ChangeParts(parts.map { ChangeParts($0.part) })
        let changes = ChangePartReader(batch)
        var hits = 0
        for index in batch.indices {
            matcher.begin()
            let isTaken = changes.each(at: index, of: changeParts) { view, part in
                for number in parts.indices where parts[number].part == part { matcher.add(membersOf: view, below: parts[number].place) }
            }
            if !isTaken {
                batch.eachEventPart(at: index) { view, part in
                    switch part {
                    case .members(let left): matcher.add(membersOf: view, except: left)
                    case .member(let name): matcher.add(view, as: name)
                    }
                }
            }
            matcher.finish()
            if matcher.hasMatch { hits += 1 }
        }
        return hits
    }
}

/// The command with 20 patterns in its routes, and without.
struct PatternRoutes {
    let sluice: String
    let folder: String
    let input: String
    let bytes: Int
    let rounds: Int

    func measure(_ report: inout Report) throws {
        var plain: [Measurement] = []
        var routed: [Measurement] = []
        let without = try write("plain.json", [])
        let with = try write("patterns.json", PatternWorkload.mixed(20))
        for _ in 0..<rounds {
            plain.append(try measure(without))
            routed.append(try measure(with))
        }
        for (name, measurements) in [("sluice: DynamoDB events", plain), ("sluice: the same, 20 patterns", routed)] {
            let median = measurements.median
            report.rows.append(.init(
                name: name, bytes: bytes, rounds: rounds, median: median, megabytesPerSecond: Double(bytes) / max(median.wall, 1e-9) / 1e6,
                megabytesPerProcessorSecond: Double(bytes) / max(median.cpu, 1e-9) / 1e6, recordsPerSecond: nil))
        }
        report.targets.append(.init(
            name: "process with 20 patterns, of process without", value: median(zip(plain, routed).map { $0.cpu / $1.cpu * 100 }), floor: 80, aim: 90,
            unit: "%"))
    }

    private func write(_ name: String, _ patterns: [String]) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(PatternWorkload.configuration(patterns).utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func measure(_ configuration: String) throws -> Measurement {
        let errors = folder + "/errors.txt"
        let measurement = try ChildProcess([sluice, "process", input, "--config", configuration, "--jobs", "1"], errors: errors).wait()
        guard measurement.status == 0 else {
            throw ValidationError("sluice process: status \(measurement.status)\n\(String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self))")
        }
        return measurement
    }
}
