// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import JSONTape
import Logging
@testable import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing
import TestSupport

/// The ids in JSON lines, in order.
func ids(inLines text: String) throws -> [String] {
    try text.split(separator: "\n").compactMap { try JSONValue(parsing: String($0))["id"]?.stringValue }
}

/// A sink of a registry, with settings in JSON.
func sink(_ type: String, _ settings: String, _ context: SinkContext) async throws -> any Sink {
    let node = try ConfigurationNode(json: settings, file: "settings.json")
    return try await #require(SinkRegistry.standard()[type]).make(node, context)
}

/// This library's own sinks keep the rules that they are sold with.
@Suite(.timeLimit(.minutes(10))) struct StandardSinkConformanceTests {
    struct FileHarness: SinkHarness {
        let folder: TemporaryFolder

        func makeSink(_ context: SinkContext) async throws -> any Sink {
            try await sink("file", #"{"path":"\#(folder.path("out.ndjson"))","append":true}"#, context)
        }

        func arrived() async throws -> [String]? { try ids(inLines: folder.textIfPresent("out.ndjson") ?? "") }
    }

    @Test func file() async throws {
        let report = await SinkConformance(FileHarness(folder: try TemporaryFolder()), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(report.skipped.count <= 7, "\(report)")
    }

    struct FolderHarness: SinkHarness {
        let folder: TemporaryFolder
        var guarantees: SinkGuarantees { .once }

        func makeSink(_ context: SinkContext) async throws -> any Sink {
            try await sink("dir", #"{"path":"\#(folder.path("records"))","key":"{id}.json"}"#, context)
        }

        func arrived() async throws -> [String]? { try ids(inLines: folder.contents(below: "records").values.joined()) }

        func bring(_ condition: ServiceCondition) async throws -> Bool {
            // A file stands where the folder should be.
            let (place, aside) = (folder.path("records"), folder.path("aside"))
            if condition.isFailing {
                if try Files.kind(of: place) != nil { try Files.rename(place, to: aside) }
                try folder.write("records", "no folder")
                return true
            }
            // A slow disk, and one that gives no answer, cannot be made of a folder.
            if condition.isStalled || condition.delay != nil { return false }
            if try Files.kind(of: place)?.kind == .regular { Files.remove(place) }
            if try Files.kind(of: aside) != nil { try Files.rename(aside, to: place) }
            // A link that leads nowhere takes a file's name, and nothing can be read there.
            for name in Files.names(in: place) {
                let path = folder.path("records/\(name)")
                if try Files.kind(of: path) == nil { Files.remove(path) }
            }
            for id in condition.refused {
                try Files.createFolder(place)
                let made = unsafe symlink(folder.path("nowhere"), folder.path("records/\(id).json"))
                try #require(made == 0)
            }
            return true
        }

        func undeliverable(_ id: String, key: Int) -> TestRecord? {
            // Something else has its name.
            try? Files.createFolder(folder.path("records"))
            _ = try? folder.write("records/\(id).json", "{\"id\":\"something else\"}\n")
            return .change(id, key: key)
        }
    }

    @Test func dir() async throws {
        let report = await SinkConformance(FolderHarness(folder: try TemporaryFolder()), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(report.skipped.map(\.name) == ["concurrent calls", "slow service", "deadline"], "\(report)")
    }

    /// `file` and `log` into a pipe, whose reader is slow or has gone. One that stays and reads nothing holds up the write itself, which the system lets
    /// nobody break off: there the engine goes on without the sink.
    final class PipeHarness: SinkHarness {
        let folder: TemporaryFolder
        let pipe: NamedPipe
        let type: String
        private let output = Mutex<Int32>(-1)

        init(_ type: String) throws {
            folder = try TemporaryFolder()
            pipe = try NamedPipe(folder.path("pipe"))
            self.type = type
        }

        deinit { output.withLock { _ = close($0) } }

        func makeSink(_ context: SinkContext) async throws -> any Sink {
            if type == "file" { return try await sink("file", #"{"path":"\#(pipe.path)"}"#, context) }
            let descriptor = output.withLock { output in
                if output < 0 { output = unsafe open(pipe.path, O_WRONLY | O_CLOEXEC) }
                return output
            }
            return LogSink(.init(), context, descriptor: descriptor) {}
        }

        func arrived() async throws -> [String]? {
            // Up to the last byte.
            try await pipe.read()
            return try ids(inLines: pipe.text)
        }

        func bring(_ condition: ServiceCondition) async throws -> Bool {
            if condition.isStalled || !condition.refused.isEmpty { return false }
            if condition.isFailing { await pipe.leave() } else { try await pipe.read(condition.delay) }
            return true
        }
    }

    @Test(arguments: ["file", "log"]) func intoAPipe(_ type: String) async throws {
        let report = await SinkConformance(try PipeHarness(type), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(report.skipped.map(\.name) == ["concurrent calls", "partial failure", "rejection", "deadline"], "\(report)")
    }

    #if os(Linux)
    @Test(arguments: ["file", "log"]) func toAFullDisk(_ type: String) async throws {
        let descriptor = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { _ = close(descriptor) }
        let context = SinkContext(name: "full", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var full: any Sink = LogSink(.init(), context, descriptor: descriptor) {}
        if type == "file" { full = try await sink("file", #"{"path":"/dev/full"}"#, context) }
        let pipeline = try Pipeline(sinks: [("full", full)], routes: [Route(name: "all", to: ["full"])], options: PipelineOptions(logger: context.logger))
        for _ in 0..<2 {
            let report = try await pipeline.deliver(pipeline.prepare(RecordBatch(testing: [.change("1", key: 1), .change("2", key: 2)])))
            #expect(report.fates.count == 2 && report.fates.allSatisfy(\.isRetry), "\(report.fates)")
        }
        try await pipeline.shutdown()
    }
    #endif

    final class LogHarness: SinkHarness {
        let folder: TemporaryFolder
        let output: OpenFile

        init() throws {
            folder = try TemporaryFolder()
            output = try OpenFile(folder.path("out"), .create)
        }

        func makeSink(_ context: SinkContext) async throws -> any Sink {
            LogSink(.init(), context, descriptor: output.descriptor) {}
        }

        func arrived() async throws -> [String]? { try ids(inLines: folder.textIfPresent("out") ?? "") }
    }

    @Test func log() async throws {
        let report = await SinkConformance(try LogHarness(), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
    }
}
