// SPDX-License-Identifier: Apache-2.0

#if AWS
import ArgumentParser
import AWSSinks
import EventTable
import FoundationEssentials
import JSONTape
import StreamRecords

/// `sluice invoke FUNCTION`
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke", abstract: "Invoke a Lambda function, wait for its answer, and record both.",
        discussion: """
            The answer goes to standard output. A function that fails, and a call that Lambda refuses, are recorded too, and are exit status 1. \
            It needs lambda:InvokeFunction.
            """)

    @Argument(help: ArgumentHelp("The function: its name or ARN, with an alias or version behind a colon if that is meant.", valueName: "function"))
    var function: String

    @Option(help: ArgumentHelp("The input, JSON; - reads it from standard input (default: {}).", valueName: "json"))
    var params = "{}"

    @Option(help: ArgumentHelp("The execution that causes this one.", valueName: "id"))
    var source: String?

    @OptionGroup var table: EventTableOptions

    func run() async throws {
        try await using(table, for: .writing) { store, connections in
            let recorder = InvocationRecorder(store: store, invoker: LambdaInvoker(connections.services))
            let recorded: RecordedInvocation
            do throws(RecordingError) {
                recorded = try await recorder.invoke(FunctionName(function), params: try input(), source: source)
            } catch {
                throw CommandFailure(error.code == .badParams ? .usage : .unreadable, error.message)
            }
            var output = Output()
            if let response = recorded.invocation.response { try output.line(response) }
            try output.flush()
            say("recorded as \(recorded.invocation.key.id) of \(recorded.invocation.key.name)")
            switch recorded.outcome {
            case .succeeded: return
            case .failed: throw CommandFailure(.nothing, "the function failed (\(recorded.invocation.functionError ?? "error"))")
            case .refused(let reason): throw CommandFailure(.nothing, "the function was not run: \(reason)")
            case .unknown(let reason): throw CommandFailure(.nothing, "nobody can tell whether the function ran: \(reason)")
            }
        }
    }

    private func input() throws(RecordingError) -> String {
        guard params == "-" else { return params }
        guard let bytes = try? FileHandleInput.all() else { throw RecordingError(.badParams, "standard input cannot be read") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
