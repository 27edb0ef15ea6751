// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The sink exec on the command line, with the sample in Python, and the command that checks such programs.
@Suite(.timeLimit(.minutes(10))) struct ConformanceCommandTests {
    private let folder: TemporaryFolder
    private let sluice: Command
    private let sample = Repository.path("samples/exec-sink/sink.py")
    private let child = Repository.path("Tests/Support/exec/child.py")

    init() throws {
        folder = try TemporaryFolder()
        sluice = Command(folder: folder.path)
    }

    @Test func theSampleInPythonKeepsTheRules() async throws {
        let result = try await sluice("conformance", "exec", "--once", "--arrived", "python3 '\(sample)' --list records.db", "python3", sample, "records.db")
        #expect(result.status == 0, "\(result.text)\(result.errors)")
        #expect(result.lines.last?.contains("11 passed, 0 failed") == true, "\(result.text)")
    }

    @Test func theSampleInPythonTakesTheRecordedStreamsOnce() async throws {
        for round in 1...2 {
            let result = try await sluice("process", Repository.path("samples/streams"), "--to", "exec:python3 '\(sample)' records.db")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("515 delivered") || result.errors.contains("515 already there"), "\(result.errors)")
            if round == 2 { #expect(result.errors.contains("0 delivered, 515 already there"), "\(result.errors)") }
        }
        let list = try await sluice.program("/usr/bin/env", ["python3", sample, "--list", "records.db"])
        // The recordings hold some records twice.
        #expect(Set(list.lines).count == list.lines.count && list.lines.count > 400)
    }

    @Test func aProgramThatBreaksARuleIsFound() async throws {
        try folder.write("state/arrived", "")
        // It says delivered and keeps nothing.
        let result = try await sluice("conformance", "exec", "--arrived", "cat state/arrived", "--", "python3", child, "list", "state")
        #expect(result.status == 1, "\(result.text)\(result.errors)")
        #expect(result.text.contains("FAILED   order by key"))
        #expect(result.text.contains("were called delivered and are not there"))
    }

    @Test func mistakesOnTheCommandLineAreTold() async throws {
        for (arguments, part) in [
            (["conformance", "exec"], "Name the program"), (["conformance", "exec", "--timeout", "soon", "true"], "--timeout soon is no duration"),
            (["conformance", "exec", "--arrived", "a 'b", "true"], "is no command"), (["conformance", "exec", "/no/such/program"], "cannot be started"),
            (["conformance", "exec", "true"], "ended with status 0"),
        ] {
            let result = try await sluice.run(arguments)
            #expect(result.status == 2 && result.errors.contains(part), "\(arguments): \(result.status) \(result.errors)")
        }
        let help = try await sluice("--help")
        #expect(help.text.contains("conformance"))
    }

    @Test func aProgramThatDiesWhileAStreamIsProcessedLosesNothing() async throws {
        try folder.write("state/starts", "")
        let result = try await sluice(
            "process", Repository.path("samples/streams/products"), "--to", "exec:python3 '\(child)' dies-once '\(folder("state"))'")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try folder.text("state/starts").split(separator: "\n").count == 2)
        #expect(result.errors.contains("ended with status 3"), "\(result.errors)")
    }
}
