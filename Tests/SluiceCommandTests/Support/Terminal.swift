// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A pseudo-terminal to run things on, by util-linux's `script`.
enum Terminal {
    #if os(Linux)
    private static let script = "/usr/bin/script"

    /// Whether there is such a program, and a pseudo-terminal to be had: some containers have none.
    static let isAvailable: Bool = {
        let trial = Process()
        trial.executableURL = URL(fileURLWithPath: script)
        trial.arguments = ["-qec", "true", "/dev/null"]
        trial.standardInput = FileHandle.nullDevice
        trial.standardOutput = FileHandle.nullDevice
        trial.standardError = FileHandle.nullDevice
        guard (try? trial.run()) != nil else { return false }
        trial.waitUntilExit()
        return trial.terminationStatus == 0
    }()
    #else
    private static let script = ""
    static let isAvailable = false
    #endif

    /// Runs a shell command on a terminal of its own.
    /// - Returns: its exit status and what the terminal was sent, with plain line ends.
    static func run(_ line: String, _ command: Command) async throws -> Command.Result {
        var command = command
        if command.environment["TERM"] == nil { command.environment["TERM"] = "xterm-256color" }
        command.environment["SHELL"] = "/bin/sh"
        var result = try await command.program(script, ["-qec", line, "/dev/null"])
        // A terminal driver sends CR LF for a line's end.
        result.output = Array(result.text.replacingOccurrences(of: "\r\n", with: "\n").utf8)
        return result
    }

    /// What stands on the terminal at the end: lines that were drawn over are gone.
    static func visible(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.components(separatedBy: "\r\u{1B}[K").last ?? ""
        }.joined(separator: "\n")
    }
}

extension String {
    /// In quotes for a shell.
    var quotedForShell: String { "'" + replacingOccurrences(of: "'", with: "'\\''") + "'" }
}
