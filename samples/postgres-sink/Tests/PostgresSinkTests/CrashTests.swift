// SPDX-License-Identifier: Apache-2.0

import Logging
@testable import PostgresSink
import Sluice
import SluiceTesting
import StreamRecords
import Synchronization
import Testing

/// From end to end: a server that is killed in the middle and comes back.
@Suite(.timeLimit(.minutes(10))) struct CrashTests {
    @Test func nothingIsLostAndNothingIsThereTwice() async throws {
        let server = try await PostgresServer()
        var registry = SinkRegistry.standard()
        registry.registerPostgres()
        let configuration = try Configuration(sendingEverythingTo: ["postgres:\(server.url())"], registry: registry)
        let pipeline = try await Pipeline(configuration, sinks: registry, options: PipelineOptions(unparked: .list, logger: Logger(label: "test")))
        // Counts what the table was given, whatever becomes of it later.
        try await server.query("CREATE TABLE written (id text)")
        try await server.query("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO written VALUES (NEW.id); RETURN NULL; END $$")
        try await server.query("CREATE TRIGGER note AFTER INSERT ON records FOR EACH ROW EXECUTE FUNCTION note()")

        let records = (0..<3000).map { TestRecord.change("r\($0)", key: ($0 * 7) % 23) }
        var retries = 0
        var crash: Task<Void, any Error>?
        var isBack = false
        for (number, start) in stride(from: 0, to: records.count, by: 50).enumerated() {
            if number == 12 {
                // At the same time as the next batches.
                crash = Task.detached { try server.kill() }
            }
            let batch = try RecordBatch(testing: Array(records[start..<start + 50]))
            while true {
                let report = try await pipeline.deliver(pipeline.prepare(batch))
                #expect(report.counts.rejected == 0)
                if report.counts.retry == 0 { break }
                retries += 1
                try await crash?.value
                if retries == 3 {
                    try await server.restart()
                    isBack = true
                }
                #expect(retries < 100)
                if retries > 100 { return }
            }
        }
        try await crash?.value
        try await pipeline.shutdown()
        #expect(isBack, "the crash was not noticed")
        #expect(try await server.query("SELECT count(*) FROM records") == ["3000"])
        #expect(try await server.query("SELECT count(*) || ' ' || count(DISTINCT id) FROM written") == ["3000 3000"])
        let order = try await server.query("SELECT id FROM records ORDER BY arrival")
        var last: [Int: Int] = [:]
        for number in order.compactMap({ Int($0.dropFirst()) }) {
            #expect(number > last[(number * 7) % 23] ?? -1)
            last[(number * 7) % 23] = number
        }
    }

    @Test func aConnectionThatIsCutIsMadeAgainWithoutAWord() async throws {
        let server = try await PostgresServer.shared.value
        let database = try await server.database()
        let sink = try await PostgresSink(.init(url: server.url(database)), SinkContext(name: "pg", logger: Logger(label: "test")))
        #expect(try await sink.deliver(DeliveryBatch(testing: [.event("a")])).allDelivered)
        try await server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)'")
        #expect(try await sink.deliver(DeliveryBatch(testing: [.event("a"), .event("b")])).allDelivered)
        try await sink.shutdown()
        #expect(try await server.query("SELECT id FROM records ORDER BY arrival", database: database) == ["a", "b"])
    }
}
