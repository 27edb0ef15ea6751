// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// What `sluice process` reads, and in which forms.
@Suite struct InputTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    private func ids(_ result: Command.Result) throws -> [String] {
        try parsed(result.lines).compactMap { record in record["keys"]?["Id"].map { String(decoding: $0.raw, as: UTF8.self) } }
    }

    private func ids(_ range: Range<Int>) -> [String] { range.map(String.init) }

    @Test func standardInput() async throws {
        let recording = Recordings.events(0..<250)
        let result = try await sluice("process", "-", "--to", "log:", input: Array(recording.utf8))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines == (try Recordings.plainLines(Array(recording.utf8))))
        #expect(result.errors.hasPrefix("250 records received from 1 input in "))
    }

    @Test func standardInputBetweenFilesAndCompressed() async throws {
        try folder.write("a.json", Recordings.events(0..<3))
        try folder.write("b.json", Recordings.events(6..<9))
        let result = try await sluice("process", "a.json", "-", "b.json", input: Recordings.gzip(Recordings.events(3..<6)))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try ids(result) == ids(0..<9))
    }

    @Test func pathsInTheOrderGiven() async throws {
        try folder.write("b.json", Recordings.events(0..<2))
        try folder.write("a.json", Recordings.events(2..<4))
        try folder.write("c/x.json", Recordings.events(4..<6))
        let result = try await sluice("process", "b.json", "a.json", "c")
        #expect(try ids(result) == ids(0..<6))
        #expect(result.errors.contains("from 3 inputs"))
    }

    @Test func foldersAreWalkedByName() async throws {
        try folder.write("r/2/10.json", Recordings.events(3..<4))
        try folder.write("r/1/b.ndjson", Recordings.events(1..<2))
        try folder.write("r/1/a.json.gz", Recordings.gzip(Recordings.events(0..<1)))
        try folder.write("r/2/0-firehose-object", Recordings.events(2..<3))
        try folder.write("r/.hidden.json", "not read")
        try folder.write("r/notes.md", "not read")
        try folder.write("r/2/manifest-summary.json", "{}")
        let result = try await sluice("process", "r")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try ids(result) == ids(0..<4))
        #expect(result.errors.contains("2 files passed over: "), "\(result.errors)")
    }

    @Test func compressedInSeveralMembers() async throws {
        let members = try Recordings.gzip(Recordings.events(0..<5)) + Recordings.gzip(Recordings.events(5..<9))
        try folder.write("whatever.log", members)
        let result = try await sluice("process", "whatever.log")
        #expect(result.status == 0)
        #expect(try ids(result) == ids(0..<9))
    }

    @Test func documentsWithoutSeparators() async throws {
        let documents = (0..<50).map { Recordings.event([Recordings.change($0)]) }
        try folder.write("a.json", documents.joined())
        let result = try await sluice("process", "a.json")
        #expect(result.status == 0)
        #expect(try ids(result) == ids(0..<50))
    }

    @Test func prettyPrintedDocumentsOneBehindTheOther() async throws {
        let documents = try (0..<3).map { index in
            let object = try JSONSerialization.jsonObject(with: Data(Recordings.event([Recordings.change(index)]).utf8))
            return try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted])
        }
        try folder.write("a.json", documents.flatMap { [UInt8]($0) + Array("\r\n\r\n".utf8) })
        let result = try await sluice("process", "a.json")
        #expect(result.status == 0)
        #expect(try ids(result) == ids(0..<3))
    }

    @Test(arguments: ["", " ", "\n\r\n\t  \n", "\u{FEFF}"]) func nothingInAFileIsNoRecords(_ content: String) async throws {
        try folder.write("a.json", content)
        let result = try await sluice("process", "a.json")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("0 records received from 1 input in "), "\(result.errors)")
    }

    @Test func aByteOrderMarkIsPassedOver() async throws {
        try folder.write("a.json", "\u{FEFF}" + Recordings.events(0..<2))
        try folder.write("b.json.gz", Recordings.gzip("\u{FEFF}" + Recordings.events(2..<4)))
        let result = try await sluice("process", "a.json", "b.json.gz")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try ids(result) == ids(0..<4))
    }

    @Test(arguments: [1, 2, 4]) func aBadLineInTheMiddleCostsItself(_ jobs: Int) async throws {
        let bad = #"{"Records":[{"eventID":"1","dynamodb":{"Keys":{"Id":{"N":"7"#
        try folder.write("a.ndjson", Recordings.events(0..<500) + bad + "\n" + Recordings.events(500..<1000))
        let result = try await sluice("process", "a.ndjson", "--jobs", "\(jobs)")
        #expect(result.status == 1)
        #expect(try ids(result) == ids(0..<1000))
        #expect(result.errors.contains("a.ndjson: rejected: "), "\(result.errors)")
        #expect(result.errors.contains("1,001 records received"), "\(result.errors)")
        #expect(result.errors.contains("1,000 delivered, 0 filtered, 1 rejected\n"), "\(result.errors)")
    }

    @Test func aBadRecordAmongTenThousandCostsItself() async throws {
        let bad = 6_543
        let records = (0..<10_000).lazy.map { Recordings.change($0, price: $0 == bad ? "12.5" : nil) }
        try folder.write("a.json", Recordings.event(records))
        let result = try await sluice("process", "a.json", "--to", "log:", "--jobs", "2")
        #expect(result.status == 1)
        #expect(try ids(result) == ids(0..<bad) + ids(bad + 1..<10_000))
        #expect(result.errors.contains("dynamodb.NewImage.price.N: expected a number as a string"), "\(result.errors)")
        #expect(result.errors.contains("10,000 records received"), "\(result.errors)")
        #expect(result.errors.contains("9,999 delivered, 0 filtered, 1 rejected\n"), "\(result.errors)")
    }

    @Test func recordsBeforeACutInACompressedFileAreDelivered() async throws {
        // Random names, so that the text does not compress to nothing and the cut leaves much before it.
        var random = SeededRandom(seed: 1)
        let lines = (0..<2000).map { Recordings.event([Recordings.change($0, step: Int.random(in: 0..<1 << 30, using: &random))]) }
        let whole = try Recordings.gzip(lines.joined(separator: "\n"))
        try folder.write("a.json.gz", Array(whole.prefix(whole.count * 3 / 4)))
        let result = try await sluice("process", "a.json.gz")
        #expect(result.status == 3)
        let delivered = try ids(result)
        #expect(delivered.count > 500 && delivered.count < 2000)
        #expect(delivered == ids(0..<delivered.count))
        #expect(result.errors.contains("a.json.gz: cannot be read on at byte "), "\(result.errors)")
    }

    @Test func whatFollowsCompressedDataIsAnError() async throws {
        try folder.write("a.json.gz", Recordings.gzip(Recordings.events(0..<3)) + Array("garbage".utf8))
        try folder.write("b.json.gz", Recordings.gzip(Recordings.events(3..<6)) + [UInt8](repeating: 0, count: 512))
        let result = try await sluice("process", "a.json.gz", "b.json.gz")
        #expect(result.status == 3)
        #expect(try ids(result) == ids(0..<6))
        #expect(result.errors.contains("a.json.gz: cannot be read on at byte "), "\(result.errors)")
        #expect(!result.errors.contains("b.json.gz"), "zeros fill up tapes and blocks: \(result.errors)")
    }

    @Test func standardInputThatCannotBeRead() async throws {
        let result = try await sluice.program("/bin/sh", ["-c", "exec \(Command.executable.get().path.quotedForShell) process - < ."])
        #expect(result.status == 3)
        #expect(result.errors.hasPrefix("standard input: cannot be read on at byte 0: "), "\(result.errors)")
    }

    @Test func whatIsNotThere() async throws {
        try folder.write("a.json", Recordings.events(0..<2))
        let result = try await sluice("process", "missing.json", "a.json")
        #expect(result.status == 3)
        #expect(try ids(result) == ids(0..<2), "the others are read all the same")
        #expect(result.errors.contains("missing.json: there is no such file or folder\n"), "\(result.errors)")
    }

    @Test func aClosedPipeEndsItQuietly() async throws {
        try folder.write("a.ndjson", Recordings.events(0..<20_000))
        let pipe = Pipe()
        let running = try sluice.start(["process", "a.ndjson", "--to", "log:"], output: pipe.fileHandleForWriting)
        try pipe.fileHandleForWriting.close()
        let first = try pipe.fileHandleForReading.read(upToCount: 100)
        #expect(first?.first == UInt8(ascii: "{"))
        try pipe.fileHandleForReading.close()
        let result = try await running.end(within: .seconds(60))
        #expect(result.status == 0)
        #expect(result.errors.isEmpty, "\(result.errors)")
    }

    @Test("What comes in a pipe comes out when its writer pauses", arguments: [[], ["--jobs", "1"]])
    func aPipeThatComesSlowlyIsReadAsItComes(options: [String]) async throws {
        let pipe = Pipe()
        let running = try sluice.start(["process", "-", "--to", "log:"] + options, inputHandle: pipe.fileHandleForReading)
        var seen = 0
        for index in 0..<5 {
            try pipe.fileHandleForWriting.write(contentsOf: Data(Recordings.events(index..<index + 1).utf8))
            while seen == index && running.isRunning {
                try await Task.sleep(for: .milliseconds(5))
                seen = try running.outputSoFar().split(separator: "\n").count
            }
            #expect(seen == index + 1)
        }
        try pipe.fileHandleForWriting.close()
        let result = try await running.end(within: .seconds(60))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try ids(result) == ids(0..<5))
    }
}
