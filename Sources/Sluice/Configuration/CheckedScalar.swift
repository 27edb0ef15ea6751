// SPDX-License-Identifier: Apache-2.0

/// A scalar of a configuration of which not every value will do.
protocol CheckedScalar: ConfigurationScalar, Decodable, Sendable, Hashable {
    associatedtype Value: ConfigurationScalar & Decodable
    /// Whether it will do.
    static func takes(_ value: Value) -> Bool
    /// - Parameter value: one that will do, or a placeholder.
    init(unchecked value: Value)
}

extension CheckedScalar {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer().decode(Value.self)
        guard Self.takes(value) else { throw ConfigurationValueError(expected: Self.expected) }
        self.init(unchecked: value)
    }

    static func read(_ node: ConfigurationNode) -> Self? { Value.read(node).flatMap { takes($0) ? Self(unchecked: $0) : nil } }
    static var placeholder: Self { Self(unchecked: Value.placeholder) }
    static var isWrittenAsText: Bool { Value.isWrittenAsText }
    static var isWrittenAsNumber: Bool { Value.isWrittenAsNumber }
}

/// A number of which nothing less than one makes sense.
struct AtLeastOne: CheckedScalar {
    let number: Int

    init(unchecked number: Int) { self.number = number }
    static func takes(_ number: Int) -> Bool { number >= 1 }
    static var expected: String { "a whole number, at least 1" }
}

/// A duration in which something has to happen.
struct SomeTime: CheckedScalar {
    let duration: Duration

    init(unchecked duration: Duration) { self.duration = duration }
    static func takes(_ duration: Duration) -> Bool { duration > .zero }
    static var expected: String { "a duration of more than 0, such as 15m, 1h30m or 500ms" }
}

/// The path of a file to be written. One that can only be a folder's, with nothing behind its last slash, would be found out when the run is over.
struct FilePath: CheckedScalar {
    let text: String

    init(unchecked text: String) { self.text = text }
    static func takes(_ text: String) -> Bool { !Files.name(of: text).isEmpty }
    static var expected: String { "the path of a file, with its name at the end" }
}
