// SPDX-License-Identifier: Apache-2.0

@testable import Sluice
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProgramRunTests {
    private func run(_ script: String, within time: Duration = .seconds(60)) throws -> ProgramRun {
        try ProgramRun(#require(ExecCommand(words: ["sh", "-c", script])), within: time)
    }

    @Test func statusLinesAndLastWordsAreTold() throws {
        let run = try run("echo one; echo two; echo first >&2; echo last >&2; exit 4")
        #expect(run.status == 4 && run.lines == ["one", "two"])
        #expect(run.description.hasSuffix("ended with status 4; it said: last"), "\(run.description)")
        #expect(try self.run("cat").status == 0, "its input is at its end")
        #expect(try self.run("seq 1 40000").lines.count == 40000)
    }

    @Test func whatItLeavesRunningIsNotWaitedFor() throws {
        let start = ContinuousClock.now
        // It keeps the pipes open.
        let run = try run("echo begun; sleep 30 & exit 0")
        #expect(run.status == 0 && run.lines == ["begun"])
        #expect(ContinuousClock.now - start < .seconds(25))
    }

    @Test func oneThatDoesNotEndIsKilled() throws {
        let run = try run("sleep 300", within: .milliseconds(100))
        #expect(run.status == nil)
        #expect(run.description.contains("did not end within 0.1 seconds"), "\(run.description)")
        #expect(throws: ChildProcessError.self) { try ProgramRun(#require(ExecCommand(words: ["/no/such/program"])), within: .seconds(1)) }
    }
}
