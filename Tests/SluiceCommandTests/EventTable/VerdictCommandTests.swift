// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Testing
import TestSupport

/// `sluice list` and `mark` over the table that the samples make.
@Suite struct VerdictCommandTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() async throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        sluice = Command(folder: folder.path)
        let filled = try await sluice("process", "samples/streams/logs", "--to", "sqlite:events.db")
        try #require(filled.status == 0, "\(filled.errors)")
    }

    private static let failed = "641919a2-cf49-485e-8236-3fd7fbcf5859"

    private func ids(_ arguments: String...) async throws -> [String] {
        let result = try await sluice.run(["list", "--json"] + arguments)
        #expect(result.status == (result.lines.isEmpty ? 1 : 0), "\(result.errors)")
        return result.lines.compactMap { (try? JSONValue(parsing: $0))?["id"]?.stringValue }
    }

    @Test func executionsAreListedByFunctionStatusAndTime() async throws {
        let all = try await ids("--function", "products-api", "--limit", "10000")
        #expect(all.count > 20)
        #expect(try await ids("--function", "products-api", "--limit", "10000", "--ascending") == all.reversed())
        var paged: [String] = []
        var arguments = ["list", "--json", "--function", "arn:aws:lambda:eu-west-1:123456789012:function:products-api", "--limit", "7"]
        for _ in 0..<1000 {
            let page = try await sluice.run(arguments)
            #expect(page.status == 0)
            paged += page.lines.compactMap { (try? JSONValue(parsing: $0))?["id"]?.stringValue }
            guard let mark = page.errors.range(of: "--after ") else { break }
            let word = page.errors[mark.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
            arguments = Array(arguments.prefix(6)) + ["--after", word]
        }
        #expect(paged == all)
        let good = try await ids("--function", "products-api", "--status", "ok", "--limit", "10000")
        let bad = try await ids("--function", "products-api", "--status", "error", "--limit", "10000")
        #expect(!good.isEmpty && !bad.isEmpty)
        #expect(Set(good).union(bad).isSubset(of: all))
        #expect(Set(good).isDisjoint(with: bad))
        let text = try await sluice("list", "--status", "error")
        #expect(text.status == 0)
        #expect(text.lines.contains { $0.contains(" error ") })
        #expect(try await sluice("list", "--function", "nobody").status == 1)
        #expect(try await ids("--function", "products-api", "--until", "2000-01-01") == [])
    }

    @Test(arguments: [["list"], ["list", "--status", "ok"], ["list", "--status", "fine"], ["list", "--function", "f", "--after", "x"],
        ["list", "--function", "f", "--limit", "0"], ["list", "--function", "f", "--from", "2026-02-30"],
        ["list", "--function", "f", "--until", "2027-02-29T00:00:00Z"], ["mark", "r"], ["mark", "r", "perhaps"], ["mark", "r", "valid", "--history"]])
    func whatIsWrongIsToldWithStatus2(arguments: [String]) async throws {
        let result = try await sluice.run(arguments)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(!result.errors.isEmpty)
    }

    @Test func aVerdictIsGivenShownAndFound() async throws {
        let id = Self.failed
        #expect(try await sluice("mark", id, "--history").status == 1)
        let first = try await sluice("mark", id, "invalid", "--note", "wrong total", "--by", "Ana")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.text.contains("invalid"))
        #expect(first.text.contains("Ana: wrong total"))
        #expect(try await sluice("mark", id, "valid", "--by", "Bo").status == 0)
        #expect(try await ids("--verdict", "valid") == [id])
        #expect(try await ids("--verdict", "invalid") == [])
        let history = try await sluice("mark", id, "--history", "--json")
        #expect(history.lines.count == 2)
        #expect(history.lines.first?.contains(#""validity":"invalid""#) == true)
        let shown = try await sluice("show", id)
        #expect(shown.text.contains("valid, Bo"))
    }

    @Test func whatIsNotThereIsNotMade() async throws {
        let result = try await sluice("mark", "nobody", "valid")
        #expect(result.status == 1)
        #expect(result.errors.contains("there is no execution nobody"))
        let missing = try await sluice("mark", Self.failed, "valid", "--table", "sqlite:none.db")
        #expect(missing.status == 2)
        #expect(!folder.exists("none.db"))
    }
}
