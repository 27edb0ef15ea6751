// SPDX-License-Identifier: Apache-2.0

/// The form in which a record leaves: one JSON object on one line.
public struct Envelope: Sendable, Hashable {
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// Plain JSON values in place of typed attribute values, with the parts of all sources under the same names.
        case plain
        /// The record as AWS sent it.
        case typed
        /// An event by [CloudEvents 1.0](https://github.com/cloudevents/spec), in structured mode as JSON.
        case cloudevents
        /// A change event as [Debezium](https://debezium.io/documentation/) writes it,
        /// without its schema. For changes only: other records are written in the plain form.
        case debezium
    }

    /// How an attribute's numbers are written where they are written plainly.
    public enum Numbers: String, Sendable, Hashable, CaseIterable {
        /// As JSON numbers, digit for digit.
        case json
        /// In quotes, for readers that would make a Double of them.
        case string
    }

    public var form: Form
    public var numbers: Numbers
    /// Fields of one's own in place of the form's.
    public var fields: FieldTemplate?

    public init(_ form: Form = .plain, numbers: Numbers = .json, fields: FieldTemplate? = nil) {
        self.form = form
        self.numbers = numbers
        self.fields = fields
    }

    public static let plain = Envelope(.plain)
    public static let typed = Envelope(.typed)
    public static let cloudEvents = Envelope(.cloudevents)
    public static let debezium = Envelope(.debezium)
}
