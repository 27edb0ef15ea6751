// SPDX-License-Identifier: Apache-2.0

extension ConfigurationNode {
    /// Reads a `Decodable` type out of this node, and tells every mistake there is, not the first one only.
    ///
    /// A key of an object that the type never asks for is a mistake. `Duration` is read from `15m`, ``ByteCount`` from
    /// `64 MiB`; an enumeration that is `CaseIterable` has its cases listed in the message.
    ///
    /// - Parameters:
    ///   - known: keys of this node that belong to somebody else and are no mistake.
    ///   - path: the way to this node from the root, for messages.
    public func decode<T: Decodable>(
        _ type: T.Type, known: Set<String> = [], path: String = ""
    ) throws(ConfigurationErrors) -> T {
        var mistakes: [ConfigurationMistake] = []
        let value = decode(
            type, known: known, path: ConfigurationPath(description: path), mistakes: &mistakes)
        guard let value, mistakes.isEmpty else { throw ConfigurationErrors(mistakes) }
        return value
    }

    /// The same, with the mistakes added to a list. Absent, or not to be used, where a mistake was added.
    func decode<T: Decodable>(
        _ type: T.Type, known: Set<String> = [], path: ConfigurationPath, mistakes: inout [ConfigurationMistake]
    ) -> T? {
        let ledger = DecodingLedger()
        let value = try? NodeDecoder(ledger: ledger, node: self, path: path).read(type)
        if case .object = value == nil ? .null : self.value, !ledger.visited.contains(where: { $0.path == path }) {
            ledger.visit(self, path)      // a type without settings asks for nothing: every key is unknown
        }
        ledger.reportUnknownKeys(known: known, of: path)
        if value == nil, ledger.mistakes.isEmpty {
            ledger.mistakes.append(ConfigurationMistake(
                .badValue, at: mark, path: path.description, found: found, expected: "settings for \(type)"))
        }
        mistakes += ledger.mistakes
        return value
    }
}

/// What one decoding found out. Lives as long as that decoding and never leaves its thread.
final class DecodingLedger {
    var mistakes: [ConfigurationMistake] = []
    /// The objects that were opened, in order.
    private(set) var visited: [(path: ConfigurationPath, node: ConfigurationNode)] = []
    /// The keys asked for in each of them, in the order asked.
    private var asked: [ConfigurationPath: [String]] = [:]
    /// Objects whose decoding stopped half-way: what else they'd have asked for is not known.
    private var unfinished: Set<ConfigurationPath> = []

    func visit(_ node: ConfigurationNode, _ path: ConfigurationPath) {
        if asked[path] == nil {
            asked[path] = []
            visited.append((path, node))
        }
    }

    func ask(_ key: String, in path: ConfigurationPath) {
        if asked[path]?.contains(key) == false { asked[path]?.append(key) }
    }

    func leaveUnfinished(_ path: ConfigurationPath) { unfinished.insert(path) }

    func reportUnknownKeys(known: Set<String>, of root: ConfigurationPath) {
        for (path, node) in visited where !unfinished.contains(path) {
            let asked = asked[path] ?? []
            let right = path == root ? known.sorted() + asked : asked
            mistakes += node.unknownKeys(besides: right, path: path)
        }
    }
}

extension ConfigurationNode {
    /// A mistake for each member that is none of the right ones.
    func unknownKeys(besides right: [String], path: ConfigurationPath) -> [ConfigurationMistake] {
        let present = Set(members.map(\.name))
        return members.filter { !right.contains($0.name) }.map { member in
            ConfigurationMistake(
                .unknownKey, at: member.mark, path: path.description,
                found: "the unknown key \(member.name.quotedForMessage)",
                expected: right.isEmpty ? "no settings" : oneOf(right),
                suggestion: nearestName(to: member.name, among: right.filter { !present.contains($0) }))
        }
    }
}

/// `a, b or c`
func oneOf(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return names.dropLast().joined(separator: ", ") + " or " + last
}

/// Thrown to leave a type whose value cannot be made up. The mistake is in the ledger already.
struct DecodingAbandoned: Error {}

/// A decoder over one node. Without a node it stands for something that is missing and was reported: it hands out
/// made-up values and reports nothing, so that what comes after the mistake can still be looked at.
struct NodeDecoder: Decoder {
    let ledger: DecodingLedger
    let node: ConfigurationNode?
    let path: ConfigurationPath
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(NodeKeyedContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { NodeUnkeyedContainer(decoder: self) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { NodeSingleValueContainer(decoder: self) }

    func child(_ node: ConfigurationNode?, _ path: ConfigurationPath, _ key: any CodingKey) -> NodeDecoder {
        NodeDecoder(ledger: ledger, node: node, path: path, codingPath: codingPath + [key])
    }

    func report(_ code: ConfigurationMistake.Code, expected: String, suggestion: String? = nil) {
        guard let node else { return }
        ledger.mistakes.append(ConfigurationMistake(
            code, at: node.mark, path: path.description, found: node.found, expected: expected,
            suggestion: suggestion))
    }

    /// The value, or a made-up one after a mistake; throws only where none can be made up.
    func read<T: Decodable>(_ type: T.Type) throws -> T {
        if let scalar = type as? any ConfigurationScalar.Type, let value = read(scalar: scalar) as? T { return value }
        let before = ledger.mistakes.count
        do {
            return try T(from: self)
        } catch {
            if ledger.mistakes.count == before, !(error is DecodingAbandoned) { report(error, reading: type) }
            if let cases = type as? any CaseIterable.Type, let value = firstCase(cases) as? T { return value }
            ledger.leaveUnfinished(path)
            throw DecodingAbandoned()
        }
    }

    func read<T: ConfigurationScalar>(scalar type: T.Type) -> T {
        guard let node else { return T.placeholder }
        if let value = T.read(node) { return value }
        let wrongType = switch node.value {
        case .string: T.isWrittenAsText
        case .number: T.isWrittenAsNumber
        default: false
        }
        report(wrongType ? .badValue : .wrongType, expected: T.expected)
        return T.placeholder
    }

    private func report(_ error: any Error, reading type: any Decodable.Type) {
        if let cases = type as? any CaseIterable.Type {
            let names = rawNames(cases)
            if !names.isEmpty {
                let near = node?.string.flatMap { nearestName(to: $0, among: names) }
                return report(.badValue, expected: oneOf(names), suggestion: near)
            }
        }
        switch error {
        case let error as ConfigurationValueError:
            report(.badValue, expected: error.expected, suggestion: error.suggestion)
        case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
            report(.badValue, expected: "a value for \(type): \(context.debugDescription)")
        default:
            report(.badValue, expected: "a value for \(type): \(error)")
        }
    }
}

private func firstCase<C: CaseIterable>(_ type: C.Type) -> Any? { type.allCases.first }

private func rawNames<C: CaseIterable>(_ type: C.Type) -> [String] {
    type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
}
