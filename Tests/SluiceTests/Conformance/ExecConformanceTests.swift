// SPDX-License-Identifier: Apache-2.0

@testable import Sluice
import SluiceTesting
import Testing

/// A program that keeps to the protocol is a sink that keeps the rules.
@Suite(.timeLimit(.minutes(10))) struct ExecConformanceTests {
    struct Harness: SinkHarness {
        let fixture: ExecFixture
        var guarantees: SinkGuarantees { [.order, .once] }

        func makeSink(_ context: SinkContext) async throws -> any Sink { try await fixture.sink { $0.maxRecords = 40 } }
        func arrived() async throws -> [String]? { try fixture.lines("arrived") }

        func bring(_ condition: ServiceCondition) async throws -> Bool {
            let kind = condition.isFailing ? "failing" : condition.isStalled ? "stalled" : "working"
            let refused = condition.refused.map { "\"\($0)\"" }.joined(separator: ",")
            let delay = condition.delay.map { Double($0.milliseconds) / 1000 / 20 } ?? 0
            try fixture.set(#"{"kind":"\#(kind)","refused":[\#(refused)],"delay":\#(delay)}"#)
            return true
        }

        func undeliverable(_ id: String, key: Int) -> TestRecord? { .change(id, key: key) }
    }

    @Test func aProgramThatKeepsToTheProtocol() async throws {
        let report = await SinkConformance(Harness(fixture: try ExecFixture("each")), patience: .seconds(120)).run()
        #expect(report.failures.isEmpty, "\(report)")
        #expect(report.skipped.map(\.name) == ["concurrent calls"])
    }
}
