// SPDX-License-Identifier: Apache-2.0

/// Something that a pattern says and can hardly mean.
public struct PatternWarning: Sendable, Hashable, CustomStringConvertible {
    /// The field's path with points between the names.
    public let path: String
    /// Where the condition stands in the pattern: see ``PatternNode/place``.
    public let place: Int
    public let message: String

    public var description: String { "\(path): \(message)" }
}

extension EventPattern {
    /// Conditions on DynamoDB's records that are never met, or always.
    ///
    /// Lambda hands numbers of items out as texts, so no comparison of numbers matches one
    /// ([filtering](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html)); and an attribute is an object, which `exists` does not see.
    public var warnings: [PatternWarning] {
        var warnings: [PatternWarning] = []
        guard numbers == .doubles else { return [] }
        for condition in alternatives.flatMap(\.conditions) {
            let path = String(decoding: condition.path, as: UTF8.self)
            let names = path.split(separator: ".", omittingEmptySubsequences: false)
            guard names.count >= 3, names[0] == "dynamodb", ["Keys", "NewImage", "OldImage"].contains(names[1]) else { continue }
            func warn(_ message: String) {
                let warning = PatternWarning(path: path, place: condition.place, message: message)
                if !warnings.contains(warning) { warnings.append(warning) }
            }
            if names.count >= 4, ["N", "NS"].contains(names[names.count - 1]), condition.tests.contains(where: \.isNumeric) {
                warn("never matches: in a stream's records numbers are texts, such as \"42\"; the route's was and becomes compare numbers")
            }
            if names.count == 3 {
                let existence = condition.tests.contains(.exists)
                warn(
                    existence
                        ? "never matches: an attribute is an object, and exists sees values only; name the type as well, such as \(names[2]).S"
                        : condition.allowsAbsence
                            ? "always matches: an attribute is an object, and exists sees values only; name the type as well, such as \(names[2]).S"
                            : "never matches: values stand below their type; name it as well, such as \(names[2]).S")
            }
        }
        return warnings
    }
}

extension ValueTest {
    /// Whether only numbers can meet it.
    fileprivate var isNumeric: Bool {
        switch self {
        case .number, .range: true
        default: false
        }
    }
}
