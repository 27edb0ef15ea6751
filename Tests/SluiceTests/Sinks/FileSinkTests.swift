// SPDX-License-Identifier: Apache-2.0

import Logging
@testable import Sluice
import StreamRecords
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct FileSinkTests {
    func pipeline(_ settings: String) async throws -> Pipeline {
        let node = try ConfigurationNode(
            json: #"{"sinks":{"out":{"type":"file",\#(settings)}},"routes":[{"to":"out"}]}"#, file: "s.json")
        return try await Pipeline(Configuration(reading: node, registry: .standard()), sinks: .standard())
    }

    func changes(_ numbers: Range<Int>) throws -> RecordBatch { try batch(numbers.map { Change(number: $0, key: $0) }) }

    @Test func linesAreThereWhenTheRunIsOverAndNotBefore() async throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "out.ndjson")
        let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#)
        for start in [0, 3] { _ = try await pipeline.deliver(pipeline.prepare(changes(start..<start + 3))) }
        #expect(try folder.text("out.ndjson") == "old\n")
        try await pipeline.shutdown()
        let lines = try #require(try folder.text("out.ndjson")).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7 && lines.last == "")
        #expect(lines.dropLast().enumerated().allSatisfy { $1.contains(#""id":"event-\#($0)""#) })
        #expect(try folder.files().count == 1)
    }

    @Test func afterAnInterruptionTheOldFileIsAsItWas() async throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "out.ndjson")
        let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#)
        _ = try await pipeline.deliver(pipeline.prepare(changes(0..<3)))
        try await pipeline.abandon()
        #expect(try folder.files() == ["out.ndjson": "old\n"])
    }

    @Test func whatAKilledRunLeftIsClearedAwayAndWhatARunningOneWritesIsNot() async throws {
        let folder = try TemporaryFolder()
        // No process has the largest number.
        try folder.write("half", to: ".out.ndjson.sluice-2147483647-1")
        try folder.write("half", to: ".out.ndjson.sluice-\(Files.processNumber)-1")
        let pipeline = try await pipeline(#""path":"\#(folder.path("out.ndjson"))""#)
        try await pipeline.shutdown()
        #expect(try folder.files().keys.sorted() == [".out.ndjson.sluice-\(Files.processNumber)-1", "out.ndjson"])
    }

    @Test func appendKeepsWhatIsThere() async throws {
        let folder = try TemporaryFolder()
        for number in 0..<2 {
            let pipeline = try await pipeline(#""path":"\#(folder.path("deep/er/out.ndjson"))","append":true"#)
            _ = try await pipeline.deliver(pipeline.prepare(changes(number..<number + 1)))
            try await pipeline.shutdown()
        }
        let text = try #require(try folder.text("deep/er/out.ndjson"))
        #expect(text.split(separator: "\n").map { $0.contains("event-0") } == [true, false])
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
        try folder.write("old\n", to: "real")
        let made = unsafe symlink(folder.path("real"), folder.path("link"))
        #expect(made == 0)
        let pipeline = try await pipeline(#""path":"\#(folder.path("link"))""#)
        _ = try await pipeline.deliver(pipeline.prepare(changes(0..<1)))
        try await pipeline.shutdown()
        #expect(try folder.text("real")?.contains("event-0") == true)
        #expect(Files.resolved(folder.path("link")) == folder.path("real"))
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
