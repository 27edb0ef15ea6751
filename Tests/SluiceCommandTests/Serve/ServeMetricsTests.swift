// SPDX-License-Identifier: Apache-2.0

#if Server && SQLite
import CoreMetrics
import EventAPI
@testable import EventServer
import Logging
import MetricsTestSupport
import SQLiteEventTable
import Testing
import TestSupport

/// The server's numbers as a program's own backend sees them.
@Suite("Metrics of sluice serve") struct ServeMetricsTests {
    @Test("Answers are counted by route and status, and timed by route") func counted() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteEventStore(path: folder.path + "/events.db")
        let metrics = KeptMetrics()
        let answering = Answering(EventAPI(APISettings(), store: store), metrics: ServerMetrics(metrics), logger: Logger(label: "test"))
        func ask(_ method: String, _ path: String, _ body: String = "") async -> Int {
            await answering.answer(APIRequest(method, path, body: Array(body.utf8))).status
        }
        #expect(await ask("POST", "/executions", #"{"aws_request_id":"a","FunctionName":"f","event":1}"#) == 201)
        for id in ["a", "a", "b"] { _ = await ask("GET", "/executions/\(id)") }
        #expect(await ask("HEAD", "/executions/a") == 200)
        #expect(await ask("OPTIONS", "/executions/a") == 204)
        #expect(await ask("GET", "/executions/a?odd=1") == 400)
        #expect(await ask("SHOUT", "/executions/a") == 405)
        #expect(await ask("GET", "/secrets/7d1c") == 404)
        _ = answering.tooSlow()
        let values = metrics.values
        #expect(values["sluice_requests{route=POST /executions,status=201}"] == 1)
        #expect(values["sluice_requests{route=GET /executions/{id},status=200}"] == 2)
        #expect(values["sluice_requests{route=GET /executions/{id},status=404}"] == 1)
        #expect(values["sluice_requests{route=GET /executions/{id},status=400}"] == 1)
        #expect(values["sluice_requests{route=HEAD /executions/{id},status=200}"] == 1)
        #expect(values["sluice_requests{route=OPTIONS /executions/{id},status=204}"] == 1)
        #expect(values["sluice_requests{route=none,status=405}"] == 1)
        #expect(values["sluice_requests{route=none,status=404}"] == 1)
        #expect(values["sluice_requests{route=none,status=408}"] == 1)
        #expect((values["sluice_request_latency{route=GET /executions/{id}}"] ?? 0) > 0)
        #expect(!values.keys.contains { $0.contains("7d1c") }, "what was asked for is nobody's business")
        try await store.close()
    }

    @Test("Without a backend there is nothing to tell") func none() { #expect(ServerMetrics(NOOPMetricsHandler.instance) == nil) }
}
#endif
