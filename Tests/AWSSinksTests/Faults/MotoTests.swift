// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
@testable import AWSSinks
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Testing
import TestSupport

@Suite("The sinks against moto") struct MotoTests {
    /// Faults behind which moto still checks each signature that it gets to see.
    private static let kinds = FaultSchedule.Kind.signed.filter { $0 != .faultyEntries }

    /// Runs `body` with a client of moto's, behind a proxy.
    private func with<Result>(_ schedule: FaultSchedule = .none, _ body: (AWSServices, FaultProxy) async throws -> Result) async throws -> Result {
        let ports = try await MotoServer.shared.ports()
        return try await FaultProxy.with(.server(port: ports.checked, unchecked: ports.unchecked), schedule) { proxy in
            try await withServices(url: proxy.url) { try await body($0, proxy) }
        }
    }

    @Test("A queue is found by name, ARN and URL, and takes messages with their attributes") func aQueueIsFound() async throws {
        try await with { services, _ in
            let name = MotoServer.name("queue")
            try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(name), "Attributes": ["MaximumMessageSize": "2048"]])
            let url = try await services.sqs.getQueueURL(name: name)
            let arn = try #require(try await services.sqs.getQueueAttributes(queueURL: url).arn)
            let records = try batch([Change(number: 0, key: 0), Change(number: 1, key: 1, text: String(repeating: "x", count: 2048))])
            for queue in [name, arn, url] {
                let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue)"}"#), .test, SinkClient(services))
                let report = try await Pipeline.into(sink).deliver(records)
                #expect(report.fates[0].isDelivered && report.fates[1].isRejected)
            }
            let read = try await MotoServer.boto(
                "sqs", "receive_message", ["QueueUrl": .string(url), "MaxNumberOfMessages": .number("10"), "MessageAttributeNames": ["All"]])
            let messages = read["Messages"]?.elements ?? []
            #expect(messages.count == 3 && messages.allSatisfy { $0["Body"]?.stringValue == records.lines["event-0"] })
            #expect(messages.first?["MessageAttributes"]?["table"]?["StringValue"] == "Products")
        }
    }

    @Test("What is not there ends the start, with its name") func whatIsNotThereEndsTheStart() async throws {
        try await with { services, _ in
            await #expect(throws: AWSSinkError.self) {
                try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"none-such"}"#), .test, SinkClient(services))
            }
            await #expect(throws: AWSSinkError.self) {
                try await EventBridgeSink(settings(EventBridgeSink.Settings.self, #"{"bus":"none-such"}"#), .test, SinkClient(services))
            }
        }
    }

    @Test("A FIFO queue gets each record once and in order, whatever fails", arguments: 1...25 as ClosedRange<UInt64>)
    func aFIFOQueueGetsEachRecordOnce(seed: UInt64) async throws {
        let name = MotoServer.name("queue") + ".fifo"
        try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(name), "Attributes": ["FifoQueue": "true"]])
        var random = SeededRandom(seed: seed)
        var run = Redelivery(using: &random)
        try await with(FaultSchedule.random(seed: seed, rate: 0.4, limit: 15, kinds: MotoTests.kinds).whileSending) { services, _ in
            let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(name)"}"#), .test, SinkClient(services, pause: noPause))
            try await run.run(Pipeline.into(sink))
            #expect(run.delivered.count == run.changes.count)
        }
        let messages = try await drain(name)
        let ids = messages.compactMap { $0["Attributes"]?["MessageDeduplicationId"]?.stringValue }
        #expect(ids.count == run.changes.count && Set(ids) == Set(run.changes.map(\.id)))
        #expect(run.keepsOrder(ids))
        let lines = try batch(run.changes).lines
        #expect(zip(ids, messages).allSatisfy { $1["Body"]?.stringValue == lines[$0] })
        #expect(messages.allSatisfy { $0["Attributes"]?["MessageGroupId"]?.stringValue?.contains("#{\"Id\":") == true })
    }

    /// Takes all messages out of a queue, with boto3.
    private func drain(_ queue: String) async throws -> [JSONValue] {
        let url = try #require(try await MotoServer.boto("sqs", "get_queue_url", ["QueueName": .string(queue)])["QueueUrl"])
        var messages: [JSONValue] = []
        while true {
            let answer = try await MotoServer.boto("sqs", "receive_message", ["QueueUrl": url, "MaxNumberOfMessages": .number("10"), "AttributeNames": ["All"]])
            let received = answer["Messages"]?.elements ?? []
            if received.isEmpty { return messages }
            messages += received
            let entries = received.enumerated().map { place, message -> JSONValue in ["Id": .string("\(place)"), "ReceiptHandle": message["ReceiptHandle"] ?? .null] }
            let deleted = try await MotoServer.boto("sqs", "delete_message_batch", ["QueueUrl": url, "Entries": .array(entries)])
            try #require(deleted["Successful"]?.elements.count == received.count)
        }
    }

    @Test("A request of which entries are to fail is checked before it is changed") func aRequestIsChecked() async throws {
        let name = MotoServer.name("queue")
        try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(name)])
        let ports = try await MotoServer.shared.ports()
        for (secret, isTaken) in [(MotoServer.keys.secretAccessKey, true), ("another", false)] {
            let schedule = FaultSchedule.list([.entries([0: .failed(code: "InternalFailure", senderFault: false)])], operation: "SendMessageBatch")
            try await FaultProxy.with(.server(port: ports.checked, unchecked: ports.unchecked), schedule) { proxy in
                var configuration = AWSConfiguration(region: "eu-central-1", environment: ["AWS_ENDPOINT_URL": proxy.url], logger: .silent)
                configuration.credentials = StaticCredentials(SigningCredentials(accessKeyID: MotoServer.keys.accessKeyID, secretAccessKey: secret))
                let services = AWSServices(configuration)
                let url = "http://127.0.0.1/123456789012/\(name)"
                let request = SQS.SendMessageBatchRequest(queueURL: url, entries: [.init(id: "0", body: "a"), .init(id: "1", body: "b")])
                let result: Result<SQS.SendMessageBatchResult, AWSError>
                do throws(AWSError) { result = .success(try await services.sqs.sendMessageBatch(request)) } catch { result = .failure(error) }
                await services.shutdown()
                switch result {
                case .success: #expect(isTaken)
                case .failure(let error): #expect(!isTaken && error.serviceCode == "SignatureDoesNotMatch")
                }
            }
        }
        #expect(try await drain(name).count == 1)
    }

    @Test("A bus gets each record, whatever fails", arguments: 1...15 as ClosedRange<UInt64>)
    func aBusGetsEachRecord(seed: UInt64) async throws {
        let name = MotoServer.name("bus")
        let queue = MotoServer.name("queue")
        try await MotoServer.boto("events", "create_event_bus", ["Name": .string(name)])
        try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(queue)])
        let pattern = #"{"source":["sluice.Products"],"detail-type":["change MODIFY"]}"#
        try await MotoServer.boto("events", "put_rule", ["Name": "all", "EventBusName": .string(name), "EventPattern": .string(pattern)])
        let arn = "arn:aws:sqs:eu-central-1:123456789012:\(queue)"
        try await MotoServer.boto(
            "events", "put_targets", ["Rule": "all", "EventBusName": .string(name), "Targets": [["Id": "1", "Arn": .string(arn)]]])
        var random = SeededRandom(seed: seed)
        var run = Redelivery(using: &random)
        try await with(FaultSchedule.random(seed: seed, rate: 0.4, limit: 15, kinds: MotoTests.kinds).whileSending) { services, _ in
            let sink = try await EventBridgeSink(settings(EventBridgeSink.Settings.self, #"{"bus":"\#(name)"}"#), .test, SinkClient(services, pause: noPause))
            try await run.run(Pipeline.into(sink))
            #expect(run.delivered.count == run.changes.count)
        }
        var ids: Set<String> = []
        for message in try await drain(queue) {
            let event = try JSONValue(parsing: message["Body"]?.stringValue ?? "")
            #expect(event["time"]?.stringValue == "2026-09-21T14:13:20Z")
            ids.insert(event["detail"]?["id"]?.stringValue ?? "")
        }
        #expect(ids == Set(run.changes.map(\.id)))
    }

    @Test("A function of moto's is invoked by name and by ARN, and its answer read") func aFunctionIsInvoked() async throws {
        // Its made-up answers are in one queue for all functions, so this test has a server of its own.
        let moto = MotoServer()
        let ports = try await moto.ports()
        let schedule = FaultSchedule { _ in .none }
        try await FaultProxy.with(.server(port: ports.checked, unchecked: ports.unchecked), schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                for function in ["worker", "arn:aws:lambda:eu-central-1:123456789012:function:worker", "worker:live"] {
                    let sink = try await LambdaSink(settings(LambdaSink.Settings.self, #"{"function":"\#(function)"}"#), .test, SinkClient(services))
                    let answer: JSONValue = ["region": "eu-central-1", "results": [#"{"batchItemFailures":[{"itemIdentifier":"event-1"}]}"#]]
                    let set = ProxiedRequest(
                        method: "POST", target: "/moto-api/static/lambda-simple/response", headers: [("content-type", "application/json"), ("host", "127.0.0.1")],
                        body: Array(answer.text.utf8))
                    #expect(try await HTTPExchange.send(set, port: ports.unchecked).status == 201)
                    let report = try await Pipeline.into(sink).deliver(batch((0..<3).map { Change(number: $0, key: $0) }))
                    #expect(report.fates.map(\.isDelivered) == [true, false, true])
                    let queued = #"{"function":"\#(function)","invocation":"event","payload":"record"}"#
                    let second = try await LambdaSink(settings(LambdaSink.Settings.self, queued), .test, SinkClient(services))
                    try await Pipeline.into(second).expect(delivered: 3, of: batch((0..<3).map { Change(number: $0, key: $0) }))
                }
                #expect(proxy.exchanges.filter { $0.answer?.status == 202 }.count == 9)
            }
        }
    }

    @Test("A clock that is wrong is put right") func aClockThatIsWrong() async throws {
        let name = MotoServer.name("queue")
        try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(name)])
        let url = try await MotoServer.shared.url()
        for hours in [-3, 3] as [Int64] {
            var configuration = AWSConfiguration(region: "eu-central-1", environment: ["AWS_ENDPOINT_URL": url], logger: .silent)
            configuration.credentials = RotatingCredentials()
            configuration.clock.now = { Timestamp(milliseconds: AWSClock.system.now().milliseconds + hours * 3_600_000) }
            let services = AWSServices(configuration)
            let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(name)"}"#), .test, SinkClient(services))
            try await Pipeline.into(sink).expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
            await services.shutdown()
        }
    }
}
#endif
