// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// What the sinks leave behind after `sluice process`, once and twice.
@Suite struct SinkTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    @Test func theFolderIsSafeToFillTwice() async throws {
        try folder.addSamples()
        let first = try await sluice("process", "samples/streams", "--to", "dir:out/deep/records")
        #expect(first.status == 0, "\(first.errors)")
        // One record was delivered twice by the stream itself.
        #expect(first.errors.contains("  to  dir:out/deep/records  514 delivered, 1 already there\n"), "\(first.errors)")
        #expect(!first.errors.contains("nothing has changed"))
        let files = try folder.files(below: "out/deep/records")
        #expect(files.count == 514)
        var lines: Set<String> = []
        for file in files { lines.insert(try folder.text("out/deep/records/\(file)")) }
        let expected = try await sluice("process", "samples/streams", "--to", "log:")
        #expect(lines == Set(expected.lines.map { $0 + "\n" }))

        let stamp = try folder.modified("out/deep/records/\(files[0])")
        let second = try await sluice("process", "samples/streams", "--to", "dir:out/deep/records")
        #expect(second.status == 0)
        #expect(second.errors.contains("  to  dir:out/deep/records  0 delivered, 515 already there\n"), "\(second.errors)")
        #expect(second.errors.hasSuffix("nothing has changed: everything was there already\n"), "\(second.errors)")
        #expect(try folder.files(below: "out/deep/records") == files)
        #expect(try folder.modified("out/deep/records/\(files[0])") == stamp)
    }

    @Test func anotherContentUnderTheSameNameIsRejectedAndKept() async throws {
        try folder.write("a.json", Recordings.event([Recordings.change(1)]))
        try folder.write("b.json", Recordings.event([Recordings.change(1, price: "\"999\"")]))
        _ = try await sluice("process", "a.json", "--to", "dir:out")
        let file = try #require(try folder.files(below: "out").first)
        let before = try folder.text("out/\(file)")
        let result = try await sluice("process", "b.json", "--to", "dir:out")
        #expect(result.status == 1)
        #expect(result.errors.contains("is there already, with other content"), "\(result.errors)")
        #expect(try folder.text("out/\(file)") == before)
        #expect(try folder.files(below: "out") == [file])
    }

    @Test func theEventTableIsSafeToFillTwice() async throws {
        try folder.addSamples()
        let first = try await sluice("process", "samples/streams", "--to", "sqlite:out/deep/events.db")
        #expect(first.status == 0, "folders on the way are made: \(first.errors)")
        #expect(first.errors.contains("  to  sqlite:out/deep/events.db  514 delivered, 1 already there\n"), "\(first.errors)")
        let before = try await sluice("stats", "--table", "sqlite:out/deep/events.db", "--json")
        #expect(before.status == 0 && !before.lines.isEmpty)
        let second = try await sluice("process", "samples/streams", "--to", "sqlite:out/deep/events.db", "--jobs", "8")
        #expect(second.status == 0)
        #expect(second.errors.contains("  to  sqlite:out/deep/events.db  0 delivered, 515 already there\n"), "\(second.errors)")
        #expect(second.errors.hasSuffix("nothing has changed: everything was there already\n"), "\(second.errors)")
        let after = try await sluice("stats", "--table", "sqlite:out/deep/events.db", "--json")
        #expect(after.output == before.output)
    }

    @Test func severalSinksGetTheSame() async throws {
        try folder.write("a.ndjson", Recordings.events(0..<300))
        let result = try await sluice("process", "a.ndjson", "--to", "file:out/a.ndjson", "--to", "log:", "--to", "dir:out/records")
        #expect(result.status == 0)
        #expect(result.lines.count == 300)
        #expect(try folder.bytes("out/a.ndjson") == result.output)
        #expect(try folder.files(below: "out/records").count == 300)
        for sink in ["file:out/a.ndjson", "log:", "dir:out/records"] {
            #expect(result.errors.contains("  to  \(sink.padding(toLength: 17, withPad: " ", startingAt: 0))  300 delivered\n"), "\(result.errors)")
        }
    }

    @Test func aFileOfTwoSinksAndOneWithoutANameAreMistakes() async throws {
        try folder.write("sluice.yaml", """
            sinks:
              a: { type: file, path: out/lines.ndjson }
              b: { type: file, path: ./out/lines.ndjson }
              c: { type: file, path: out/ }
            routes:
              - to: [a, c]
            rejected: { to: [b] }
            """)
        for arguments in [["check"], ["process", "none.json"], ["process", "none.json", "--dry-run"]] {
            let result = try await sluice.run(arguments)
            #expect(result.status == 2)
            #expect(result.errors.hasPrefix("""
                sluice.yaml:3:26: sinks.b.path: found "./out/lines.ndjson", which the sink "a" writes, expected a file of its own
                sluice.yaml:4:26: sinks.c.path: found the text "out/", expected the path of a file, with its name at the end

                """), "\(result.errors)")
            #expect(!folder.exists("out"))
        }
    }

    @Test func theFileIsReplacedAsAWhole() async throws {
        try folder.write("out.ndjson", "old\n")
        try folder.write("a.ndjson", Recordings.events(0..<300))
        let result = try await sluice("process", "a.ndjson", "--to", "file:out.ndjson")
        #expect(result.status == 0)
        #expect(try folder.text("out.ndjson") == (try Recordings.plainLines(folder.bytes("a.ndjson")).map { $0 + "\n" }.joined()))
        #expect(try folder.files(below: ".") == ["a.ndjson", "out.ndjson"])
    }

    @Test(arguments: [SIGINT, SIGTERM]) func whatAnInterruptedRunHasDeliveredIsInItsPlace(_ signal: Int32) async throws {
        try folder.write("out.ndjson", "old\n")
        try folder.write("sluice.yaml", """
            sinks:
              out: { type: file, path: out.ndjson }
              parked: { type: file, path: parked.ndjson, append: true }
            routes: [{ to: [out] }]
            rejected: { to: [parked] }
            """)
        let pipe = Pipe()
        let running = try sluice.start(["process", "-"], inputHandle: pipe.fileHandleForReading)
        let broken = Recordings.event([Recordings.change(7000, price: "1")])
        try pipe.fileHandleForWriting.write(contentsOf: Data((Recordings.events(0..<300) + broken + "\n").utf8))
        // It is at its work, and the input has no end.
        _ = try await folder.eventually("all of it aside") { () throws -> Bool? in
            let files = try folder.files(below: ".")
            guard let out = files.first(where: { $0.hasPrefix(".out.ndjson.") }), let parked = files.first(where: { $0.hasPrefix(".parked.ndjson.") }) else { return nil }
            return try folder.text(out).split(separator: "\n").count == 300 && folder.text(parked).hasSuffix("\n") ? true : nil
        }
        running.signal(signal)
        let result = try await running.end(within: .seconds(60))
        try pipe.fileHandleForWriting.close()
        #expect(result.status == 128 + signal)
        #expect(result.errors.contains("300 delivered, 0 filtered, 1 rejected (1 parked)\n"), "\(result.errors)")
        #expect(try folder.text("out.ndjson").split(separator: "\n").count == 300)
        #expect(try parsed(folder.text("parked.ndjson").split(separator: "\n").map(String.init)).map { $0["kind"]?.string } == ["rejected"])
        #expect(try folder.files(below: ".") == ["out.ndjson", "parked.ndjson", "sluice.yaml"])
    }

    @Test func aRunThatNobodyReadsAnyMoreLeavesTheOldFile() async throws {
        try folder.write("out.ndjson", "old\n")
        try folder.write("a.ndjson", Recordings.events(0..<20_000, padding: 200))
        let command = try Command.executable.get().path
        let result = try await sluice.program("/bin/sh", ["-c", "'\(command)' process a.ndjson --to log: --to file:out.ndjson | head -1"])
        #expect(result.status == 0 && result.lines.count == 1, "\(result.errors)")
        #expect(try folder.text("out.ndjson") == "old\n")
        #expect(try folder.files(below: ".") == ["a.ndjson", "out.ndjson"])
    }

    @Test(arguments: [SIGKILL]) func aKilledRunLeavesTheOldFile(_ signal: Int32) async throws {
        try folder.write("out.ndjson", "old\n")
        // Standard input that does not end: the run is certainly not over.
        let pipe = Pipe()
        let running = try sluice.start(["process", "-", "--to", "file:out.ndjson"], inputHandle: pipe.fileHandleForReading)
        try pipe.fileHandleForWriting.write(contentsOf: Data(Recordings.events(0..<2000).utf8))
        let aside = try await folder.eventually("a file aside") { try folder.files(below: ".").first { $0.hasPrefix(".out.ndjson.") } }
        try await Task.sleep(for: .milliseconds(100))
        running.signal(signal)
        let result = try await running.end(within: .seconds(60))
        try pipe.fileHandleForWriting.close()
        #expect(result.status == 128 + signal)
        #expect(try folder.text("out.ndjson") == "old\n")
        #expect(folder.exists(aside))

        try folder.write("a.ndjson", Recordings.events(0..<10))
        let next = try await sluice("process", "a.ndjson", "--to", "file:out.ndjson")
        #expect(next.status == 0)
        #expect(try folder.text("out.ndjson").split(separator: "\n").count == 10)
        #expect(try folder.files(below: ".") == ["a.ndjson", "out.ndjson"], "what the killed run left is cleared away")
    }

    @Test func aDeviceIsWrittenTo() async throws {
        try folder.write("a.ndjson", Recordings.events(0..<10))
        let result = try await sluice("process", "a.ndjson", "--to", "file:/dev/null")
        #expect(result.status == 0, "\(result.errors)")
    }
}

extension TemporaryFolder {
    func modified(_ name: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.modificationDate] as? Date
    }

    /// Waits until something is there.
    func eventually<Value>(_ what: String, within patience: Duration = .seconds(60), _ look: () throws -> Value?) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let value = try? look() { return value }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Command.Failure(description: "no \(what) within \(patience)")
    }
}
