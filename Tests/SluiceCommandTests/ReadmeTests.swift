// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

/// The README's commands are run, in its order and in one folder, and what it shows of them must be true.
///
/// A block ```` ```console ```` holds commands behind `$ ` and below each what a terminal shows of it, standard output and standard
/// error as they come. A line `…` stands for any number of lines that are left out, and a line that ends in `…` is cut there. Times and
/// speeds, which differ from run to run, are masked.
@Suite(.enabled(if: Terminal.isAvailable, "needs a pseudo-terminal, and util-linux's script")) struct ReadmeTests {
    struct Step: Sendable, CustomTestStringConvertible {
        var line: Int
        var command: String
        var shown: [String]

        var testDescription: String { "README.md:\(line): \(command)" }
    }

    private static let text = try? String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)

    /// What needs the network, another checkout or minutes of building; what the README shows of it is not compared.
    private static let others = ["git ", "cd ", "swift ", "scripts/test", "scripts/benchmark", "scripts/sanitize", "scripts/fuzz", "docker ", "python3 "]

    static func steps(of readme: String) -> [Step] {
        var steps: [Step] = []
        var isInside = false
        for (index, line) in readme.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                isInside = !isInside && line.dropFirst(3).trimmingCharacters(in: .whitespaces) == "console"
            } else if isInside, line.hasPrefix("$ ") {
                steps.append(Step(line: index + 1, command: String(line.dropFirst(2)), shown: []))
            } else if isInside, !steps.isEmpty {
                if let open = steps.last, open.command.hasSuffix("\\"), open.shown.isEmpty {
                    steps[steps.count - 1].command = open.command.dropLast() + line.trimmingCharacters(in: .whitespaces)
                } else {
                    steps[steps.count - 1].shown.append(String(line))
                }
            }
        }
        return steps
    }

    @Test func theReadmeShowsTheTruth() async throws {
        let steps = Self.steps(of: try #require(Self.text))
        let stage = try Stage()
        var compared = 0
        for step in steps where !Self.others.contains(where: { step.command.hasPrefix($0) }) {
            let isOurs = ["sluice ", "scripts/run"].contains { step.command.hasPrefix($0) } || step.command.contains("| sluice ")
            guard isOurs else {
                Issue.record("README.md:\(step.line): nobody knows how to run “\(step.command)” here")
                continue
            }
            let result = try await stage.run(step.command)
            let actual = Terminal.visible(result.text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            var lines = actual
            while lines.last == "" { lines.removeLast() }
            var shown = step.shown
            while shown.last == "" { shown.removeLast() }
            if let difference = Self.difference(shown, lines) {
                Issue.record("README.md:\(step.line): $ \(step.command)\n\(difference)\nIn full:\n\(lines.joined(separator: "\n"))")
            }
            compared += 1
        }
        #expect(compared > 0, "a README without a command that can be run")
    }

    // MARK: Comparing

    static func masked(_ line: String) -> String { line.replacing(/[0-9][0-9,.]* (s\b|records\/s|MB\/s)/) { "# \($0.1)" } }

    /// What is wrong with what is shown; nil where nothing is.
    static func difference(_ shown: [String], _ actual: [String]) -> String? {
        let shown = shown.map(masked), actual = actual.map(masked)
        func fits(_ line: String, _ other: String) -> Bool {
            if line == other { return true }
            return line.hasSuffix("…") && other.hasPrefix(line.dropLast())
        }
        // Which beginnings of what happened are told by the beginning of what is shown.
        var reached: Set<Int> = [0]
        for (index, line) in shown.enumerated() {
            var next: Set<Int> = []
            if line == "…" {
                if let first = reached.min() { next = Set(first...actual.count) }
            } else {
                for place in reached where place < actual.count && fits(line, actual[place]) { next.insert(place + 1) }
            }
            guard !next.isEmpty else {
                let candidates = reached.sorted().prefix(3).map { $0 < actual.count ? actual[$0] : "(the end)" }
                return "shown in line \(index + 1): \(line)\nand not: \(candidates.joined(separator: "\n     or: "))"
            }
            reached = next
        }
        if reached.contains(actual.count) { return nil }
        return "not shown: \(actual[min(reached.max() ?? 0, actual.count - 1)])"
    }

    @Test func differencesAreFound() {
        let actual = ["a", "b", "took 1.5 s", "c", "d is long"]
        #expect(Self.difference(["a", "b", "took 22 s", "c", "d is long"], actual) == nil)
        #expect(Self.difference(["a", "…", "d is…"], actual) == nil)
        #expect(Self.difference(["…", "c", "…"], actual) == nil)
        #expect(Self.difference(["a", "…", "x", "…"], actual) != nil)
        #expect(Self.difference(["a", "b"], actual) != nil)
        #expect(Self.difference(["a", "…", "d"], actual) != nil)
        #expect(Self.difference([], actual) != nil)
        #expect(Self.difference(["took 1 minute"], ["took 1.5 s"]) != nil)
        #expect(Self.masked("515 records received from 18 inputs in 0.4 s (1,309 records/s, 0.4 MB/s): 515 delivered")
            == "515 records received from 18 inputs in # s (# records/s, # MB/s): 515 delivered")
    }

    @Test func stepsAreFound() {
        let steps = Self.steps(of: "text\n```console\n$ sluice a \\\n    --b\nout\n\nmore\n$ scripts/run\n```\n```yaml\n$ no\n```\n```console\n$ sluice c\n```\n")
        #expect(steps.map(\.command) == ["sluice a --b", "scripts/run", "sluice c"])
        #expect(steps.map(\.shown) == [["out", "", "more"], [], []])
    }
}

/// A place that looks like a fresh checkout in which building takes no time: the build is there already.
private struct Stage {
    private let folder: TemporaryFolder
    private let command: Command

    init() throws {
        folder = try TemporaryFolder()
        try folder.addSamples()
        let built = try Command.executable.get().path.quotedForShell
        for name in ["scripts/run", "scripts/build-options"] {
            try folder.write(name, try String(contentsOfFile: Repository.path(name), encoding: .utf8))
        }
        // What scripts/run calls: nothing to install, and a compiler that is done at once.
        try folder.write("scripts/setup", "#!/bin/sh\n")
        try folder.write("bin/swift", "#!/bin/sh\nmkdir -p .build/release && ln -sf \(built) .build/release/sluice\n")
        try folder.write("bin/sluice", "#!/bin/sh\nexec \(built) \"$@\"\n")
        for name in ["scripts/run", "scripts/build-options", "scripts/setup", "bin/swift", "bin/sluice"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path(name))
        }
        var command = Command(folder: folder.path)
        command.environment["PATH"] = folder.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        command.environment["NO_COLOR"] = "1"
        self.command = command
    }

    func run(_ line: String) async throws -> Command.Result { try await Terminal.run(line, command) }
}
