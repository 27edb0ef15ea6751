// SPDX-License-Identifier: Apache-2.0

import Logging
@testable import PostgresSink
import Sluice
import SluiceTesting
import StreamRecords
import Testing

/// What the sink says of single records, by PostgreSQL's word.
@Suite(.timeLimit(.minutes(10))) struct PostgresSinkTests {
    struct Place {
        let server: PostgresServer
        let database: String

        init() async throws {
            server = try await PostgresServer.shared.value
            database = try await server.database()
        }

        func sink(table: String? = nil, create: Bool? = nil) async throws -> PostgresSink {
            try await PostgresSink(.init(url: server.url(database), table: table, create: create), SinkContext(name: "pg", logger: Logger(label: "test")))
        }

        @discardableResult
        func query(_ statement: String) async throws -> [String] { try await server.query(statement, database: database) }
    }

    @Test func whatIsKept() async throws {
        let place = try await Place()
        let sink = try await place.sink(table: "odd \"name")
        let odd = TestRecord.event("e{1},\"2\"\\", detail: #"{"text":"é🦀\n\"\\","n":12345678901234567890.123456789}"#)
        let batch = try DeliveryBatch(testing: [.change("c1", key: 5, old: ["Id": 5], new: ["Id": 5, "price": 49]), odd, .log("l1", message: "x")])
        #expect(try await sink.deliver(batch).allDelivered)
        try await sink.shutdown()
        #expect(try await place.query(#"SELECT id || ' ' || kind || ' ' || (key IS NOT NULL) || ' ' || to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') FROM "odd ""name" ORDER BY arrival"#) == [
            "c1 change true 2026-11-20T12:00:00", "e{1},\"2\"\\ event false 2026-11-20T12:00:00", "l1 log true 2026-11-20T12:00:00",
        ])
        #expect(try await place.query(#"SELECT record->'new'->>'price' FROM "odd ""name" WHERE id = 'c1'"#) == ["49"])
        #expect(try await place.query(#"SELECT (record->'detail'->>'text') || (record->'detail'->>'n') FROM "odd ""name" WHERE kind = 'event'"#) == ["é🦀\n\"\\12345678901234567890.123456789"])
    }

    @Test func badRecordsAreRejectedAloneWhereverTheyStand() async throws {
        let place = try await Place()
        let sink = try await place.sink()
        try await place.query("ALTER TABLE records ADD CONSTRAINT small CHECK (coalesce(length(record->>'detail'), 0) < 3000)")
        let bad: Set<Int> = [0, 17, 18, 63, 99]
        let records = (0..<100).map { number -> TestRecord in
            switch number {
            case 17: .event("r17", detail: #"{"text":"\u0000"}"#)
            case 63: .event("r63", detail: "\"\(String(repeating: "x", count: 4000))\"")
            // Longer than an entry of the key's index may be, and hard to compress.
            case 99: .event("r99" + (0..<400).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined())
            case 0, 18: .event("r\(number)\0")
            default: .change("r\(number)", key: number % 7)
            }
        }
        let outcomes = try await sink.deliver(DeliveryBatch(testing: records))
        for number in 0..<100 { #expect(outcomes[number].isRejected == bad.contains(number), "\(number): \(outcomes[number])") }
        #expect(outcomes[17].reason?.description.contains("SQLSTATE 22P05") == true, "\(outcomes[17])")
        #expect(outcomes[63].reason?.description.contains("SQLSTATE 23514") == true, "\(outcomes[63])")
        #expect(outcomes[99].reason?.description.contains("SQLSTATE 54000") == true, "\(outcomes[99])")
        #expect(outcomes[0].reason?.description.contains("NUL") == true)
        #expect(try await place.query("SELECT count(*) FROM records") == ["95"])
        #expect(try await place.query("SELECT string_agg(id, ',' ORDER BY arrival) FROM records WHERE id IN ('r1','r16','r19','r62','r64','r98')") == ["r1,r16,r19,r62,r64,r98"])
        let again = try await sink.deliver(DeliveryBatch(testing: records))
        for number in 0..<100 { #expect(again[number] == (bad.contains(number) ? outcomes[number] : .alreadyThere)) }
        try await sink.shutdown()
    }

    @Test func aConstraintThatWaitsForTheCommitIsToldOfItsRecord() async throws {
        let place = try await Place()
        let sink = try await place.sink()
        try await place.query("CREATE TABLE known (kind text PRIMARY KEY)")
        try await place.query("INSERT INTO known VALUES ('change')")
        try await place.query("ALTER TABLE records ADD FOREIGN KEY (kind) REFERENCES known DEFERRABLE INITIALLY DEFERRED")
        let outcomes = try await sink.deliver(DeliveryBatch(testing: [.change("a", key: 1), .event("b"), .change("c", key: 1)]))
        #expect(outcomes[0] == .delivered && outcomes[2] == .delivered)
        #expect(outcomes[1].reason?.description.contains("SQLSTATE 23503") == true)
        try await sink.shutdown()
    }

    @Test func whatSomebodyHasToCorrectIsARetry() async throws {
        let place = try await Place()
        let sink = try await place.sink()
        for (statement, state) in [
            ("ALTER TABLE records RENAME COLUMN key TO other", "42703"), ("ALTER TABLE records RENAME TO elsewhere", "42P01"),
            ("ALTER DATABASE \(place.database) SET default_transaction_read_only = on", ""),
        ] {
            try await place.query(statement)
            let tried: PostgresSink = state.isEmpty ? try await place.sink(create: false) : sink
            let error = await #expect(throws: PostgresError.self) { try await tried.deliver(DeliveryBatch(testing: [.event("a")])) }
            if state.isEmpty { #expect(["25006", "42P01"].contains(error?.state.code ?? ""), "\(error.map { "\($0)" } ?? "")") } else { #expect(error?.state.code == state) }
            #expect(error?.state.meaning == .passing)
            if state == "42703" { try await place.query("ALTER TABLE records RENAME COLUMN other TO key") }
        }
        try await sink.shutdown()
    }

    @Test func twoAtATimeKeepARecordOnce() async throws {
        let place = try await Place()
        let sinks = [try await place.sink(), try await place.sink()]
        let records = (0..<200).map { TestRecord.change("r\($0)", key: $0 % 11) }
        let outcomes = try await withThrowingTaskGroup(of: [Outcome].self) { group in
            for sink in sinks {
                group.addTask {
                    var all: [Outcome] = []
                    for start in stride(from: 0, to: 200, by: 20) {
                        let answer = try await sink.deliver(DeliveryBatch(testing: Array(records[start..<start + 20])))
                        all += (0..<answer.count).map { answer[$0] }
                    }
                    return all
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.filter { $0 == .delivered }.count == 200)
        #expect(outcomes.filter { $0 == .alreadyThere }.count == 200)
        #expect(try await place.query("SELECT count(*) FROM records") == ["200"])
        for sink in sinks { try await sink.shutdown() }
    }

    @Test func aServerThatIsNotThereEndsTheStart() async throws {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresSink(.init(url: "postgresql://sluice@127.0.0.1:1/none"), SinkContext(name: "pg", logger: Logger(label: "test")))
        }
        #expect(error?.isDisconnected == true && error?.message.contains("refused") == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(arguments: [
        ("22001", SQLState.Meaning.record), ("22P05", .record), ("22021", .record), ("23505", .record), ("23502", .record), ("54000", .record), ("P0001", .record),
        ("44000", .record), ("08006", .passing), ("40001", .passing), ("40P01", .passing), ("53100", .passing), ("53300", .passing), ("55P03", .passing),
        ("57014", .passing), ("57P01", .passing), ("57P03", .passing), ("25006", .passing), ("28P01", .passing), ("42P01", .passing), ("42501", .passing),
        ("58030", .passing), ("XX000", .passing), ("P0002", .passing), ("", .passing), ("99999", .passing),
    ])
    func whatAStateMeans(_ code: String, _ meaning: SQLState.Meaning) {
        #expect(SQLState(code).meaning == meaning)
    }

    @Test func arraysAreWrittenAsPostgreSQLReadsThem() {
        #expect(Upsert.array(["a", "", #"b"c\d"#, "{,}", "NULL"]) == #"{"a","","b\"c\\d","{,}","NULL"}"#)
        #expect(Upsert(table: "audit.my \"records").table == #""audit"."my ""records""#)
    }
}
