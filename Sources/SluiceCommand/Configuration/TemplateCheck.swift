// SPDX-License-Identifier: Apache-2.0

import EventTable
import Foundation
import Sluice
import Yams

/// Looks at the mappings of a template for what would lose records: partial answers that Lambda does not look at, and attempts without end or
/// without a place for what fails.
struct TemplateCheck {
    private let path: String
    private let root: Node

    init(path: String) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationLoading.Failure(description: "\(path): cannot be read")
        }
        do {
            guard let node = try Yams.compose(yaml: text), node.mapping != nil else {
                throw ConfigurationLoading.Failure(description: "\(path): this is no template: its top is not an object")
            }
            root = node
        } catch let error as YamlError {
            throw ConfigurationLoading.Failure(description: "\(path): \(error)")
        }
    }

    /// A mapping of the template, as a resource or as an event of a serverless function.
    private struct Mapping {
        var path: String
        var properties: Node?
        /// The functions that it may invoke: one, or none where it is a function of another stack.
        var functions: [Function]
        /// The queue that it reads, where that is of the template too.
        var queue: (name: String, node: Node)?
        var isStream: Bool
        var mark: Mark?
    }

    /// - Parameter parkAfter: when the function itself parks what fails.
    func warnings(parkAfter: Duration?) -> [ConfigurationWarning] {
        var warnings: [ConfigurationWarning] = []
        for mapping in mappings {
            func warn(_ code: ConfigurationWarning.Code, _ text: String) {
                let mark = mapping.mark.map { SourceMark(file: path, line: $0.line, column: $0.column) }
                warnings.append(ConfigurationWarning(code, at: mark, path: mapping.path, text))
            }
            let types = mapping.properties?["FunctionResponseTypes"]
            let reports = types?.sequence?.contains { $0.string == "ReportBatchItemFailures" } ?? false
            if !reports && mapping.functions.contains(where: \.answersInPart) {
                warn(
                    .partialResponses,
                    "SLUICE_PARTIAL_RESPONSES is set, and this mapping has no ReportBatchItemFailures: Lambda takes each partial answer for success, and what failed is lost")
            }
            guard mapping.isStream else {
                if let queue = mapping.queue, parkAfter == nil, isAbsent(queue.node["Properties"]?["RedrivePolicy"]) {
                    warn(
                        .endlessRetries,
                        "the queue \(queue.name) has no RedrivePolicy, and the configuration has no \"park_after\": a message that fails for ever comes again until the queue drops it")
                }
                continue
            }
            let attempts = limit(mapping.properties?["MaximumRetryAttempts"])
            let age = limit(mapping.properties?["MaximumRecordAgeInSeconds"])
            let hasDestination = mapping.properties?["DestinationConfig"]?["OnFailure"] != nil
            if !attempts && !age && parkAfter == nil {
                warn(
                    .endlessRetries,
                    "there is no limit to attempts or age, and the configuration has no \"park_after\": a record that fails for ever holds up its shard until it is lost")
            } else if (attempts || age) && !hasDestination {
                warn(.endlessRetries, "what reaches the limit of attempts or age is lost: there is no DestinationConfig with OnFailure")
            }
        }
        return warnings
    }

    /// Whether a limit is set; what a template works out only when it is deployed counts as one.
    private func limit(_ node: Node?) -> Bool {
        guard let node else { return false }
        return node.string != "-1"
    }

    private func isAbsent(_ node: Node?) -> Bool {
        guard let node else { return true }
        return node.string == "AWS::NoValue" || node["Ref"]?.string == "AWS::NoValue"
    }

    // MARK: What is in it

    private struct Function {
        var name: String
        var node: Node
        /// Whether SLUICE_PARTIAL_RESPONSES is on.
        var answersInPart: Bool
    }

    private var functions: [Function] {
        let shared = root["Globals"]?["Function"]?["Environment"]
        func function(_ resource: (name: String, node: Node), _ shared: Node?) -> Function {
            let places = [resource.node["Properties"]?["Environment"], shared]
            let setting = places.lazy.compactMap { $0?["Variables"]?["SLUICE_PARTIAL_RESPONSES"]?.string }.first
            return Function(name: resource.name, node: resource.node, answersInPart: ["1", "true"].contains(setting?.lowercased()))
        }
        return resources("AWS::Serverless::Function").map { function($0, shared) } + resources("AWS::Lambda::Function").map { function($0, nil) }
    }

    private func resources(_ type: String) -> [(name: String, node: Node)] {
        root["Resources"]?.mapping?.compactMap { key, node in
            node["Type"]?.string == type ? (key.string ?? "", node) : nil
        } ?? []
    }

    private var mappings: [Mapping] {
        let functions = functions
        var mappings = resources("AWS::Lambda::EventSourceMapping").map { name, node in
            let properties = node["Properties"]
            // Only streams have a place to start from.
            return Mapping(
                path: "Resources.\(name)", properties: properties, functions: invoked(properties?["FunctionName"], functions),
                queue: queue(properties?["EventSourceArn"]), isStream: properties?["StartingPosition"] != nil, mark: node.mark)
        }
        for function in functions {
            for (key, event) in function.node["Properties"]?["Events"]?.mapping ?? [:] {
                guard let type = event["Type"]?.string, ["DynamoDB", "Kinesis", "SQS"].contains(type) else { continue }
                mappings.append(Mapping(
                    path: "Resources.\(function.name).Properties.Events.\(key.string ?? "")", properties: event["Properties"], functions: [function],
                    queue: queue(event["Properties"]?["Queue"]), isStream: type != "SQS", mark: event.mark))
            }
        }
        return mappings
    }

    /// The function that a mapping names, by reference, by one of its aliases or versions, or by its name. Where it names none, it may be any.
    private func invoked(_ node: Node?, _ functions: [Function], depth: Int = 0) -> [Function] {
        guard let node else { return functions }
        for id in TemplateReferences.ids(in: node) {
            if let function = functions.first(where: { $0.name == id }) { return [function] }
            let aliases = resources("AWS::Lambda::Alias") + resources("AWS::Lambda::Version")
            if depth < 2, let alias = aliases.first(where: { $0.name == id }) {
                return invoked(alias.node["Properties"]?["FunctionName"], functions, depth: depth + 1)
            }
            // Those that SAM makes are called after their function.
            if root["Resources"]?[id] == nil, let function = functions.first(where: { id.hasPrefix($0.name + "Alias") || id.hasPrefix($0.name + "Version") }) {
                return [function]
            }
        }
        let named = functions.filter { function in
            guard let name = function.node["Properties"]?["FunctionName"] else { return false }
            if name == node { return true }
            guard let text = node.string, let own = name.string else { return false }
            return FunctionName(text).name == own
        }
        return Array(named.prefix(1))
    }

    private func queue(_ node: Node?) -> (name: String, node: Node)? {
        guard let node else { return nil }
        let ids = TemplateReferences.ids(in: node)
        return resources("AWS::SQS::Queue").first { ids.contains($0.name) }
    }
}

/// What a value of a template refers to.
private enum TemplateReferences {
    /// The logical ids that it names, in the short forms (`!Ref Q`, `!GetAtt Q.Arn`, `!Sub "${Q.Arn}"`) and the long ones.
    static func ids(in node: Node) -> [String] {
        switch node {
        case .scalar(let scalar):
            switch node.tag.description {
            case "!Ref", "!GetAtt": return [id(scalar.string)]
            case "!Sub": return substituted(scalar.string)
            default: return []
            }
        case .sequence(let elements):
            switch node.tag.description {
            case "!GetAtt": return elements.first?.string.map { [id($0)] } ?? []
            case "!Sub": return (elements.first?.string.map(substituted) ?? []) + elements.dropFirst().flatMap { ids(in: $0) }
            default: return elements.flatMap { ids(in: $0) }
            }
        case .mapping(let members):
            return members.flatMap { key, value in
                switch (key.string, value) {
                case ("Ref", .scalar(let scalar)), ("Fn::GetAtt", .scalar(let scalar)): return [id(scalar.string)]
                case ("Fn::GetAtt", .sequence(let elements)): return elements.first?.string.map { [id($0)] } ?? []
                case ("Fn::Sub", .scalar(let scalar)): return substituted(scalar.string)
                case ("Fn::Sub", .sequence(let elements)):
                    return (elements.first?.string.map(substituted) ?? []) + elements.dropFirst().flatMap { ids(in: $0) }
                default: return ids(in: value)
                }
            }
        case .alias: return []
        }
    }

    /// Without the attribute.
    private static func id(_ text: String) -> String { String(text.prefix { $0 != "." }) }

    /// What stands in `${…}`.
    private static func substituted(_ text: String) -> [String] {
        text.split(separator: "${", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.hasPrefix("!") || !part.contains("}") ? nil : id(String(part.prefix { $0 != "}" }))
        }
    }
}
