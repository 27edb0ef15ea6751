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
    /// ([filtering](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html)); and an image and an attribute are objects, which `exists`
    /// does not see.
    public var warnings: [PatternWarning] {
        var warnings: [PatternWarning] = []
        guard numbers == .doubles else { return [] }
        for condition in alternatives.flatMap(\.conditions) {
            guard let message = condition.warning else { continue }
            let warning = PatternWarning(path: String(decoding: condition.path, as: UTF8.self), place: condition.place, message: message)
            if !warnings.contains(warning) { warnings.append(warning) }
        }
        return warnings
    }
}

extension Condition {
    fileprivate var warning: String? {
        let names = String(decoding: path, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
        guard names.count >= 2, names[0] == "dynamodb", ["Keys", "NewImage", "OldImage"].contains(names[1]) else { return nil }
        switch names.count {
        case 2:
            return warning(
                objectIs: "\(names[1]) is an object", valuesAre: "values stand below attributes and their types",
                advice: "name an attribute and its type as well, such as \(names[1]).Id.S")
        case 3:
            return warning(
                objectIs: "an attribute is an object", valuesAre: "values stand below their type",
                advice: "name the type as well, such as \(names[2]).S")
        default: return ["N", "NS"].contains(names[names.count - 1]) ? numberWarning : nil
        }
    }

    /// For a place where there is never anything but an object.
    private func warning(objectIs object: String, valuesAre values: String, advice: String) -> String {
        if allowsAbsence { return "always matches: \(object), and exists sees values only; \(advice)" }
        if tests.contains(.exists) { return "never matches: \(object), and exists sees values only; \(advice)" }
        return "never matches: \(values); \(advice)"
    }

    /// For a place where there are numbers, as texts.
    private var numberWarning: String? {
        let fact = "in a stream's records numbers are texts, such as \"42\""
        let advice = "the route's was and becomes compare numbers"
        if tests.contains(where: \.excludesNumbersOnly) {
            return "always matches where there is a number: \(fact), and anything-but with numbers leaves no text out; \(advice)"
        }
        guard tests.contains(where: \.isNumeric) else { return nil }
        if !allowsAbsence && tests.allSatisfy(\.isNumeric) { return "never matches: \(fact); \(advice)" }
        return "matches by its other values alone: \(fact), so a comparison with a number is never met; \(advice)"
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

    /// Whether every text meets it, since it leaves out numbers and nothing else.
    fileprivate var excludesNumbersOnly: Bool {
        if case .anythingBut(let tests) = self { tests.allSatisfy(\.isNumeric) } else { false }
    }
}
