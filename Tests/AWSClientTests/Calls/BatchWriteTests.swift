// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSTestSupport
import JSONTape
import StreamRecords
import Testing

@Suite("DynamoDB's batches, sent until nothing is left over") struct BatchWriteTests {
    private let clock = TestClock()
    private let table = FakeTable()

    private func request(_ count: Int) -> DynamoDB.BatchWriteItemRequest {
        .init(
            writes: ["t": (0..<count).map { .put(["aws_request_id": .string("r-\($0)"), "FunctionName": "f", "n": .number(DynamoDBNumber("1.50") ?? 0)]) }],
            keyNames: ["t": ["aws_request_id", "FunctionName"]])
    }

    private func transport(_ schedule: FaultSchedule) -> FaultTransport { FaultTransport({ [table] in table.answer($0) }, schedule) }

    /// These entries of a call are left over.
    private func left(_ places: Int...) -> Fault {
        .entries(Dictionary(uniqueKeysWithValues: places.map { ($0, EntryFault.failed(code: "", senderFault: false)) }))
    }

    private func sizes(_ transport: FaultTransport) -> [Int] {
        transport.exchanges.map { $0.request.json?["RequestItems"]?["t"]?.elements.count ?? 0 }
    }

    @Test("What is left over is sent again, it alone, after pauses that grow") func whatIsLeftOver() async throws {
        let transport = transport(.list([left(0, 3), left(1)]))
        let result = try await AWSServices(transport, clock: clock).dynamoDB.batchWriteItem(repeating: request(5))
        #expect(result.unprocessed.isEmpty)
        #expect(sizes(transport) == [5, 2, 1])
        #expect(clock.waits == [.seconds(1), .seconds(2)])
        for number in 0..<5 { #expect(table.writes(of: "r-\(number)") == 1) }
    }

    @Test("The pauses are by chance") func thePausesAreByChance() async throws {
        let transport = transport(.list([left(0), left(0)]))
        _ = try await AWSServices(transport, clock: clock, jitter: 0.25).dynamoDB.batchWriteItem(repeating: request(1))
        #expect(clock.waits == [.milliseconds(250), .milliseconds(500)])
    }

    @Test("After so many rounds the rest comes back as it was sent") func afterSoManyRounds() async throws {
        let fault = left(0)
        let transport = transport(FaultSchedule { _ in fault })
        let request = request(3)
        let result = try await AWSServices(transport, clock: clock).dynamoDB.batchWriteItem(repeating: request, rounds: 3)
        #expect(result.unprocessed == ["t": Array((request.writes["t"] ?? []).prefix(1))])
        #expect(sizes(transport) == [3, 1, 1])
        #expect(clock.waits.count == 2)
        #expect(table.items.count == 2)
    }

    @Test("Where the pause would end behind the deadline, the rest comes back at once") func whereThePauseWouldEnd() async throws {
        let transport = transport(.list([left(0, 1)]))
        let result = try await AWSServices(transport, clock: clock).dynamoDB
            .batchWriteItem(repeating: request(3), deadline: .now + .milliseconds(900))
        #expect(result.unprocessed["t"]?.count == 2)
        #expect(sizes(transport) == [3])
        #expect(clock.waits.isEmpty)
    }

    @Test("An error of a later round is thrown") func anErrorOfALaterRound() async throws {
        let transport = transport(.list([left(0), .error(status: 400, code: "AccessDeniedException")]))
        let error = await failure { try await AWSServices(transport, clock: clock).dynamoDB.batchWriteItem(repeating: request(2)) }
        #expect(error?.serviceCode == "AccessDeniedException" && error?.operation == "BatchWriteItem")
    }

    @Test("Whatever is left over, in the end everything is written", arguments: 0..<20)
    func whateverIsLeftOver(_ seed: UInt64) async throws {
        let transport = transport(.random(seed: seed, rate: 0.9, limit: 30, kinds: [.entries]))
        let result = try await AWSServices(transport, clock: clock).dynamoDB.batchWriteItem(repeating: request(25), rounds: 40)
        #expect(result.unprocessed.isEmpty, "seed \(seed)")
        #expect(table.items.count == 25, "seed \(seed)")
    }
}

#endif
