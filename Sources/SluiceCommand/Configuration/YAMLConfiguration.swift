// SPDX-License-Identifier: Apache-2.0

import Sluice
import Yams

extension ConfigurationNode {
    /// Reads a YAML text of one document. JSON is YAML, so this reads both.
    ///
    /// Scalars mean what they mean in JSON: `no`, `~` and `0x10` are strings, and so is everything in quotes. Anchors,
    /// aliases and merge keys (`<<`) work.
    ///
    /// - Parameter file: what messages call it.
    init(yaml text: String, file: String) throws(ConfigurationErrors) {
        var reader = YAMLReader(file: file)
        let root: Node
        do {
            root = try Parser(yaml: text).singleRoot() ?? Node("", .implicit)
        } catch {
            throw ConfigurationErrors([reader.mistake(for: error)])
        }
        guard var node = reader.read(root, "", depth: 0), reader.mistakes.isEmpty else {
            throw ConfigurationErrors(reader.mistakes)
        }
        if node.value == .null { node = ConfigurationNode(.object([]), at: node.mark) }     // an empty file
        self = node
    }
}

/// Turns Yams' nodes into ours.
private struct YAMLReader {
    let file: String
    var mistakes: [ConfigurationMistake] = []
    private var count = 0

    /// Aliases of aliases grow without end ("billion laughs"); no configuration has so many values.
    private static let maximumCount = 100_000
    private static let maximumDepth = 100

    init(file: String) { self.file = file }

    private func mark(_ mark: Mark?) -> SourceMark {
        SourceMark(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Absent after a mistake that makes going on pointless.
    mutating func read(_ node: Node, _ path: String, depth: Int) -> ConfigurationNode? {
        count += 1
        guard count <= Self.maximumCount, depth <= Self.maximumDepth else {
            if count <= Self.maximumCount + 1 {
                count = Self.maximumCount + 1
                mistakes.append(ConfigurationMistake(
                    .syntax, at: mark(node.mark), path: path, found: "too many values, or values too deep in each other",
                    expected: "at most \(Self.maximumCount) values, \(Self.maximumDepth) deep, aliases counted in full"))
            }
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return ConfigurationNode(value(of: scalar), at: mark(scalar.mark))
        case .sequence(let sequence):
            let elements = sequence.enumerated().compactMap { index, element in
                read(element, "\(path)[\(index)]", depth: depth + 1)
            }
            return ConfigurationNode(.list(elements), at: mark(sequence.mark))
        case .mapping(let mapping):
            return ConfigurationNode(.object(members(of: mapping, path, depth)), at: mark(mapping.mark))
        case .alias(let alias):
            mistakes.append(ConfigurationMistake(
                .syntax, at: mark(alias.mark), path: path, found: "an alias without its anchor",
                expected: "an anchor before it"))
            return nil
        }
    }

    private mutating func members(
        of mapping: Node.Mapping, _ path: String, _ depth: Int
    ) -> [ConfigurationNode.Member] {
        var members: [ConfigurationNode.Member] = []
        var merged: [ConfigurationNode.Member] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                mistakes.append(ConfigurationMistake(
                    .syntax, at: mark(key.mark), path: path, found: "a key that is a list or an object",
                    expected: "text"))
                continue
            }
            let name = scalar.string
            if name == "<<", scalar.style == .plain {
                merged += merge(value, path, depth)
                continue
            }
            let keyMark = mark(scalar.mark)
            if members.contains(where: { $0.name == name }) {
                mistakes.append(.duplicateKey(name, at: keyMark, path: path))
            } else if let node = read(value, join(path, name), depth: depth + 1) {
                members.append(ConfigurationNode.Member(name: name, mark: keyMark, node: node))
            }
        }
        // What stands in the mapping itself counts before what is merged in, and of that the first.
        for member in merged where !members.contains(where: { $0.name == member.name }) { members.append(member) }
        return members
    }

    private mutating func merge(_ node: Node, _ path: String, _ depth: Int) -> [ConfigurationNode.Member] {
        let sources: [Node] = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
        return sources.flatMap { source -> [ConfigurationNode.Member] in
            guard case .mapping = source, let node = read(source, path, depth: depth + 1) else {
                mistakes.append(ConfigurationMistake(
                    .wrongType, at: mark(source.mark), path: join(path, "<<"), found: "something that is not an object",
                    expected: "an object, or a list of objects, to merge"))
                return []
            }
            return node.members
        }
    }

    private func value(of scalar: Node.Scalar) -> ConfigurationNode.Value {
        let text = scalar.string
        // A tag like `!!str` says that it is text, quotes say so, and so does a block.
        let tag = scalar.tag.description
        guard scalar.style == .plain || scalar.style == .any, tag != Tag.Name.str.rawValue, tag != "!" else {
            return .string(text)
        }
        switch text {
        case "", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return isJSONNumber(text) ? .number(text) : .string(text)
        }
    }

    func mistake(for error: any Error) -> ConfigurationMistake {
        func syntax(_ context: Mark?, _ found: String, _ expected: String) -> ConfigurationMistake {
            ConfigurationMistake(.syntax, at: mark(context), path: "", found: found, expected: expected)
        }
        switch error {
        case YamlError.scanner(let context, let problem, let at, _), YamlError.parser(let context, let problem, let at, _),
            YamlError.composer(let context, let problem, let at, _):
            let detail = context.map { " \($0.text)" } ?? ""
            return syntax(at, "a text that is not YAML: \(problem)\(detail)", "YAML or JSON")
        case YamlError.duplicatedKeysInMapping(let names, let context):
            return .duplicateKey(names.sorted().joined(separator: ", "), at: mark(context.mark), path: "")
        case YamlError.reader(let problem, let offset, _, _):
            return syntax(nil, "a text that is not YAML: \(problem) at offset \(offset ?? 0)", "UTF-8 text")
        default:
            return syntax(nil, "a text that is not YAML: \(error)", "YAML or JSON")
        }
    }
}

/// Whether a text is a number by JSON's grammar: no `+1`, `.5`, `0x10` or `01`.
private func isJSONNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
    func digits() -> Int {
        let run = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(run.count)
        return run.count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    if rest.first == UInt8(ascii: "0") {
        rest = rest.dropFirst()
    } else if digits() == 0 {
        return false
    }
    if rest.first == UInt8(ascii: ".") {
        rest = rest.dropFirst()
        if digits() == 0 { return false }
    }
    if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if digits() == 0 { return false }
    }
    return rest.isEmpty
}
