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

            Tests that stand in the configuration (given this event, expect these routes, sinks and fields) are run; if one fails, the exit status is 1, \
            and --json writes nothing. \
            With --explain an event is held against each route: taken, or the first condition that is not met, with the value it saw.

            With --lambda it is held against the rules for a Lambda function as well; environment variables that it names need not be set yet. Tests and \
            --explain need those that say how records go, and not those of sinks.

            What is allowed and may be regretted is warned about; with --strict that is a mistake as well. --template holds the mappings of a \
            CloudFormation or SAM template against what the function expects of them.
            """)

    @Option(help: ArgumentHelp("The configuration's file, YAML or JSON.", valueName: "file"))
    var config: String?

    @Flag(help: "Check it for a Lambda function.")
    var lambda = false

    @Flag(help: "Warnings count as mistakes.")
    var strict = false

    @Option(help: ArgumentHelp("A CloudFormation or SAM template, YAML or JSON, that deploys it.", valueName: "file"))
    var template: String?

    @Flag(help: "Write it to standard output as JSON, environment variables still as ${NAME}: what a Lambda function reads.")
    var json = false

    @Option(help: ArgumentHelp("Tell for each record of an event, a file or - for standard input, which routes take it and why others don't.", valueName: "event"))
    var explain: String?

    func validate() throws {
        if json && explain != nil { throw ValidationError("--json and --explain both write to standard output: take one of them.") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var passed = true
        do {
            guard let source = try ConfigurationLoading.find(config, environment: environment) else {
                throw ConfigurationLoading.Failure(
                    description: "there is no configuration: name one with --config, or set SLUICE_CONFIG")
            }
            let root = try ConfigurationLoading.parse(source)
            let (configuration, unset) = try await Connections.with(environment) { try read(root, environment, $0.sinks()) }
            if let configuration { _ = try APISettings(configuration.api) }
            // Variables without a value yet say nothing about how records go.
            let whole: Configuration
            if let configuration {
                whole = configuration
            } else {
                whole = try await Connections.with(environment) { try DeploymentPlan.configuration(root, $0.sinks(), environment) }
            }
            var warnings = whole.warnings(root, isForLambda: lambda)
            if let template { warnings += try TemplateCheck(path: template).warnings(parkAfter: whole.rejected.parkAfter) }
            for warning in warnings { say("\(warning)") }
            if strict && !warnings.isEmpty { throw ConfigurationLoading.Failure(description: counted(warnings.count, "warning")) }
            if let explain {
                guard unset.isEmpty else { throw ConfigurationErrors(unset) }
                try ExplainEvent(configuration: whole).run(explain)
            } else {
                if !json {
                    let reserve = configuration == nil ? ", as far as that can be told without the environment's variables" : ""
                    say("\(source.name): no mistakes\(reserve): \(counted(whole.sinks.count, "sink")), \(counted(whole.routes.count, "route"))")
                }
                if unset.isEmpty {
                    passed = await ConfigurationTestRun(whole, of: source.name).run(environment)
                } else if !whole.tests.isEmpty {
                    unset.forEach { say("\($0)") }
                    say("\(source.name): \(counted(whole.tests.count, "test")) not run, without these variables")
                }
                if json && passed { try Output.whole(root.json) }
            }
        } catch {
            if let status = error as? ExitCode { throw status }
            say("\(error)")
            throw ExitStatus.usage.code
        }
        if !passed { throw ExitStatus.undelivered.code }
    }

    /// Which sections say nothing of how records go, so that they can be followed without their variables.
    private static let others = ["sinks.", "api.", "rerun."]

    /// - Returns: no configuration where variables have no value yet, and all else is right; and the places of those without which nobody can tell how
    ///   records go.
    private func read(
        _ root: ConfigurationNode, _ environment: [String: String], _ registry: SinkRegistry
    ) throws -> (Configuration?, unset: [ConfigurationMistake]) {
        guard lambda else { return (try Configuration(reading: root, registry: registry, environment: environment), []) }
        do throws(ConfigurationErrors) {
            return (try LambdaConfiguration.read(root, sinks: registry, environment: environment), [])
        } catch {
            let mistakes = error.mistakes.filter { $0.code != .unsetVariable }
            guard mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
            return (nil, error.mistakes.filter { mistake in !Self.others.contains { mistake.path.hasPrefix($0) } })
        }
    }

    private func counted(_ number: Int, _ thing: String) -> String { number == 1 ? "1 \(thing)" : "\(number) \(thing)s" }
}
