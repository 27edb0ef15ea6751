// SPDX-License-Identifier: Apache-2.0

@testable import Sluice
import StreamRecords
import Testing
import TestSupport

@Suite struct FolderSinkTests {
    func pipeline(_ folder: String, _ more: String = "", envelope: String = "plain") async throws -> Pipeline {
        let node = try ConfigurationNode(
            json: #"{"sinks":{"out":{"type":"dir","path":"\#(folder)"\#(more)}},"routes":[{"to":"out","envelope":"\#(envelope)"}]}"#,
            file: "s.json")
        return try await Pipeline(
            Configuration(reading: node, registry: .standard()), sinks: .standard(),
            options: PipelineOptions(unparked: .list))
    }

    func run(_ folder: String, more: String = "", envelope: String = "plain", _ changes: [Change]) async throws -> BatchReport {
        let pipeline = try await pipeline(folder, more, envelope: envelope)
        let report = try await pipeline.deliver(pipeline.prepare(batch(changes)))
        try await pipeline.shutdown()
        return report
    }

    let changes = (0..<5).map { Change(number: $0, key: $0 % 2) }

    @Test func eachRecordHasAFileAndTheSecondRunChangesNothing() async throws {
        let folder = try TemporaryFolder()
        let first = try await run(folder.path("out"), changes)
        #expect(first.sinks[0].delivered == 5)
        let files = try folder.contents()
        #expect(files.keys.sorted() == (0..<5).map { "out/change/Products/2026-09-21/event-\($0).json" })
        #expect(files.allSatisfy { $1.hasPrefix("{\"kind\":\"change\"") && $1.hasSuffix("}\n") })

        let second = try await run(folder.path("out"), changes)
        #expect(second.sinks[0].alreadyThere == 5)
        #expect(second.sinks[0].delivered == 0)
        #expect(second.isClean)
        #expect(try folder.contents() == files)
    }

    @Test func aFileThatDiffersIsNeverWrittenOverAndIsTold() async throws {
        let folder = try TemporaryFolder()
        _ = try await run(folder.path, changes)
        let files = try folder.contents()
        let report = try await run(folder.path, envelope: "typed", changes + [Change(number: 9, key: 9)])
        #expect(report.counts.rejected == 5)
        #expect(report.counts.delivered == 1)
        #expect(report.rejections[0].reason.description
            == "\(folder.path)/change/Products/2026-09-21/event-0.json: is there already, with other content")
        #expect(try folder.contents().filter { files[$0.key] != nil } == files)
    }

    @Test func leftoversOfAKilledRunAreClearedAway() async throws {
        let folder = try TemporaryFolder()
        try Files.createFolder(folder.path(".sluice"))
        try folder.write(".sluice/2147483647-1-1", "half")
        _ = try await run(folder.path, changes)
        #expect(try folder.contents().count == 5)
        #expect(try Files.kind(of: folder.path(".sluice")) == nil)
    }

    @Test func aReasonNamesTheFileThatIsMissingAndNotTheOneAside() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try await pipeline(folder.path("out"), #","key":"{id}.json""#)
        #expect(try await pipeline.deliver(pipeline.prepare(batch([Change(number: 0, key: 1)]))).isClean)
        Files.removeFolder(folder.path("out/.sluice"))
        try folder.write("out/.sluice", "no folder")
        let report = try await pipeline.deliver(pipeline.prepare(batch([Change(number: 1, key: 1)])))
        #expect(report.fates == [.retry("\(folder.path("out"))/event-1.json: cannot create: Not a directory")])
    }

    @Test func templatesSayWhereAFileLies() async throws {
        let folder = try TemporaryFolder()
        _ = try await run(
            folder.path, more: #","key":"{op}/{region}-{account}/{year}.{month}.{day}/{hour}/{key.Id}-{key.No}_{queue}_{id}.txt""#,
            [Change(number: 3, key: 7)])
        #expect(try folder.contents().keys.first == "MODIFY/eu-west-1-123456789012/2026.09.21/14/7--_-_event-3.txt")
    }

    @Test(arguments: [
        ("..", "%2E."), (".", "%2E"), ("a/../../b", "a%2F..%2F..%2Fb"), (".hidden", "%2Ehidden"), ("", "-"), ("-", "%2D"),
        ("a b\u{0}c", "a%20b%00c"), ("größe", "gr%C3%B6%C3%9Fe"), ("a~b%c\\d:e", "a%7Eb%25c%5Cd%3Ae"), ("A-z_0.9=+@,", "A-z_0.9=+@,"),
    ])
    func noValueLeavesItsPlace(_ value: String, _ safe: String) { #expect(NameTemplate.safe(value) == safe) }

    @Test func longValuesAreCutAndStayApart() throws {
        let long = String(repeating: "x", count: 5000)
        let (a, b) = (NameTemplate.safe(long + "a"), NameTemplate.safe(long + "b"))
        #expect(a != b)
        #expect(a.utf8.count == 120 && b.utf8.count == 120)
        let template = try NameTemplate(String(repeating: "{id}", count: 20) + ".json")
        let record = try batch([Change(number: 1, table: long, key: 1)])[0]
        #expect(template.path(for: record).utf8.count <= 200)
        let path = try NameTemplate("{table}{table}{table}-{id}.json").path(for: record)
        #expect(path.utf8.count == 200)
        #expect(path.hasSuffix(".json"))
    }

    @Test(arguments: ["", "{kind}", "/abs/{id}", "a//{id}", "../{id}", "{id}/..", "./{id}", "{id", "id}", "{key.}{id}", "{nope}{id}", "{id}/"])
    func badTemplates(_ text: String) {
        #expect(throws: ConfigurationValueError.self) { try NameTemplate(text) }
    }

    @Test func aFileInPlaceOfAFolderIsTold() async throws {
        let folder = try TemporaryFolder()
        try folder.write("file", "x")
        await #expect(throws: ConfigurationErrors.self) { try await pipeline(folder.path("file")) }
        try folder.write("change", "x")
        let report = try await run(folder.path, [Change(number: 0, key: 1)])
        #expect(report.counts.retry == 1)
    }

    @Test func aRunThatEndsCostsAnotherOneNothing() async throws {
        let folder = try TemporaryFolder()
        let pipeline = try await pipeline(folder.path("out"), #","key":"{id}.json""#)
        for number in 0..<2 {
            let report = try await pipeline.deliver(pipeline.prepare(batch([Change(number: number, key: number)])))
            #expect(report.counts.delivered == 1, "\(report.fates)")
            // As the other one does at its end.
            Files.removeFolder(folder.path("out/.sluice"))
        }
        try await pipeline.shutdown()
    }

    @Test func twoRunsAtOnceShareAFolder() async throws {
        let folder = try TemporaryFolder()
        let changes = (0..<200).map { Change(number: $0, key: $0) }
        let counts = try await withThrowingTaskGroup(of: BatchReport.self) { group in
            for _ in 0..<3 { group.addTask { try await run(folder.path, changes) } }
            return try await group.reduce(into: [BatchReport]()) { $0.append($1) }
        }
        #expect(counts.reduce(0) { $0 + $1.sinks[0].delivered } == 200)
        #expect(counts.allSatisfy { $0.counts.delivered == 200 })
        #expect(try folder.contents().count == 200)
    }
}
