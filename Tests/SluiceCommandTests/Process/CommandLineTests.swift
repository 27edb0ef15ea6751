// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

/// How the command answers to what it is told: options, verbs, configurations, and mistakes in all of them.
@Suite struct CommandLineTests {
    let folder: TemporaryFolder
    let sluice: Command

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
        try folder.write("a.json", Recordings.events(0..<2))
    }

    private static let configuration = """
        sinks: { lines: { type: file, path: lines.ndjson } }
        routes: [ { to: [lines] } ]
        """

    @Test(arguments: [
        ["bogus"], ["--bogus"], ["process"], ["process", "--bogus", "a.json"], ["process", "a.json", "--jobs", "0"],
        ["process", "a.json", "--jobs", "many"], ["process", "a.json", "--envelope", "xml"], ["process", "a.json", "--to"],
        ["process", "a.json", "--to", "log:", "--config", "b.yaml"], ["process", "a.json", "--config", "missing.yaml"],
        ["process", "a.json", "--to", "nonsense"], ["process", "a.json", "--to", "s3:bucket"], ["process", "a.json", "--to", "exec:true"], ["process", "a.json", "--to", "dir:"],
        ["process", "a.json", "--to", "dir:a.json"], ["process", "a.json", "--to", "file:."], ["process", "a.json", "--to", "sqlite:."],
        ["process", "missing.json", "--to", "nonsense"],
        ["history"], ["history", "Products"], ["history", "Products", "Id"], ["show"], ["stats", "more"],
        ["stats", "--table", "nonsense"], ["stats", "--table", "sqlite:missing.db"], ["show", "1", "--table", "sqlite:missing.db"],
        ["history", "T", "Id=1", "--table", "sqlite:missing.db"], ["stats", "--from", "yesterday", "--table", "sqlite:events.db"],
    ]) func mistakesEndWithTwo(_ arguments: [String]) async throws {
        _ = try await sluice("process", "a.json", "--to", "sqlite:events.db")
        let result = try await sluice.run(arguments)
        #expect(result.status == 2, "\(result.text)\(result.errors)")
        #expect(result.output.isEmpty, "standard output is for data: \(result.text)")
        #expect(!result.errors.isEmpty)
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["process", "--help"], ["help", "process"], ["history", "--help"], ["show", "-h"], ["stats", "--help"], ["check", "--help"]])
    func helpIsData(_ arguments: [String]) async throws {
        let result = try await sluice.run(arguments)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        #expect(result.text.contains("USAGE: sluice"))
    }

    @Test func theHelpTellsTheVerbs() async throws {
        let help = try await sluice("--help").text
        for verb in ["process", "history", "show", "stats", "check"] { #expect(help.contains("\n  \(verb) ")) }
    }

    @Test func allMistakesOfAConfigurationAreToldAtOnce() async throws {
        try folder.write("bad.yaml", """
            sinks:
              console: { type: logg }
              archive: { type: dir, path: out, colour: red }
              table: { type: event-table, table: "mysql:x" }
            routes:
              - name: a
                kind: [chnage]
                to: [consle]
              - to: [archive]
                tables: [x]
                op: ${NOT_SET_ANYWHERE}
            rejectd: { to: [archive] }

            """)
        let result = try await sluice("process", "a.json", "--config", "bad.yaml")
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        let marks = result.errors.split(separator: "\n").map { $0.split(separator: " ").first.map(String.init) ?? "" }
        #expect(marks == [
            "bad.yaml:2:20:", "bad.yaml:3:36:", "bad.yaml:4:38:", "bad.yaml:7:12:", "bad.yaml:8:10:", "bad.yaml:10:5:", "bad.yaml:11:9:",
            "bad.yaml:12:1:", "8",
        ], "\(result.errors)")
        #expect(result.errors.contains("did you mean log?"))
        #expect(result.errors.contains("did you mean change?"))
        #expect(result.errors.contains("did you mean console?"))
        #expect(result.errors.contains("did you mean table?"))
        #expect(result.errors.contains("did you mean rejected?"))
        #expect(result.errors.hasSuffix("8 mistakes\n"))
    }

    @Test func aTextThatIsNoYAMLHasItsPlace() async throws {
        try folder.write("bad.yaml", "sinks:\n  a: [1, 2\nroutes: x\n")
        let result = try await sluice("process", "a.json", "--config", "bad.yaml")
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("bad.yaml:3:"), "\(result.errors)")
        try folder.write("bad.json", "{\"sinks\":\n{]}")
        let json = try await sluice("process", "a.json", "--config", "bad.json")
        #expect(json.status == 2)
        #expect(json.errors.hasPrefix("bad.json:2:2:"), "\(json.errors)")
    }

    @Test func sinksThatDoNotStartAreToldTogether() async throws {
        let result = try await sluice("process", "a.json", "--to", "sqlite:a.json/x.db", "--to", "dir:a.json", "--to", "file:.")
        #expect(result.status == 2)
        let lines = result.errors.split(separator: "\n").map(String.init)
        try #require(lines.count == 4, "\(result.errors)")
        #expect(lines.contains { $0.hasPrefix("--to sqlite:a.json/x.db: cannot open a.json/x.db: ") }, "\(result.errors)")
        #expect(lines.contains("--to dir:a.json: a.json: cannot use as a folder: Not a directory"), "\(result.errors)")
        #expect(lines.contains { $0.hasPrefix("--to file:.: ") }, "\(result.errors)")
        #expect(lines.last == "3 mistakes")
    }

    @Test func theConfigurationOfTheEnvironment() async throws {
        try folder.write("elsewhere/mine.yaml", Self.configuration)
        for setting in ["elsewhere/mine.yaml", Self.configuration, #"{"sinks":{"lines":{"type":"file","path":"lines.ndjson"}},"routes":[{"to":["lines"]}]}"#] {
            try folder.remove("lines.ndjson")
            var sluice = sluice
            sluice.environment["SLUICE_CONFIG"] = setting
            let result = try await sluice("process", "a.json")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(try folder.text("lines.ndjson").split(separator: "\n").count == 2)
            // What the command line says counts first.
            let told = try await sluice("process", "a.json", "--to", "log:")
            #expect(told.lines.count == 2)
        }
        var wrong = sluice
        wrong.environment["SLUICE_CONFIG"] = "sinks: {}\nroutes: 5\n"
        let result = try await wrong("process", "a.json")
        #expect(result.status == 2)
        #expect(result.errors.contains("SLUICE_CONFIG:2:9: routes: "), "\(result.errors)")
    }

    @Test func theConfigurationInTheFolder() async throws {
        try folder.write("sluice.yaml", Self.configuration)
        let result = try await sluice("process", "a.json")
        #expect(result.status == 0 && result.output.isEmpty)
        #expect(try folder.text("lines.ndjson").split(separator: "\n").count == 2)
    }

    @Test func theConfigurationBesideTheCommand() async throws {
        try FileManager.default.copyItem(atPath: Command.executable.get().path, toPath: folder.path("sluice"))
        try folder.write("sluice.yaml", Self.configuration)
        try folder.write("elsewhere/a.json", Recordings.events(0..<2))
        var shell = sluice
        shell.folder = folder.path("elsewhere")
        shell.environment["PATH"] = "\(folder.path):/usr/bin:/bin"
        let result = try await shell.program("/bin/sh", ["-c", "sluice process a.json"])
        #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
        #expect(try folder.text("elsewhere/lines.ndjson").split(separator: "\n").count == 2)
    }

    @Test func variablesOfTheEnvironment() async throws {
        try folder.write("sluice.yaml", """
            sinks: { lines: { type: file, path: "${TARGET}-${SUFFIX:-default}.ndjson" } }
            routes: [ { to: [lines] } ]
            """)
        var sluice = sluice
        sluice.environment["TARGET"] = "there"
        #expect(try await sluice("process", "a.json").status == 0)
        #expect(folder.exists("there-default.ndjson"))
        sluice.environment["TARGET"] = .some(nil)
        let unset = try await sluice("process", "a.json")
        #expect(unset.status == 2)
        #expect(unset.errors.hasPrefix("sluice.yaml:1:37: "), "\(unset.errors)")
        #expect(unset.errors.contains("TARGET"))
    }

    @Test func limitsOfTheConfiguration() async throws {
        try folder.write("sluice.yaml", """
            sinks: { console: { type: log } }
            routes: [ { to: [console] } ]
            limits: { record: 2000 }
            """)
        try folder.write("b.json", Recordings.event([Recordings.change(1), Recordings.change(2, padding: 3000), Recordings.change(3)]))
        let result = try await sluice("process", "b.json")
        #expect(result.status == 1)
        #expect(result.lines.count == 2)
        #expect(result.errors.contains("2000") || result.errors.contains("2,000"), "\(result.errors)")
    }
}
