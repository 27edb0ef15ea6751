// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import StreamRecords

/// Something in a configuration that is allowed, and that somebody may come to regret.
public struct ConfigurationWarning: Sendable, Hashable, CustomStringConvertible {
    /// What sort of warning it is. More may come in later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Several routes name a sink, and the first that takes a record counts.
        public static let sinkOfSeveralRoutes = Code(rawValue: "sink-of-several-routes")
        /// The same, where the routes do not hide the same.
        public static let redactedOnOneRoute = Code(rawValue: "redacted-on-one-route")
        /// A pattern that no record can match.
        public static let neverMatches = Code(rawValue: "never-matches")
        /// A field of what brings a record, which a pattern does not see.
        public static let fieldOfCarrier = Code(rawValue: "field-of-carrier")
        /// A sink that nothing goes to.
        public static let unusedSink = Code(rawValue: "unused-sink")
        /// A route that takes fewer records than it says, since its envelope is for changes only.
        public static let changesOnly = Code(rawValue: "changes-only")
        /// Keys that are hidden are told apart by a digest that can be guessed.
        public static let digestWithoutKey = Code(rawValue: "digest-without-key")
        /// A record that fails for ever holds up those behind it.
        public static let endlessRetries = Code(rawValue: "endless-retries")
        /// An answer for single records, which a mapping has to be set to take.
        public static let partialResponses = Code(rawValue: "partial-responses")
    }

    public var code: Code
    /// Where it is; absent where it is about what is not there.
    public var mark: SourceMark?
    /// The way to it from the root.
    public var path: String
    /// What may happen, and what to do about it.
    public var message: String

    public init(_ code: Code, at mark: SourceMark?, path: String, _ message: String) {
        self.code = code
        self.mark = mark
        self.path = path
        self.message = message
    }

    /// `sluice.yaml:4:5: warning: routes[1].to: …`
    public var description: String {
        "\(mark.map { "\($0): " } ?? "")warning: \(path.isEmpty ? "" : "\(path): ")\(message)"
    }
}

extension Configuration {
    /// What of this configuration may be regretted.
    ///
    /// - Parameters:
    ///   - root: the tree that it was read from, for the places.
    ///   - isForLambda: whether it is to be a function's.
    public func warnings(_ root: ConfigurationNode, isForLambda: Bool = false) -> [ConfigurationWarning] {
        var warnings = patternWarnings + fieldsOfCarriers(root) + ambiguousSinks(root) + unusedSinks(root) + narrowRoutes(root)
        if routes.contains(where: { $0.redaction?.touchesItems == true }), root["redact_key"] == nil, hasHiddenKeys {
            warnings.append(ConfigurationWarning(
                .digestWithoutKey, at: root["routes"]?.mark, path: "routes",
                "\"redact\" names \"keys\": items are still told apart, by a digest without a key, from which short keys can be guessed; set \"redact_key\""))
        }
        if isForLambda { warnings += endlessRetries(root) }
        return warnings
    }

    private var hasHiddenKeys: Bool { routes.contains { $0.redaction?.rules.contains { $0.path.root == .keys } ?? false } }

    private func routeNodes(_ root: ConfigurationNode) -> [ConfigurationNode?] {
        guard case .list(let elements)? = root["routes"]?.value, elements.count == routes.count else { return routes.map { _ in nil } }
        return elements
    }

    /// A record gets to a sink once, by the first route; what the others say of its form does not count then.
    private func ambiguousSinks(_ root: ConfigurationNode) -> [ConfigurationWarning] {
        var warnings: [ConfigurationWarning] = []
        let nodes = routeNodes(root)
        for later in routes.indices {
            for sink in routes[later].to {
                guard let first = routes.indices.first(where: { $0 < later && routes[$0].to.contains(sink) && routes[$0].mayShareRecords(with: routes[later]) })
                else { continue }
                let (a, b) = (routes[first], routes[later])
                let place = (mark: nodes[later]?["to"]?.mark, path: "routes[\(later)].to")
                if a.redaction != b.redaction {
                    warnings.append(ConfigurationWarning(
                        .redactedOnOneRoute, at: place.mark, path: place.path,
                        "the routes \(a.name.quotedForMessage) and \(b.name.quotedForMessage) both lead to \(sink.quotedForMessage) and do not redact the same: "
                            + "a record that takes both goes as the first one says"))
                } else {
                    warnings.append(ConfigurationWarning(
                        .sinkOfSeveralRoutes, at: place.mark, path: place.path,
                        "the route \(a.name.quotedForMessage) leads to \(sink.quotedForMessage) too: a record that takes both goes there once, as that route says"))
                }
            }
        }
        return warnings
    }

    /// The filter of a mapping sees what brings a record; a route sees the record.
    private func fieldsOfCarriers(_ root: ConfigurationNode) -> [ConfigurationWarning] {
        zip(routes, routeNodes(root)).enumerated().flatMap { number, pair in
            let (route, node) = pair
            let fields = route.conditions.flatMap { condition -> [String] in
                if case .event(let pattern) = condition { pattern.paths.map { path in String(path.prefix { $0 != "." }) } } else { [] }
            }
            func warning(_ field: String, _ message: String) -> ConfigurationWarning {
                let when = node?["when"]
                let member = when?.members.first { $0.name == field || $0.name.hasPrefix("\(field).") }
                return ConfigurationWarning(.fieldOfCarrier, at: member?.mark ?? when?.mark, path: "routes[\(number)].when.\(field)", message)
            }
            var warnings: [ConfigurationWarning] = []
            if fields.contains("data") {
                warnings.append(warning(
                    "data", "no record has it: what a Kinesis stream carries is seen as the record that it is; write what stands in \"data\" without it"))
            }
            if fields.contains("body"), route.possibleKinds == [.event] {
                warnings.append(warning(
                    "body", "no event has it: one that a queue carries is seen as the event that it is; write what stands in \"body\" without it"))
            }
            return warnings
        }
    }

    private func unusedSinks(_ root: ConfigurationNode) -> [ConfigurationWarning] {
        let used = Set(routes.flatMap(\.to) + rejected.to)
        return (root["sinks"]?.members ?? []).filter { !used.contains($0.name) }.map { member in
            ConfigurationWarning(.unusedSink, at: member.mark, path: "sinks.\(member.name)", "nothing goes to this sink; it is started all the same")
        }
    }

    private func narrowRoutes(_ root: ConfigurationNode) -> [ConfigurationWarning] {
        zip(routes, routeNodes(root)).enumerated().compactMap { number, pair in
            let (route, node) = pair
            guard route.envelope.isForChangesOnly, let node, !["kind", "table", "op"].contains(where: { node[$0] != nil }) else { return nil }
            return ConfigurationWarning(
                .changesOnly, at: node["envelope"]?.mark ?? node.mark, path: "routes[\(number)].envelope",
                "debezium is a form for changes only, so the route takes nothing else; \"kind\": [\"change\"] says so")
        }
    }

    private func endlessRetries(_ root: ConfigurationNode) -> [ConfigurationWarning] {
        let node = root["rejected"]
        if rejected.block {
            return [ConfigurationWarning(
                .endlessRetries, at: node?.mark, path: "rejected",
                "a record that a sink rejects comes again until its mapping gives it up, and holds up its shard: limit MaximumRetryAttempts or "
                    + "MaximumRecordAgeInSeconds there, with a destination on failure, or park it (\"to\")")]
        }
        guard rejected.parkAfter == nil else { return [] }
        return [ConfigurationWarning(
            .endlessRetries, at: node?.mark, path: "rejected",
            "a record that fails again and again without being rejected holds up its shard until its mapping gives it up: \"park_after\": \"15m\" parks it")]
    }
}

extension Route {
    /// Whether there may be records that take both. What values they have is not looked at.
    func mayShareRecords(with other: Route) -> Bool {
        let kinds = possibleKinds.filter(other.possibleKinds.contains)
        return kinds.contains { kind in
            let (mine, theirs) = (names(kind), other.names(kind))
            guard let mine, let theirs else { return true }
            return mine.contains { a in theirs.contains { b in a.hasWildcard || b.hasWildcard || a.description == b.description } }
        } && operationsMeet(other)
    }

    private func names(_ kind: Record.Kind) -> [NamePattern]? {
        for condition in conditions {
            if case .source(kind, let patterns) = condition { return patterns }
        }
        return nil
    }

    private func operationsMeet(_ other: Route) -> Bool {
        func operations(_ route: Route) -> [NamePattern]? {
            for condition in route.conditions { if case .operation(let patterns) = condition { return patterns } }
            return nil
        }
        guard let mine = operations(self), let theirs = operations(other) else { return true }
        return mine.contains { a in theirs.contains { b in a.hasWildcard || b.hasWildcard || a.description == b.description } }
    }
}
