// SPDX-License-Identifier: Apache-2.0

import EventPatterns
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
        if source.kind == .message { return queueCriteria(for: source, routes) }
        let concerned = routes.filter { takes($0, source) }
        if concerned.isEmpty { return .nothing }
        var filters: [RouteFilter] = []
        for route in concerned {
            let filter = RouteFilter(route)
            if let reason = filter.reason { return .none(reason) }
            filters.append(filter)
        }
        let patterns = patterns(filters)
        if patterns.count <= mostPatterns { return judged(patterns) }
        // Coarser, in one pattern, where all have operations.
        let coarse = self.patterns(filters.map(\.withoutFields))
        if coarse.count <= mostPatterns && !coarse.contains(nil) { return judged(coarse) }
        return .none("the routes need \(patterns.count) patterns, and a mapping has \(mostPatterns)")
    }

    /// [Quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html): five in a mapping; more are to be asked for.
    static let mostPatterns = 5
    /// Characters.
    static let longestPattern = 4096
    private static let allOperations = ["\"INSERT\"", "\"MODIFY\"", "\"REMOVE\""]

    /// One for each route that asks for more than operations, and one for all others together; nil stands for every change.
    private static func patterns(_ filters: [RouteFilter]) -> [String?] {
        var patterns: [String?] = []
        var operations: [String] = []
        for filter in filters {
            if filter.fields.isEmpty, let own = filter.operations {
                for value in own where !operations.contains(value) { operations.append(value) }
            } else if !patterns.contains(filter.pattern) {
                patterns.append(filter.pattern)
            }
        }
        if allOperations.allSatisfy(operations.contains) { return [nil] }
        if !operations.isEmpty { patterns.insert("{\"eventName\":[\(operations.joined(separator: ","))]}", at: 0) }
        return patterns
    }

    private static func judged(_ patterns: [String?]) -> Criteria {
        let said = patterns.compactMap { $0 }
        guard said.count == patterns.count else { return .none("the routes together take INSERT, MODIFY and REMOVE") }
        return .patterns(said)
    }

    /// What a route asks of a change, as far as a filter has words for it.
    private struct RouteFilter {
        /// Values of `eventName`; nil where any operation will do.
        var operations: [String]?
        var fields: [JSONMember] = []
        /// Why the route has to get every change.
        var reason: String?

        init(_ route: Route) {
            var wordless: NamePattern?
            var hasConditionsOnValues = false
            var hasVariables = false
            for condition in route.conditions {
                switch condition {
                case .operation(let patterns):
                    let values = patterns.map { FilterPlan.value(of: $0) }
                    if let place = values.firstIndex(of: nil) { wordless = patterns[place] }
                    // All conditions must be met; of two lists the shorter one keeps enough.
                    let own = values.compactMap { $0 }
                    if own.count == values.count { operations = operations.map { $0.count <= own.count ? $0 : own } ?? own }
                case .event(let pattern):
                    hasConditionsOnValues = true
                    hasVariables = pattern.description.contains(OpenConditions.mark)
                    if fields.isEmpty { fields = FilterWords.fields(of: pattern) ?? [] }
                case .eventOtherThan, .changed, .was, .becomes: hasConditionsOnValues = true
                case .kind, .source: break
                }
            }
            if let pattern, pattern.utf16.count > longestPattern { fields = [] }
            // An eventName of the pattern's own says enough.
            if fields.contains(where: { $0.name == "eventName" || $0.name == "$or" }) { operations = nil }
            guard operations == nil && fields.isEmpty else { return }
            if let wordless, wordless.description.contains(OpenConditions.mark) {
                reason = "the route “\(route.name)” takes operations by a variable, whose value a filter does not know"
            } else if let wordless {
                reason = "the route “\(route.name)” takes operations by the pattern \(wordless), for which a filter has no words"
            } else if hasVariables {
                reason = "the route “\(route.name)” has conditions with variables, whose values a filter does not know"
            } else if hasConditionsOnValues {
                reason = "the route “\(route.name)” has conditions for which a filter has no words"
            } else {
                reason = "the route “\(route.name)” takes every change"
            }
        }

        var pattern: String? {
            let name = operations.map { "\"eventName\":[\($0.joined(separator: ","))]" }
            let others = fields.isEmpty ? nil : String(JSONValue.object(fields).text.dropFirst().dropLast())
            let members = [name, others].compactMap { $0 }
            return members.isEmpty ? nil : "{\(members.joined(separator: ","))}"
        }

        var withoutFields: RouteFilter {
            var filter = self
            filter.fields = []
            return filter
        }
    }

    /// Whether the route can take records of the source; a name with a wildcard or a variable may stand for any.
    static func takes(_ route: Route, _ source: DeploymentPlan.Source) -> Bool {
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
        // What a variable will hold is not known.
        if pattern.description.contains(OpenConditions.mark) { return nil }
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
