// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// Large inputs in little memory.
@Suite(.serialized, .enabled(if: (try? Command.executable.get().isSanitized) == false)) struct MemoryTests {
    let folder: TemporaryFolder
    let sluice: Command

    /// What the command may hold at most, whatever the input's size.
    private static let limit = 64 << 20

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path, patience: .seconds(600))
    }

    /// Takes a recording through and holds it against the limit.
    private func expectLittleMemory(_ name: String, records: Int, _ options: String...) async throws {
        let result = try await sluice.run(["process", name, "--to", "file:/dev/null"] + options, watched: true)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("\(grouped(records)) delivered, 0 filtered, 0 rejected\n"), "\(result.errors)")
        #if os(Linux)
        let peak = try #require(result.peak)
        print("\(name) \(options.joined(separator: " ")): \(peak >> 10) KiB at most")
        #expect(peak < Self.limit, "\(peak >> 10) KiB")
        #expect(peak > 8 << 20, "it was watched: \(peak >> 10) KiB")
        #endif
    }

    private func grouped(_ number: Int) -> String { "\(number / 1000),\(String(format: "%03d", number % 1000))" }

    /// Writes a large text piece by piece.
    private func write(_ name: String, _ pieces: some Sequence<String>) throws -> Int {
        try folder.write(name, [])
        let file = try #require(FileHandle(forWritingAtPath: folder.path(name)))
        var count = 0
        for piece in pieces {
            let bytes = Data(piece.utf8)
            count += bytes.count
            try file.write(contentsOf: bytes)
        }
        try file.close()
        return count
    }

    @Test(arguments: ["1", "2"]) func oneEventOfManyRecordsOnOneLine(_ jobs: String) async throws {
        let records = 20_000
        let size = try write("event.json", (0..<records).lazy.map { index in
            (index == 0 ? "{\"Records\":[" : ",") + Recordings.change(index, padding: 600) + (index == records - 1 ? "]}" : "")
        })
        #expect(size > 20_000_000)
        try await expectLittleMemory("event.json", records: records, "--jobs", jobs)
    }

    @Test func oneSubscriptionDocumentOfManyEvents() async throws {
        let events = 20_000
        let size = try write("logs.json", [Recordings.logDocument(0..<events, padding: 1000)])
        #expect(size > 20_000_000)
        try await expectLittleMemory("logs.json", records: events)
    }

    @Test func manyDocumentsCompressed() async throws {
        var members: [UInt8] = []
        for index in 0..<20 { members += try Recordings.gzip(Recordings.logDocument(index * 1000..<index * 1000 + 1000, padding: 1000)) }
        try folder.write("logs.gz", members)
        try await expectLittleMemory("logs.gz", records: 20_000)
    }

    @Test func oneDocumentCompressed() async throws {
        try folder.write("event.json.gz", Recordings.gzip(Recordings.event((0..<10_000).lazy.map { Recordings.change($0, padding: 2000) })))
        try await expectLittleMemory("event.json.gz", records: 10_000)
    }

    @Test func manyLines() async throws {
        _ = try write("events.ndjson", stride(from: 0, to: 40_000, by: 1000).lazy.map { Recordings.events($0..<$0 + 1000, padding: 200) })
        try await expectLittleMemory("events.ndjson", records: 40_000, "--jobs", "2")
    }

    @Test func theEventTableTakesLittleAsWell() async throws {
        _ = try write("events.ndjson", stride(from: 0, to: 20_000, by: 1000).lazy.map { Recordings.events($0..<$0 + 1000, padding: 200) })
        let result = try await sluice.run(["process", "events.ndjson", "--to", "sqlite:events.db"], watched: true)
        #expect(result.status == 0, "\(result.errors)")
        #if os(Linux)
        let peak = try #require(result.peak)
        print("sqlite: \(peak >> 10) KiB at most")
        #expect(peak < 2 * Self.limit, "with SQLite's own caches: \(peak >> 10) KiB")
        #endif
    }

    /// 100 MB of zeros in 100 KB.
    @Test func aBombIsRefused() async throws {
        let start = #"{"messageType":"DATA_MESSAGE","logGroup":"g","logStream":"s","logEvents":[{"id":"1","timestamp":1,"message":""#
        let zeros = try Zlib.gzip([UInt8](repeating: UInt8(ascii: "0"), count: 1 << 20))
        let members = try Recordings.gzip(start) + Array(repeatElement(zeros, count: 100).joined()) + Recordings.gzip("\"}]}")
        let payload = Data(members).base64EncodedString()
        try folder.write("bomb.json", "{\"awslogs\":{\"data\":\"\(payload)\"}}\n" + Recordings.events(0..<5))
        let result = try await sluice.run(["process", "bomb.json", "--to", "file:/dev/null"], watched: true)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("5 delivered, 0 filtered, 1 rejected\n"), "\(result.errors)")
        #expect(result.errors.contains("decompress"), "it says why: \(result.errors)")
        #if os(Linux)
        let peak = try #require(result.peak)
        print("bomb: \(peak >> 10) KiB at most")
        #expect(peak < Self.limit, "\(peak >> 10) KiB")
        #endif
    }
}
