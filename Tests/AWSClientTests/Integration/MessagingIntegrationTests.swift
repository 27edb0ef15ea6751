// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
import AWSTestSupport
import JSONTape
import StreamRecords
import Testing

@Suite("SQS, against moto") struct SQSIntegrationTests {
    private func with(_ attributes: JSONValue = [:], suffix: String = "", _ body: (AWSServices, String) async throws -> Void) async throws {
        try await MotoServer.with { aws in
            let name = MotoServer.name("queue") + suffix
            try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(name), "Attributes": attributes])
            try await body(aws, try await aws.sqs.getQueueURL(name: name))
        }
    }

    @Test("Messages go out and come back, attributes and all, and are deleted") func messagesGoOutAndComeBack() async throws {
        try await with { aws, queue in
            let attributes: [String: SQS.Attribute] = ["kind": .string("change ☕"), "n": .number("1.5"), "b": .binary([0, 255, 10])]
            let entries = (0..<10).map { SQS.SendEntry(id: "e\($0)", body: "{\"n\":\($0),\"text\":\"<é & \\u0001>\"}", attributes: attributes) }
            let sent = try await aws.sqs.sendMessageBatch(.init(queueURL: queue, entries: entries))
            let ids = try sent.entries.map { try $0.get().messageID }
            #expect(Set(ids).count == 10)
            let read = try await MotoServer.boto("sqs", "receive_message", ["QueueUrl": .string(queue), "MaxNumberOfMessages": .number("1"), "MessageAttributeNames": ["All"], "VisibilityTimeout": .number("0")])
            guard case .array(let messages)? = read["Messages"], let first = messages.first else {
                Issue.record("boto3 received nothing")
                return
            }
            #expect(entries.map(\.body).contains(first["Body"]?.stringValue ?? ""))
            #expect(first["MessageAttributes"]?["kind"]?["StringValue"]?.stringValue == "change ☕")
            #expect(first["MessageAttributes"]?["b"]?["BinaryValue"]?["b"]?.stringValue == "AP8K")

            var received: [SQS.Message] = []
            for _ in 0..<20 where received.count < 10 {
                received += try await aws.sqs.receiveMessage(.init(queueURL: queue, visibilitySeconds: 600)).messages
            }
            #expect(Set(received.map(\.id)) == Set(ids))
            #expect(Set(received.map(\.body)) == Set(entries.map(\.body)))
            #expect(received.allSatisfy { $0.attributes == attributes })
            #expect(received.allSatisfy { $0.systemAttributes["ApproximateReceiveCount"] != nil })
            let handles = received.map(\.receiptHandle)
            try await aws.sqs.deleteMessage(.init(queueURL: queue, receiptHandle: handles[0]))
            let deleted = try await aws.sqs.deleteMessageBatch(.init(queueURL: queue, receiptHandles: Array(handles.dropFirst())))
            #expect(deleted.entries.allSatisfy { (try? $0.get()) != nil })
            #expect(try await aws.sqs.getQueueAttributes(queueURL: queue).all["ApproximateNumberOfMessagesNotVisible"] == "0")
        }
    }

    @Test("A FIFO queue keeps order and takes a message once") func aFIFOQueueKeepsOrderAnd() async throws {
        try await with(["FifoQueue": "true"], suffix: ".fifo") { aws, queue in
            let attributes = try await aws.sqs.getQueueAttributes(queueURL: queue)
            #expect(attributes.isFIFO && !attributes.deduplicatesByContent)
            #expect(attributes.arn?.hasSuffix(".fifo") == true)
            let entries = (0..<5).map { SQS.SendEntry(id: "\($0)", body: "m\($0)", groupID: "g", deduplicationID: "d\($0)") }
            let first = try await aws.sqs.sendMessageBatch(.init(queueURL: queue, entries: entries)).entries.map { try $0.get() }
            #expect(first.allSatisfy { $0.sequenceNumber != nil })
            _ = try await aws.sqs.sendMessageBatch(.init(queueURL: queue, entries: entries))
            let received = try await aws.sqs.receiveMessage(.init(queueURL: queue)).messages
            #expect(received.map(\.body) == entries.map(\.body))
            #expect(received.allSatisfy { $0.systemAttributes["MessageGroupId"] == "g" })
        }
    }

    @Test("A queue that is not there is told") func aQueueThatIsNotThere() async throws {
        try await MotoServer.with { aws in
            #expect(await failure { try await aws.sqs.getQueueURL(name: "none-such") }?.isNotFound == true)
        }
    }
}

@Suite("EventBridge, Lambda and STS, against moto") struct OtherServicesIntegrationTests {
    @Test("Events go through a bus to a queue") func eventsGoThroughABusTo() async throws {
        try await MotoServer.with { aws in
            let bus = MotoServer.name("bus")
            let queue = MotoServer.name("queue")
            try await MotoServer.boto("events", "create_event_bus", ["Name": .string(bus)])
            try await MotoServer.boto("sqs", "create_queue", ["QueueName": .string(queue)])
            let url = try await aws.sqs.getQueueURL(name: queue)
            let arn = try #require(try await aws.sqs.getQueueAttributes(queueURL: url).arn)
            try await MotoServer.boto("events", "put_rule", ["Name": "all", "EventBusName": .string(bus), "EventPattern": .string(#"{"source":["sluice"]}"#)])
            try await MotoServer.boto("events", "put_targets", ["Rule": "all", "EventBusName": .string(bus), "Targets": [["Id": "1", "Arn": .string(arn)]]])
            #expect(try await aws.eventBridge.describeEventBus(bus).name == bus)
            #expect(await failure { try await aws.eventBridge.describeEventBus("none-such") }?.isNotFound == true)

            let detail = #"{"n":12345678901234567890123,"text":"é☕","list":[1.50]}"#
            let entry = EventBridge.PutEventsEntry(
                bus: bus, source: "sluice", detailType: "change", detail: detail, resources: ["arn:aws:dynamodb:eu-central-1:1:table/t"],
                time: Timestamp(iso8601: "2026-11-20T15:00:00Z"))
            let results = try await aws.eventBridge.putEvents(.init(entries: [entry])).entries
            #expect(try results.map { try $0.get() }.count == 1)
            let message = try #require(try await aws.sqs.receiveMessage(.init(queueURL: url)).messages.first)
            let event = try JSONValue(parsing: message.body)
            #expect(event["source"]?.stringValue == "sluice")
            #expect(event["detail-type"]?.stringValue == "change")
            #expect(event["time"]?.stringValue == "2026-11-20T15:00:00Z")
            #expect(event["detail"]?["text"]?.stringValue == "é☕")
        }
    }

    @Test("A function is invoked by its name and by its ARN, with a qualifier and without") func aFunctionIsInvokedByIts() async throws {
        try await MotoServer.with { aws in
            let name = MotoServer.name("function")
            let role = try await MotoServer.boto("iam", "create_role", ["RoleName": .string(name), "AssumeRolePolicyDocument": "{}"])
            let made = try await MotoServer.boto("lambda", "create_function", [
                "FunctionName": .string(name), "Runtime": "python3.12", "Handler": "lambda_function.handler", "Role": .string(role["Role"]?["Arn"]?.stringValue ?? ""),
                "Code": ["ZipFile": "zip:empty"],
            ])
            let arn = try #require(made["FunctionArn"]?.stringValue)
            for function in [name, arn] {
                let queued = try await aws.lambda.invoke(.init(function: function, payload: Array("{}".utf8), type: .event))
                #expect(queued.status == 202)
                let answered = try await aws.lambda.invoke(.init(function: function, payload: Array("{}".utf8), returnsLog: true))
                #expect(answered.status == 200 && answered.functionError == nil)
                #expect(!answered.payload.isEmpty)
            }
            #expect(try await aws.lambda.invoke(.init(function: name, qualifier: "$LATEST", payload: Array("{}".utf8), type: .dryRun)).status == 204)
        }
    }

    @Test("A role is assumed, signed and by a web identity") func aRoleIsAssumedSignedAnd() async throws {
        try await MotoServer.with { aws in
            let role = "arn:aws:iam::123456789012:role/sluice-writer"
            let credentials = try await aws.sts.assumeRole(.init(roleARN: role, sessionName: "session-1", durationSeconds: 900, externalID: "tenant/1"))
            #expect(credentials.keys.sessionToken?.isEmpty == false)
            #expect(credentials.source.contains("sluice-writer/session-1"))
            #expect(try #require(credentials.expiration) > AWSClock.system.now())
            let identity = try await aws.sts.assumeRoleWithWebIdentity(.init(roleARN: role, sessionName: "session-2", token: "eyJ0.e30.c2ln"))
            #expect(identity.source.contains("session-2"))
        }
    }
}

#endif
