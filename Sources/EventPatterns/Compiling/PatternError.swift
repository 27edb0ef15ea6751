// SPDX-License-Identifier: Apache-2.0

/// Why a pattern is none: where it is wrong, what stands there, and what belongs there.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What sort of mistake it is. More may come; keep a default case.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text is not JSON.
        public static let syntax = Code(rawValue: "syntax")
        /// A value of another type than belongs there.
        public static let wrongType = Code(rawValue: "wrong-type")
        /// An object or a list with nothing in it.
        public static let empty = Code(rawValue: "empty")
        /// A comparison that there is none of.
        public static let unknownOperator = Code(rawValue: "unknown-operator")
        /// More than one comparison in one object.
        public static let severalOperators = Code(rawValue: "several-operators")
        /// A comparison with a value that it cannot have.
        public static let badOperand = Code(rawValue: "bad-operand")
        /// A `$or` that has too few choices, or choices that are no patterns.
        public static let badChoice = Code(rawValue: "bad-choice")
        /// More combinations of choices than are allowed.
        public static let tooMany = Code(rawValue: "too-many")
    }

    public let code: Code
    /// The way to it from the pattern's root: `dynamodb.NewImage.price.N[0].numeric`. Empty for the root.
    public let path: String
    /// Where it is in the text, in bytes from its start; for a pattern made of nodes, the node's own place.
    public let place: Int
    /// What stands there.
    public let found: String
    /// What belongs there.
    public let expected: String
    /// The nearest right name, if one is near.
    public let suggestion: String?

    public init(_ code: Code, path: String, place: Int, found: String, expected: String, suggestion: String? = nil) {
        self.code = code
        self.path = path
        self.place = place
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    public var description: String {
        let location = path.isEmpty ? "at byte \(place)" : "\(path) at byte \(place)"
        let advice = suggestion.map { "; did you mean \($0)?" } ?? ""
        return "\(location): found \(found), expected \(expected)\(advice)"
    }
}
