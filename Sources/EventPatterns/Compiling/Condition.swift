// SPDX-License-Identifier: Apache-2.0

/// What a pattern asks of one field.
struct Condition: Sendable, Hashable {
    /// The field's names with points between them.
    var path: [UInt8]
    /// A value meets the condition if it meets one of these.
    var tests: [ValueTest]
    /// The condition is met as well where the field has no value.
    var allowsAbsence: Bool
    /// The list of comparisons as JSON.
    var text: String
    /// Where the list stands in the pattern.
    var place: Int

    // What it asks makes a condition, not where it was written.
    static func == (a: Condition, b: Condition) -> Bool {
        a.allowsAbsence == b.allowsAbsence && a.path == b.path && a.tests == b.tests
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(path)
        hasher.combine(tests)
        hasher.combine(allowsAbsence)
    }
}

/// Conditions that must all be met, at most one for a path: a pattern without `$or`, or one choice of each `$or`.
struct Alternative: Sendable, Hashable {
    /// In the order written.
    var conditions: [Condition] = []

    /// Adds a condition. One on the same path is replaced: the last one counts.
    mutating func set(_ condition: Condition) {
        if let place = conditions.firstIndex(where: { $0.path == condition.path }) {
            conditions[place] = condition
        } else {
            conditions.append(condition)
        }
    }

    /// In the order in which EventBridge looks at fields, by their paths' UTF-16 units: what is absent is decided among the array elements that the
    /// fields before it were found in.
    var inMatchingOrder: [Condition] {
        conditions.map { (key: Array(String(decoding: $0.path, as: UTF8.self).utf16), condition: $0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map(\.condition)
    }
}
