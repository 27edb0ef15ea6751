// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import EventTable
import JSONTape
import Sluice

/// A sink whose service is in memory, and what that service holds.
struct FaultedDestination {
    enum Kind: CaseIterable {
        case fifoQueue, bucket, eventTable
    }

    let answer: @Sendable (ProxiedRequest) -> ProxiedAnswer
    let makeSink: (AWSServices) async throws -> any Sink
    /// The ids of the records that the service has, in the order in which it took them where it has one; as often as it has them.
    let held: () async throws -> [String]
    /// The ids of the records of which an exchange told the client that the service has them.
    let told: (FaultProxy.Exchange) -> [String]

    init(_ kind: Kind, concurrency: Int, attempts: Int) {
        let calls = "\"concurrency\":\(concurrency),\"attempts\":\(attempts)"
        self =
            switch kind {
            case .fifoQueue: .fifoQueue(calls)
            case .bucket: .bucket(calls)
            case .eventTable: .eventTable(.init(concurrency: concurrency, attempts: attempts))
            }
    }

    private init(
        answer: @escaping @Sendable (ProxiedRequest) -> ProxiedAnswer, makeSink: @escaping (AWSServices) async throws -> any Sink,
        held: @escaping () async throws -> [String], told: @escaping (FaultProxy.Exchange) -> [String]
    ) {
        self.answer = answer
        self.makeSink = makeSink
        self.held = held
        self.told = told
    }

    /// The id in a record's plain line.
    private static func id(in line: String) -> String? { (try? JSONValue(parsing: line))?["id"]?.stringValue }

    private static func fifoQueue(_ calls: String) -> FaultedDestination {
        let queue = FakeQueue(isFIFO: true)
        return FaultedDestination(
            answer: { queue.answer($0) },
            makeSink: { services in
                try await SQSSink(settings(SQSSink.Settings.self, "{\"queue\":\"\(queue.url)\",\(calls)}"), .test, SinkClient(services, pause: noPause))
            },
            held: { queue.messages.compactMap { id(in: $0.body) } },
            told: { exchange in
                (exchange.request.json?["Entries"]?.elements ?? []).enumerated().compactMap { place, entry in
                    exchange.tellsSuccess(at: place) ? entry["MessageBody"]?.stringValue.flatMap(id(in:)) : nil
                }
            })
    }

    private static func bucket(_ calls: String) -> FaultedDestination {
        let bucket = FakeBucket()
        return FaultedDestination(
            answer: { bucket.answer($0) },
            makeSink: { services in
                let own = try settings(S3JSONSink.Settings.self, "{\"bucket\":\"archive\",\"key\":\"{source}/{id}\",\(calls)}")
                return try await S3JSONSink(own, .test, SinkClient(services, pause: noPause))
            },
            held: { bucket.puts.compactMap { id(in: String(decoding: $0.bytes, as: UTF8.self)) } },
            told: { exchange in
                // 412: it was put before. There the status tells it all, whatever the body is.
                let isTold = exchange.isWhole || (exchange.fault == .garbage && exchange.answer?.status == 412)
                guard exchange.request.method == "PUT", isTold, [200, 412].contains(exchange.answer?.status) else { return [] }
                return id(in: String(decoding: exchange.request.body, as: UTF8.self)).map { [$0] } ?? []
            })
    }

    private static func eventTable(_ options: EventStores.Options) -> FaultedDestination {
        let table = FakeTable()
        return FaultedDestination(
            answer: { table.answer($0) },
            makeSink: { EventTableSink(store: try DynamoDBEventStore($0, table: "events", options, pause: noPause)) },
            held: {
                let rows = table.items.filter { ["change", "message"].contains($0["kind"]?["S"]?.stringValue) }
                var ids = rows.compactMap { $0["aws_request_id"]?["S"]?.stringValue }
                // The lines of executions are in rows of several.
                try await withServices(transport: FaultTransport { table.answer($0) }) { services in
                    let store = try DynamoDBEventStore(services, table: "events")
                    for group in 0..<SourceBatch.groups {
                        ids += try await store.logLines(requestID: SourceBatch.execution(group), limit: 1000).lines.map(\.id)
                    }
                }
                return ids
            },
            told: { exchange in
                guard exchange.request.operation == "PutItem", exchange.isWhole, let answer = exchange.answer else { return [] }
                // A condition that fails: it was put before.
                guard answer.status == 200 || answer.json?["__type"] == "ConditionalCheckFailedException" else { return [] }
                return exchange.request.json?["Item"]?["aws_request_id"]?["S"]?.stringValue.map { [$0] } ?? []
            })
    }
}

extension FaultProxy.Exchange {
    /// Whether the client got the service's answer as it was.
    var isWhole: Bool {
        guard answer != nil else { return false }
        if case .skewedClock = fault { return true }
        return fault.isHarmless
    }
}
#endif
