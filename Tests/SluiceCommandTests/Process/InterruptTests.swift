// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// Runs that are broken off at any moment, and what the next run makes of what they left.
@Suite(.serialized) struct InterruptTests {
    let folder: TemporaryFolder
    let sluice: Command

    private static let items = 600

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
        // Each item twice, in two files, with log lines beside: duplicates would show.
        try folder.write("in/1.ndjson", Recordings.events(0..<400, each: 20))
        try folder.write("in/2.ndjson", Recordings.events(200..<Self.items, each: 20))
        try folder.write("in/3.json", Recordings.logDocument(0..<200))
    }

    private static let arguments = ["process", "in", "--to", "sqlite:out/events.db", "--to", "dir:out/records"]

    /// How long an undisturbed run takes, and what it leaves.
    private func undisturbed() async throws -> (duration: Duration, contents: Contents) {
        let start = ContinuousClock.now
        let result = try await sluice.run(Self.arguments)
        #expect(result.status == 0, "\(result.errors)")
        let duration = ContinuousClock.now - start
        let contents = try await contents()
        try expectAllThere(contents)
        try folder.remove("out")
        return (duration, contents)
    }

    /// What the table and the folder hold.
    private struct Contents: Equatable {
        var statistics: [String]
        var files: [String]
    }

    private func contents() async throws -> Contents {
        let statistics = try await sluice("stats", "--table", "sqlite:out/events.db", "--json")
        #expect(statistics.status == 0, "\(statistics.errors)")
        return Contents(statistics: statistics.lines, files: try folder.files(below: "out/records"))
    }

    private func expectAllThere(_ contents: Contents, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let table = try #require(try parsed(contents.statistics).first { $0["kind"]?.string == "table" }, sourceLocation: sourceLocation)
        #expect(table["changes"].map { String(decoding: $0.raw, as: UTF8.self) } == "\(Self.items)", sourceLocation: sourceLocation)
        #expect(contents.files.count == Self.items + 200, sourceLocation: sourceLocation)
        #expect(!contents.files.contains { $0.contains(".sluice") }, "nothing stays aside", sourceLocation: sourceLocation)
    }

    /// Every file that has its final name is whole, whatever happened: it holds one of the records, and no two hold the same.
    private func expectOnlyWholeFiles(_ expected: Set<String>, _ note: String) throws {
        guard folder.exists("out/records") else { return }
        var found: Set<String> = []
        for file in try folder.files(below: "out/records") where !file.hasPrefix(".sluice/") {
            let line = try folder.text("out/records/\(file)")
            #expect(expected.contains(line), "\(note): \(file)")
            #expect(found.insert(line).inserted, "\(note): \(file) is there twice")
        }
    }

    /// What the folder's files will hold.
    private func expectedLines() async throws -> Set<String> {
        Set(try await sluice("process", "in", "--to", "log:").lines.map { $0 + "\n" })
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aRequestToStopIsFollowedAndTheNextRunCompletes(_ signal: Int32) async throws {
        var random = SeededRandom(announcing: "interrupt \(signal)")
        let seed = random.seed
        var (usual, complete) = try await undisturbed()
        let expected = try await expectedLines()
        var stopped = 0
        var round = 0
        while round < 20 && stopped < 4 {
            round += 1
            if round % 3 == 0 { try folder.remove("out") }
            let delay = usual * Double.random(in: 0.05..<1, using: &random)
            let running = try sluice.start(Self.arguments)
            try await Task.sleep(for: delay)
            running.signal(signal)
            let result = try await running.end(within: .seconds(60))
            let note = "seed \(seed), round \(round), after \(delay)"
            // Before it listens the system ends it, after its end there is nobody to listen.
            #expect([0, 128 + signal].contains(result.status), "\(note): \(result.status) \(result.errors)")
            if result.status != 0 { stopped += 1 } else { usual = usual * 0.5 }
            try expectOnlyWholeFiles(expected, note)
        }
        print("signal \(signal): \(stopped) of \(round) runs were stopped")
        #expect(stopped > 0)
        let last = try await sluice.run(Self.arguments)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try await contents() == complete)
        let again = try await sluice.run(Self.arguments)
        #expect(again.errors.hasSuffix("nothing has changed: everything was there already\n"), "\(again.errors)")
    }

    @Test func aKilledRunLeavesNothingThatTheNextCannotComplete() async throws {
        var random = SeededRandom(announcing: "kill")
        let seed = random.seed
        var (usual, complete) = try await undisturbed()
        let expected = try await expectedLines()
        var killed = 0
        for round in 0..<12 {
            // From nothing in every third round; else on from what the killed runs before have left.
            if round % 3 == 0 { try folder.remove("out") }
            let delay = usual * Double.random(in: 0.1..<1, using: &random)
            let running = try sluice.start(Self.arguments + ["--jobs", round % 2 == 0 ? "1" : "2"])
            try await Task.sleep(for: delay)
            running.signal(SIGKILL)
            let result = try await running.end(within: .seconds(60))
            let note = "seed \(seed), round \(round), after \(delay)"
            #expect([0, 128 + SIGKILL].contains(result.status), "\(note): \(result.errors)")
            if result.status != 0 { killed += 1 } else { usual = usual * 0.5 }
            try expectOnlyWholeFiles(expected, note)
            if round % 3 == 2 {
                let next = try await sluice.run(Self.arguments)
                #expect(next.status == 0, "\(note): \(next.errors)")
                #expect(try await contents() == complete, "\(note)")
            }
        }
        print("\(killed) of 12 runs were killed before their end")
        #expect(killed > 0)
    }

    @Test func aNamedPipeThatNobodyWritesIntoCanBeLeft() async throws {
        try #require(await sluice.program("/bin/sh", ["-c", "mkfifo pipe"]).status == 0)
        let running = try sluice.start(["process", "in/1.ndjson", "pipe", "--jobs", "1", "--to", "log:"])
        while try running.outputSoFar().split(separator: "\n").count < 400 && running.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        running.signal(SIGTERM)
        let result = try await running.end(within: .seconds(60))
        #expect(result.status == 143, "\(result.errors)")
        #expect(result.errors.contains("400 records received"), "\(result.errors)")

        let listening = try sluice.start(["process", "pipe", "--to", "log:"])
        let writer = try await sluice.program("/bin/sh", ["-c", "timeout 60 cp in/1.ndjson pipe"])
        #expect(writer.status == 0, "\(writer.errors)")
        let read = try await listening.end(within: .seconds(60))
        #expect(read.status == 0 && read.lines.count == 400, "\(read.errors)")
    }

    @Test func whatIsInFlightIsFinished() async throws {
        let pipe = Pipe()
        let running = try sluice.start(["process", "-", "--to", "sqlite:out/events.db"], inputHandle: pipe.fileHandleForReading)
        try pipe.fileHandleForWriting.write(contentsOf: Data(Recordings.events(0..<200).utf8))
        try await Task.sleep(for: .milliseconds(1500))
        running.signal(SIGINT)
        let result = try await running.end(within: .seconds(30))
        try pipe.fileHandleForWriting.close()
        #expect(result.status == 130)
        #expect(result.errors.contains(" received from 1 input in "), "the summary is there: \(result.errors)")
    }
}
