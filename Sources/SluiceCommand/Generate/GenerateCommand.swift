// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import JSONTape
import Sluice
import StreamRecords

/// `sluice generate`: what AWS has to be told for a configuration.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write what deploying a configuration needs: a template, a policy, filters.",
        discussion: """
            The configuration is --config, else SLUICE_CONFIG, else sluice.yaml here or beside the command. Nothing is asked of AWS: what comes out \
            is made of the configuration alone, on standard output; what it could not know is told on standard error.
            """,
        subcommands: [FiltersCommand.self, PolicyCommand.self, TemplateCommand.self])

    struct Options: ParsableArguments {
        @Option(help: ArgumentHelp("The configuration's file, YAML or JSON.", valueName: "file"))
        var config: String?

        /// Reads the configuration.
        /// - Returns: what it is called as well, and the environment's variables.
        func plan() async throws -> (plan: DeploymentPlan, name: String, environment: [String: String]) {
            let environment = ProcessInfo.processInfo.environment
            do {
                guard let source = try ConfigurationLoading.find(config, environment: environment) else {
                    throw ConfigurationLoading.Failure(description: "there is no configuration: name one with --config, or set SLUICE_CONFIG")
                }
                let root = try ConfigurationLoading.parse(source)
                let plan = try await Connections.with(environment) { try DeploymentPlan(root, $0.sinks(), environment) }
                return (plan, source.name, environment)
            } catch {
                say("\(error)")
                throw ExitStatus.usage.code
            }
        }
    }
}

/// `sluice generate filters`.
struct FiltersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filters",
        abstract: "The FilterCriteria of each event source mapping: they keep all that the routes take.",
        discussion: """
            A line of JSON for each table and queue that the routes name: {"table": NAME, "FilterCriteria": …}, or with "reason" where all records \
            have to come. Records that a filter lets go are neither counted nor parked, and those of queues are deleted. What stands in a route as a \
            variable, no filter asks for: its value is known when the function runs.
            """)

    @OptionGroup var options: GenerateCommand.Options

    func run() async throws {
        let (plan, name, _) = try await options.plan()
        var sources = plan.sources.filter { $0.kind == .change || $0.kind == .message }
        for kind in plan.openKinds where kind == .change || kind == .message {
            if !sources.contains(where: { $0.kind == kind }) { sources.append(DeploymentPlan.Source(kind: kind, name: "*")) }
        }
        var lines = ""
        for source in sources {
            let key = source.kind == .change ? "table" : "queue"
            let start = "{\"\(key)\":\(JSONValue.string(source.name).text),"
            switch FilterPlan.criteria(for: source, plan.routes) {
            case .patterns(let patterns): lines += start + "\"FilterCriteria\":\(FilterPlan.json(patterns))}\n"
            case .none(let reason): lines += start + "\"reason\":\(JSONValue.string(reason).text)}\n"
            case .nothing: continue
            }
        }
        if lines.isEmpty { say("\(name): no route takes records by an event source mapping: log groups and buses have filters of their own") }
        if let note = plan.kinesisNote { say("\(name): \(note)") }
        try Output.whole(lines)
    }
}

/// `sluice generate iam`.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iam", abstract: "The least policy that a function with this configuration needs.",
        discussion: """
            A policy document in JSON for the function's role: its sinks, the sources that the routes name, the API where there is one, and its own log. The variables that \
            sinks and sources take have to be set, else their resources are not known.
            """)

    @OptionGroup var options: GenerateCommand.Options

    @Option(help: ArgumentHelp("The region of what is named without one.", valueName: "name"))
    var region: String?

    @Option(help: ArgumentHelp("The twelve digits of the account; any of them by default.", valueName: "number"))
    var account = "*"

    @Option(help: ArgumentHelp("The function's name, for its log group and its own reruns.", valueName: "name"))
    var function = "sluice"

    func run() async throws {
        let (plan, name, environment) = try await options.plan()
        let place = AWSPlace(region: region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "*", account: account)
        var unset: [String] = []
        func text(_ text: String) -> String {
            VariableText(text).text { variable, fallback in
                // The function's own region, and not that of who asks.
                if variable == "AWS_REGION" || variable == "AWS_DEFAULT_REGION" { return place.region }
                if let value = environment[variable], !value.isEmpty { return value }
                if let fallback { return fallback }
                if !unset.contains(variable) { unset.append(variable) }
                return ""
            }
        }
        let statements = PolicyStatements(place: place, function: function).statements(plan, text: text)
        guard unset.isEmpty else {
            say("\(name): \(unset.joined(separator: ", ")): not set, and a policy names what it allows. `sluice generate sam` makes parameters of them")
            throw ExitStatus.usage.code
        }
        for sink in plan.sinks {
            if case .unknown(let type) = sink.target { say("\(name): the sink \(sink.name) (\(type)) is none of AWS's that this knows; what it needs is not in the policy") }
        }
        if statements.contains(where: { $0.resources.contains { $0.contains(":*:") || $0.contains("::") && !$0.contains(":s3:::") } }) {
            say("\(name): the policy holds for any region or account where the configuration names none: --region and --account make it narrower")
        }
        if let note = plan.kinesisNote { say("\(name): \(note)") }
        if let note = PolicyStatements.keyNote(plan) { say("\(name): \(note)") }
        try Output.whole(Self.json(statements))
    }

    private static func json(_ statements: [PolicyStatement]) -> String {
        func list(_ texts: [String]) -> ConfigurationNode {
            let mark = SourceMark(file: "", line: 0, column: 0)
            let nodes = texts.map { ConfigurationNode(.string($0), at: mark) }
            return nodes.count == 1 ? nodes[0] : ConfigurationNode(.list(nodes), at: mark)
        }
        let mark = SourceMark(file: "", line: 0, column: 0)
        func object(_ members: [(String, ConfigurationNode)]) -> ConfigurationNode {
            ConfigurationNode(.object(members.map { ConfigurationNode.Member(name: $0.0, mark: mark, node: $0.1) }), at: mark)
        }
        let all = statements.map { each in
            object([
                ("Sid", list([each.sid])), ("Effect", list(["Allow"])), ("Action", list(each.actions)), ("Resource", list(each.resources)),
            ])
        }
        return object([("Version", list(["2012-10-17"])), ("Statement", ConfigurationNode(.list(all), at: mark))]).json
    }
}

/// `sluice generate sam`.
struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sam", abstract: "A SAM template for a function with this configuration, with what a million records cost.",
        discussion: """
            The configuration's variables become parameters. Buckets, tables, queues and buses that sinks write to are taken to be there; \
            samples/deploy has a template that makes them.
            """)

    @OptionGroup var options: GenerateCommand.Options

    @Option(help: ArgumentHelp("Where the package is that scripts/package-lambda makes.", valueName: "path"))
    var code = ".build/lambda/sluice.zip"

    func run() async throws {
        let (plan, name, _) = try await options.plan()
        let template = SAMTemplate(plan, codeURI: code, origin: name)
        for note in template.notes { say("\(name): \(note)") }
        try Output.whole(template.text)
    }
}
