// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTape
import Sluice
import StreamRecords

/// A SAM template for a function with a configuration: its role with the least that it needs, its log group, a mapping or subscription for
/// each source that the routes name, and a queue for what Lambda gives up.
///
/// Variables of the configuration become parameters of the template and variables of the function. The sinks' buckets, tables, queues and
/// buses are taken to be there.
struct SAMTemplate {
    private let plan: DeploymentPlan
    private let codeURI: String
    private let origin: String
    private let names: TemplateNames

    /// - Parameter origin: what the configuration is called.
    init(_ plan: DeploymentPlan, codeURI: String, origin: String) {
        self.plan = plan
        self.codeURI = codeURI
        self.origin = origin
        names = TemplateNames(plan, fixed: Self.ids + (plan.apiTable == nil ? [] : TemplateNames.ids(in: Self.api + Self.apiOutputs)))
    }

    /// Logical ids that the template has besides those of sources and variables.
    private static let ids = ["AsynchronousInvocations", "Consumer", "ConsumerLog", "ConsumerRole", "Failures", "FunctionName"]

    var text: String {
        let streams = sources.filter { $0.source.kind == .change }
        var lines = header
        lines += ["AWSTemplateFormatVersion: \"2010-09-09\"", "Transform: AWS::Serverless-2016-10-31"]
        lines.append("Description: \(quoted("Sluice with the routes of \(origin)"))")
        lines += parameters(streams)
        lines += ["", "Resources:"]
        lines += function + role(streams) + log
        for source in sources { lines += resources(of: source) }
        lines += failures(streams)
        if plan.apiTable != nil { lines += Self.api }
        lines += ["", "Outputs:", "  FunctionName:", "    Value: !Ref Consumer"]
        if plan.apiTable != nil { lines += Self.apiOutputs }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Sources

    private typealias Named = TemplateNames.Source

    private var sources: [Named] { names.sources }

    // MARK: Parts

    private var header: [String] {
        var lines = [
            "# Made by `sluice generate sam` from \(origin.replacing("\n", with: " ")). Deploy it with the package that scripts/package-lambda makes:",
            "#   sam deploy --guided --template-file THIS_FILE --capabilities CAPABILITY_IAM",
            "#",
            "# Roughly, in US dollars, for a million records of 2 KB in batches of 100, each to every sink (us-east-1, list prices of 2025,",
            "# without storage):",
        ]
        lines += CostEstimate(plan).text.map { "#   \($0)" }
        for note in notes { lines += ["#", "# \(note)"] }
        return lines + [""]
    }

    /// What this template cannot know.
    var notes: [String] {
        var notes: [String] = []
        for sink in plan.sinks {
            if case .unknown(let type) = sink.target { notes.append("The sink \(sink.name) (\(type)) is none of AWS's that this knows: what it needs has to be added to the role.") }
        }
        for kind in plan.openKinds where !(kind == .change && plan.sources.isEmpty) {
            let names: [Record.Kind: String] = [.change: "tables", .log: "log groups", .message: "queues", .event: "buses"]
            notes.append("Some route takes \(kind.rawValue)s whatever they come from: \(names[kind] ?? "sources") that no route names have to be added here.")
        }
        for variable in self.names.unknown.own {
            notes.append("Lambda itself sets \(variable): the role has * in its place.")
        }
        for variable in self.names.unknown.refused {
            notes.append("Lambda takes no variable called \(variable): names have two characters at least, and a letter first. Give it another name.")
        }
        if let note = plan.kinesisNote { notes.append(note) }
        if let note = PolicyStatements.keyNote(plan) { notes.append(note) }
        return notes
    }

    private func parameters(_ streams: [Named]) -> [String] {
        var lines: [String] = []
        func parameter(_ name: String, _ description: String, pattern: String? = nil, fallback: String? = nil, isSecret: Bool = false) {
            lines += ["  \(name):", "    Type: String", "    Description: \(quoted(description))"]
            if let pattern { lines.append("    AllowedPattern: \(quoted(pattern))") }
            if let fallback { lines.append("    Default: \(quoted(fallback))") }
            if isSecret { lines.append("    NoEcho: true") }
        }
        for stream in streams {
            parameter(
                "\(stream.name)StreamArn", stream.source.name == "*" ? "The stream of the table" : "The stream of the table \(stream.source.name)",
                pattern: "^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]+/stream/.+$")
        }
        for source in sources where source.isParameter && source.source.kind != .change {
            parameter("\(source.name)Name", "The name of what the routes call \(source.source.name)")
        }
        for variable in plan.variables {
            guard let name = names.parameter(variable.name) else { continue }
            let isQueue = isQueueURL(variable.name)
            // A default has to fit the pattern.
            let hasPattern = isQueue && variable.fallback.map(isPlainURL) ?? true
            parameter(
                name, isQueue ? "\(variable.name): the queue's URL" : variable.name,
                pattern: hasPattern ? "^https://[^/]+/[0-9]+/[A-Za-z0-9_.-]+$" : nil, fallback: variable.fallback, isSecret: variable.isSecret)
        }
        return lines.isEmpty ? [] : ["", "Parameters:"] + lines
    }

    private var function: [String] {
        var lines = [
            "  Consumer:", "    Type: AWS::Serverless::Function", "    Properties:", "      FunctionName: !Sub \"${AWS::StackName}-consumer\"",
            "      Runtime: provided.al2023", "      Handler: bootstrap", "      CodeUri: \(quoted(codeURI))", "      Architectures: [x86_64]",
            "      MemorySize: 256", "      Timeout: 60", "      Role: !GetAtt ConsumerRole.Arn", "      LoggingConfig:",
            "        LogGroup: !Ref ConsumerLog", "        LogFormat: JSON", "      Environment:", "        Variables:",
            "          # Every mapping here has ReportBatchItemFailures. Without it on each one, this must not be set: Lambda takes a",
            "          # partial answer that it does not look at for success.", "          SLUICE_PARTIAL_RESPONSES: \"1\"",
        ]
        for variable in plan.variables where TemplateNames.isSettable(variable.name) {
            let key = TemplateNames.isWord(variable.name) ? quoted(variable.name) : variable.name
            let value = names.parameter(variable.name).map { "!Ref \($0)" } ?? "!Sub \(quoted(names.reference(variable.name)))"
            lines.append("          \(key): \(value)")
        }
        return lines
    }

    private var log: [String] {
        [
            "", "  ConsumerLog:", "    Type: AWS::Logs::LogGroup", "    DeletionPolicy: Delete", "    UpdateReplacePolicy: Delete", "    Properties:",
            "      LogGroupName: !Sub \"/aws/lambda/${AWS::StackName}-consumer\"", "      RetentionInDays: 30",
        ]
    }

    private func role(_ streams: [Named]) -> [String] {
        var lines = [
            "", "  ConsumerRole:", "    Type: AWS::IAM::Role", "    Properties:", "      AssumeRolePolicyDocument:", "        Version: \"2012-10-17\"",
            "        Statement:", "          - Effect: Allow", "            Principal: { Service: lambda.amazonaws.com }",
            "            Action: sts:AssumeRole", "      Policies:", "        - PolicyName: consumer", "          PolicyDocument:",
            "            Version: \"2012-10-17\"", "            Statement:",
        ]
        var sids: Set<String> = []
        func statement(_ sid: String, _ actions: [String], _ resources: [String]) {
            // A policy has no name twice: a queue may be called what a table's resources are.
            var sid = sid
            while !sids.insert(sid).inserted { sid += "Too" }
            lines += ["              - Sid: \(sid)", "                Effect: Allow", "                Action: [\(actions.joined(separator: ", "))]"]
            lines.append("                Resource:")
            for resource in resources { lines.append("                  - \(resource)") }
        }
        let statements = PolicyStatements(place: .stack, function: "${AWS::StackName}-consumer") { queue in
            // The URL is known when the stack is made: its last part is the name.
            guard let variable = VariableText(queue).onlyVariable, isQueueURL(variable), let parameter = names.parameter(variable) else { return nil }
            return "\u{0}\(parameter)"
        }
        var written = plan
        written.sources = sources.filter { $0.source.kind == .message }.map { source in
            DeploymentPlan.Source(kind: .message, name: source.isParameter ? "${\(source.name)Name}" : source.source.name)
        }
        let own = Set(written.sources.map(\.name))
        for each in statements.statements(written, text: { text in own.contains(text) ? text : substituted(text) }) {
            statement(each.sid, each.actions, each.resources.map(resource))
        }
        for stream in streams {
            let parameter = "\(stream.name)StreamArn"
            statement("Read\(stream.name)", ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], ["!Ref \(parameter)"])
            statement(
                "List\(stream.name)", ["dynamodb:ListStreams"],
                ["!Sub [\"${Table}/stream/*\", { Table: !Select [0, !Split [\"/stream/\", !Ref \(parameter)]] }]"])
        }
        if hasFailures(streams) { statement("KeepFailures", ["sqs:SendMessage"], ["!GetAtt Failures.Arn"]) }
        return lines
    }

    private func resource(_ arn: String) -> String {
        guard arn.hasPrefix("\u{0}") else { return arn.contains("${") ? "!Sub \(quoted(arn))" : quoted(arn) }
        return "!Sub [\"arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}\", "
            + "{ Name: !Select [4, !Split [\"/\", !Ref \(arn.dropFirst())]] }]"
    }

    private func resources(of source: Named) -> [String] {
        let name = source.isParameter ? "!Ref \(source.name)Name" : quoted(source.source.name)
        switch source.source.kind {
        case .change:
            return [
                "", "  \(source.name)Mapping:", "    Type: AWS::Lambda::EventSourceMapping", "    Properties:", "      FunctionName: !Ref Consumer",
                "      EventSourceArn: !Ref \(source.name)StreamArn", "      StartingPosition: TRIM_HORIZON", "      BatchSize: 100",
                "      MaximumBatchingWindowInSeconds: 1", "      FunctionResponseTypes: [ReportBatchItemFailures]",
                "      BisectBatchOnFunctionError: true", "      # Without a limit a record that fails for ever holds up its shard until it is lost.",
                "      MaximumRecordAgeInSeconds: 21600", "      MaximumRetryAttempts: 100", "      DestinationConfig:",
                "        OnFailure: { Destination: !GetAtt Failures.Arn }",
            ] + filters(source)
        case .message:
            let arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + (source.isParameter ? "${\(source.name)Name}" : source.source.name)
            return [
                "", "  # The queue's visibility timeout has to be six times the function's, and its redrive policy keeps what fails for ever.",
                "  \(source.name)Mapping:", "    Type: AWS::Lambda::EventSourceMapping", "    Properties:", "      FunctionName: !Ref Consumer",
                "      EventSourceArn: !Sub \(quoted(arn))", "      BatchSize: 10", "      FunctionResponseTypes: [ReportBatchItemFailures]",
            ] + filters(source)
        case .log:
            let group = source.isParameter ? "${\(source.name)Name}" : source.source.name
            return [
                "", "  \(source.name)Permission:", "    Type: AWS::Lambda::Permission", "    Properties:", "      FunctionName: !Ref Consumer",
                "      Action: lambda:InvokeFunction", "      Principal: logs.amazonaws.com", "      SourceAccount: !Ref \"AWS::AccountId\"",
                "      SourceArn: !Sub \(quoted("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:\(group):*"))",
                "", "  \(source.name)Subscription:", "    Type: AWS::Logs::SubscriptionFilter", "    DependsOn: \(source.name)Permission", "    Properties:",
                "      LogGroupName: \(name)", "      FilterPattern: \"\"", "      DestinationArn: !GetAtt Consumer.Arn",
            ]
        case .event:
            return [
                "", "  \(source.name)Rule:", "    Type: AWS::Events::Rule", "    Properties:", "      EventBusName: \(name)", "      EventPattern:",
                "        # All events of the account; say more, for each event is an invocation.", "        account: [!Ref \"AWS::AccountId\"]",
                "      Targets:", "        - { Id: consumer, Arn: !GetAtt Consumer.Arn }",
                "", "  \(source.name)Permission:", "    Type: AWS::Lambda::Permission", "    Properties:", "      FunctionName: !Ref Consumer",
                "      Action: lambda:InvokeFunction", "      Principal: events.amazonaws.com", "      SourceArn: !GetAtt \(source.name)Rule.Arn",
            ]
        }
    }

    private func filters(_ source: Named) -> [String] {
        switch FilterPlan.criteria(for: source.source, plan.routes) {
        case .patterns(let patterns):
            let fate = source.source.kind == .message ? " Other messages are deleted." : ""
            return ["      # Keeps all that the routes take.\(fate)", "      FilterCriteria:", "        Filters:"]
                + patterns.map { "          - Pattern: '\($0.replacing("'", with: "''"))'" }
        case .none(let reason): return ["      # No filter: \(reason.replacing("\n", with: " "))."]
        case .nothing: return []
        }
    }

    private func hasFailures(_ streams: [Named]) -> Bool {
        !streams.isEmpty || sources.contains { $0.source.kind == .log || $0.source.kind == .event }
    }

    private func failures(_ streams: [Named]) -> [String] {
        guard hasFailures(streams) else { return [] }
        var lines: [String] = []
        if sources.contains(where: { $0.source.kind == .log || $0.source.kind == .event }) {
            lines += [
                "", "  # Log groups and buses invoke asynchronously: after three failures the event goes to the queue.", "  AsynchronousInvocations:",
                "    Type: AWS::Lambda::EventInvokeConfig", "    Properties:", "      FunctionName: !Ref Consumer", "      Qualifier: $LATEST",
                "      MaximumRetryAttempts: 2", "      DestinationConfig:", "        OnFailure: { Destination: !GetAtt Failures.Arn }",
            ]
        }
        return lines + [
            "", "  # What Lambda gives up: of streams the places of the records, of other sources the events.", "  Failures:",
            "    Type: AWS::SQS::Queue", "    DeletionPolicy: Retain", "    UpdateReplacePolicy: Retain", "    Properties:",
            "      MessageRetentionPeriod: 1209600", "      SqsManagedSseEnabled: true",
        ]
    }

    // MARK: Texts

    /// Whether a queue's sink takes the variable for all of the queue's name, and so has to be given a URL; not where its default is a bare name.
    private func isQueueURL(_ variable: String) -> Bool {
        if let fallback = plan.variables.first(where: { $0.name == variable })?.fallback, !fallback.contains("://") { return false }
        return plan.sinks.contains { sink in
            if case .queue(let queue, _) = sink.target { VariableText(queue).onlyVariable == variable } else { false }
        }
    }

    /// Whether a text fits the pattern for a queue's URL.
    private func isPlainURL(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "https:", parts[1].isEmpty, !parts[2].isEmpty, !parts[3].isEmpty, !parts[4].isEmpty else { return false }
        return parts[3].utf8.allSatisfy { (0x30...0x39).contains($0) }
            && parts[4].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
    }

    /// A text with parameters in place of variables, for `!Sub`.
    private func substituted(_ text: String) -> String {
        VariableText(text).parts.map { part in
            switch part {
            case .text(let text): text.replacing("${", with: "${!")
            case .variable(let name, _): names.reference(name)
            }
        }.joined()
    }

    /// A JSON text is a YAML one.
    private func quoted(_ text: String) -> String { JSONValue.string(text).text }
}
