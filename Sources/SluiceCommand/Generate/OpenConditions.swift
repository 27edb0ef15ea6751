// SPDX-License-Identifier: Apache-2.0

import Sluice

/// A configuration's tree whose routes take all that they might take, whatever its variables turn out to be.
///
/// What variables hold is known where the function runs. Neither a default nor what a variable holds here, where a deployment is planned, says so.
enum OpenConditions {
    /// Stands in a pattern where a variable does.
    static let mark = "\u{FFFC}"

    static func tree(_ root: ConfigurationNode) -> ConfigurationNode {
        changed(root) { member in
            guard member.name == "routes", case .list(let routes) = member.node.value else { return form(member) }
            var member = member
            member.node.value = .list(routes.map { changed($0, condition) })
            return member
        }
    }

    private static func condition(_ member: ConfigurationNode.Member) -> ConfigurationNode.Member? {
        var member = member
        switch member.name {
        case "kind":
            if hasVariables(member.node) { return nil }
        // Names stay as they are written: the variables' places are left alone.
        case "table", "group", "queue", "bus": member.node = texts(member.node) { $0.replacing("${", with: "$${") }
        case "op": member.node = texts(member.node) { VariableText($0).variables.isEmpty ? $0 : mark + "*" }
        case "when", "was", "becomes": member.node = fields(member.node)
        default: return form(member)
        }
        return member
    }

    /// A form that is for changes only would be a condition.
    private static func form(_ member: ConfigurationNode.Member) -> ConfigurationNode.Member {
        guard member.name == "envelope", let text = member.node.string, !VariableText(text).variables.isEmpty else { return member }
        var member = member
        member.node.value = .string("plain")
        return member
    }

    /// Of a pattern, each comparison that has a variable becomes one that any text meets.
    private static func fields(_ node: ConfigurationNode) -> ConfigurationNode {
        var node = node
        switch node.value {
        case .object:
            node = changed(node) { member in
                var member = member
                member.node = member.name == "$or" ? choices(member.node) : fields(member.node)
                return member
            }
        case .list(let comparisons): node.value = .list(comparisons.map { hasVariables($0) ? anyText(at: $0.mark) : $0 })
        case .null, .bool, .number, .string: break
        }
        return node
    }

    private static func choices(_ node: ConfigurationNode) -> ConfigurationNode {
        guard case .list(let choices) = node.value, choices.allSatisfy({ if case .object = $0.value { true } else { false } }) else { return fields(node) }
        var node = node
        node.value = .list(choices.map(fields))
        return node
    }

    private static func anyText(at place: SourceMark) -> ConfigurationNode {
        ConfigurationNode(.object([ConfigurationNode.Member(name: "wildcard", mark: place, node: ConfigurationNode(.string(mark + "*"), at: place))]), at: place)
    }

    private static func hasVariables(_ node: ConfigurationNode) -> Bool { !DeploymentPlan.variables(in: node).isEmpty }

    /// A text, or the texts of a list, written otherwise.
    private static func texts(_ node: ConfigurationNode, _ write: (String) -> String) -> ConfigurationNode {
        var node = node
        switch node.value {
        case .string(let text): node.value = .string(write(text))
        case .list(let elements): node.value = .list(elements.map { texts($0, write) })
        case .null, .bool, .number, .object: break
        }
        return node
    }

    /// An object with other members; anything else as it is.
    private static func changed(_ node: ConfigurationNode, _ change: (ConfigurationNode.Member) -> ConfigurationNode.Member?) -> ConfigurationNode {
        guard case .object(let members) = node.value else { return node }
        var node = node
        node.value = .object(members.compactMap(change))
        return node
    }
}
