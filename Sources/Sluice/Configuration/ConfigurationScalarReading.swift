// SPDX-License-Identifier: Apache-2.0

/// A type that is read from one scalar of a configuration.
protocol ConfigurationScalar {
    /// Absent where the node does not hold one.
    static func read(_ node: ConfigurationNode) -> Self?
    /// What a message says belongs here.
    static var expected: String { get }
    /// Stands in for a value that is missing, so that decoding can go on to the next mistake. Never handed out.
    static var placeholder: Self { get }
    static var isWrittenAsText: Bool { get }
    static var isWrittenAsNumber: Bool { get }
}

extension ConfigurationScalar {
    static var isWrittenAsText: Bool { false }
    static var isWrittenAsNumber: Bool { false }
}

extension ConfigurationNode {
    /// The text of a number; also of a string that came from an environment variable, where every value is text.
    var numberText: String? {
        switch value {
        case .number(let text): text
        case .string(let text) where template != nil: text
        default: nil
        }
    }
}

extension String: ConfigurationScalar {
    static func read(_ node: ConfigurationNode) -> String? { node.string }
    static var expected: String { "text" }
    static var placeholder: String { "" }
    static var isWrittenAsText: Bool { true }
}

extension Bool: ConfigurationScalar {
    static func read(_ node: ConfigurationNode) -> Bool? {
        switch node.value {
        case .bool(let value): value
        case .string("true") where node.template != nil: true
        case .string("false") where node.template != nil: false
        default: nil
        }
    }
    static var expected: String { "true or false" }
    static var placeholder: Bool { false }
}

extension ConfigurationScalar where Self: FixedWidthInteger {
    static func read(_ node: ConfigurationNode) -> Self? { node.numberText.flatMap { Self($0) } }
    static var expected: String { "a whole number from \(Self.min) to \(Self.max)" }
    static var placeholder: Self { 0 }
    static var isWrittenAsNumber: Bool { true }
}

extension Int: ConfigurationScalar {
    static var expected: String { "a whole number" }
}
extension Int8: ConfigurationScalar {}
extension Int16: ConfigurationScalar {}
extension Int32: ConfigurationScalar {}
extension Int64: ConfigurationScalar {
    static var expected: String { "a whole number" }
}
extension UInt: ConfigurationScalar {
    static var expected: String { "a whole number, not negative" }
}
extension UInt8: ConfigurationScalar {}
extension UInt16: ConfigurationScalar {}
extension UInt32: ConfigurationScalar {}
extension UInt64: ConfigurationScalar {
    static var expected: String { "a whole number, not negative" }
}

extension ConfigurationScalar where Self: BinaryFloatingPoint & LosslessStringConvertible {
    static func read(_ node: ConfigurationNode) -> Self? {
        node.numberText.flatMap { Self($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
    static var expected: String { "a number" }
    static var placeholder: Self { 0 }
    static var isWrittenAsNumber: Bool { true }
}

extension Double: ConfigurationScalar {}
extension Float: ConfigurationScalar {}

extension Duration: ConfigurationScalar {
    static func read(_ node: ConfigurationNode) -> Duration? { node.string.flatMap { Duration(configuration: $0) } }
    static var expected: String { expectedInConfiguration }
    static var placeholder: Duration { .zero }
    static var isWrittenAsText: Bool { true }
}

extension ByteCount: ConfigurationScalar {
    static func read(_ node: ConfigurationNode) -> ByteCount? {
        (node.string ?? node.numberText).flatMap { ByteCount(text: $0) }
    }
    static var placeholder: ByteCount { ByteCount(0) }
    static var isWrittenAsText: Bool { true }
    static var isWrittenAsNumber: Bool { true }
}
