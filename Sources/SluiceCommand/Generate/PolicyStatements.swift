// SPDX-License-Identifier: Apache-2.0

import EventTable
import Sluice
import StreamRecords

/// Where the resources are that a configuration names without saying so.
struct AWSPlace {
    let partition: String
    let region: String
    var account: String

    /// In a region, whose partition its name tells.
    init(region: String, account: String) { self.init(partition: AWSPartition(of: region).name, region: region, account: account) }

    private init(partition: String, region: String, account: String) {
        self.partition = partition
        self.region = region
        self.account = account
    }

    /// The pseudo parameters of CloudFormation.
    static let stack = AWSPlace(partition: "${AWS::Partition}", region: "${AWS::Region}", account: "${AWS::AccountId}")

    func arn(_ service: String, _ resource: String) -> String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }
}

/// One permission.
struct PolicyStatement: Hashable {
    var sid: String
    var actions: [String]
    var resources: [String]
}

/// The least that a function needs: to write where the sinks write, to be fed from the sources that the routes name, and to log.
///
/// Each action is one that Sluice calls, or Lambda for it: see
/// [actions and resources](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
struct PolicyStatements {
    let place: AWSPlace
    /// The function's own name.
    let function: String
    /// The ARN of a queue that a text names, where it is not plain.
    var queueARN: (String) -> String?

    init(place: AWSPlace, function: String, queueARN: @escaping (String) -> String? = { _ in nil }) {
        self.place = place
        self.function = function
        self.queueARN = queueARN
    }

    func statements(_ plan: DeploymentPlan, text: (String) -> String) -> [PolicyStatement] {
        var statements = [
            PolicyStatement(
                sid: "OwnLog", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [place.arn("logs", "log-group:/aws/lambda/\(function):*")])
        ]
        for sink in plan.sinks { statements += self.statements(sink, plan, text: text) }
        statements += answering(plan, text: text)
        for source in plan.sources { statements += reading(source, text: text) }
        return merged(statements)
    }

    private func statements(_ sink: DeploymentPlan.Sink, _ plan: DeploymentPlan, text: (String) -> String) -> [PolicyStatement] {
        let sid = "Sink" + Self.identifier(sink.name)
        switch sink.target {
        case .bucket(let bucket, let prefix, _):
            let path = prefix.isEmpty ? "" : text(prefix) + "/"
            let reads = sink.objectKey.map { Self.readsBack(text($0), plan.kinds(to: sink.name)) } ?? false
            return [
                PolicyStatement(
                    sid: sid, actions: (reads ? ["s3:GetObject"] : []) + ["s3:PutObject"],
                    resources: ["arn:\(place.partition):s3:::\(text(bucket))/\(path)*"])
            ]
        case .table(let table):
            return [
                PolicyStatement(
                    sid: sid, actions: ["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                    resources: [arn(ofTable: text(table))])
            ]
        case .queue(let queue, let isVerified):
            var actions = ["sqs:SendMessage"]
            if isVerified { actions.append("sqs:GetQueueAttributes") }
            if !text(queue).contains("://") && queueARN(queue) == nil { actions.append("sqs:GetQueueUrl") }
            return [PolicyStatement(sid: sid, actions: actions, resources: [arn(ofQueue: queue, text)])]
        case .bus(let bus, let isVerified):
            let name = text(bus)
            return [
                PolicyStatement(
                    sid: sid, actions: (isVerified ? ["events:DescribeEventBus"] : []) + ["events:PutEvents"],
                    resources: [name.hasPrefix("arn:") ? name : place.arn("events", "event-bus/\(name)")])
            ]
        case .function(let function):
            return [PolicyStatement(sid: sid, actions: ["lambda:InvokeFunction"], resources: [arn(ofFunction: text(function))])]
        case .ownLog, .unknown: return []
        }
    }

    /// What requests need: to look rows up, to give verdicts (a transaction, which takes the permission of each of its parts), and to run again,
    /// which the function hands to an invocation of its own.
    private func answering(_ plan: DeploymentPlan, text: (String) -> String) -> [PolicyStatement] {
        guard let table = plan.apiTable else { return [] }
        let arn = self.arn(ofTable: text(table))
        var statements = [
            PolicyStatement(
                sid: "AnswerRequests",
                actions: ["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"], resources: [arn]),
            PolicyStatement(sid: "AnswerRequestsByIndex", actions: ["dynamodb:Query"], resources: ["\(arn)/index/*"]),
        ]
        if !plan.reruns.isEmpty {
            let names = plan.reruns.map { FunctionName(text($0)).description }
            statements.append(
                PolicyStatement(sid: "RunAgain", actions: ["lambda:InvokeFunction"], resources: ([function] + names).map { place.arn("lambda", "function:\($0)") }))
        }
        return statements
    }

    /// What Lambda asks for in the function's name when it reads a source. Log groups and buses are allowed to invoke it instead.
    private func reading(_ source: DeploymentPlan.Source, text: (String) -> String) -> [PolicyStatement] {
        let name = text(source.name)
        let sid = "Read" + Self.identifier(source.name)
        switch source.kind {
        case .change:
            return [
                PolicyStatement(
                    sid: sid, actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
                    resources: [place.arn("dynamodb", "table/\(name)/stream/*")])
            ]
        case .message:
            return [
                PolicyStatement(
                    sid: sid, actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], resources: [place.arn("sqs", name)])
            ]
        case .log, .event: return []
        }
    }

    /// Whether the sink reads an object that is there, to tell a record that comes again from another one of the same id: where the name does not tell the
    /// source. Without the permission it takes the one for the other.
    private static func readsBack(_ key: String, _ kinds: [Record.Kind]) -> Bool {
        if key.contains("{source}") { return false }
        let own: [Record.Kind: String] = [.change: "{table}", .log: "{group}", .message: "{queue}", .event: "{bus}"]
        return kinds.contains { kind in own[kind].map { !key.contains($0) } ?? true }
    }

    /// A table by its ARN or name.
    private func arn(ofTable table: String) -> String { table.hasPrefix("arn:") ? table : place.arn("dynamodb", "table/\(table)") }

    /// A function by its ARN, partial ARN (`ACCOUNT:function:NAME`) or name, with or without version or alias, which an ARN has behind the name.
    private func arn(ofFunction function: String) -> String {
        if function.hasPrefix("arn:") { return function }
        guard let middle = function.firstRange(of: ":function:") else { return place.arn("lambda", "function:\(FunctionName(function))") }
        var place = self.place
        place.account = String(function[..<middle.lowerBound])
        return place.arn("lambda", "function:\(FunctionName(String(function[middle.upperBound...])))")
    }

    /// A queue by its URL (`https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`), ARN or name.
    private func arn(ofQueue queue: String, _ text: (String) -> String) -> String {
        if let arn = queueARN(queue) { return arn }
        let name = text(queue)
        if name.hasPrefix("arn:") { return name }
        guard name.contains("://") else { return place.arn("sqs", name) }
        let parts = name.split(separator: "/").map(String.init)
        guard parts.count >= 4 else { return place.arn("sqs", parts.last ?? name) }
        let host = parts[1].split(separator: ".").map(String.init)
        let region = host.count > 2 && host[0] == "sqs" ? host[1] : place.region
        // Where a template has a parameter for the region, it is the stack that knows the partition.
        let partition = region == place.region || region.contains("$") ? place.partition : AWSPartition(of: region).name
        return "arn:\(partition):sqs:\(region):\(parts[2]):\(parts[3])"
    }

    /// One statement for what is allowed twice.
    private func merged(_ statements: [PolicyStatement]) -> [PolicyStatement] {
        var merged: [PolicyStatement] = []
        for statement in statements {
            if let place = merged.firstIndex(where: { $0.actions == statement.actions }) {
                for resource in statement.resources where !merged[place].resources.contains(resource) { merged[place].resources.append(resource) }
            } else {
                var statement = statement
                var number = 2
                while merged.contains(where: { $0.sid == statement.sid }) {
                    statement.sid += "\(number)"
                    number += 1
                }
                merged.append(statement)
            }
        }
        return merged
    }

    /// What no configuration tells, where something can have it: a key of the customer's own.
    static func keyNote(_ plan: DeploymentPlan) -> String? {
        let mayBeEncrypted = plan.apiTable != nil || plan.sources.contains { $0.kind == .change || $0.kind == .message } || plan.openKinds.contains(.change)
            || plan.sinks.contains { sink in
                switch sink.target {
                case .bucket, .table, .queue: true
                case .bus, .function, .ownLog, .unknown: false
                }
            }
        guard mayBeEncrypted else { return nil }
        return "Buckets, tables and queues that are encrypted with a KMS key of your own need permissions on that key too, such as kms:Decrypt and "
            + "kms:GenerateDataKey: the configuration does not tell the key."
    }

    /// Letters and digits only, each word with a capital: `paid orders` is `PaidOrders`.
    static func identifier(_ name: String) -> String {
        let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension DeploymentPlan {
    /// The kinds of records that may get to a sink, rejected ones too.
    func kinds(to sink: String) -> [Record.Kind] {
        let isForRejected = configuration.rejected.to.contains(sink)
        let kinds = routes.filter { isForRejected || $0.to.contains(sink) }.flatMap(\.possibleKinds)
        return Record.Kind.allCases.filter(kinds.contains)
    }
}
