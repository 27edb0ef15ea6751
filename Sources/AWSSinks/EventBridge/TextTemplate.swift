// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords

/// A template for short texts of an event: `sluice.{source}`, `{kind} {op}`. What a record does not have is left out, with the blanks around it at either end.
struct TextTemplate: Decodable, Sendable, Hashable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case literal(String)
        case field(Field)

        var isLiteral: Bool { if case .literal = self { true } else { false } }
    }

    /// What `{…}` can stand for. `source` is the table, log group, queue or bus, whichever the record has.
    enum Field: String, CaseIterable, Sendable {
        case kind, source, account, region, table, op, group, stream, queue, bus, type
    }

    /// As it was written.
    let description: String
    private let parts: [Part]

    static let defaultSource = TextTemplate([.literal("sluice."), .field(.source)], "sluice.{source}")
    static let defaultDetailType = TextTemplate([.field(.kind), .literal(" "), .field(.op)], "{kind} {op}")

    private init(_ parts: [Part], _ description: String) {
        self.parts = parts
        self.description = description
    }

    init(_ text: String) throws(ConfigurationValueError) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw ConfigurationValueError(expected: "a template in which each { has its }")
            }
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            let name = String(rest[rest.index(after: open)..<close])
            guard let field = Field(rawValue: name) else {
                throw ConfigurationValueError(expected: "\(Field.allCases.map(\.rawValue).joined(separator: ", ")) between { and }, not \(name)")
            }
            parts.append(.field(field))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        self.init(parts, text)
        if parts.allSatisfy(\.isLiteral), literals.isEmpty { throw ConfigurationValueError(expected: "a text that is not empty") }
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    func text(for record: Record) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .field(let field): text += TextTemplate.value(field, record) ?? ""
            }
        }
        return TextTemplate.trimmed(text)
    }

    /// What a text has for a record that has none of the fields; no text is shorter.
    var literals: String {
        TextTemplate.trimmed(parts.reduce(into: "") { text, part in if case .literal(let literal) = part { text += literal } })
    }

    /// What every text begins with, whatever the record; empty where that is a field's to say.
    var beginning: String {
        if case .literal(let literal)? = parts.first { String(literal.drop { $0 == " " }) } else { "" }
    }

    private static func trimmed(_ text: String) -> String {
        let trimmed = text.drop { $0 == " " }
        guard let last = trimmed.lastIndex(where: { $0 != " " }) else { return "" }
        return String(trimmed[...last])
    }

    private static func value(_ field: Field, _ record: Record) -> String? {
        switch field {
        case .kind: record.kind.rawValue
        case .source: record.source.name.isEmpty ? record.kind.rawValue : record.source.name
        case .account: record.source.account
        case .region: record.source.region
        case .table: record.table
        case .op: record.operation?.rawValue
        case .group: record.logGroup
        case .stream: record.logStream
        case .queue: record.queue
        case .bus: record.bus
        case .type: record.detailType
        }
    }
}

/// A template for events' sources. One with which EventBridge would take no event is a mistake of the configuration, not of each record.
struct SourceTemplate: Decodable, Sendable, Hashable {
    let template: TextTemplate

    init(from decoder: any Decoder) throws {
        template = try TextTemplate(from: decoder)
        if EventComposer.isReserved(template.beginning) {
            throw ConfigurationValueError(expected: "a source that does not begin with aws., which EventBridge leaves to AWS: shop.{table}")
        }
    }
}

/// A template for events' detail types, likewise.
struct DetailTypeTemplate: Decodable, Sendable, Hashable {
    let template: TextTemplate

    init(from decoder: any Decoder) throws {
        template = try TextTemplate(from: decoder)
        if template.literals.count > EventBridge.Limits.detailTypeLength {
            throw ConfigurationValueError(expected: "a detail type of at most \(EventBridge.Limits.detailTypeLength) characters: {kind} {op}")
        }
    }
}

/// A bus as a configuration names it.
struct BusReference: Decodable, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) throws(ConfigurationValueError) {
        let kind = "event-bus/"
        var name = text[...]
        if let arn = ARN(text), arn.service == "events", arn.region != nil, BusReference.isAccount(arn.account ?? ""), arn.resource.hasPrefix(kind) {
            name = arn.resource.dropFirst(kind.count)
        }
        let isName = (1...256).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isAlphanumeric || "-./_".utf8.contains($0) }
        guard isName else {
            throw ConfigurationValueError(expected: "the name or ARN of a bus: letters, digits, . - _ and /, or arn:aws:events:REGION:ACCOUNT:event-bus/NAME")
        }
        description = text
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    private static func isAccount(_ text: String) -> Bool { text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}

/// How large the events of a call may be together.
struct EventBytesSetting: Decodable, Sendable, Hashable {
    let bytes: Int

    init(from decoder: any Decoder) throws {
        bytes = try decoder.singleValueContainer().decode(ByteCount.self).bytes
        guard (1 << 10...16 << 20).contains(bytes) else { throw ConfigurationValueError(expected: "a size from 1 KiB to 16 MiB; EventBridge's own is 256 KiB") }
    }
}
#endif
