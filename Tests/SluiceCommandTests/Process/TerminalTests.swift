// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

/// What people see: colours and a progress bar, on a terminal and nowhere else.
@Suite(.enabled(if: Terminal.isAvailable, "needs a pseudo-terminal, and util-linux's script")) struct TerminalTests {
    let folder: TemporaryFolder
    let sluice: Command
    let line: String

    init() throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        sluice = Command(folder: folder.path)
        line = try Command.executable.get().path.quotedForShell
    }

    @Test func changesAreReadableAndColoured() async throws {
        let result = try await Terminal.run("\(line) process samples/streams/products --to log:", sluice)
        #expect(result.status == 0, "\(result.text)")
        #expect(result.text.contains("\u{1B}[33mMODIFY\u{1B}[0m \u{1B}[1mProducts#{\"Id\":5}\u{1B}[0m"), "\(result.text)")
        #expect(!result.text.contains("{\"kind\":"))
        let plain = result.text.replacing(/\x1B\[[0-9]+m/, with: "")
        #expect(plain.contains(#"16:02:41.000 MODIFY Products#{"Id":5}  price: 89.9 → 79.9"# + "\n"), "\(plain)")
        #expect(plain.contains("36 records received from 5 inputs"))
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]]) func coloursCanBeRefused(_ variables: [String: String]) async throws {
        var sluice = sluice
        for (name, value) in variables { sluice.environment[name] = value }
        _ = try await sluice("process", "samples/streams", "--to", "sqlite:events.db")
        for arguments in ["process samples/streams/products --to log:", "history Products Id=5", "stats", "show 041a754de1e9823b6e655fb0cf17fc79"] {
            let result = try await Terminal.run("\(line) \(arguments)", sluice)
            #expect(result.status == 0, "\(result.text)")
            #expect(!result.output.contains(0x1B), "\(result.text)")
        }
    }

    @Test func theEventTableIsShownInColour() async throws {
        _ = try await sluice("process", "samples/streams", "--to", "sqlite:events.db")
        for arguments in ["history Products Id=5", "stats", "show 041a754de1e9823b6e655fb0cf17fc79"] {
            let shown = try await Terminal.run("\(line) \(arguments)", sluice)
            #expect(shown.text.contains("\u{1B}["), "\(arguments)")
            // The same without its colours as without a terminal, and never in what programs read.
            let piped = try await sluice.run(arguments.split(separator: " ").map(String.init))
            #expect(shown.text.replacing(/\x1B\[[0-9]+m/, with: "") == piped.text)
            let json = try await Terminal.run("\(line) \(arguments) --json", sluice)
            #expect(!json.output.contains(0x1B), "\(arguments)")
        }
    }

    @Test func longWorkShowsABarThatGoesAway() async throws {
        // Two seconds of nothing before the input ends.
        try folder.write("a.ndjson", Recordings.events(0..<100))
        let slow = "(cat a.ndjson; sleep 2; cat a.ndjson) | \(line) process - --to file:out.ndjson"
        let result = try await Terminal.run(slow, sluice)
        #expect(result.status == 0, "\(result.text)")
        #expect(result.text.contains("\r\u{1B}[K"), "\(result.text)")
        #expect(result.text.contains(" MB read, "), "\(result.text)")
        #expect(!Terminal.visible(result.text).contains(" MB read, "))
        #expect(Terminal.visible(result.text).contains("200 records received"))
    }

    @Test func recordsOnTheTerminalAreNotTornByABar() async throws {
        try folder.write("a.ndjson", Recordings.events(0..<100))
        let slow = "(cat a.ndjson; sleep 2; cat a.ndjson) | \(line) process - --to log:"
        let result = try await Terminal.run(slow, sluice)
        #expect(result.status == 0)
        #expect(!result.text.contains("\r"), "\(result.text)")
    }

    @Test func noBarWithoutATerminal() async throws {
        try folder.write("a.ndjson", Recordings.events(0..<100))
        let result = try await sluice.program(
            "/bin/sh", ["-c", "(cat a.ndjson; sleep 2; cat a.ndjson) | \(line) process - --to file:out.ndjson"])
        #expect(result.status == 0)
        #expect(!result.errors.contains("\r") && !result.errors.contains("\u{1B}"), "\(result.errors)")
    }
}
