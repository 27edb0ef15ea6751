// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Sluice
internal import StreamRecords

/// A template for short texts of an event: `sluice.{source}`, `{kind} {op}`. What a record does not have is left out, with the blanks around it at either end.
struct TextTemplate: Decodable, Sendable, Hashable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case literal(String)
        case field(Field)
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
        if parts.isEmpty { throw ConfigurationValueError(expected: "a text that is not empty") }
        self.init(parts, text)
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

/// A bus as a configuration names it.
struct BusReference: Decodable, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) throws(ConfigurationValueError) {
        let name = text.hasPrefix("arn:") ? text.split(separator: "/", maxSplits: 1).last.map { String($0) } ?? "" : text
        let isARN = !text.hasPrefix("arn:") || (text.split(separator: ":").dropFirst(2).first == "events" && text.contains(":event-bus/"))
        let isName = (1...256).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x2D...0x39).contains(byte) || byte == 0x5F
            }
        guard isARN, isName else {
            throw ConfigurationValueError(expected: "the name or ARN of a bus: letters, digits, . - _ and /, or arn:aws:events:REGION:ACCOUNT:event-bus/NAME")
        }
        description = text
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
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
