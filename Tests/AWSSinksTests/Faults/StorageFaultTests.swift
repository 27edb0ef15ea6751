// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import EventTable
import JSONTape
import Sluice
import StreamRecords
import Testing
import TestSupport

@Suite("Objects and rows, whatever fails on the way") struct StorageFaultTests {
    /// Runs `body` with a client whose calls go through a schedule of faults to a service in memory.
    private func with<Result>(
        _ service: @escaping @Sendable (ProxiedRequest) -> ProxiedAnswer, _ seed: UInt64, attempts: Int, _ body: (AWSServices) async throws -> Result
    ) async throws -> Result {
        let schedule = FaultSchedule.random(seed: seed, rate: 0.4, limit: 25, kinds: FaultSchedule.Kind.allCases)
        return try await withServices(transport: FaultTransport(service, schedule), attempts: attempts, body)
    }

    private func settings(_ random: inout SeededRandom, _ more: String = "") -> String {
        "{\"concurrency\":\(Int.random(in: 1...6, using: &random)),\"attempts\":\(Int.random(in: 1...3, using: &random))\(more)}"
    }

    private func s3(_ random: inout SeededRandom, _ more: String, _ services: AWSServices) async throws -> Pipeline {
        try await Pipeline.into(
            S3JSONSink(
                AWSSinksTests.settings(S3JSONSink.Settings.self, settings(&random, #","bucket":"archive""# + more)), .test, SinkClient(services, pause: noPause)))
    }

    @Test("Objects: each record has one, written once, whole, in the order of its key") func objects() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            var run = Redelivery(using: &random)
            let bucket = FakeBucket(conflicts: 0.1, seed: seed)
            // Without the source in the name what is there is compared.
            let key = Bool.random(using: &random) ? "{id}" : "{table}/{id}"
            try await with({ bucket.answer($0) }, seed, attempts: Int.random(in: 1...3, using: &random)) { services in
                try await run.run(s3(&random, #","key":"\#(key)""#, services))
            }
            #expect(run.delivered.count == run.changes.count, "seed \(seed): \(run.reasons)")
            let lines = try batch(run.changes).lines
            let ids = bucket.puts.compactMap { $0.key.split(separator: "/").last.map { String($0) } }
            #expect(Set(ids) == Set(run.changes.map(\.id)) && ids.count == run.changes.count && run.keepsOrder(ids), "seed \(seed)")
            for (id, put) in zip(ids, bucket.puts) { #expect(put.bytes == Array(((lines[id] ?? "") + "\n").utf8), "seed \(seed)") }
        }
    }

    @Test("Objects of several records: nothing is lost, no failure taken for a success, and the order of keys kept") func batchesOfObjects() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            // A batch has several objects where the operation is in their names.
            var run = Redelivery(Redelivery(using: &random).changes.map { change in
                var change = change
                change.operation = ["INSERT", "MODIFY"].randomElement(using: &random) ?? "MODIFY"
                return change
            })
            let bucket = FakeBucket()
            try await with({ bucket.answer($0) }, seed, attempts: Int.random(in: 1...3, using: &random)) { services in
                try await run.run(s3(&random, #","batch":true,"key":"{op}/{id}""#, services))
            }
            #expect(run.delivered.count == run.changes.count, "seed \(seed): \(run.reasons)")
            var found: Set<String> = []
            for bytes in bucket.objects.values { found.formUnion(String(decoding: try Gzip.decompress(bytes, limit: 1 << 20), as: UTF8.self).split(separator: "\n").map { String($0) }) }
            #expect(found == Set(try batch(run.changes).lines.values), "seed \(seed)")
            let ids = try bucket.ids
            #expect(run.keepsOrder(ids), "seed \(seed)")
        }
    }

    private func table(_ random: inout SeededRandom, _ services: AWSServices) throws -> Pipeline {
        let options = EventStores.Options(concurrency: Int.random(in: 1...6, using: &random), attempts: Int.random(in: 1...3, using: &random))
        return try Pipeline.into(EventTableSink(store: DynamoDBEventStore(services, table: "events", options, pause: noPause)))
    }

    /// Without its order of attributes and sets.
    private func comparable(_ table: FakeTable, except kind: String? = nil) -> Set<WireItem> {
        Set(table.items.filter { kind == nil || $0["kind"]?["S"]?.stringValue != kind }.map { item in
            item.mapValues { value in
                guard let texts = value["SS"]?.elements else { return value }
                return ["SS": .array(texts.sorted { $0.text < $1.text })]
            }
        })
    }

    @Test("Event table: each change has one row, written once") func rows() async throws {
        for seed in randomSchedules {
            var random = SeededRandom(seed: seed)
            var run = Redelivery(using: &random)
            let table = FakeTable()
            try await with({ table.answer($0) }, seed, attempts: Int.random(in: 1...3, using: &random)) { services in
                try await run.run(self.table(&random, services))
            }
            #expect(run.delivered.count == run.changes.count, "seed \(seed): \(run.reasons)")
            #expect(run.changes.allSatisfy { table.writes(of: $0.id) == 1 } && table.items.count == run.changes.count, "seed \(seed)")
            let plain = FakeTable()
            var again = Redelivery(run.changes)
            try await withServices(transport: FaultTransport(plain.answer)) { try await again.run(self.table(&random, $0)) }
            #expect(comparable(table) == comparable(plain), "seed \(seed)")
        }
    }

    /// Each of these schedules has as many calls as twenty of the others.
    @Test("Event table: executions and their log lines come out the same") func executions() async throws {
        let batches = Array(try Samples.batches("logs").prefix(1))
        let plain = FakeTable()
        var none = SeededRandom(seed: 0)
        try await withServices(transport: FaultTransport(plain.answer)) { services in
            let pipeline = try table(&none, services)
            for batch in batches { #expect(try await pipeline.deliver(batch).counts.delivered == batch.count) }
            let executions = plain.items.filter { $0["kind"]?["S"] == "invocation" }.compactMap { $0["aws_request_id"]?["S"]?.stringValue }.sorted()
            #expect(executions.count > 3)
            let expected = try await lines(of: executions, services)
            #expect(!expected.isEmpty)
            for seed in 1...max(1, randomSchedules.upperBound / 20) {
                let table = FakeTable()
                var random = SeededRandom(seed: seed)
                try await with(table.answer, seed, attempts: Int.random(in: 1...3, using: &random)) { services in
                    let pipeline = try self.table(&random, services)
                    for batch in batches {
                        var rounds = 0
                        while true {
                            let report = try await pipeline.deliver(batch)
                            #expect(report.counts.isConserved && report.counts.rejected == 0, "seed \(seed)")
                            rounds += 1
                            if report.counts.retry == 0 || rounds == 60 { break }
                        }
                        #expect(rounds < 60, "seed \(seed)")
                    }
                }
                #expect(comparable(table, except: "log") == comparable(plain, except: "log"), "seed \(seed)")
                try await withServices(transport: FaultTransport(table.answer)) { services in
                    let found = try await lines(of: executions, services)
                    #expect(found == expected, "seed \(seed)")
                }
            }
        }
    }

    private func lines(of executions: [String], _ services: AWSServices) async throws -> [LogLine] {
        let store = try DynamoDBEventStore(services, table: "events")
        var lines: [LogLine] = []
        for id in executions { lines += try await store.logLines(requestID: id, limit: 1000).lines }
        return lines
    }
}
#endif
