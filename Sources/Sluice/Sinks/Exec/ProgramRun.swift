// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program that was started to do one thing, and has ended.
package struct ProgramRun: Sendable {
    /// Its exit status; absent where a signal ended it.
    package let status: Int32?
    /// What it wrote to standard output, line by line.
    package let lines: [String]
    /// How it ended, and the last line of its standard error, for a message.
    package let description: String

    /// How often, in milliseconds, its end is looked for.
    private static let look: Int32 = 5

    /// Runs a program, with nothing on its standard input, and waits for its end. What it has started and left behind goes on, and is not waited for,
    /// even where it holds the pipes. Blocks, so it is not for the cooperative pool.
    ///
    /// - Parameter time: how long it may take; then it is killed.
    package init(_ command: ExecCommand, within time: Duration) throws(ChildProcessError) {
        let process = try ChildProcess(command, environment: nil)
        _ = close(process.input)
        let deadline = ContinuousClock.now + time
        var (output, errors) = (LineReader(longest: 1 << 20, isCutting: true), LineReader(longest: 8192, isCutting: true))
        var (isOutputOpen, areErrorsOpen) = (true, true)
        var (lines, lastWords): ([String], String) = ([], "")
        var (hasEnded, isKilled) = (false, false)
        while true {
            // Behind its end is read what is there already.
            if !hasEnded { hasEnded = process.hasEnded }
            let ready = ChildProcess.waitForOutput(
                (isOutputOpen ? process.output : nil, areErrorsOpen ? process.errors : nil), milliseconds: hasEnded ? 0 : Self.look)
            if ready.0 {
                let reading = output.read(from: process.output)
                lines += reading.lines.map { String(decoding: $0, as: UTF8.self) }
                isOutputOpen = !reading.isAtEnd
            }
            if ready.1 {
                let reading = errors.read(from: process.errors)
                if let last = reading.lines.last(where: { !$0.isEmpty }) { lastWords = String(decoding: last.prefix(200), as: UTF8.self) }
                areErrorsOpen = !reading.isAtEnd
            }
            if hasEnded, !ready.0, !ready.1 { break }
            if !hasEnded, !isKilled, .now > deadline {
                process.signalGroup(SIGKILL)
                isKilled = true
            }
        }
        _ = (close(process.output), close(process.errors))
        let end = process.reap()
        status = if case .exited(let status) = end { status } else { nil }
        self.lines = lines
        let told = isKilled ? "did not end within \(time)" : "\(end)"
        description = "\(command) \(told)\(lastWords.isEmpty ? "" : "; it said: \(lastWords)")"
    }
}
