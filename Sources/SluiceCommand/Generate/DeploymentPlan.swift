// SPDX-License-Identifier: Apache-2.0

import Sluice
import StreamRecords

/// What a configuration reads and writes in AWS, for whoever deploys a function with it.
struct DeploymentPlan {
    /// Something of AWS that a sink writes to. Texts are as they were written, variables still in them.
    enum Target: Hashable {
        case bucket(String, prefix: String, isBatching: Bool)
        case table(String)
        case queue(String, isVerified: Bool)
        case bus(String, isVerified: Bool)
        case function(String)
        case ownLog
        /// A sink of another type, which this knows nothing of.
        case unknown(type: String)
    }

    struct Sink: Hashable {
        var name: String
        var target: Target
        /// The template of a bucket's objects' names, where there is one and each record has an object of its own.
        var objectKey: String?
        /// Only rejected records go there.
        var isForRejected = false
    }

    /// A source that a route names.
    struct Source: Hashable {
        var kind: Record.Kind
        /// A table, log group, queue or bus, perhaps with `*`, perhaps with variables, which stand in it as they are written.
        var name: String
    }

    /// A variable of the environment that the configuration takes.
    struct Variable: Hashable {
        var name: String
        var fallback: String?
        var isSecret = false
    }

    var sinks: [Sink] = []
    var sources: [Source] = []
    /// Kinds that some route takes without saying from where.
    var openKinds: [Record.Kind] = []
    var variables: [Variable] = []
    /// The event table that requests are about, where the configuration has `api`: that of the first such sink.
    var apiTable: String?
    /// What may be run again by a request, as it is written.
    var reruns: [String] = []
    /// Its routes take whatever they may take, and call sources as they are written: see ``OpenConditions``. Elsewhere in it variables without a value
    /// stay as they are written.
    let configuration: Configuration

    var routes: [Route] { configuration.routes }

    /// The types of sinks that reach AWS. They are known here whether or not this command can start them.
    private static let types = ["s3-json", "sqs", "eventbridge", "lambda", "event-table"]

    private struct NotHere: Error, CustomStringConvertible {
        var description: String { "this sink is not started here" }
    }

    /// Reads a configuration, whose variables need not be set.
    init(_ root: ConfigurationNode, _ registry: SinkRegistry, _ environment: [String: String]) throws {
        variables = Self.variables(in: root)
        configuration = try Self.configuration(OpenConditions.tree(root), registry, environment)
        let used = Set(configuration.routes.flatMap(\.to))
        for member in root["sinks"]?.members ?? [] where used.contains(member.name) || configuration.rejected.to.contains(member.name) {
            let target = Self.target(member.node)
            var key: String?
            if case .bucket(_, _, isBatching: false) = target { key = member.node["key"]?.string }
            sinks.append(Sink(name: member.name, target: target, objectKey: key, isForRejected: !used.contains(member.name)))
        }
        if root["api"] != nil {
            let tables = (root["sinks"]?.members ?? []).filter { $0.node["type"]?.string == "event-table" }
            if case .table(let table)? = tables.first.map({ Self.target($0.node) }) { apiTable = table }
            if apiTable != nil, let names = root["rerun"]?["allow"] {
                if case .list(let elements) = names.value { reruns = elements.compactMap(\.string) } else { reruns = [names.string].compactMap { $0 } }
            }
        }
        for route in routes {
            for kind in route.possibleKinds where kind == .change || !route.asksForImages {
                let named = route.conditions.flatMap { condition -> [NamePattern] in
                    if case .source(kind, let patterns) = condition { patterns } else { [] }
                }
                for name in named {
                    let source = Source(kind: kind, name: name.description)
                    if !sources.contains(source) { sources.append(source) }
                }
                if named.isEmpty && !openKinds.contains(kind) { openKinds.append(kind) }
            }
        }
    }

    /// The configuration, with nothing in it started. Variables without a value stay in it as they are written.
    static func configuration(_ root: ConfigurationNode, _ registry: SinkRegistry, _ environment: [String: String]) throws -> Configuration {
        var registry = registry
        // What is planned is not started: settings that variables make up are not there to be looked at.
        for type in types { registry.register(type) { _, _ in throw NotHere() } }
        var known = environment
        for variable in variables(in: root) where known[variable.name] == nil { known[variable.name] = variable.fallback ?? "${\(variable.name)}" }
        return try Configuration(reading: root, registry: registry, environment: known)
    }

    /// What no part of a plan has, where records may come by Kinesis.
    var kinesisNote: String? {
        guard routes.contains(where: { $0.possibleKinds.contains { $0 == .change || $0 == .log } }) else { return nil }
        return "Kinesis may bring changes and logs as well. No mapping of its streams is made here, for no route names one. Make it without a filter on data, "
            + "which lets go what is not JSON, such as compressed logs. The role then needs what AWSLambdaKinesisExecutionRole allows."
    }

    private static func target(_ node: ConfigurationNode) -> Target {
        func text(_ key: String) -> String { node[key]?.string ?? "" }
        func flag(_ key: String, _ fallback: Bool) -> Bool { if case .bool(let value)? = node[key]?.value { value } else { fallback } }
        switch text("type") {
        case "s3-json":
            var prefix = text("prefix")
            while prefix.hasPrefix("/") { prefix.removeFirst() }
            while prefix.hasSuffix("/") { prefix.removeLast() }
            return .bucket(text("bucket"), prefix: prefix, isBatching: flag("batch", false))
        case "sqs": return .queue(text("queue"), isVerified: flag("verify", true))
        case "eventbridge": return .bus(text("bus"), isVerified: flag("verify", true))
        case "lambda": return .function(text("function"))
        case "event-table":
            let table = text("table")
            return table.hasPrefix("dynamodb:") ? .table(String(table.dropFirst("dynamodb:".count))) : .unknown(type: table)
        case "log": return .ownLog
        case let type: return .unknown(type: type)
        }
    }

    /// All variables that texts of the tree name, each once.
    static func variables(in node: ConfigurationNode, under key: String = "") -> [Variable] {
        switch node.value {
        case .null, .bool, .number: return []
        case .string(let text): return VariableText(text).variables.map { Variable(name: $0.name, fallback: $0.fallback, isSecret: key == "redact_key") }
        case .list(let elements): return unique(elements.flatMap { variables(in: $0, under: key) })
        case .object(let members): return unique(members.flatMap { variables(in: $0.node, under: $0.name) })
        }
    }

    private static func unique(_ variables: [Variable]) -> [Variable] {
        var found: [Variable] = []
        for variable in variables {
            if let place = found.firstIndex(where: { $0.name == variable.name }) {
                found[place].fallback = found[place].fallback ?? variable.fallback
                found[place].isSecret = found[place].isSecret || variable.isSecret
            } else {
                found.append(variable)
            }
        }
        return found
    }
}

/// A text with `${NAME}` and `${NAME:-default}` in it, taken apart. The reader of configurations knows which are wrong.
struct VariableText {
    enum Part: Hashable {
        case text(String)
        case variable(name: String, fallback: String?)
    }

    private(set) var parts: [Part] = []

    init(_ text: String) {
        var rest = text[...]
        var plain = ""
        while let dollar = rest.firstIndex(of: "$") {
            plain += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                plain += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                let inside = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
                let name = inside.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
                let tail = inside.dropFirst(name.count)
                parts.append(.variable(name: String(name), fallback: tail.hasPrefix(":-") ? String(tail.dropFirst(2)) : nil))
                rest = rest[rest.index(after: end)...]
            } else {
                plain += "$"
                rest = rest.dropFirst()
            }
        }
        plain += rest
        if !plain.isEmpty { parts.append(.text(plain)) }
    }

    var variables: [(name: String, fallback: String?)] {
        parts.compactMap { if case .variable(let name, let fallback) = $0 { (name, fallback) } else { nil } }
    }

    /// The variable that is all there is, if so.
    var onlyVariable: String? {
        if parts.count == 1, case .variable(let name, _) = parts[0] { name } else { nil }
    }

    /// With the variables written otherwise.
    func text(_ write: (String, String?) -> String) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .variable(let name, let fallback): write(name, fallback)
            }
        }.joined()
    }
}
