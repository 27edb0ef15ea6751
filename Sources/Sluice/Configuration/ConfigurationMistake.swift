// SPDX-License-Identifier: Apache-2.0

/// One thing wrong with a configuration: where it is, what was found there and what was expected.
public struct ConfigurationMistake: Sendable, Hashable, CustomStringConvertible {
    /// What sort of mistake it is. More may come in later versions.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text is not YAML or JSON.
        public static let syntax = Code(rawValue: "syntax")
        /// A key that nothing asks for.
        public static let unknownKey = Code(rawValue: "unknown-key")
        /// A key that is there twice.
        public static let duplicateKey = Code(rawValue: "duplicate-key")
        /// A key that must be there and is not.
        public static let missingKey = Code(rawValue: "missing-key")
        /// A value of the wrong type: a list where text belongs.
        public static let wrongType = Code(rawValue: "wrong-type")
        /// A value of the right type that means nothing: `15 parsecs` for a duration.
        public static let badValue = Code(rawValue: "bad-value")
        /// A name of something that does not exist: a sink, a type of sink.
        public static let unknownName = Code(rawValue: "unknown-name")
        /// `${NAME}` where NAME is not set.
        public static let unsetVariable = Code(rawValue: "unset-variable")
        /// A setting that contradicts another one.
        public static let conflict = Code(rawValue: "conflict")
        /// A sink whose settings are right, but which does not start: a file that cannot be opened.
        public static let cannotStart = Code(rawValue: "cannot-start")
        /// Something that this version cannot do.
        public static let notAvailable = Code(rawValue: "not-available")
    }

    public var code: Code
    /// Where it is. Absent where there is no text, as for a configuration made in code.
    public var mark: SourceMark?
    /// The way to it from the root: `sinks.archive.bucket`. Empty for the root.
    public var path: String
    /// What stands there; of a sink that does not start, the reason.
    public var found: String
    public var expected: String
    /// The nearest right name, if one is near.
    public var suggestion: String?

    public init(
        _ code: Code, at mark: SourceMark?, path: String, found: String, expected: String,
        suggestion: String? = nil
    ) {
        self.code = code
        self.mark = mark
        self.path = path
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// `sluice.yaml:4:5: sinks.archive: found …, expected … (did you mean …?)`
    public var description: String {
        var out = ""
        if let mark { out += "\(mark): " }
        if !path.isEmpty { out += "\(path): " }
        // What the system says of a file stands best alone.
        if code == .cannotStart { return out + found }
        out += "found \(found), expected \(expected)"
        if let suggestion { out += "; did you mean \(suggestion)?" }
        return out
    }
}

/// Everything that is wrong with a configuration, in the order of the text.
public struct ConfigurationErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one.
    public var mistakes: [ConfigurationMistake]

    /// Sorts the mistakes by their place; those without one come last.
    public init(_ mistakes: [ConfigurationMistake]) {
        self.mistakes = mistakes.enumerated().sorted { a, b in
            switch (a.element.mark, b.element.mark) {
            case (let first?, let second?): first == second ? a.offset < b.offset : first < second
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): a.offset < b.offset
            }
        }.map(\.element)
    }

    /// One mistake a line, then how many there are.
    public var description: String {
        let lines = mistakes.map(\.description).joined(separator: "\n")
        return switch mistakes.count {
        case 1: lines
        default: "\(lines)\n\(mistakes.count) mistakes"
        }
    }
}

/// The way from the root of a configuration to a node, for messages.
struct ConfigurationPath: Sendable, Hashable, CustomStringConvertible {
    var description = ""

    func member(_ name: String) -> ConfigurationPath {
        ConfigurationPath(description: description.isEmpty ? name : "\(description).\(name)")
    }

    func element(_ index: Int) -> ConfigurationPath {
        ConfigurationPath(description: "\(description)[\(index)]")
    }
}
