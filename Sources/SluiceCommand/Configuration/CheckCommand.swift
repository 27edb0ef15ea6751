// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EventAPI
import Foundation
import LambdaHost
import Sluice

/// `sluice check`: what is wrong with a configuration.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell what is wrong with a configuration.",
        discussion: """
            The configuration is --config, else SLUICE_CONFIG, else sluice.yaml here or beside the command. All its mistakes are told at \
            once, each with its place; then the exit status is 2. No sink is started.

            With --lambda it is held against the rules for a Lambda function as well; environment variables that it names need not be set yet.
            """)

    @Option(help: ArgumentHelp("The configuration's file, YAML or JSON.", valueName: "file"))
    var config: String?

    @Flag(help: "Check it for a Lambda function.")
    var lambda = false

    @Flag(help: "Write it to standard output as JSON, environment variables still as ${NAME}: what a Lambda function reads.")
    var json = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        do {
            guard let source = try ConfigurationLoading.find(config, environment: environment) else {
                throw ConfigurationLoading.Failure(
                    description: "there is no configuration: name one with --config, or set SLUICE_CONFIG")
            }
            let root = try ConfigurationLoading.parse(source)
            let configuration = try await Connections.with(environment) { try read(root, environment, $0.sinks()) }
            if let configuration { _ = try APISettings(configuration.api) }
            if json {
                try FileHandle.standardOutput.write(contentsOf: Data(root.json.utf8))
            } else if let configuration {
                say("\(source.name): no mistakes: \(counted(configuration.sinks.count, "sink")), \(counted(configuration.routes.count, "route"))")
            } else {
                say("\(source.name): no mistakes, as far as that can be told without the environment's variables")
            }
        } catch {
            say("\(error)")
            throw ExitStatus.usage.code
        }
    }

    /// - Returns: nil where variables have no value yet, and all else is right.
    private func read(_ root: ConfigurationNode, _ environment: [String: String], _ registry: SinkRegistry) throws -> Configuration? {
        guard lambda else { return try Configuration(reading: root, registry: registry, environment: environment) }
        do throws(ConfigurationErrors) {
            return try LambdaConfiguration.read(root, sinks: registry, environment: environment)
        } catch {
            let mistakes = error.mistakes.filter { $0.code != .unsetVariable }
            guard mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
            return nil
        }
    }

    private func counted(_ number: Int, _ thing: String) -> String { number == 1 ? "1 \(thing)" : "\(number) \(thing)s" }
}
