// SPDX-License-Identifier: Apache-2.0

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
        var isStream: Bool
        var mark: Mark?
    }

    /// - Parameter parkAfter: when the function itself parks what fails.
    func warnings(parkAfter: Duration?) -> [ConfigurationWarning] {
        var warnings: [ConfigurationWarning] = []
        let functions = resources("AWS::Serverless::Function") + resources("AWS::Lambda::Function")
        let setting = functions.compactMap { $0.node["Properties"]?["Environment"]?["Variables"]?["SLUICE_PARTIAL_RESPONSES"] }.first
        let isPartial = setting?.string == "1" || setting?.string == "true"
        for mapping in mappings(functions) {
            func warn(_ code: ConfigurationWarning.Code, _ text: String) {
                let mark = mapping.mark.map { SourceMark(file: path, line: $0.line, column: $0.column) }
                warnings.append(ConfigurationWarning(code, at: mark, path: mapping.path, text))
            }
            let types = mapping.properties?["FunctionResponseTypes"]
            let reports = types?.sequence?.contains { $0.string == "ReportBatchItemFailures" } ?? false
            if isPartial && !reports {
                warn(
                    .partialResponses,
                    "SLUICE_PARTIAL_RESPONSES is set, and this mapping has no ReportBatchItemFailures: Lambda takes each partial answer for success, and what failed is lost")
            }
            guard mapping.isStream else { continue }
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

    private func resources(_ type: String) -> [(name: String, node: Node)] {
        root["Resources"]?.mapping?.compactMap { key, node in
            node["Type"]?.string == type ? (key.string ?? "", node) : nil
        } ?? []
    }

    private func mappings(_ functions: [(name: String, node: Node)]) -> [Mapping] {
        var mappings = resources("AWS::Lambda::EventSourceMapping").map { name, node in
            let properties = node["Properties"]
            // Only streams have a place to start from.
            return Mapping(
                path: "Resources.\(name)", properties: properties, isStream: properties?["StartingPosition"] != nil, mark: node.mark)
        }
        for (name, node) in functions {
            for (key, event) in node["Properties"]?["Events"]?.mapping ?? [:] {
                guard let type = event["Type"]?.string, ["DynamoDB", "Kinesis", "SQS"].contains(type) else { continue }
                mappings.append(Mapping(
                    path: "Resources.\(name).Properties.Events.\(key.string ?? "")", properties: event["Properties"],
                    isStream: type != "SQS", mark: event.mark))
            }
        }
        return mappings
    }
}
