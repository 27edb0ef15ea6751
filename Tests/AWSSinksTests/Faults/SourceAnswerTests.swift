// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import JSONTape
@testable import LambdaHost
import Logging
import Sluice
import StreamRecords
import Testing
import TestSupport

@Suite("What the source is told, whatever fails on the way to AWS") struct SourceAnswerTests {
    private func host(_ sink: any Sink, partial: Bool) throws -> EventHost {
        let pipeline = try Pipeline.into(sink, unparked: .retry)
        let nothing = Configuration(sinks: [], routes: [])
        return EventHost(
            pipeline: pipeline, table: try TableHost(nothing, services: nil, pipeline: pipeline, ownName: FunctionName("me"), logger: .silent),
            limits: RecordLimits(), loops: LoopGuard(nothing, logGroup: nil),
            settings: try HostSettings(["SLUICE_PARTIAL_RESPONSES": partial ? "1" : "0", "SLUICE_METRICS_NAMESPACE": "off"]), logger: .silent)
    }

    private func invocation(_ event: [UInt8]) throws -> LambdaHost.Invocation {
        var head = HTTPHead()
        head.add("lambda-runtime-aws-request-id", "r")
        let invocation = LambdaHost.Invocation(LambdaHost.HTTPResponse(head: head, body: JSONBytes(event)))
        return try #require(invocation)
    }

    @Test("Exactly what is not known to be there comes again, and nothing is lost", arguments: SourceBatch.Source.allCases, FaultedDestination.Kind.allCases)
    func whatComesAgain(_ source: SourceBatch.Source, _ kind: FaultedDestination.Kind) async throws {
        // There are twelve of these tests, so each goes through fewer schedules than others.
        for seed in 1...max(1, randomSchedules.upperBound / 3) {
            var random = SeededRandom(seed: seed)
            var source = SourceBatch(source, using: &random)
            let all = source.items
            let partial = Int.random(in: 0..<4, using: &random) > 0
            let destination = FaultedDestination(
                kind, concurrency: Int.random(in: 1...4, using: &random), attempts: Int.random(in: 1...2, using: &random))
            let kinds = FaultSchedule.Kind.allCases.filter { $0 != .faultyEntries }
            let transport = FaultTransport(destination.answer, FaultSchedule.random(seed: seed, rate: 0.5, limit: 25, kinds: kinds).whileSending)
            try await withServices(transport: transport, attempts: Int.random(in: 1...2, using: &random)) { services in
                let host = try await host(destination.makeSink(services), partial: partial)
                var rounds = 0
                var delivered: Set<String> = []
                while !source.items.isEmpty, rounds < 60 {
                    rounds += 1
                    let note: Comment = "seed \(seed), round \(rounds)"
                    let before = transport.exchanges.count
                    let told: [String]?
                    switch await host.handle(try invocation(source.event())).answer {
                    case .success(let body):
                        let positions = try #require(source.positions(in: body), note)
                        told = positions
                    case .failure(let error):
                        #expect(error.kind == .recordsToRetry, note)
                        told = nil
                    }
                    let exchanges = transport.exchanges[before...]
                    delivered.formUnion(source.delivered(of: Set(exchanges.flatMap(destination.told)), before: delivered))
                    let lacking = Set(source.items.map(\.id)).subtracting(delivered)
                    // Lines are packed into rows with others, so of a single one there is no telling.
                    if source.source != .logs || kind != .eventTable { #expect(told == source.answer(lacking: lacking, partial: partial), note) }
                    // It fails only over something that went wrong.
                    if exchanges.allSatisfy(\.fault.isHarmless) { #expect(told == [], note) }
                    let sent = Set(source.items.map(\.id))
                    source.take(told)
                    let done = sent.subtracting(source.items.map(\.id))
                    #expect(done.isSubset(of: try await destination.held()), note)
                }
            }
            let note: Comment = "seed \(seed)"
            let held = try await destination.held()
            #expect(source.items.isEmpty && held.sorted() == all.map(\.id).sorted(), note)
            guard kind != .eventTable, source.source != .queue else { continue }
            for group in 0..<SourceBatch.groups {
                let ids = all.filter { $0.group == group }.map(\.id)
                #expect(held.filter(ids.contains) == ids, note)
            }
        }
    }
}
#endif
