// SPDX-License-Identifier: Apache-2.0

/// The form in which a record leaves: one JSON object on one line.
public struct Envelope: Sendable, Hashable {
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// Plain JSON values in place of typed attribute values, with the parts of all sources under the same names.
        case plain
        /// The record as AWS sent it.
        case typed
    }

    /// How the plain form writes an attribute's numbers.
    public enum Numbers: String, Sendable, Hashable, CaseIterable {
        /// As JSON numbers, digit for digit.
        case json
        /// In quotes, for readers that would make a Double of them.
        case string
    }

    public var form: Form
    public var numbers: Numbers

    public init(_ form: Form = .plain, numbers: Numbers = .json) {
        self.form = form
        self.numbers = numbers
    }

    public static let plain = Envelope(.plain)
    public static let typed = Envelope(.typed)
}
