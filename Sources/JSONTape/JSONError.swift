// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON, or asks for more than the limits give.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of mistake it is. New codes may come; keep a default case.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A byte that the grammar does not allow at this place.
        public static let unexpectedByte = Code(rawValue: "unexpectedByte")
        /// The text ends inside a value.
        public static let unexpectedEnd = Code(rawValue: "unexpectedEnd")
        /// A control character (U+0000 to U+001F) that is not escaped inside a string.
        public static let controlCharacter = Code(rawValue: "controlCharacter")
        /// Bytes inside a string that are not UTF-8.
        public static let invalidUTF8 = Code(rawValue: "invalidUTF8")
        /// A backslash that begins no escape of RFC 8259, section 7.
        public static let invalidEscape = Code(rawValue: "invalidEscape")
        /// A `\u` escape of one half of a surrogate pair without the other.
        public static let loneSurrogate = Code(rawValue: "loneSurrogate")
        /// A number that the grammar of RFC 8259, section 6, does not have.
        public static let invalidNumber = Code(rawValue: "invalidNumber")
        /// More objects and arrays are open at once than ``JSONLimits/maximumDepth``.
        public static let depthExceeded = Code(rawValue: "depthExceeded")
        /// The text, one of its strings or its index is larger than the limits or the index's format allow.
        public static let tooLarge = Code(rawValue: "tooLarge")
    }

    public let code: Code

    /// The place of the mistake, in bytes from the start of the text: the first byte that is wrong, or the text's length where it ends too early.
    public let offset: Int

    /// What would have been right at this place.
    public let expected: String

    public init(code: Code, offset: Int, expected: String) {
        self.code = code
        self.offset = offset
        self.expected = expected
    }

    public var description: String {
        let found =
            switch code {
            case .unexpectedEnd: "the text ends too early"
            case .controlCharacter: "a control character that is not escaped"
            case .invalidUTF8: "bytes that are not UTF-8"
            case .invalidEscape: "an escape that JSON does not have"
            case .loneSurrogate: "half a surrogate pair"
            case .invalidNumber: "a number that JSON does not allow"
            case .depthExceeded: "nested too deeply"
            case .tooLarge: "too large"
            default: "an unexpected byte"
            }
        return "\(found) at byte \(offset): expected \(expected)"
    }
}
