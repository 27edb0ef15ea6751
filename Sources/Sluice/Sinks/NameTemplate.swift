// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// A template that gives each record a path of its own: `{kind}/{table}/{date}/{id}.json`.
///
/// What a record puts into it can never leave its place: every value is percent-encoded down to letters, digits and
/// `-_.=+@,`, holds no `/`, does not begin with a dot, and is cut where it is long, with a hash of the whole in place
/// of the rest. A value that the record does not have is written `-`.
public struct NameTemplate: Sendable, Hashable, Decodable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case literal(String)
        case field(Field)
        case key(String)
    }

    /// What `{…}` can stand for, beside `{key.NAME}`: a key attribute of a change.
    enum Field: String, CaseIterable, Sendable {
        case kind, id, source, account, region, date, hour, year, month, day
        case table, op, group, stream, queue, bus
    }

    /// The template as it was written.
    public let description: String
    private let parts: [Part]

    /// - Throws: ``ConfigurationValueError`` where it is no template, or one that can't tell records apart.
    public init(_ text: String) throws(ConfigurationValueError) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.first {
            guard character == "{" || character == "}" else {
                literal.append(character)
                rest = rest.dropFirst()
                continue
            }
            guard character == "{", let end = rest.firstIndex(of: "}") else {
                throw ConfigurationValueError(expected: "a template in which each { has its }")
            }
            let name = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            parts.append(try Self.part(name))
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        guard parts.contains(.field(.id)) else {
            throw ConfigurationValueError(expected: "a template with {id} in it, since two records would share a name without")
        }
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !components.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !text.contains("\0") else {
            throw ConfigurationValueError(
                expected: "a relative path without empty parts, . and ..: {kind}/{table}/{date}/{id}.json")
        }
        self.parts = parts
        description = text
    }

    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    private static func part(_ name: String) throws(ConfigurationValueError) -> Part {
        if let field = Field(rawValue: name) { return .field(field) }
        if name.hasPrefix("key."), name.count > 4 { return .key(String(name.dropFirst(4))) }
        let all = Field.allCases.map(\.rawValue)
        throw ConfigurationValueError(
            expected: "\(oneOf(all + ["key.NAME"])) between { and }, not \(name.quotedForMessage)",
            suggestion: nearestName(to: name, among: all).map { "{\($0)}" })
    }

    /// The path for a record: relative, at least one component.
    public func path(for record: Record) -> String { path(for: record, id: record.id.id) }

    /// The path for something that is made of several records: `{id}` stands for what identifies all of them, the other fields are the record's.
    public func path(for record: Record, id: String) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .field(.id): text += Self.safe(id)
            case .field(let field): text += Self.safe(Self.value(field, record))
            case .key(let name): text += Self.safe(record.keys?[name].map(Self.text))
            }
        }
        return text.split(separator: "/").map { Self.bounded(String($0)) }.joined(separator: "/")
    }

    /// Whether the path tells which table, log group, queue or bus a record is of. Only together with that its id is surely its own.
    public func tellsSource(of record: Record) -> Bool {
        let own: Field = switch record.kind {
        case .change: .table
        case .log: .group
        case .message: .queue
        case .event: .bus
        }
        return !record.source.name.isEmpty && (parts.contains(.field(.source)) || parts.contains(.field(own)))
    }

    private static func value(_ field: Field, _ record: Record) -> String? {
        switch field {
        case .kind: record.kind.rawValue
        case .id: record.id.id
        case .source: record.source.name
        case .account: record.source.account
        case .region: record.source.region
        case .date: record.time?.date
        case .hour: record.time?.hour
        case .year: record.time.map { String($0.date.prefix(4)) }
        case .month: record.time.map { String($0.date.dropFirst(5).prefix(2)) }
        case .day: record.time.map { String($0.date.dropFirst(8).prefix(2)) }
        case .table: record.kind == .change ? record.source.name : nil
        case .op: record.operation?.rawValue
        case .group: record.kind == .log ? record.source.name : nil
        case .stream: record.kind == .log ? record.logStream : nil
        case .queue: record.kind == .message ? record.source.name : nil
        case .bus: record.kind == .event ? record.source.name : nil
        }
    }

    private static func text(_ value: AttributeValue) -> String {
        if let text = value.stringValue { return text }
        if let number = value.numberValue { return number.canonical }
        if let bytes = value.binaryValue { return Base64.encodeToString(bytes) }
        return value.description
    }

    private static let longestValue = 120
    private static let longestComponent = 200

    /// A value as a part of a file's name.
    static func safe(_ value: String?) -> String {
        guard let value, !value.isEmpty else { return "-" }
        var out: [UInt8] = []
        for byte in value.utf8 {
            let isPlain = switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="),
                UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: ","):
                true
            case UInt8(ascii: "."): !out.isEmpty
            default: false
            }
            if isPlain {
                out.append(byte)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(hexDigit(byte >> 4))
                out.append(hexDigit(byte & 15))
            }
        }
        // A value that is nothing but "-" must not be taken for one that isn't there.
        if value == "-" { return "%2D" }
        return cut(String(decoding: out, as: UTF8.self), longestValue, whole: value)
    }

    /// A component that a file system takes: no longer than 200 bytes, its ending kept.
    private static func bounded(_ component: String) -> String {
        guard component.utf8.count > longestComponent else { return component }
        var ending = ""
        if let dot = component.lastIndex(of: "."), component[dot...].utf8.count <= 16 { ending = String(component[dot...]) }
        return cut(component, longestComponent - ending.utf8.count, whole: component) + ending
    }

    /// No value holds a `~` of its own, so a cut one can't be taken for another.
    private static func cut(_ text: String, _ longest: Int, whole: String) -> String {
        if text.utf8.count <= longest { return text }
        return String(decoding: text.utf8.prefix(longest - 17), as: UTF8.self) + "~" + fingerprint(whole.utf8)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}

/// A value of a configuration that is of the right type and yet means nothing. A `Decodable` type that throws it has
/// its words in the message, at the value's place.
public struct ConfigurationValueError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What would have been right: `a template with {id} in it`.
    public var expected: String
    /// The nearest right value.
    public var suggestion: String?

    public init(expected: String, suggestion: String? = nil) {
        self.expected = expected
        self.suggestion = suggestion
    }

    public var description: String { "expected \(expected)" }
}
