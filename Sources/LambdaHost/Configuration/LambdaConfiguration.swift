// SPDX-License-Identifier: Apache-2.0

public import Sluice
internal import StreamRecords

/// What a configuration has to keep to on Lambda, beside what it has to everywhere.
public struct LambdaConfiguration: Sendable {
    /// The name of the file beside the executable.
    static let fileName = "sluice.json"

    /// The types of sinks that keep what they are given in files.
    private static let fileSinks = ["file", "dir"]

    /// Finds and reads the configuration: `SLUICE_CONFIG` (a path, or the JSON itself), else `sluice.json` beside the executable.
    ///
    /// - Throws: where there is none, with what to do about it, and every mistake in it.
    static func load(
        _ environment: [String: String], taskRoot: String?, sinks: SinkRegistry, ownLogGroup: String?
    ) throws(FunctionError) -> Configuration {
        let configuration: Configuration?
        do throws(ConfigurationErrors) {
            configuration = try find(environment, taskRoot).map { root throws(ConfigurationErrors) in
                try read(root, sinks: sinks, environment: environment, ownLogGroup: ownLogGroup)
            }
        } catch {
            throw FunctionError(
                kind: .configuration, message: "the configuration is wrong: \(error)", trace: error.mistakes.map(\.description))
        }
        guard let configuration else {
            throw FunctionError(
                kind: .configuration,
                message: "there is no configuration: put a \(fileName) beside the executable in the package (scripts/package-lambda "
                    + "sluice.yaml makes one), or set SLUICE_CONFIG to the path of one or to its text")
        }
        return configuration
    }

    private static func find(_ environment: [String: String], _ taskRoot: String?) throws(ConfigurationErrors) -> ConfigurationNode? {
        if let setting = environment["SLUICE_CONFIG"], !setting.isEmpty {
            if setting.first(where: { !$0.isWhitespace }) == "{" {
                return try ConfigurationNode(json: setting, file: "SLUICE_CONFIG")
            }
            if let root = try ConfigurationNode(jsonFile: setting) { return root }
            throw ConfigurationErrors([
                ConfigurationMistake(
                    .badValue, at: nil, path: "SLUICE_CONFIG", found: "\(setting), where there is no file",
                    expected: "the path of a JSON file, or the JSON itself")
            ])
        }
        let folder = taskRoot ?? CommandLine.arguments.first.flatMap { path in
            path.lastIndex(of: "/").map { String(path[..<$0]) }
        } ?? "."
        return try ConfigurationNode(jsonFile: "\(folder)/\(fileName)")
    }

    /// Reads a configuration for Lambda, and tells all its mistakes at once.
    ///
    /// Files vanish with the process, so sinks that write files are refused; rejected records need a place, since nobody looks on; and the function
    /// must not read what it writes.
    ///
    /// - Parameter ownLogGroup: the log group that the function's own lines go to, where that is known.
    public static func read(
        _ root: ConfigurationNode, sinks: SinkRegistry, environment: [String: String], ownLogGroup: String? = nil
    ) throws(ConfigurationErrors) -> Configuration {
        var mistakes = refusals(root, environment: environment, ownLogGroup: ownLogGroup)
        do throws(ConfigurationErrors) {
            let configuration = try Configuration(reading: root, registry: sinks, environment: environment)
            if mistakes.isEmpty { return configuration }
        } catch {
            // What is refused here need not be called unknown there.
            let told = Set(mistakes.compactMap(\.mark))
            mistakes += error.mistakes.filter { mistake in mistake.mark.map { !told.contains($0) } ?? true }
        }
        throw ConfigurationErrors(mistakes)
    }

    /// What only Lambda forbids.
    private static func refusals(
        _ root: ConfigurationNode, environment: [String: String], ownLogGroup: String?
    ) -> [ConfigurationMistake] {
        guard case .object = root.value else { return [] }
        // What a variable stands for is refused as what is written out. What has no value yet is told by whoever reads the configuration.
        let (root, unset) = root.substituting(environment)
        var mistakes: [ConfigurationMistake] = []
        var hasTable = false
        var ownTables: [String] = []
        for sink in root["sinks"]?.members ?? [] {
            guard let type = sink.node["type"], let name = type.string else { continue }
            if fileSinks.contains(name) {
                mistakes.append(ConfigurationMistake(
                    .notAvailable, at: type.mark, path: "sinks.\(sink.name).type", found: "the type \"\(name)\", whose files vanish on Lambda",
                    expected: "a sink that keeps its records elsewhere"))
            }
            if name == "event-table", let table = sink.node["table"], let text = table.string {
                if text.hasPrefix("sqlite:") {
                    mistakes.append(ConfigurationMistake(
                        .notAvailable, at: table.mark, path: "sinks.\(sink.name).table", found: "an event table in a file, which vanishes on Lambda",
                        expected: "dynamodb:TABLE"))
                } else if unset.contains(table.mark) {
                    hasTable = true
                } else if let own = LoopGuard.tableName(text) {
                    hasTable = true
                    ownTables.append(own)
                }
            }
        }
        if let api = root["api"], !hasTable {
            mistakes.append(ConfigurationMistake(
                .missingKey, at: api.mark, path: "api", found: "an API without a table to ask",
                expected: "a sink of the type event-table with dynamodb:TABLE, whose table requests are about"))
        }
        if root["rejected"] == nil {
            mistakes.append(ConfigurationMistake(
                .missingKey, at: root.mark, path: "", found: "a configuration that does not say what becomes of rejected records",
                expected: "the key \"rejected\" with \"to\", or with \"block\": true, which must be there on Lambda"))
        }
        for (number, route) in elements(root["routes"]).enumerated() {
            func refuse(_ key: String, _ what: String, _ isOwn: (String) -> Bool) {
                for node in elements(route[key]) where !unset.contains(node.mark) {
                    guard let name = node.string, isOwn(name) else { continue }
                    // A variable may hold what is not to be shown.
                    mistakes.append(ConfigurationMistake(
                        .conflict, at: node.mark, path: "routes[\(number)].\(key)", found: "\(node.template ?? name), the function's \(what)",
                        expected: "another one: each of its records would cause the next one, for ever"))
                }
            }
            refuse("group", "own log group") { $0 == ownLogGroup }
            refuse("table", "own event table") { ownTables.contains(LoopGuard.lastPart($0)) }
        }
        return mistakes
    }

    /// The elements of a list; a value alone counts as a list of one.
    private static func elements(_ node: ConfigurationNode?) -> [ConfigurationNode] {
        guard let node else { return [] }
        if case .list(let elements) = node.value { return elements }
        return [node]
    }
}
