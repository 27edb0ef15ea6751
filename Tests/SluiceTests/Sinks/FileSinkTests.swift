// SPDX-License-Identifier: Apache-2.0

import Logging
@testable import Sluice
import StreamRecords
import Testing
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct FileSinkTests {
    func pipeline(_ settings: String, _ options: PipelineOptions = PipelineOptions()) async throws -> Pipeline {
        let node = try ConfigurationNode(
            json: #"{"sinks":{"out":{"type":"file",\#(settings)}},"routes":[{"to":"out"}]}"#, file: "s.json")
        return try await Pipeline(Configuration(reading: node, registry: .standard()), sinks: .standard(), options: options)
    }

    /// The numbers of the changes whose lines are in a text.
    func numbers(_ text: String?) -> [Int] {
        (text ?? "").split(separator: "\n").compactMap { line in (0..<40).first { line.contains("\"id\":\"event-\($0)\"") } }
    }

    func changes(_ numbers: Range<Int>) throws -> RecordBatch { try batch(numbers.map { Change(number: $0, key: $0) }) }

    @Test func linesAreThereWhenTheRunIsOverAndNotBefore() async throws {
        let folder = try TemporaryFolder()
        try folder.write("out.ndjson", "old\n")
        let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#)
        for start in [0, 3] { _ = try await pipeline.deliver(pipeline.prepare(changes(start..<start + 3))) }
        #expect(try folder.text("out.ndjson") == "old\n")
        try await pipeline.shutdown()
        let lines = try folder.text("out.ndjson").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7 && lines.last == "")
        #expect(lines.dropLast().enumerated().allSatisfy { $1.contains(#""id":"event-\#($0)""#) })
        #expect(try folder.contents().count == 1)
    }

    @Test func afterARunThatBrokeOffTheOldFileIsAsItWas() async throws {
        let folder = try TemporaryFolder()
        try folder.write("out.ndjson", "old\n")
        let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#)
        _ = try await pipeline.deliver(pipeline.prepare(changes(0..<3)))
        try await pipeline.abandon()
        #expect(try folder.contents() == ["out.ndjson": "old\n"])
    }

    @Test func whatAKilledRunLeftIsClearedAwayAndWhatARunningOneWritesIsNot() async throws {
        let folder = try TemporaryFolder()
        // No process has the largest number.
        try folder.write(".out.ndjson.sluice-2147483647-1", "half")
        try folder.write(".out.ndjson.sluice-\(Files.processNumber)-1", "half")
        let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#)
        try await pipeline.shutdown()
        #expect(try folder.contents().keys.sorted() == [".out.ndjson.sluice-\(Files.processNumber)-1", "out.ndjson"])
    }

    @Test func appendKeepsWhatIsThere() async throws {
        let folder = try TemporaryFolder()
        for number in 0..<2 {
            let pipeline = try await pipeline(#""path":"\#(folder.path("deep/er/out.ndjson"))","append":true"#)
            _ = try await pipeline.deliver(pipeline.prepare(changes(number..<number + 1)))
            try await pipeline.shutdown()
        }
        let text = try folder.text("deep/er/out.ndjson")
        #expect(text.split(separator: "\n").map { $0.contains("event-0") } == [true, false])
    }

    @Test func runsThatAppendAtTheSameTimeLoseNothing() async throws {
        let folder = try TemporaryFolder()
        for start in [0, 20] {
            // The first time nobody has the file yet.
            var pipelines: [Pipeline] = []
            for number in start..<start + 8 {
                let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))","append":true"#)
                _ = try await pipeline.deliver(pipeline.prepare(changes(number..<number + 1)))
                pipelines.append(pipeline)
            }
            try await withThrowingTaskGroup { group in
                for pipeline in pipelines { group.addTask { try await pipeline.shutdown() } }
                try await group.waitForAll()
            }
        }
        #expect(try folder.contents().keys.sorted() == ["out.ndjson"])
        let found = try numbers(folder.text("out.ndjson"))
        #expect(found.sorted() == Array(0..<8) + Array(20..<28))
        #expect(found.prefix(8).allSatisfy { $0 < 8 }, "behind what was there")
    }

    @Test func linesDoNotGoOnWhereOneHasNoEnd() async throws {
        let folder = try TemporaryFolder()
        for endless in [false, true] {
            try folder.write("out.ndjson", "half")
            var options = PipelineOptions()
            options.end.isOpen = endless
            let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))","append":true"#, options)
            _ = try await pipeline.deliver(pipeline.prepare(changes(0..<2)))
            try await pipeline.shutdown()
            let text = try folder.text("out.ndjson")
            #expect(text.hasPrefix("half\n{") && numbers(text) == [0, 1])
        }
    }

    @Test func aRunWithoutAnEndWritesAtOnceBehindWhatIsThere() async throws {
        let folder = try TemporaryFolder()
        try folder.write("out.ndjson", "old\n")
        var options = PipelineOptions()
        options.end.isOpen = true
        for append in [true, false] {
            // As after a kill: the run before was not ended.
            let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))","append":\#(append)"#, options)
            let start = append ? 0 : 2
            for number in start..<start + 2 {
                let report = try await pipeline.deliver(pipeline.prepare(changes(number..<number + 1)))
                #expect(report.counts.delivered == 1)
                #expect(try numbers(folder.text("out.ndjson")) == Array(0...number))
            }
        }
        #expect(try folder.text("out.ndjson").hasPrefix("old\n") == true)
        #expect(try folder.contents().count == 1)
        // A run with an end that appends meanwhile puts another file in its place.
        let open = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#, options)
        let ended = try await pipeline(#""path":"\#(folder.path("out.ndjson"))","append":true"#)
        _ = try await ended.deliver(ended.prepare(changes(4..<5)))
        try await ended.shutdown()
        _ = try await open.deliver(open.prepare(changes(5..<6)))
        try await open.abandon()
        #expect(try numbers(folder.text("out.ndjson")) == Array(0..<6))
    }

    @Test func twoSinksCannotHaveOneFile() throws {
        let folder = try TemporaryFolder()
        try folder.write("there", "old\n")
        try Files.createFolder(folder.path("folder"))
        for (link, target) in [("link", folder.path("there")), ("dangling", "folder/not-yet"), ("way", "folder")] {
            let made = unsafe symlink(target, folder.path(link))
            try #require(made == 0)
        }
        func mistakes(_ first: String, _ second: String) throws -> [String] {
            let node = try ConfigurationNode(
                json: #"{"sinks":{"a":{"type":"file","path":"\#(first)"},"b":{"type":"file","path":"\#(second)"}},"routes":[{"to":"a"}],"rejected":{"to":"b"}}"#,
                file: "s.json")
            do throws(ConfigurationErrors) {
                _ = try Configuration(reading: node, registry: .standard())
                return []
            } catch {
                return error.mistakes.map(\.description)
            }
        }
        for (first, second) in [
            ("new", "new"), ("new", "./new"), ("new", "no/./such/../../new"), ("there", "link"), ("folder/not-yet", "dangling"), ("folder/x", "way//x"),
            ("folder/not-yet", "folder/../way/not-yet"),
        ] {
            let found = try mistakes(folder.path(first), folder.path(second))
            #expect(found.count == 1, "\(first), \(second)")
            #expect(found.first?.hasPrefix("s.json:1:") == true, "\(found)")
            let end = ": sinks.b.path: found \"\(folder.path(second))\", which the sink \"a\" writes, expected a file of its own"
            #expect(found.first?.hasSuffix(end) == true, "\(found)")
        }
        #expect(try mistakes("relative", "sub/../relative").count == 1)
        #expect(try mistakes(folder.path("new"), folder.path("folder/new")) == [])
        #expect(try mistakes("/dev/null", "/dev/null") == [])
        let shorts = ["file:\(folder.path("new"))", "file:\(folder.path("./new"))"]
        let error = #expect(throws: ConfigurationErrors.self) { _ = try Configuration(sendingEverythingTo: shorts, registry: .standard()) }
        #expect(error?.mistakes.count == 1)
        #expect(error?.description.hasPrefix("--to \(shorts[1]): found ") == true, "\(error?.description ?? "")")
    }

    @Test(arguments: ["", "/", "new/", "new/out//"]) func aPathWithoutANameIsAMistake(_ path: String) async throws {
        let folder = try TemporaryFolder()
        let place = path.isEmpty ? "" : folder.path(path)
        let error = await #expect(throws: ConfigurationErrors.self) { try await pipeline(#""path":"\#(place)""#) }
        #expect(error?.mistakes.map(\.path) == ["sinks.out.path"])
        #expect(error?.description.hasSuffix("expected the path of a file, with its name at the end") == true, "\(error?.description ?? "")")
        #expect(Files.names(in: folder.path).isEmpty)
    }

    @Test func aDeviceIsWrittenToDirectly() async throws {
        let pipeline = try await pipeline(#""path":"/dev/null""#)
        let report = try await pipeline.deliver(pipeline.prepare(changes(0..<3)))
        try await pipeline.shutdown()
        #expect(report.counts.delivered == 3)
        #expect(try Files.kind(of: "/dev/null")?.kind == .other)
    }

    @Test func aLinkStaysALink() async throws {
        let folder = try TemporaryFolder()
        try folder.write("real", "old\n")
        let made = unsafe symlink(folder.path("real"), folder.path("link"))
        #expect(made == 0)
        let pipeline = try await pipeline(#""path":"\#(folder.path("link"))""#)
        _ = try await pipeline.deliver(pipeline.prepare(changes(0..<1)))
        try await pipeline.shutdown()
        #expect(try folder.text("real").contains("event-0") == true)
        #expect(Files.resolved(folder.path("link")) == folder.path("real"))
    }

    @Test func aLinkThatLeadsNowhereStaysALinkAndItsTargetIsMade() async throws {
        let folder = try TemporaryFolder()
        for (link, target) in [("link", "second"), ("second", "deep/real"), ("round", "round")] {
            let made = unsafe symlink(target, folder.path(link))
            try #require(made == 0)
        }
        let pipeline = try await pipeline(#""path":"\#(folder.path("link"))""#)
        _ = try await pipeline.deliver(pipeline.prepare(changes(0..<1)))
        try await pipeline.shutdown()
        #expect(try numbers(folder.text("deep/real")) == [0])
        #expect(Files.resolved(folder.path("link")) == folder.path("deep/real"))
        // One that leads to itself names no file at all.
        await #expect(throws: ConfigurationErrors.self) { try await self.pipeline(#""path":"\#(folder.path("round"))""#) }
    }

    @Test func aFolderIsNoFile() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: ConfigurationErrors.self) { try await pipeline(#""path":"\#(folder.path)""#) }
    }

    @Test func aFullDiskIsARetry() async throws {
        guard try Files.kind(of: "/dev/full") != nil else { return }
        let pipeline = try await pipeline(#""path":"/dev/full""#)
        let report = try await pipeline.deliver(pipeline.prepare(changes(0..<2)))
        #expect(report.counts.retry == 2)
        guard case .retry(let reason) = report.fates[0] else {
            Issue.record("no retry")
            return
        }
        #expect(reason.description == "/dev/full: cannot write: No space left on device")
    }
}
