// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

@Suite("sluice init")
struct InitTests {
    private let folder: TemporaryFolder
    private let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    @Test("what it writes is sound, and works at once")
    func works() async throws {
        let result = try await sluice("init")
        #expect(result.status == 0 && result.text.isEmpty && result.errors.hasPrefix("sluice.yaml is written"))
        let check = try await sluice("check", "--strict")
        #expect(check.status == 0 && check.errors == "sluice.yaml: no mistakes: 3 sinks, 2 routes\n", "\(check.errors)")
        let run = try await sluice("process", Repository.path("samples/streams/products"))
        #expect(run.status == 0 && run.lines.count == 36 && folder.exists("events.db"), "\(run.errors)")
    }

    @Test("one for a function keeps a function's rules, with variables not yet set")
    func lambda() async throws {
        #expect(try await sluice("init", "function.yaml", "--lambda").status == 0)
        let check = try await sluice("check", "--lambda", "--config", "function.yaml", "--strict")
        #if AWS
        #expect(check.status == 0, "\(check.errors)")
        #else
        #expect(check.errors.contains("s3-json") && check.errors.split(separator: "\n").count == 1, "\(check.errors)")
        #endif
    }

    @Test("what is commented out is right too", arguments: [false, true])
    func comments(lambda: Bool) async throws {
        #if !AWS
        if lambda { return }
        #endif
        #expect(try await sluice.run(["init"] + (lambda ? ["--lambda"] : [])).status == 0)
        let text = try folder.text("sluice.yaml")
        var others: [(comment: String, text: String)] = []
        for comment in [
            "# table: [Products, Order*]", "# op: [INSERT, MODIFY]", "# when: {", "# changed: [", "# was: {", "# becomes: {", "# envelope: cloudevents", "# envelope: { fields:",
            "# redact: [",
        ] {
            #expect(text.contains(comment))
            others.append((comment, text.replacingOccurrences(of: comment, with: String(comment.dropFirst(2)))))
        }
        // The tests are a block of several lines, and the last one.
        let start = try #require(text.range(of: "# tests:\n")?.lowerBound)
        let tests = text[start...].split(separator: "\n").map { $0.dropFirst(2) }.joined(separator: "\n")
        others.append(("# tests:", String(text[..<start]) + tests + "\n"))
        for other in others {
            let path = try folder.write("other.yaml", other.text)
            let check = try await sluice.run(["check", "--config", path] + (lambda ? ["--lambda"] : []))
            #expect(check.status == 0, "\(other.comment): \(check.errors)")
            if other.comment == "# tests:" { #expect(check.errors.hasSuffix("1 test passed\n"), "\(check.errors)") }
        }
    }

    @Test("a file that is there stays as it is")
    func keeps() async throws {
        try folder.write("sluice.yaml", "mine")
        let result = try await sluice("init")
        #expect(result.status == 2 && result.errors == "sluice.yaml is there already, and stays as it is\n")
        #expect(try folder.text("sluice.yaml") == "mine")
        let nowhere = try await sluice("init", "no/such/folder/sluice.yaml")
        #expect(nowhere.status == 2 && nowhere.errors.hasPrefix("no/such/folder/sluice.yaml: "))
    }
}
