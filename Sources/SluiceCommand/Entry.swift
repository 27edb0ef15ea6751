// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

@main
struct Entry {
    static func main() async {
        // A closed pipe is told by an error of the call, not by the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try SluiceCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(with: error)
        }
    }

    /// Ends the process with what the command's contract says: 2 for a mistake in the command line, whatever the parser's own habit is.
    private static func exit(with error: any Error) -> Never {
        let text = SluiceCommand.fullMessage(for: error)
        let code = SluiceCommand.exitCode(for: error)
        if !text.isEmpty {
            // Help that was asked for is data; everything else is said on the side.
            let stream = code == .success ? FileHandle.standardOutput : FileHandle.standardError
            try? stream.write(contentsOf: Data((text + "\n").utf8))
        }
        Foundation.exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
    }
}

/// The command itself: its verbs.
struct SluiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Decode DynamoDB changes, CloudWatch log batches, queue messages and bus events, and send the records where you say.",
        discussion: """
            A first look, from the top folder of Sluice's sources:

              sluice process samples/streams/products
              sluice process samples/streams --to sqlite:events.db
              sluice history Products Id=5

            Exit status: 0 everything was delivered, or wanted nowhere; 1 some records were rejected or are still to be \
            delivered, or nothing was found; 2 the command line or the configuration is wrong; 3 an input cannot be opened or read.
            """,
        subcommands: verbs)

    private static var verbs: [any ParsableCommand.Type] {
        var verbs: [any ParsableCommand.Type] = [
            ProcessCommand.self, HistoryCommand.self, ShowCommand.self, StatsCommand.self, ListCommand.self, MarkCommand.self, InitCommand.self,
            ServeCommand.self, CheckCommand.self, MatchCommand.self, GenerateCommand.self, ConformanceCommand.self,
        ]
        #if AWS
        verbs += [InvokeCommand.self, RerunCommand.self]
        verbs.append(TableCommand.self)
        #endif
        return verbs
    }
}

/// What the command ends with.
enum ExitStatus: Int32 {
    /// Some records were rejected, parked or not, or must be delivered again.
    case undelivered = 1
    /// The command line or the configuration is wrong.
    case usage = 2
    /// An input cannot be opened or read.
    case input = 3
    case interrupted = 130
    case terminated = 143

    var code: ExitCode { ExitCode(rawValue) }
}

/// Says something to whoever runs the command. Standard output is for data.
func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
}
