// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Sluice
import StreamRecords

/// The FilterCriteria of an event source mapping that keep every record which some route takes, or why there are none.
///
/// What a filter lets go never reaches Sluice: it is neither counted nor parked, and messages of a queue are deleted. So a condition that
/// cannot be said in a filter is left out of it, and the filter keeps more than the routes take, never less.
/// See [event filtering](https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
struct FilterPlan {
    enum Criteria: Hashable {
        /// Patterns, as JSON; a record that matches one is kept.
        case patterns([String])
        /// Why all records have to come.
        case none(String)
        /// No route takes anything from there.
        case nothing
    }

    /// For the stream of a table, or a queue.
    static func criteria(for source: DeploymentPlan.Source, _ routes: [Route]) -> Criteria {
        let concerned = routes.filter { takes($0, source) }
        if concerned.isEmpty { return .nothing }
        if source.kind != .change {
            return .none("the route “\(concerned[0].name)” takes all of its messages")
        }
        var operations: [String] = []
        for route in concerned {
            var own: [String]?
            for condition in route.conditions {
                guard case .operation(let patterns) = condition else { continue }
                var values: [String] = []
                for pattern in patterns {
                    guard let value = value(of: pattern) else {
                        return .none("the route “\(route.name)” takes operations by the pattern \(pattern), for which a filter has no words")
                    }
                    values.append(value)
                }
                // All conditions must be met; of two lists the shorter one keeps enough.
                own = own.map { $0.count <= values.count ? $0 : values } ?? values
            }
            guard let own else { return .none("the route “\(route.name)” takes every change") }
            for value in own where !operations.contains(value) { operations.append(value) }
        }
        if ["\"INSERT\"", "\"MODIFY\"", "\"REMOVE\""].allSatisfy(operations.contains) {
            return .none("the routes together take INSERT, MODIFY and REMOVE")
        }
        return .patterns(["{\"eventName\":[\(operations.joined(separator: ","))]}"])
    }

    /// Whether the route can take records of the source; a name with a wildcard or a variable may stand for any.
    private static func takes(_ route: Route, _ source: DeploymentPlan.Source) -> Bool {
        guard route.possibleKinds.contains(source.kind) else { return false }
        return route.conditions.allSatisfy { condition in
            guard case .source(source.kind, let patterns) = condition else { return true }
            return patterns.contains { pattern in
                pattern.description == source.name || pattern.description.contains("${") || source.name.contains("${") || source.name.contains("*")
                    || pattern.matches(source.name)
            }
        }
    }

    /// A pattern of operations as a filter's value: a text, or one that a text begins with.
    private static func value(of pattern: NamePattern) -> String? {
        if !pattern.hasWildcard { return JSONValue.string(pattern.description).text }
        let stem = pattern.description.dropLast()
        guard pattern.description.hasSuffix("*"), !stem.isEmpty, !stem.contains("*") else { return nil }
        return "{\"prefix\":\(JSONValue.string(String(stem)).text)}"
    }

    /// `{"Filters":[{"Pattern":"…"}]}`, as the API takes it.
    static func json(_ patterns: [String]) -> String {
        "{\"Filters\":[\(patterns.map { "{\"Pattern\":\(JSONValue.string($0).text)}" }.joined(separator: ","))]}"
    }
}
