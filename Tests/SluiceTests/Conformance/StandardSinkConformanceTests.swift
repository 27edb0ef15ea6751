// SPDX-License-Identifier: Apache-2.0

import JSONTape
@testable import Sluice
import SluiceTesting
import StreamRecords
import Testing

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

        func arrived() async throws -> [String]? { try ids(inLines: folder.text("out.ndjson") ?? "") }
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

        func arrived() async throws -> [String]? { try ids(inLines: folder.files("records").values.joined()) }

        func bring(_ condition: ServiceCondition) async throws -> Bool {
            // A file stands where the folder should be.
            let (place, aside) = (folder.path("records"), folder.path("aside"))
            if condition.isFailing {
                if try Files.kind(of: place) != nil { try Files.rename(place, to: aside) }
                try folder.write("no folder", to: "records")
                return true
            }
            guard condition == .working else { return false }
            if try Files.kind(of: place)?.kind == .regular { Files.remove(place) }
            if try Files.kind(of: aside) != nil { try Files.rename(aside, to: place) }
            return true
        }

        func undeliverable(_ id: String, key: Int) -> TestRecord? {
            // Something else has its name.
            try? Files.createFolder(folder.path("records"))
            try? folder.write("{\"id\":\"something else\"}\n", to: "records/\(id).json")
            return .change(id, key: key)
        }
    }

    @Test func dir() async throws {
        let report = await SinkConformance(FolderHarness(folder: try TemporaryFolder()), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(report["rejection"]?.verdict == .passed)
        #expect(report["failing service"]?.verdict == .passed)
    }

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

        func arrived() async throws -> [String]? { try ids(inLines: folder.text("out") ?? "") }
    }

    @Test func log() async throws {
        let report = await SinkConformance(try LogHarness(), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
    }
}
