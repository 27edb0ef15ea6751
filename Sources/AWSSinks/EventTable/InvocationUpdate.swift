// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import EventTable
internal import StreamRecords

/// One rule of an execution's row: what it writes, and when.
struct InvocationRule: Sendable {
    /// When the row does not tell this yet.
    let condition: Condition
    var sets: [(name: String, value: AttributeValue)] = []
    var removes: [String] = []
    /// Texts that a set is to hold.
    var adds: (name: String, texts: [String])?

    init(_ condition: Condition) { self.condition = condition }
}

/// Facts about an execution as conditional updates: each rule by itself decides whether the row changes, so that facts in any order, any number
/// of times, give the same row.
struct InvocationUpdate: Sendable {
    let key: EventKey
    /// The rules, by the updates that they go into: all go into the first one, but for the minutes that are too many for one expression.
    let steps: [[InvocationRule]]
    /// To be put before the row.
    let parts: [AttributeMap]
    /// How long these last; absent where they have no end.
    let partsLife: PartsLife?

    /// What an error says is cut here: a row is billed whole with each update, and the log has all of it.
    static let longestErrorMessage = 4 << 10
    static let longestName = 1 << 10
    /// How many minutes one update adds at most: an expression has 4 KB.
    private static let mostMinutes = 40

    init(_ facts: Invocation) throws(Gzip.Failure) {
        key = facts.key
        var rules: [InvocationRule] = []
        var parts: [AttributeMap] = []
        var references: [PartsReference] = []

        let sort = AttributeValue.string(TableLayout.sort(facts.sort))
        var rule = InvocationRule(.absentOrGreater(TableLayout.sort, than: sort))
        rule.sets = [(TableLayout.sort, sort)]
        rules.append(rule)

        if let qualifier = facts.qualifier {
            let value = AttributeValue.string(qualifier.cut(toBytes: Self.longestName))
            rule = InvocationRule(.absentOrGreater("qualifier", than: value))
            rule.sets = [("qualifier", value)]
            rules.append(rule)
        }
        for (name, text) in [
            ("params", facts.params), ("response", facts.response), ("source", facts.source), ("function_error", facts.functionError),
        ] {
            guard let text else { continue }
            let stored = try StoredText(text, as: name, of: facts.key.id, expiresAt: facts.expiresAt.map(PartsLife.end(of:)))
            rule = InvocationRule(.all([.absent(name), .absent(StoredText.reference(name))]))
            rule.sets = [stored.attribute]
            rules.append(rule)
            parts += stored.parts
            if !stored.parts.isEmpty, let value = stored.attribute.value.stringValue { references.append(PartsReference(text: name, value: value)) }
        }
        if let report = facts.report { rules.append(Self.rule(report)) }
        if let failure = facts.failure { rules.append(Self.rule(failure, id: facts.key.id)) }
        if let expiresAt = facts.expiresAt {
            let value = AttributeValue.number(DynamoDBNumber(expiresAt))
            rule = InvocationRule(.absentOrLess(TableLayout.expiry, than: value))
            rule.sets = [(TableLayout.expiry, value)]
            rules.append(rule)
        }
        let minutes = facts.logMinutes.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let adding: [InvocationRule] = stride(from: 0, to: minutes.count, by: Self.mostMinutes).map { first in
            Self.rule(adding: Array(minutes[first...].prefix(Self.mostMinutes)))
        }
        steps = [rules + adding.prefix(1)] + adding.dropFirst().map { [$0] }
        self.parts = parts
        partsLife = facts.expiresAt.map { PartsLife($0, references) }
    }

    private static func rule(adding minutes: [String]) -> InvocationRule {
        var rule = InvocationRule(.not(.all(minutes.map { .holds("log_minutes", $0) })))
        rule.adds = ("log_minutes", minutes)
        return rule
    }

    /// The report that supersedes all others: by its time, then by its figures.
    private static func rule(_ report: Invocation.Report) -> InvocationRule {
        func number(_ value: Double?) -> AttributeValue? { value.flatMap { DynamoDBNumber($0) }.map { .number($0) } }
        func number(_ value: Int?) -> AttributeValue? { value.map { .number(DynamoDBNumber($0)) } }
        let columns: [(name: String, value: AttributeValue?)] = [
            ("report_at", .string(report.at.description)), ("duration_ms", number(report.durationMS)), ("billed_ms", number(report.billedMS)),
            ("init_ms", number(report.initMS)), ("memory_mb", number(report.memoryMB)), ("max_memory_mb", number(report.maxMemoryMB)),
            ("report_status", report.status.map { .string($0.cut(toBytes: longestName)) }),
        ]
        return replacing(columns, where: .precedes(columns))
    }

    /// The failure that supersedes all others: a time-out before an error, then the first, then the one that tells more.
    private static func rule(_ failure: Invocation.Failure, id: String) -> InvocationRule {
        let problem = AttributeValue.string(TableLayout.sharded(failure.problem.rawValue, by: id))
        let at = AttributeValue.string(failure.at.description)
        let texts: [(name: String, value: AttributeValue?)] = [
            ("error_type", failure.errorType.map { .string($0.cut(toBytes: longestName)) }),
            ("error_message", failure.errorMessage.map { .string($0.cut(toBytes: longestErrorMessage)) }),
        ]
        let columns = [("problem", problem), ("problem_at", at)] + texts
        let tellsMore = Condition.precedes(texts)
        let tie = tellsMore == .never ? [] : [Condition.all([.equal("problem_at", at), tellsMore])]
        // The shard is the same for all problems of one execution, so the texts compare as the problems do: error before timeout.
        return replacing(
            columns,
            where: .any([
                .absentOrLess("problem", than: problem),
                .all([.equal("problem", problem), .any([.greater("problem_at", than: at)] + tie)]),
            ]))
    }

    private static func replacing(_ columns: [(name: String, value: AttributeValue?)], where condition: Condition) -> InvocationRule {
        var rule = InvocationRule(condition)
        for (name, value) in columns {
            if let value { rule.sets.append((name, value)) } else { rule.removes.append(name) }
        }
        return rule
    }

    /// The update that does what some rules say, where all of their conditions hold.
    ///
    /// - Parameter life: where the row must not be made to outlive its parts.
    func request(_ rules: [InvocationRule], _ life: PartsLife?, table: String) -> DynamoDB.UpdateItemRequest {
        var writer = ExpressionWriter()
        let kind = AttributeValue.string(EventKind.invocation.rawValue)
        var sets: [String] = []
        for (name, value) in [("kind", kind), ("fn_shard", .string(TableLayout.sharded(key.name, by: key.id)))] {
            let alias = writer.name(name)
            sets.append("\(alias) = if_not_exists(\(alias), \(writer.value(value)))")
        }
        var removes: [String] = []
        var added: [String: [String]] = [:]
        for rule in rules {
            for (name, value) in rule.sets { sets.append("\(writer.name(name)) = \(writer.value(value))") }
            for name in rule.removes { removes.append(writer.name(name)) }
            if let (name, texts) = rule.adds { added[name, default: []] += texts }
        }
        var update = "SET " + sets.joined(separator: ", ")
        if !removes.isEmpty { update += " REMOVE " + removes.joined(separator: ", ") }
        for (name, texts) in added.sorted(by: { $0.key < $1.key }) {
            update += " ADD \(writer.name(name)) \(writer.value(.stringSet(texts)))"
        }
        // A row of another kind with the same key is left alone.
        let lasting = life?.condition(for: rules)
        let condition = writer.condition(.all([.any([.absent("kind"), .equal("kind", kind)])] + rules.map(\.condition) + (lasting.map { [$0] } ?? [])))
        return DynamoDB.UpdateItemRequest(
            table: table, key: [TableLayout.id: .string(key.id), TableLayout.name: .string(key.name)], update: update, condition: condition,
            parts: writer.parts, returnsConflictingItem: true)
    }
}

extension LogMinute {
    /// As the set `log_minutes` holds it: `["123456789012","/aws/lambda/orders","2026/11/20/[$LATEST]0a","2026-11-20T15:04"]`. JSON, since a
    /// group's name may hold any mark that could part the fields.
    var text: String {
        TextList.json([stream.account, stream.group, stream.name, String(start.description.prefix(16))])
    }

    init?(text: String) {
        guard let fields = TextList.texts(text), fields.count == 4, let time = Timestamp(iso8601: fields[3] + ":00Z") else { return nil }
        self.init(stream: LogLine.Stream(account: fields[0], group: fields[1], name: fields[2]), at: time)
    }
}

#endif
