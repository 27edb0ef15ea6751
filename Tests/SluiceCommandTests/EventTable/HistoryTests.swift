// SPDX-License-Identifier: Apache-2.0

import Foundation
import ReferenceDecoder
import Testing
import TestSupport

/// `sluice history`, `show` and `stats` over the table that the samples make.
@Suite struct HistoryTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() async throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        sluice = Command(folder: folder.path)
        // Under the name that is looked for where none is told.
        let filled = try await sluice("process", "samples/streams", "--to", "sqlite:events.db")
        try #require(filled.status == 0, "\(filled.errors)")
    }

    private func escapes(_ result: Command.Result) -> Bool { result.output.contains(0x1B) }

    @Test func theHistoryOfAnItem() async throws {
        let result = try await sluice("history", "Products", "Id=5")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.isEmpty)
        #expect(!escapes(result))
        #expect(result.lines.first == #"Products#{"Id":5}"#)
        let heads = result.lines.filter { $0.hasPrefix("2026-") }
        #expect(heads == [
            "2026-11-18 09:12:04.000  INSERT", "2026-11-18 11:30:47.000  MODIFY", "2026-11-18 16:02:41.000  MODIFY", "2026-11-19 08:20:05.000  MODIFY",
            "2026-11-19 10:05:27.000  MODIFY", "2026-11-20 07:00:00.000  MODIFY", "2026-11-20 13:40:18.000  MODIFY", "2026-11-20 15:00:00.000  REMOVE",
        ])
        #expect(result.text.contains("\n      price  89.9 → 79.9\n"))
        #expect(result.text.contains("\n    + sale_until  \"2026-11-27\"\n      price       79.9 → 69.9\n"))

        for subject in [["Products#{\"Id\":5}"], ["Products", "Id=5.0"], ["Products", "Id=5", "--table", "sqlite:events.db"]] {
            let same = try await sluice.run(["history"] + subject)
            #expect(same.text == result.text, "\(subject)")
        }
    }

    @Test func theHistoryAsJSONIsThePlainEnvelope() async throws {
        let result = try await sluice("history", "Products", "Id=5", "--json")
        #expect(result.status == 0)
        let all = try await sluice("process", "samples/streams/products", "--to", "log:")
        let five = try all.lines.filter { try TreeParser.parse(Array($0.utf8))["keys"]?["Id"]?.raw == Array("5".utf8) }
        #expect(five.count == 8)
        #expect(result.lines == five)
    }

    @Test func theTableOfTheConfiguration() async throws {
        try folder.write("other/sluice.yaml", """
            sinks: { console: { type: log }, kept: { type: event-table, table: "sqlite:${PLACE}/kept.db" } }
            routes: [ { table: [Todos], to: [kept] } ]
            """)
        var there = sluice
        there.folder = folder.path("other")
        there.environment["PLACE"] = "made"
        #expect(try await there("process", "../samples/streams").status == 0)
        let result = try await there("stats", "--json")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try parsed(result.lines).map { $0["name"]?.string } == ["Todos"])
        // What the command line says counts first, and a configuration with mistakes is none.
        #expect(try await there("stats", "--json", "--table", "sqlite:../events.db").lines.count > 1)
        there.environment["PLACE"] = .some(nil)
        let mistaken = try await there("stats", "--json")
        #expect(mistaken.status == 2)
        #expect(mistaken.errors.contains("PLACE"), "\(mistaken.errors)")
    }

    @Test func aPartOfTheHistory() async throws {
        let result = try await sluice("history", "Products", "Id=5", "--json", "--from", "2026-11-19", "--until", "2026-11-20T07:00:00Z")
        #expect(try parsed(result.lines).map { $0["time"]?.string } == ["2026-11-19T08:20:05.000Z", "2026-11-19T10:05:27.000Z"])
    }

    @Test func itemsWithTwoKeysAndTextKeys() async throws {
        let all = try await sluice("process", "samples/streams/todo/2-stream.json", "--to", "log:")
        let keys = try #require(try parsed(all.lines).first?["keys"])
        let (user, todo) = (try #require(keys["UserId"]?.string), try #require(keys["TodoId"]?.string))
        let result = try await sluice("history", "Todos", "UserId=\(user)", "TodoId=\(todo)", "--json")
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.lines.isEmpty)
        #expect(try parsed(result.lines).allSatisfy { $0["keys"]?["TodoId"]?.string == todo })
    }

    @Test(arguments: [["history", "Products", "Id=4711"], ["show", "no-such-id"], ["stats", "--until", "1999-01-01"]])
    func nothingFoundEndsWithOne(_ arguments: [String]) async throws {
        let result = try await sluice.run(arguments)
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("sluice: "), "\(result.errors)")
        let json = try await sluice.run(arguments + ["--json"])
        #expect(json.status == 1 && json.output.isEmpty)
    }

    @Test func aFileThatIsNoTableEndsWithThree() async throws {
        try folder.write("text.db", "this is no table, and longer than the header of a SQLite file, which has one hundred bytes: it goes on and on")
        let result = try await sluice("stats", "--table", "sqlite:text.db")
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func anExecutionWithItsLinesAndFigures() async throws {
        let logs = try await sluice("process", "samples/streams/logs", "--to", "log:")
        let lines = try parsed(logs.lines)
        let report = try #require(lines.first { $0["message"]?.string?.hasPrefix("REPORT ") == true })
        let id = try #require(report["request_id"]?.string)
        let messages = lines.filter { $0["request_id"]?.string == id }.compactMap { $0["message"]?.string }
        let result = try await sluice("show", id)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!escapes(result))
        #expect(result.lines[0].contains(id))
        for name in ["duration", "memory"] { #expect(result.text.contains("\n    \(name)"), "\(result.text)") }

        let json = try parsed(try await sluice("show", id, "--json").lines)
        try #require(json.count == 1)
        #expect(json[0]["kind"]?.string == "invocation")
        #expect(json[0]["id"]?.string == id)
        #expect(json[0]["duration_ms"] != nil && json[0]["memory_mb"] != nil)
        let kept = Set((json[0]["lines"]?.elements ?? []).compactMap { $0["message"]?.string })
        #expect(Set(messages).isSubset(of: kept), "every line that names it is there")
    }

    @Test func aChangeAMessageAnEvent() async throws {
        let all = try await sluice("process", "samples/streams", "--to", "log:")
        for kind in ["change", "message", "event"] {
            let line = try #require(try all.lines.first { try TreeParser.parse(Array($0.utf8))["kind"]?.string == kind })
            let id = try #require(try TreeParser.parse(Array(line.utf8))["id"]?.string)
            let shown = try await sluice("show", id, "--json")
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.lines == [line])
            let text = try await sluice("show", id)
            #expect(text.status == 0 && !text.output.isEmpty && !escapes(text))
        }
    }

    @Test func statistics() async throws {
        let json = try parsed(try await sluice("stats", "--json").lines)
        func row(_ kind: String, _ name: String) -> Tree? { json.first { $0["kind"]?.string == kind && $0["name"]?.string == name } }
        func figure(_ row: Tree?, _ name: String) -> String { String(decoding: row?[name]?.raw ?? [], as: UTF8.self) }
        let products = row("table", "Products")
        #expect(figure(products, "changes") == "31")
        #expect(products?["operations"]?.compact == #"{"INSERT":11,"MODIFY":17,"REMOVE":3}"#)
        // Executions are what has a REPORT line, in the samples each.
        let logs = try parsed(try await sluice("process", "samples/streams/logs", "--to", "log:").lines)
        for function in ["products-api", "stock-sync", "todo-api"] {
            let ids = logs.filter { $0["function"]?.string == function }.compactMap { $0["request_id"]?.string }
            #expect(figure(row("function", function), "executions") == "\(Set(ids).count)", "\(function)")
        }
        #expect(figure(row("queue", "orders.fifo"), "messages") == "5")

        let text = try await sluice("stats")
        #expect(text.status == 0 && !escapes(text))
        for title in ["Executions", "Changes", "Messages", "Events"] { #expect(text.lines.contains(title)) }
        #expect(text.text.contains("█"))
        #expect(text.lines.contains { $0.hasPrefix("  Products      11      17       3       31  █") }, "\(text.text)")
    }

    @Test func aClosedPipeEndsItQuietly() async throws {
        let pipe = Pipe()
        let running = try sluice.start(["history", "Products", "Id=5", "--json"], output: pipe.fileHandleForWriting)
        try pipe.fileHandleForReading.close()
        try pipe.fileHandleForWriting.close()
        let result = try await running.end(within: .seconds(60))
        #expect(result.status == 0)
        #expect(result.errors.isEmpty, "\(result.errors)")
    }
}
