// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import StreamRecords

/// Reads a route's conditions on values: `when`, `changed`, `was` and `becomes`.
struct ValueConditionReader {
    private(set) var mistakes: [ConfigurationMistake] = []
    private(set) var warnings: [ConfigurationWarning] = []

    mutating func read(_ route: ConfigurationNode, _ path: ConfigurationPath) -> [RouteCondition] {
        var conditions: [RouteCondition] = []
        if let pattern = pattern("when", route, path, .doubles) { conditions.append(.event(pattern)) }
        if let node = route["changed"] { conditions.append(.changed(paths(node, path.member("changed")))) }
        if let pattern = pattern("was", route, path, .exact) { conditions.append(.was(pattern)) }
        if let pattern = pattern("becomes", route, path, .exact) { conditions.append(.becomes(pattern)) }
        return conditions
    }

    private mutating func pattern(
        _ key: String, _ route: ConfigurationNode, _ path: ConfigurationPath, _ numbers: NumberRule
    ) -> EventPattern? {
        guard let node = route[key] else { return nil }
        let path = path.member(key)
        var places = PatternPlaces()
        let root = places.node(node)
        do throws(PatternError) {
            let pattern = try EventPattern(root, numbers: numbers)
            warnings += pattern.warnings.map { ConfigurationWarning(.neverMatches, at: places.nodes[$0.place].mark, path: "\(path).\($0.path)", $0.message) }
            return pattern
        } catch {
            let place = places.nodes[error.place]
            mistakes.append(ConfigurationMistake(
                PatternPlaces.code(of: error), at: place.mark, path: error.path.isEmpty ? path.description : "\(path).\(error.path)",
                // A variable's value may be a secret.
                found: place.template == nil ? error.found : place.found, expected: error.expected, suggestion: error.suggestion))
            return nil
        }
    }

    private mutating func paths(_ node: ConfigurationNode, _ path: ConfigurationPath) -> [AttributePath] {
        let elements: [(ConfigurationNode, ConfigurationPath)]
        switch node.value {
        case .string: elements = [(node, path)]
        case .list(let nodes) where !nodes.isEmpty: elements = nodes.enumerated().map { ($1, path.element($0)) }
        default: elements = []
        }
        if elements.isEmpty { wrong(.wrongType, node, path, "the path of a value, such as address.city, or a list of such, at least one") }
        return elements.compactMap { node, path in
            guard let text = node.string else {
                wrong(.wrongType, node, path, "text")
                return nil
            }
            guard let found = AttributePath(text) else {
                wrong(.badValue, node, path, "names with points between them, such as address.city")
                return nil
            }
            return found
        }
    }

    private mutating func wrong(_ code: ConfigurationMistake.Code, _ node: ConfigurationNode, _ path: ConfigurationPath, _ expected: String) {
        mistakes.append(ConfigurationMistake(code, at: node.mark, path: path.description, found: node.found, expected: expected))
    }
}

/// Makes a pattern's nodes of a configuration's; a place is the number of the node or key that was read.
struct PatternPlaces {
    /// What each place means. For a key, its mark with no value.
    private(set) var nodes: [ConfigurationNode] = []

    mutating func node(_ source: ConfigurationNode) -> PatternNode {
        nodes.append(source)
        let place = nodes.count - 1
        let value: PatternNode.Value
        switch source.value {
        case .null: value = .null
        case .bool(let bool): value = .bool(bool)
        case .number(let text): value = .number(text)
        case .string(let text): value = .string(text)
        case .list(let elements): value = .array(elements.map { node($0) })
        case .object(let members):
            value = .object(members.map { member in
                nodes.append(ConfigurationNode(.null, at: member.mark))
                let place = nodes.count - 1
                return PatternNode.Member(name: member.name, place: place, node: node(member.node))
            })
        }
        return PatternNode(value, place: place)
    }

    static func code(of error: PatternError) -> ConfigurationMistake.Code {
        switch error.code {
        case .wrongType: .wrongType
        case .unknownOperator: .unknownName
        case .severalOperators: .conflict
        default: .badValue
        }
    }
}
