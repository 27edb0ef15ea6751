// SPDX-License-Identifier: Apache-2.0

public import EventPatterns
import JSONTape

/// A test that stands in a configuration: given this event, these routes and sinks are expected, and these fields.
public struct ConfigurationTest: Sendable, Hashable {
    public enum Event: Sendable, Hashable {
        /// JSON text.
        case text(String)
        /// A file, seen from where the configuration is.
        case file(String)
    }

    public var name: String
    public var mark: SourceMark
    /// Any envelope, with one record or many.
    public var event: Event
    /// The names of all routes that are taken, in any order; absent where that does not matter.
    public var routes: [String]?
    /// The names of all sinks that get something.
    public var sinks: [String]?
    /// What each delivered line has to match.
    public var fields: EventPattern?
}

/// Reads the section `tests`.
struct ConfigurationTestReader {
    let routes: [String]
    let sinks: [String]
    private(set) var mistakes: [ConfigurationMistake] = []

    init(routes: [String], sinks: [String]) {
        self.routes = routes
        self.sinks = sinks
    }

    private static let keys = ["name", "event", "routes", "sinks", "fields"]

    mutating func read(_ node: ConfigurationNode, _ path: ConfigurationPath) -> [ConfigurationTest] {
        guard case .list(let elements) = node.value else {
            wrong(.wrongType, node, path, "a list of tests")
            return []
        }
        return elements.enumerated().compactMap { number, element in test(element, path.element(number), number: number + 1) }
    }

    private mutating func test(_ node: ConfigurationNode, _ path: ConfigurationPath, number: Int) -> ConfigurationTest? {
        guard case .object = node.value else {
            wrong(.wrongType, node, path, "an object with \(oneOf(Self.keys))")
            return nil
        }
        mistakes += node.unknownKeys(besides: Self.keys, path: path)
        var test = ConfigurationTest(name: node["name"]?.string ?? "test \(number)", mark: node.mark, event: .text(""))
        switch node["event"]?.value {
        case .object?, .list?: test.event = .text(node["event"]?.jsonValue.text ?? "")
        case .string(let file)?: test.event = .file(file)
        case nil: wrong(.missingKey, node, path, "the key \"event\" in it")
        default: if let event = node["event"] { wrong(.wrongType, event, path.member("event"), "an event, or the name of a file with one") }
        }
        test.routes = names(node["routes"], path.member("routes"), among: routes, "route")
        test.sinks = names(node["sinks"], path.member("sinks"), among: sinks, "sink")
        if let fields = node["fields"] { test.fields = pattern(fields, path.member("fields")) }
        if node["routes"] == nil && node["sinks"] == nil && node["fields"] == nil {
            wrong(.missingKey, node, path, "something that is expected: the key \"routes\", \"sinks\" or \"fields\" in it")
        }
        return test
    }

    private mutating func names(
        _ node: ConfigurationNode?, _ path: ConfigurationPath, among known: [String], _ thing: String
    ) -> [String]? {
        guard let node else { return nil }
        let elements: [ConfigurationNode]
        switch node.value {
        case .string: elements = [node]
        case .list(let nodes): elements = nodes
        default:
            wrong(.wrongType, node, path, "the names of \(thing)s, or an empty list for none")
            return nil
        }
        return elements.map { element in
            let name = element.string ?? ""
            if !known.contains(name) {
                mistakes.append(ConfigurationMistake(
                    .unknownName, at: element.mark, path: path.description,
                    found: "the unknown \(thing) \((element.template ?? name).quotedForMessage)",
                    expected: known.isEmpty ? "the name of a \(thing), of which there are none" : oneOf(known),
                    suggestion: nearestName(to: name, among: known)))
            }
            return name
        }
    }

    /// A value stands for itself; a list is one of a pattern.
    private mutating func pattern(_ node: ConfigurationNode, _ path: ConfigurationPath) -> EventPattern? {
        var places = PatternPlaces()
        let root = places.node(node.withValuesInLists)
        do throws(PatternError) {
            return try EventPattern(root, numbers: .exact)
        } catch {
            let place = places.nodes[error.place]
            mistakes.append(ConfigurationMistake(
                PatternPlaces.code(of: error), at: place.mark, path: error.path.isEmpty ? path.description : "\(path).\(error.path)",
                // A variable's value may be a secret.
                found: place.template == nil ? error.found : place.found, expected: error.expected, suggestion: error.suggestion))
            return nil
        }
    }

    private mutating func wrong(_ code: ConfigurationMistake.Code, _ node: ConfigurationNode, _ path: ConfigurationPath, _ expected: String) {
        mistakes.append(ConfigurationMistake(code, at: node.mark, path: path.description, found: node.found, expected: expected))
    }
}

extension ConfigurationNode {
    /// The same with each single value of an object in a list of its own, as patterns want it.
    fileprivate var withValuesInLists: ConfigurationNode {
        guard case .object(let members) = value else { return self }
        var copy = self
        copy.value = .object(members.map { member in
            var member = member
            switch member.node.value {
            case .object: member.node = member.node.withValuesInLists
            case .list: break
            default: member.node = ConfigurationNode(.list([member.node]), at: member.node.mark)
            }
            return member
        })
        return copy
    }

    /// As JSON, with the values of variables put in.
    var jsonValue: JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let text): .number(text)
        case .string(let text): .string(text)
        case .list(let elements): .array(elements.map(\.jsonValue))
        case .object(let members): .object(members.map { JSONMember(name: $0.name, value: $0.node.jsonValue) })
        }
    }
}
