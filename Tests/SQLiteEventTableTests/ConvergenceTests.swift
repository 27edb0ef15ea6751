// SPDX-License-Identifier: Apache-2.0

#if SQLite

import EventTable
import GRDB
import StreamRecords
import Testing

@testable import SQLiteEventTable

/// The same facts in any order, any number of times, in any batches, from two processes' stores, give the same rows.
struct ConvergenceTests {
    private static let functions = ["orders", "mails"]
    private static let stream = LogLine.Stream(account: "123456789012", group: "/aws/lambda/orders", name: "2026/11/20/[$LATEST]a")

    private static func randomWrite(using random: inout SplitMix64) -> EventWrite {
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

    private static func randomFacts(using random: inout SplitMix64) -> Invocation {
        let key = EventKey(id: "r-\(Int.random(in: 0...1, using: &random))", name: functions.randomElement(using: &random)!)
        var facts = Invocation(key: key, seen: at(.random(in: 0...20, using: &random)))
        // Facts that are told once never differ between two that tell them.
        if Bool.random(using: &random) { facts.params = #"{"of":"\#(key.id)"}"# }
        if Bool.random(using: &random) { facts.response = "null" }
        if Bool.random(using: &random) { facts.source = "cause of \(key.id)" }
        if Bool.random(using: &random) { facts.functionError = "Unhandled" }
        if Bool.random(using: &random) { facts.qualifier = ["$LATEST", "1", "live"].randomElement(using: &random) }
        if Bool.random(using: &random) { facts.expiresAt = 9_999_999_990 + .random(in: 0...9, using: &random) }
        if Int.random(in: 0...2, using: &random) == 0 {
            facts.report = Invocation.Report(
                at: at(.random(in: 0...3, using: &random)), durationMS: [nil, 2.5, 3].randomElement(using: &random)!,
                billedMS: [nil, 3].randomElement(using: &random)!, initMS: [nil, 100.25].randomElement(using: &random)!,
                memoryMB: [nil, 128].randomElement(using: &random)!, maxMemoryMB: [nil, 60, 61].randomElement(using: &random)!,
                status: [nil, "", "error", "timeout"].randomElement(using: &random)!)
        }
        if Int.random(in: 0...2, using: &random) == 0 {
            facts.failure = Invocation.Failure(
                Bool.random(using: &random) ? .error : .timeout, at: at(.random(in: 0...3, using: &random)),
                errorType: [nil, "", "E", "Ä\u{0}"].randomElement(using: &random)!,
                errorMessage: [nil, "a", "b"].randomElement(using: &random)!)
        }
        return facts
    }

    /// What the rules say, worked out from all facts at once.
    private static func expected(_ facts: [Invocation]) -> Invocation {
        let reports = facts.compactMap(\.report)
        let failures = facts.compactMap(\.failure)
        var row = Invocation(key: facts[0].key, sort: facts.map(\.sort).min()!)
        row.qualifier = facts.compactMap(\.qualifier).min()
        row.params = facts.compactMap(\.params).first
        row.response = facts.compactMap(\.response).first
        row.source = facts.compactMap(\.source).first
        row.functionError = facts.compactMap(\.functionError).first
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

    private static func dump(_ store: SQLiteEventStore) async throws -> [String] {
        try await store.pool.read { db in
            let events = try Row.fetchAll(db, sql: "SELECT * FROM events ORDER BY aws_request_id, FunctionName")
            let lines = try Row.fetchAll(db, sql: "SELECT *, hex(message) FROM log_lines ORDER BY account, log_group, stream, ms, id")
            return (events + lines).map(\.description)
        }
    }

    @Test("Shuffled and doubled schedules give the same rows", arguments: 0..<300)
    func schedules(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let writes = (0..<40).map { _ in Self.randomWrite(using: &random) }
        let folder = try TemporaryFolder()
        let plain = try await SQLiteEventStore(path: folder.path("plain.db"))
        for write in writes { _ = try await plain.write([write]) }

        // Two connections of their own stand for two processes.
        let stores = [
            try await SQLiteEventStore(path: folder.path("shuffled.db")), try await SQLiteEventStore(path: folder.path("shuffled.db")),
        ]
        var schedule = (writes + writes).shuffled(using: &random)[...]
        while !schedule.isEmpty {
            let batch = schedule.prefix(.random(in: 1...15, using: &random))
            schedule = schedule.dropFirst(batch.count)
            let answers = try await stores.randomElement(using: &random)!.write(Array(batch))
            #expect(answers.count == batch.count)
        }
        #expect(try await Self.dump(plain) == Self.dump(stores[0]), "seed \(seed)")
        #expect(try await stores[1].write(writes).allSatisfy { $0 == .alreadyThere }, "seed \(seed)")

        var facts: [EventKey: [Invocation]] = [:]
        for case .note(let fact) in writes { facts[fact.key, default: []].append(fact) }
        for (key, facts) in facts {
            let row = try await stores[0].rows(id: key.id).first { $0.key == key }
            #expect(row == .invocation(Self.expected(facts)), "seed \(seed)")
        }
        for store in stores + [plain] { try await store.close() }
    }
}

#endif
