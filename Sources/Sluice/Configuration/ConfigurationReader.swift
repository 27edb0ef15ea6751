// SPDX-License-Identifier: Apache-2.0

import JSONTape
import StreamRecords

/// Reads a ``Configuration`` out of a tree, going on after each mistake.
struct ConfigurationReader {
    let registry: SinkRegistry
    var mistakes: [ConfigurationMistake] = []
    var warnings: [ConfigurationWarning] = []

    init(registry: SinkRegistry) { self.registry = registry }

    private static let routeKeys = [
        "name", "kind", "table", "group", "queue", "bus", "op", "when", "changed", "was", "becomes", "envelope", "numbers", "redact", "to",
    ]

    mutating func read(_ root: ConfigurationNode) -> Configuration {
        var configuration = Configuration(sinks: [], routes: [])
        let top = ConfigurationPath()
        guard object(root, top, keys: ["sinks", "routes", "rejected", "envelope", "numbers", "redact_key", "limits", "tests", "rerun", "api"]) else {
            return configuration
        }
        let envelope = readEnvelope(root, top, default: .plain)
        let key = readRedactionKey(root, top)
        let names = root["sinks"]?.members.map(\.name) ?? []
        // For the HTTP API and for reruns neither is needed.
        let isForAPI = (root["api"] != nil || root["rerun"] != nil) && root["sinks"] == nil && root["routes"] == nil
        if !isForAPI, let node = required("sinks", in: root, top) { configuration.sinks = readSinks(node, top.member("sinks")) }
        if !isForAPI, let node = required("routes", in: root, top) {
            configuration.routes = readRoutes(node, top.member("routes"), envelope, key, sinks: names)
        }
        if let node = root["rejected"] {
            configuration.rejected = readRejected(node, top.member("rejected"), sinks: names)
        }
        if let node = root["limits"] { configuration.limits = readLimits(node, top.member("limits")) }
        if let node = root["rerun"] { configuration.rerun = readRerun(node, top.member("rerun")) }
        if let node = root["api"], object(node, top.member("api"), keys: nil) { configuration.api = node }
        if let node = root["tests"] {
            var tests = ConfigurationTestReader(routes: configuration.routes.map(\.name), sinks: names)
            configuration.tests = tests.read(node, top.member("tests"))
            mistakes += tests.mistakes
        }
        configuration.patternWarnings = warnings
        return configuration
    }

    private mutating func readSinks(
        _ node: ConfigurationNode, _ path: ConfigurationPath
    ) -> [Configuration.SinkDeclaration] {
        guard object(node, path, keys: nil) else { return [] }
        let sinks: [Configuration.SinkDeclaration] = node.members.compactMap { member in
            let path = path.member(member.name)
            guard object(member.node, path, keys: nil), let type = required("type", in: member.node, path),
                let name = text(type, path.member("type"))
            else { return nil }
            guard let entry = registry[name] else {
                mistakes.append(registry.unknownType(name, at: type, path.member("type")))
                return nil
            }
            entry.check(member.node, path, &mistakes)
            return Configuration.SinkDeclaration(name: member.name, type: name, settings: member.node)
        }
        mistakes += registry.sharedFiles(sinks)
        return sinks
    }

    private mutating func readRoutes(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ envelope: Envelope, _ key: RedactionKey, sinks: [String]
    ) -> [Route] {
        guard case .list(let elements) = node.value, !elements.isEmpty else {
            wrong(.wrongType, node, path, "a list of routes, at least one")
            return []
        }
        return elements.enumerated().map { index, element in
            readRoute(element, path.element(index), number: index + 1, envelope, key, sinks: sinks)
        }
    }

    private mutating func readRoute(
        _ node: ConfigurationNode, _ path: ConfigurationPath, number: Int, _ envelope: Envelope, _ key: RedactionKey, sinks: [String]
    ) -> Route {
        var route = Route(name: "route \(number)", to: [])
        guard object(node, path, keys: Self.routeKeys) else { return route }
        if let name = node["name"], let text = text(name, path.member("name")) { route.name = text }
        if let kind = node["kind"] { route.conditions.append(.kind(kinds(kind, path.member("kind")))) }
        for (key, kind) in [("table", Record.Kind.change), ("group", .log), ("queue", .message), ("bus", .event)] {
            guard let names = node[key] else { continue }
            let patterns = texts(names, path.member(key)).map { NamePattern($0.text) }
            route.conditions.append(.source(kind, patterns))
        }
        if let names = node["op"] { route.conditions.append(.operation(operations(names, path.member("op")))) }
        var values = ValueConditionReader()
        route.conditions += values.read(node, path)
        mistakes += values.mistakes
        warnings += values.warnings
        readForm(&route, node, path, envelope, key)
        if let to = required("to", in: node, path) { route.to = sinkNames(to, path.member("to"), sinks) }
        return route
    }

    private mutating func kinds(_ node: ConfigurationNode, _ path: ConfigurationPath) -> [Record.Kind] {
        let all = Record.Kind.allCases.map(\.rawValue)
        return texts(node, path).compactMap { text, node, path in
            if let kind = Record.Kind(rawValue: text) { return kind }
            wrong(.badValue, node, path, oneOf(all), nearestName(to: text, among: all))
            return nil
        }
    }

    /// A name that isn't one of the three known ones is a slip of the pen rather than something new from AWS;
    /// who wants to be ready for new ones writes a wildcard.
    private mutating func operations(_ node: ConfigurationNode, _ path: ConfigurationPath) -> [NamePattern] {
        let all = [Operation.insert, .modify, .remove].map(\.rawValue)
        return texts(node, path).map { text, node, path in
            let pattern = NamePattern(text)
            if !pattern.hasWildcard, !all.contains(text) {
                wrong(.badValue, node, path, oneOf(all), nearestName(to: text, among: all))
            }
            return pattern
        }
    }

    private mutating func readRejected(
        _ node: ConfigurationNode, _ path: ConfigurationPath, sinks: [String]
    ) -> Configuration.Rejected {
        var rejected = Configuration.Rejected()
        guard object(node, path, keys: ["to", "park_after", "block"]) else { return rejected }
        if let to = node["to"] { rejected.to = sinkNames(to, path.member("to"), sinks) }
        if let block = node["block"] { rejected.block = scalar(block, path.member("block")) ?? false }
        if let age = node["park_after"] { rejected.parkAfter = scalar(age, path.member("park_after")) }
        let isBlocking = rejected.block
        if isBlocking, node["to"] != nil {
            wrong(.conflict, node, path, "either \"to\" or \"block\": what blocks is not parked", found: "both")
        } else if !isBlocking, node["to"] == nil {
            wrong(.missingKey, node, path, "the key \"to\" in it, or \"block\": true")
        }
        if isBlocking, let age = node["park_after"] {
            wrong(.conflict, age, path.member("park_after"), "none beside \"block\": true")
        }
        return rejected
    }

    private mutating func readRerun(_ node: ConfigurationNode, _ path: ConfigurationPath) -> Configuration.Rerun {
        var rerun = Configuration.Rerun()
        guard object(node, path, keys: ["allow"]) else { return rerun }
        if let names = required("allow", in: node, path) {
            if case .list([]) = names.value { return rerun }
            rerun.allow = texts(names, path.member("allow")).map(\.text)
        }
        return rerun
    }

    private mutating func readLimits(_ node: ConfigurationNode, _ path: ConfigurationPath) -> Configuration.Limits {
        var limits = Configuration.Limits()
        guard object(node, path, keys: ["decompressed", "document", "record", "depth"]) else { return limits }
        limits.decompressed = size(node, "decompressed", path)
        limits.document = size(node, "document", path)
        limits.record = size(node, "record", path)
        if let depth = node["depth"], let value: Int = scalar(depth, path.member("depth")) {
            // Values are taken apart by calls in calls, whose stack some 4,500 levels would fill.
            let most = JSONLimits().maximumDepth
            if !(1...most).contains(value) { wrong(.badValue, depth, path.member("depth"), "1 to \(most)") }
            limits.depth = value
        }
        return limits
    }

    private mutating func size(_ node: ConfigurationNode, _ key: String, _ path: ConfigurationPath) -> ByteCount? {
        guard let child = node[key], let value: ByteCount = scalar(child, path.member(key)) else { return nil }
        if value.bytes < 1 || value.bytes > 1 << 31 {
            wrong(.badValue, child, path.member(key), "a size from 1 B to 2 GiB")
        }
        return value
    }

    // MARK: parts

    mutating func wrong(
        _ code: ConfigurationMistake.Code, _ node: ConfigurationNode, _ path: ConfigurationPath, _ expected: String,
        _ suggestion: String? = nil, found: String? = nil
    ) {
        mistakes.append(ConfigurationMistake(
            code, at: node.mark, path: path.description, found: found ?? node.found, expected: expected,
            suggestion: suggestion))
    }

    /// Whether this is an object; reports it otherwise, and the keys that don't belong in it.
    mutating func object(
        _ node: ConfigurationNode, _ path: ConfigurationPath, keys: [String]?
    ) -> Bool {
        guard case .object = node.value else {
            wrong(.wrongType, node, path, "an object")
            return false
        }
        guard let keys else { return true }
        mistakes += node.unknownKeys(besides: keys, path: path).map { mistake in
            var mistake = mistake
            mistake.expected = oneOf(keys)
            return mistake
        }
        return true
    }

    mutating func required(
        _ key: String, in node: ConfigurationNode, _ path: ConfigurationPath
    ) -> ConfigurationNode? {
        if let child = node[key] { return child }
        wrong(.missingKey, node, path, "the key \(key.quotedForMessage) in it")
        return nil
    }

    mutating func scalar<T: ConfigurationScalar>(_ node: ConfigurationNode, _ path: ConfigurationPath) -> T? {
        if let value = T.read(node) { return value }
        wrong(node.string != nil && T.isWrittenAsText ? .badValue : .wrongType, node, path, T.expected)
        return nil
    }

    mutating func text(_ node: ConfigurationNode, _ path: ConfigurationPath) -> String? {
        guard let text: String = scalar(node, path) else { return nil }
        if text.isEmpty { wrong(.badValue, node, path, "text that is not empty") }
        return text.isEmpty ? nil : text
    }

    /// The texts of a list; a text alone counts as a list of one.
    mutating func texts(
        _ node: ConfigurationNode, _ path: ConfigurationPath
    ) -> [(text: String, node: ConfigurationNode, path: ConfigurationPath)] {
        switch node.value {
        case .string: return text(node, path).map { [($0, node, path)] } ?? []
        case .list(let elements) where !elements.isEmpty:
            return elements.enumerated().compactMap { index, element in
                text(element, path.element(index)).map { ($0, element, path.element(index)) }
            }
        default:
            wrong(.wrongType, node, path, "text or a list of texts, at least one")
            return []
        }
    }

    mutating func sinkNames(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ sinks: [String]
    ) -> [String] {
        var names: [String] = []
        for (text, node, path) in texts(node, path) {
            if !sinks.contains(text) {
                mistakes.append(ConfigurationMistake(
                    .unknownName, at: node.mark, path: path.description, found: "the unknown sink \((node.template ?? text).quotedForMessage)",
                    expected: sinks.isEmpty ? "the name of a sink, of which there are none" : oneOf(sinks),
                    suggestion: nearestName(to: text, among: sinks)))
            } else if !names.contains(text) {
                names.append(text)
            }
        }
        return names
    }
}
