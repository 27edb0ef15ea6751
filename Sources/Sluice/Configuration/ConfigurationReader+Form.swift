// SPDX-License-Identifier: Apache-2.0

import JSONTape
public import StreamRecords

/// In which form a route's records leave: `envelope`, `numbers`, `redact`.
extension ConfigurationReader {
    /// Reads a route's form, when its conditions have been read.
    mutating func readForm(
        _ route: inout Route, _ node: ConfigurationNode, _ path: ConfigurationPath, _ envelope: Envelope, _ key: RedactionKey
    ) {
        route.envelope = readEnvelope(node, path, default: envelope)
        let kinds = route.possibleKinds
        if route.envelope.isForChangesOnly {
            if kinds.contains(.change) {
                // Others have no such form. Where the route does not say that it is for changes, its envelope does.
                if kinds.count > 1 { route.conditions.append(.kind([.change])) }
            } else if !kinds.isEmpty {
                wrong(
                    .conflict, node["envelope"] ?? node, path.member("envelope"), "a route for changes: only they have that form",
                    found: "debezium on a route for \(kinds.map { "\($0.rawValue)s" }.joined(separator: " and "))")
            }
        }
        if let fields = node["envelope"]?["fields"] { checkKinds(fields, path.member("envelope").member("fields"), kinds) }
        if let redact = node["redact"] { route.redaction = readRedaction(redact, path.member("redact"), key, kinds) }
    }

    // MARK: envelopes

    mutating func readEnvelope(
        _ node: ConfigurationNode, _ path: ConfigurationPath, default envelope: Envelope
    ) -> Envelope {
        var envelope = envelope
        let forms = Envelope.Form.allCases.map(\.rawValue)
        let numbers = Envelope.Numbers.allCases.map(\.rawValue)
        if let child = node["envelope"] {
            let path = path.member("envelope")
            if case .object = child.value {
                envelope.form = .plain
                envelope.fields = readTemplate(child, path)
            } else if let name = text(child, path) {
                envelope.fields = nil
                if let form = Envelope.Form(rawValue: name) {
                    envelope.form = form
                } else {
                    wrong(.badValue, child, path, "\(oneOf(forms)), or an object with the key \"fields\"", nearestName(to: name, among: forms))
                }
            }
        }
        if let child = node["numbers"], let name = text(child, path.member("numbers")) {
            if let how = Envelope.Numbers(rawValue: name) {
                envelope.numbers = how
            } else {
                wrong(.badValue, child, path.member("numbers"), oneOf(numbers), nearestName(to: name, among: numbers))
            }
        }
        return envelope
    }

    private mutating func readTemplate(_ node: ConfigurationNode, _ path: ConfigurationPath) -> FieldTemplate? {
        guard object(node, path, keys: ["fields"]), let fields = required("fields", in: node, path) else { return nil }
        return readFields(fields, path.member("fields"))
    }

    /// Fields: a text is a path, or a text itself behind `=`; an object holds fields of its own; anything else stands for itself.
    private mutating func readFields(_ node: ConfigurationNode, _ path: ConfigurationPath) -> FieldTemplate? {
        guard case .object(let members) = node.value, !members.isEmpty else {
            wrong(.wrongType, node, path, "an object with a field at least, such as { status: new.status }")
            return nil
        }
        var fields: [(name: String, content: FieldTemplate.Content)] = []
        for member in members {
            let path = path.member(member.name)
            switch member.node.value {
            case .string(let text) where text.hasPrefix("="):
                fields.append((member.name, .constant(.string(String(text.dropFirst())))))
            case .string(let text):
                if let found = recordPath(text, member.node, path) { fields.append((member.name, .path(found))) }
            case .object:
                if let inner = readFields(member.node, path) { fields.append((member.name, .fields(inner))) }
            case .number(let text): fields.append((member.name, .constant(.number(text))))
            case .bool(let value): fields.append((member.name, .constant(.bool(value))))
            case .null, .list:
                wrong(
                    .wrongType, member.node, path,
                    "a path such as new.status, a text behind = such as \"=shop\", a number, true or false, or an object of fields")
            }
        }
        return FieldTemplate(fields)
    }

    /// Tells the fields that no record of the route can have.
    private mutating func checkKinds(_ node: ConfigurationNode, _ path: ConfigurationPath, _ kinds: [Record.Kind]) {
        for member in node.members {
            let path = path.member(member.name)
            if let text = member.node.string, !text.hasPrefix("="), let found = try? RecordPath(text) {
                checkKinds(found, member.node, path, kinds)
            } else {
                checkKinds(member.node, path, kinds)
            }
        }
    }

    private mutating func checkKinds(
        _ found: RecordPath, _ node: ConfigurationNode, _ path: ConfigurationPath, _ kinds: [Record.Kind]
    ) {
        if kinds.isEmpty || kinds.contains(where: found.root.kinds.contains) { return }
        let roots = RecordPath.Root.allCases.filter { !$0.kinds.filter(kinds.contains).isEmpty }.map(\.rawValue)
        wrong(
            .conflict, node, path, "a part that they have: \(oneOf(roots))",
            found: "\(found.description.quotedForMessage), which no record of this route has: it takes \(kinds.map { "\($0.rawValue)s" }.joined(separator: " and "))")
    }

    private mutating func recordPath(_ text: String, _ node: ConfigurationNode, _ path: ConfigurationPath) -> RecordPath? {
        do throws(RecordPath.Mistake) {
            return try RecordPath(text)
        } catch {
            wrong(.badValue, node, path, error.expected, nearestName(to: error.name, among: error.names))
            return nil
        }
    }

    // MARK: redaction

    /// The key for hashed values, and whether there should be one.
    struct RedactionKey {
        var key: Redaction.Key?
        var isGiven = false
    }

    /// How short a key may be, in bytes of UTF-8.
    private static let shortestKey = 16

    mutating func readRedactionKey(_ root: ConfigurationNode, _ top: ConfigurationPath) -> RedactionKey {
        guard let node = root["redact_key"] else { return RedactionKey() }
        let path = top.member("redact_key")
        guard case .string(let text) = node.value else {
            wrong(.wrongType, node, path, "a secret text, best from a variable: \"${REDACTION_KEY}\"", found: "something that is not text")
            return RedactionKey(isGiven: true)
        }
        guard text.utf8.count >= Self.shortestKey else {
            // The key itself is nothing for messages.
            wrong(
                .badValue, node, path, "\(Self.shortestKey) bytes or more: what is hashed with a short key can be guessed",
                found: "a text of \(text.utf8.count) bytes")
            return RedactionKey(isGiven: true)
        }
        return RedactionKey(key: Redaction.Key(Array(text.utf8)), isGiven: true)
    }

    private mutating func readRedaction(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ key: RedactionKey, _ kinds: [Record.Kind]
    ) -> Redaction? {
        var rules: [Redaction.Rule] = []
        if case .object(let members) = node.value {
            let methods = Redaction.Method.allCases.map(\.rawValue)
            guard object(node, path, keys: methods) else { return nil }
            if members.isEmpty { wrong(.wrongType, node, path, "a list of paths, or an object with \(oneOf(methods))") }
            for method in Redaction.Method.allCases {
                guard let list = node[method.rawValue] else { continue }
                if method == .hashed && !key.isGiven {
                    wrong(
                        .missingKey, list, path.member(method.rawValue),
                        "the key \"redact_key\" at the top of the configuration, which values are hashed with", found: "hashed values without a key")
                }
                rules += readRules(list, path.member(method.rawValue), method, kinds)
            }
        } else {
            rules = readRules(node, path, .removed, kinds)
        }
        return rules.isEmpty ? nil : Redaction(rules, key: key.key)
    }

    private mutating func readRules(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ method: Redaction.Method, _ kinds: [Record.Kind]
    ) -> [Redaction.Rule] {
        texts(node, path).compactMap { text, node, path in
            guard let found = recordPath(text, node, path) else { return nil }
            checkKinds(found, node, path, kinds)
            do throws(RecordPath.Mistake) {
                return try Redaction.Rule(found, method)
            } catch {
                wrong(.badValue, node, path, error.expected, nearestName(to: error.name, among: error.names))
                return nil
            }
        }
    }
}

extension Envelope {
    /// Whether records of other kinds than changes have no such form.
    var isForChangesOnly: Bool { form == .debezium && fields == nil }
}

extension Route {
    /// The kinds of records that can meet the conditions.
    public var possibleKinds: [Record.Kind] {
        var kinds = Record.Kind.allCases
        for condition in conditions {
            if case .kind(let some) = condition { kinds.removeAll { !some.contains($0) } }
            if case .source(let kind, _) = condition { kinds.removeAll { $0 != kind } }
            if case .operation = condition { kinds.removeAll { $0 != .change } }
        }
        return kinds
    }
}
