// SPDX-License-Identifier: Apache-2.0

@testable import PostgresSink
import Sluice
import SluiceTesting
import StreamRecords
import Testing

/// The rules of delivery, against a real server in all conditions.
@Suite(.timeLimit(.minutes(10))) struct ConformanceTests {
    /// Puts a trigger in the way of the sink, takes its table away, or holds it.
    final class Harness: SinkHarness {
        let server: PostgresServer
        let database: String
        private let holder: Holder
        var guarantees: SinkGuarantees { [.order, .once] }

        init(_ server: PostgresServer) async throws {
            self.server = server
            database = try await server.database()
            holder = Holder(server.url(database))
        }

        func makeSink(_ context: SinkContext) async throws -> any Sink {
            try await PostgresSink(.init(url: server.url(database), create: true, timeout: .seconds(5)), context)
        }

        func arrived() async throws -> [String]? { try await server.query("SELECT id FROM records ORDER BY arrival", database: database) }

        func bring(_ condition: ServiceCondition) async throws -> Bool {
            await holder.release()
            for statement in [
                "CREATE SCHEMA IF NOT EXISTS away", "ALTER TABLE IF EXISTS away.records SET SCHEMA public",
                "DO $$ BEGIN IF to_regclass('records') IS NOT NULL THEN DROP TRIGGER IF EXISTS way ON records; END IF; END $$",
            ] { try await server.query(statement, database: database) }
            if condition == .working { return true }
            if condition.isFailing { try await server.query("ALTER TABLE records SET SCHEMA away", database: database) }
            if condition.isStalled { try await holder.hold("LOCK TABLE records IN ACCESS EXCLUSIVE MODE") }
            if !condition.refused.isEmpty {
                let ids = condition.refused.map { "'\($0)'" }.joined(separator: ",")
                try await trigger("BEFORE INSERT ON records FOR EACH ROW WHEN (NEW.id IN (\(ids)))", "RAISE 'try again' USING ERRCODE = '40001'; RETURN NEW;")
            }
            if let delay = condition.delay {
                try await trigger("BEFORE INSERT ON records FOR EACH STATEMENT", "PERFORM pg_sleep(\(Double(delay.components.attoseconds) / 1e18)); RETURN NULL;")
            }
            return true
        }

        private func trigger(_ event: String, _ body: String) async throws {
            try await server.query("CREATE OR REPLACE FUNCTION way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body) END $$", database: database)
            try await server.query("CREATE TRIGGER way \(event) EXECUTE FUNCTION way()", database: database)
        }

        func undeliverable(_ id: String, key: Int) -> TestRecord? {
            // JSONB has no place for this character.
            .change(id, key: key, new: ["Id": .number(DynamoDBNumber(key)), "text": "a\0b"])
        }
    }

    @Test func theSinkKeepsTheRules() async throws {
        let report = await SinkConformance(try await Harness(try await PostgresServer.shared.value), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(report.skipped.map(\.name) == ["concurrent calls"])
    }
}

/// A transaction that stays open until it is told to end.
actor Holder {
    private let url: String
    private var session: Task<Void, any Error>?
    private var end: AsyncStream<Void>.Continuation?

    init(_ url: String) { self.url = url }

    func hold(_ statement: String) async throws {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let (isHeld, held) = AsyncStream<Void>.makeStream()
        end = continuation
        let url = url
        session = Task.detached {
            let interruption = try Interruption()
            let connection = try Connection.open(url, interruption)
            _ = try connection.run("BEGIN", [], interruption)
            _ = try connection.run(statement, [], interruption)
            held.finish()
            for await _ in stream {}
            _ = try connection.run("ROLLBACK", [], interruption)
        }
        for await _ in isHeld {}
    }

    func release() async {
        end?.finish()
        _ = await session?.result
        (session, end) = (nil, nil)
    }
}
