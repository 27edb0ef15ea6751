// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import StreamRecords

/// Until when the parts of an execution's texts are known to last, while facts are added to its row.
///
/// A row must not outlive its parts, and facts of several sources, each with a retention of its own, let it stay longer and longer. So parts last until
/// the end of the day on which their row goes: that a row is told a later time of that day, as each batch of its log lines does, costs nothing. Where a
/// row is to last beyond that day, its parts are extended first. Nothing is read for it: an update that would let the row outlive its parts has a
/// condition, and when that fails, DynamoDB tells the row that is there.
struct PartsLife: Sendable {
    /// The end of a day, in seconds since 1970: the parts to be put with the facts, and ``references``, last until then.
    private(set) var end: Int64
    /// The parts of each text that are known to last.
    private var references: [String: String] = [:]

    /// - Parameters:
    ///   - expiry: when the row may go, as the facts tell it.
    ///   - references: to the parts that are put with the facts.
    init(_ expiry: Int64, _ references: [PartsReference]) {
        end = Self.end(of: expiry)
        for reference in references { self.references[reference.text] = reference.value }
    }

    private static let day: Int64 = 86_400

    /// The end of the day on which a row goes: when its parts may go.
    static func end(of expiry: Int64) -> Int64 {
        let (end, overflow) = (expiry - expiry % day).addingReportingOverflow(day)
        return overflow ? .max : end
    }

    /// What must hold for the row so that it does not outlive its parts when these rules are carried out.
    func condition(for rules: [InvocationRule]) -> Condition? {
        var conditions: [Condition] = []
        if end < .max, !Self.references(in: rules).isEmpty { conditions.append(rowGoesBefore) }
        if Self.setExpiry(rules) { conditions.append(partsLast) }
        return conditions.isEmpty ? nil : .all(conditions)
    }

    /// Takes in the row that is there, where it does not meet the condition for these rules.
    ///
    /// - Returns: the parts that must be extended until ``end``, before the condition is tried once more; absent where it is met.
    mutating func extended(for rules: [InvocationRule], _ row: AttributeMap) -> [PartsReference]? {
        guard let condition = condition(for: rules), !condition.isMet(by: row) else { return nil }
        var due: [PartsReference] = []
        let told = Self.references(in: rules)
        if !told.isEmpty, !rowGoesBefore.isMet(by: row), let expiry = row[TableLayout.expiry]?.intValue {
            end = max(end, Self.end(of: Int64(expiry)))
            due += told
        }
        if Self.setExpiry(rules), !partsLast.isMet(by: row) {
            for reference in PartsReference.all(in: row) where references[reference.text] != reference.value {
                references[reference.text] = reference.value
                due.append(reference)
            }
        }
        return due
    }

    /// The parts to be told to the row last as long as it does.
    private var rowGoesBefore: Condition { .absentOrLess(TableLayout.expiry, than: .number(DynamoDBNumber(end))) }

    /// The row goes on the last day of its parts already, or has no other parts than those that last.
    private var partsLast: Condition {
        .any([
            .not(.less(TableLayout.expiry, than: .number(DynamoDBNumber(end - Self.day)))),
            .all(PartsReference.texts.map { text in
                let absent = Condition.absent(StoredText.reference(text))
                return references[text].map { .any([absent, .equal(StoredText.reference(text), .string($0))]) } ?? absent
            }),
        ])
    }

    private static func references(in rules: [InvocationRule]) -> [PartsReference] {
        rules.flatMap(\.sets).compactMap { name, value in
            PartsReference.texts.first { StoredText.reference($0) == name }.flatMap { text in value.stringValue.map { PartsReference(text: text, value: $0) } }
        }
    }

    private static func setExpiry(_ rules: [InvocationRule]) -> Bool { rules.contains { $0.sets.contains { $0.name == TableLayout.expiry } } }
}

/// Where an execution's row says that the parts of one of its texts are.
struct PartsReference: Sendable, Hashable {
    /// `params`.
    let text: String
    /// Hash, `#`, number of parts.
    let value: String

    /// The texts of an execution that may have parts.
    static let texts = ["params", "response", "source", "function_error"]

    /// Those of a row.
    static func all(in row: AttributeMap) -> [PartsReference] {
        texts.compactMap { text in row[StoredText.reference(text)]?.stringValue.map { PartsReference(text: text, value: $0) } }
    }

    /// The keys of the parts.
    func keys(of id: String) -> [AttributeMap] {
        guard let (hash, count) = StoredText.parse(reference: value) else { return [] }
        return (0..<count).map { StoredText.key(text, of: id, hash, $0) }
    }
}

#endif
