// SPDX-License-Identifier: Apache-2.0

/// A number in a configuration of which nothing less than one makes sense.
struct AtLeastOne: Decodable, ConfigurationScalar {
    let number: Int

    init?(_ number: Int) {
        if number < 1 { return nil }
        self.number = number
    }

    init(from decoder: any Decoder) throws {
        guard let value = AtLeastOne(try decoder.singleValueContainer().decode(Int.self)) else {
            throw ConfigurationValueError(expected: Self.expected)
        }
        self = value
    }

    static func read(_ node: ConfigurationNode) -> AtLeastOne? { Int.read(node).flatMap { AtLeastOne($0) } }
    static var expected: String { "a whole number, at least 1" }
    static var placeholder: AtLeastOne { AtLeastOne() }
    static var isWrittenAsNumber: Bool { true }

    private init() { number = 1 }
}

/// A duration in a configuration in which something has to happen.
struct SomeTime: Decodable, ConfigurationScalar {
    let duration: Duration

    init?(_ duration: Duration) {
        if duration <= .zero { return nil }
        self.duration = duration
    }

    init(from decoder: any Decoder) throws {
        guard let value = SomeTime(try decoder.singleValueContainer().decode(Duration.self)) else {
            throw ConfigurationValueError(expected: Self.expected)
        }
        self = value
    }

    static func read(_ node: ConfigurationNode) -> SomeTime? { Duration.read(node).flatMap { SomeTime($0) } }
    static var expected: String { "a duration of more than 0, such as 15m, 1h30m or 500ms" }
    static var placeholder: SomeTime { SomeTime() }
    static var isWrittenAsText: Bool { true }

    private init() { duration = .seconds(1) }
}
