// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import StreamRecords
internal import Subprocess
internal import SystemPackage

/// A command that prints credentials. It is started without a shell, in the environment that the client was given, and stopped if it takes too long.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
struct ProcessCredentials: CredentialProvider {
    private let command: String
    private let environment: [String: String]
    private let profile: String
    private let timeout: Duration

    /// - Parameter timeout: how long it may run. Some of them ask somebody to sign in.
    init(_ command: String, environment: [String: String], profile: String, timeout: Duration = .seconds(60)) {
        self.command = command
        self.environment = environment
        self.profile = profile
        self.timeout = timeout
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        guard let words = CommandWords.split(command), let program = words.first else {
            throw fail("is no command: a quote is not closed, or it is empty")
        }
        let (output, errors) = try await run(program, Array(words.dropFirst()))
        let answer: CredentialDocument
        do throws(AnswerError) {
            answer = try CredentialDocument(output, tokenName: "SessionToken")
        } catch {
            throw fail("printed something else than credentials: \(error.message)\(errors)")
        }
        guard answer.version == 1 else { throw fail("printed Version \(answer.version.map { "\($0)" } ?? "nothing"); expected 1") }
        return AWSCredentials(answer.keys, expiration: answer.expiration, source: "credential_process of the profile \(profile)")
    }

    private func fail(_ message: String) -> AWSError { AWSError(.credentials, "credential_process of the profile \(profile) \(message)") }

    /// - Returns: what it printed, and what it said beside for errors.
    private func run(_ program: String, _ arguments: [String]) async throws(AWSError) -> (output: [UInt8], errors: String) {
        do {
            guard let ended = try await outcome(of: program, arguments) else {
                throw fail("did not end within \(timeout), and was stopped; run it by hand to see what it waits for")
            }
            let said = String(decoding: ended.errors, as: UTF8.self).trimmed
            let errors = said.isEmpty ? "" : "; it said: \(said)"
            guard case .exited(0) = ended.status else { throw fail("ended with \(ended.status)\(errors)") }
            return (ended.output, errors)
        } catch let error as AWSError {
            throw error
        } catch {
            throw AWSError(.credentials, "credential_process of the profile \(profile) could not be run: \(error)", underlying: error)
        }
    }

    private struct Ended: Sendable {
        let status: TerminationStatus
        let output: [UInt8]
        /// The last of what it said for errors.
        let errors: [UInt8]
    }

    /// - Returns: absent where it took too long. Then, and when the task is cancelled, the command gets SIGTERM, and a second later SIGKILL.
    private func outcome(of program: String, _ arguments: [String]) async throws -> Ended? {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        return try await withThrowingTaskGroup(of: Ended?.self) { group in
            group.addTask { [variables] in
                var options = PlatformOptions()
                options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
                let result = try await Subprocess.run(
                    program.contains("/") ? .path(.init(program)) : .name(program), arguments: Arguments(arguments), environment: .custom(variables),
                    platformOptions: options, input: .none, output: .bytes(limit: 1 << 16), error: .sequence
                ) { try await ProcessCredentials.end(of: $0.standardError) }
                return Ended(status: result.terminationStatus, output: result.standardOutput, errors: result.closureResult)
            }
            group.addTask { [timeout] in
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Reads everything, however much it is, since a command waits while nobody reads what it says; and keeps the end, which tells the most.
    private static func end(of text: SubprocessOutputSequence) async throws -> [UInt8] {
        var end: [UInt8] = []
        for try await part in text {
            var bytes = JSONBuffer()
            bytes.append(part.bytes)
            end = (end + bytes.copy(of: 0..<bytes.count)).suffix(300)
        }
        return end
    }
}

#endif
