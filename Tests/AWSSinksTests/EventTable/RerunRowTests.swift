// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import EventTable
import EventTableTestSupport
import Testing

@testable import AWSSinks

@Suite("Reruns in the event table in DynamoDB whose answers are lost") struct RerunRowTests {
    private static let rerun = Rerun(
        key: "k", original: EventKey(id: "r", name: "orders"), function: FunctionName("orders"), state: .accepted, startedAt: at(5))

    /// Runs `body` with a store whose puts go wrong so.
    private func with(_ faults: [Fault], _ body: (DynamoDBEventStore, DynamoDBEventStore) async throws -> Void) async throws {
        let table = FakeTable()
        let transport = FaultTransport(table.answer, .list(faults, operation: "PutItem"))
        try await withServices(transport: transport) { services in
            try await withServices(transport: FaultTransport(table.answer)) { others in
                try await body(
                    DynamoDBEventStore(services, table: "events", pause: noPause), DynamoDBEventStore(others, table: "events", pause: noPause))
            }
        }
        let happened = transport.exchanges.map(\.fault).filter { $0 != .none }
        #expect(happened == faults.filter { $0 != .none })
    }

    @Test("What was written begins and goes on, although the first answer was lost", arguments: [
        .stall(isDone: true), .resetAfter(bytes: 0), .errorAfterwards(status: 500, code: "InternalServerError"),
    ] as [Fault])
    func lost(fault: Fault) async throws {
        try await with([fault, fault, .none, fault]) { (store: DynamoDBEventStore, _: DynamoDBEventStore) async throws -> Void in
            var rerun = Self.rerun
            #expect(try await store.begin(rerun) == .begun)
            #expect(try await store.rerun(key: "k", of: "r") == rerun)
            rerun.state = .started
            #expect(try await store.advance(rerun, from: .accepted))
            #expect(try await store.rerun(key: "k", of: "r") == rerun)
            #expect(try await !store.advance(rerun, from: .accepted))
            #expect(try await store.begin(Self.rerun) == .alreadyThere(rerun))
        }
    }

    @Test("What somebody else has begun meanwhile is theirs, even if it is the same") func others() async throws {
        try await with([.resetBefore, .none]) { (store: DynamoDBEventStore, others: DynamoDBEventStore) async throws -> Void in
            #expect(try await others.begin(Self.rerun) == .begun)
            #expect(try await store.begin(Self.rerun) == .alreadyThere(Self.rerun))
            var rerun = Self.rerun
            rerun.state = .started
            #expect(try await others.advance(rerun, from: .accepted))
            #expect(try await !store.advance(rerun, from: .accepted))
        }
    }
}
#endif
