// SPDX-License-Identifier: Apache-2.0

/// A place in a configuration text. Lines and columns count from 1, columns in Unicode scalars.
public struct SourceMark: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The file's name as the user gave it, or what stands for it (`SLUICE_CONFIG`, `--to`).
    public var file: String
    /// Counted from 1; 0 where there are no lines, as on a command line.
    public var line: Int
    /// Counted from 1.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }

    public static func < (a: SourceMark, b: SourceMark) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}

/// One value of a configuration, with the place it was read from.
///
/// Where a node came from (YAML, JSON, the command line) does not matter to what it means: scalars mean what they
/// mean in JSON, so the YAML word `no` is a string.
public struct ConfigurationNode: Sendable, Hashable {
    /// What a node holds.
    public indirect enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        /// The exact text of a JSON number.
        case number(String)
        case string(String)
        case list([ConfigurationNode])
        /// The members in the order written, without duplicates.
        case object([Member])
    }

    /// A member of an object; `mark` is where its key stands.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var mark: SourceMark
        public var node: ConfigurationNode

        public init(name: String, mark: SourceMark, node: ConfigurationNode) {
            self.name = name
            self.mark = mark
            self.node = node
        }
    }

    public var value: Value
    public var mark: SourceMark

    /// The text before environment variables were put in, where there were any. Messages show this one, because
    /// a variable may hold a secret.
    public var template: String?

    public init(_ value: Value, at mark: SourceMark, template: String? = nil) {
        self.value = value
        self.mark = mark
        self.template = template
    }

    /// The member of that name, if this is an object that has one.
    public subscript(name: String) -> ConfigurationNode? {
        members.first { $0.name == name }?.node
    }

    /// The members of an object; none for anything else.
    public var members: [Member] {
        if case .object(let members) = value { members } else { [] }
    }

    /// The text of a string.
    public var string: String? {
        if case .string(let text) = value { text } else { nil }
    }

    /// What a message says was found here: `the number 12`, `a list`.
    public var found: String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): "the number \(text.shortened)"
        case .string(let text): "the text \((template ?? text).quotedForMessage)"
        case .list(let elements): elements.isEmpty ? "an empty list" : "a list"
        case .object(let members): members.isEmpty ? "an empty object" : "an object"
        }
    }
}

extension String {
    /// In quotes, on one line, and cut where it is long.
    var quotedForMessage: String {
        var out = "\""
        for scalar in shortened.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case let control where control.value < 0x20 || control.value == 0x7F:
                out += "\\u{\(String(control.value, radix: 16))}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    var shortened: String {
        count <= 60 ? self : String(prefix(57)) + "…"
    }
}
