// SPDX-License-Identifier: Apache-2.0

import Foundation
import Sluice
import StreamRecords
import Testing
import TestSupport

@Suite("sluice check")
struct CheckTests {
    private let folder: TemporaryFolder
    private let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    private static let sound = """
        # A configuration for a function.
        sinks:
          console: { type: log }
        routes:
          - name: "paid ☕ \\"orders\\""
            table: ["${TABLES:-Orders}", 'Pro*']
            op: [INSERT, MODIFY]
            to: console
        rejected: { block: true }
        limits: { depth: 20, record: 1 MiB }
        """

    @Test("one without mistakes is told so, with status 0")
    func sound() async throws {
        try folder.write("sluice.yaml", Self.sound)
        let result = try await sluice("check")
        #expect(result.status == 0 && result.text.isEmpty)
        #expect(result.errors == "sluice.yaml: no mistakes: 1 sink, 1 route\n")
        #expect(try await sluice("check", "--lambda", "--config", "sluice.yaml").status == 0)
    }

    @Test("a closed pipe ends it quietly, and a full disk is told", arguments: [
        ["check", "--json"], ["check", "--explain", "event.json"], ["match", "{\"source\":[\"shop\"]}", "event.json", "--count"],
    ])
    func output(_ arguments: [String]) async throws {
        try folder.write("sluice.yaml", Self.sound)
        try folder.write("event.json", #"{"id":"e1","detail-type":"t","source":"shop","time":"2026-11-20T15:00:00Z","detail":{}}"#)
        let pipe = Pipe()
        let running = try sluice.start(arguments, output: pipe.fileHandleForWriting)
        try pipe.fileHandleForReading.close()
        try pipe.fileHandleForWriting.close()
        let closed = try await running.end(within: .seconds(60))
        #expect(closed.status == 0 && closed.errors.isEmpty, "\(closed.status) \(closed.errors)")
        #if os(Linux)
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let result = try await sluice.start(arguments, output: full).end(within: .seconds(60))
        #expect(result.status == 3 && result.errors == "sluice: standard output: No space left on device\n", "\(result.status) \(result.errors)")
        #endif
    }

    @Test("mistakes are told with their places, with status 2")
    func mistakes() async throws {
        try folder.write("other.yaml", "sinks:\n  a: { type: file, path: x, mode: y }\nroutes:\n  - to: b\n")
        let result = try await sluice("check", "--config", "other.yaml")
        #expect(result.status == 2 && result.text.isEmpty)
        #expect(result.errors.contains("other.yaml:2:") && result.errors.contains("other.yaml:4:") && result.errors.contains("2 mistakes"), "\(result.errors)")
        let none = try await sluice("check")
        #expect(none.status == 2 && none.errors.contains("there is no configuration"))
    }

    @Test("mistakes in the API's settings are told with their places too")
    func api() async throws {
        let right = String(repeating: "0a", count: 32)
        let text = "\(Self.sound)\nrerun: { allow: [orders] }\napi:\n  keys:\n    - { name: a, sha256: \"\(right)\", scopes: [read] }\n"
        try folder.write("sluice.yaml", text)
        #expect(try await sluice("check").status == 0)
        try folder.write("sluice.yaml", text.replacingOccurrences(of: right, with: "0a").replacingOccurrences(of: "[read]", with: "[reed]"))
        let result = try await sluice("check")
        #expect(result.status == 2 && result.errors.contains("sluice.yaml:14:") && result.errors.contains("did you mean read?"), "\(result.errors)")
        try folder.write("sluice.yaml", Self.sound + "\nrerun: { alow: [orders] }\n")
        #expect(try await sluice("check").errors.contains("did you mean allow?"))
    }

    @Test("--lambda holds it against a function's rules")
    func lambda() async throws {
        try folder.write("sluice.yaml", "sinks:\n  a: { type: file, path: x }\nroutes:\n  - to: a\n")
        #expect(try await sluice("check").status == 0)
        let result = try await sluice("check", "--lambda")
        #expect(result.status == 2 && result.errors.contains("vanish on Lambda") && result.errors.contains("\"rejected\""), "\(result.errors)")
    }

    @Test("a function's variables need not be set where it is packaged")
    func unsetVariables() async throws {
        let text = Self.sound.replacingOccurrences(of: "TABLES:-Orders", with: "TABLES")
        try folder.write("sluice.yaml", text)
        #expect(try await sluice("check").status == 2)
        let result = try await sluice("check", "--lambda", "--json")
        #expect(result.status == 0 && result.text.contains(#""${TABLES}""#), "\(result.errors)")
    }

    @Test("--json writes what means the same, with variables left to be put in")
    func json() async throws {
        try folder.write("sluice.yaml", Self.sound)
        let result = try await sluice("check", "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let root = try ConfigurationNode(json: result.text, file: "sluice.json")
        let registry = SinkRegistry.standard()
        for tables in ["Orders", "Others"] {
            let configuration = try Configuration(reading: root, registry: registry, environment: tables == "Orders" ? [:] : ["TABLES": tables])
            let route = try #require(configuration.routes.first)
            #expect(route.name == #"paid ☕ "orders""# && route.to == ["console"])
            #expect(route.conditions.contains(.source(.change, [NamePattern(tables), NamePattern("Pro*")])))
            #expect(configuration.rejected.block && configuration.limits.depth == 20 && configuration.limits.record?.bytes == 1 << 20)
        }
        // Written once more, it is the same text.
        try folder.write("sluice.json", result.text)
        #expect(try await sluice("check", "--json", "--config", "sluice.json").text == result.text)
    }
}
