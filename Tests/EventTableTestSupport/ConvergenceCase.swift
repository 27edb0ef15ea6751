// SPDX-License-Identifier: Apache-2.0

public import EventTable
import TestSupport
internal import StreamRecords

/// Random writes into an event table, and what they must come to in whatever order, batches and number they arrive.
public struct ConvergenceCase: Sendable {
    public let writes: [EventWrite]
    private var random: SeededRandom

    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        writes = (0..<40).map { _ in Self.randomWrite(using: &random) }
        self.random = random
    }

    /// All writes twice, shuffled, in batches of random sizes.
    public mutating func schedule() -> [[EventWrite]] {
        var batches: [[EventWrite]] = []
        var rest = (writes + writes).shuffled(using: &random)[...]
        while !rest.isEmpty {
            batches.append(Array(rest.prefix(.random(in: 1...15, using: &random))))
            rest = rest.dropFirst(batches.last?.count ?? 1)
        }
        return batches
    }

    /// The executions' rows.
    public var executions: [EventKey: Invocation] {
        var facts: [EventKey: [Invocation]] = [:]
        for case .note(let fact) in writes { facts[fact.key, default: []].append(fact) }
        return facts.compactMapValues { facts in facts.first.map { Self.expected(facts, $0) } }
    }

    /// The ids of all rows.
    public var ids: Set<String> {
        var ids: Set<String> = []
        for write in writes {
            switch write {
            case .put(let entry): ids.insert(entry.key.id)
            case .note(let facts): ids.insert(facts.key.id)
            case .line: continue
            }
        }
        return ids
    }

    // MARK: Writes

    private static let functions = ["orders", "mails"]
    public static let stream = LogLine.Stream(account: "123456789012", group: "/aws/lambda/orders", name: "2026/11/20/[$LATEST]a")

    static func randomWrite(using random: inout SeededRandom) -> EventWrite {
        switch Int.random(in: 0...9, using: &random) {
        case 0:
            let number = Int.random(in: 0...5, using: &random)
            return .put(change("change-\(number)", item: number % 2, at: at(Int64(number / 2)), sequence: 100 + number))
        case 1:
            let number = Int.random(in: 0...2, using: &random)
            return .put(
                EventEntry(
                    key: EventKey(id: "m-\(number)", name: "mails"), kind: .message, sort: SortKey.text(time: at(1), id: "m-\(number)"),
                    payload: #"{"kind":"message"}"#, expiresAt: 9_999_999_999))
        case 2, 3:
            let number = Int64.random(in: 0...7, using: &random)
            return .line(
                LogLine(
                    stream: stream, time: at(number / 3), id: "l-\(number)", requestID: number % 2 == 0 ? "r-0" : nil,
                    message: "line \(number)\u{0}\t∞"))
        default: return .note(randomFacts(using: &random))
        }
    }

    private static func randomFacts(using random: inout SeededRandom) -> Invocation {
        let key = EventKey(id: "r-\(Int.random(in: 0...1, using: &random))", name: functions.randomElement(using: &random) ?? "orders")
        var facts = Invocation(key: key, seen: at(.random(in: 0...20, using: &random)))
        // Facts that are told once never differ between two that tell them.
        if Bool.random(using: &random) { facts.params = #"{"of":"\#(key.id)"}"# }
        if Bool.random(using: &random) { facts.response = "null" }
        if Bool.random(using: &random) { facts.source = "cause of \(key.id)" }
        if Bool.random(using: &random) { facts.functionError = "Unhandled" }
        if Bool.random(using: &random) { facts.qualifier = ["$LATEST", "1", "live"].randomElement(using: &random) }
        if Bool.random(using: &random) { facts.logMinutes = [LogMinute(stream: stream, at: at(60_000 * .random(in: 0...2, using: &random)))] }
        if Bool.random(using: &random) { facts.expiresAt = 9_999_999_990 + .random(in: 0...9, using: &random) }
        if Int.random(in: 0...2, using: &random) == 0 {
            facts.report = Invocation.Report(
                at: at(.random(in: 0...3, using: &random)), durationMS: random.pick([nil, 2.5, 3]),
                billedMS: random.pick([nil, 3]), initMS: random.pick([nil, 100.25]),
                memoryMB: random.pick([nil, 128]), maxMemoryMB: random.pick([nil, 60, 61]),
                status: random.pick([nil, "", "error", "timeout"]))
        }
        if Int.random(in: 0...2, using: &random) == 0 {
            facts.failure = Invocation.Failure(
                Bool.random(using: &random) ? .error : .timeout, at: at(.random(in: 0...3, using: &random)),
                errorType: random.pick([nil, "", "E", "Ä\u{0}"]),
                errorMessage: random.pick([nil, "a", "b"]))
        }
        return facts
    }

    /// What the rules say, worked out from all facts at once.
    static func expected(_ facts: [Invocation], _ first: Invocation) -> Invocation {
        let reports = facts.compactMap(\.report)
        let failures = facts.compactMap(\.failure)
        var row = Invocation(key: first.key, sort: facts.map(\.sort).min() ?? first.sort)
        row.qualifier = facts.compactMap(\.qualifier).min()
        row.params = facts.compactMap(\.params).first
        row.response = facts.compactMap(\.response).first
        row.source = facts.compactMap(\.source).first
        row.functionError = facts.compactMap(\.functionError).first
        row.logMinutes = facts.reduce(into: []) { $0.formUnion($1.logMinutes) }
        row.expiresAt = facts.compactMap(\.expiresAt).max()
        row.report = reports.max { a, b in
            if a.at != b.at { return a.at < b.at }
            if a.durationMS != b.durationMS { return (a.durationMS ?? -1) < (b.durationMS ?? -1) }
            if a.billedMS != b.billedMS { return (a.billedMS ?? -1) < (b.billedMS ?? -1) }
            if a.initMS != b.initMS { return (a.initMS ?? -1) < (b.initMS ?? -1) }
            if a.memoryMB != b.memoryMB { return (a.memoryMB ?? -1) < (b.memoryMB ?? -1) }
            if a.maxMemoryMB != b.maxMemoryMB { return (a.maxMemoryMB ?? -1) < (b.maxMemoryMB ?? -1) }
            return (a.status ?? "") < (b.status ?? "")
        }
        let timeouts = failures.filter { $0.problem == .timeout }
        row.failure = (timeouts.isEmpty ? failures : timeouts).min { a, b in
            a.at != b.at ? a.at < b.at : (a.errorType ?? "", a.errorMessage ?? "") > (b.errorType ?? "", b.errorMessage ?? "")
        }
        return row
    }
}
