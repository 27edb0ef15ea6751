// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import JSONTape
import Sluice
import StreamRecords
import Synchronization
import Testing

/// Runs `body` with a pipeline into a sink whose queue is in memory, behind a proxy.
func withQueue<Result>(
    _ queue: FakeQueue, _ schedule: FaultSchedule = .none, settings text: String = "{}", unparked: PipelineOptions.Unparked = .list,
    envelope: Envelope = .plain, pause: @escaping @Sendable (Duration) async -> Void = noPause, _ body: (Pipeline, FaultProxy) async throws -> Result
) async throws -> Result {
    try await FaultProxy.with(.service { queue.answer($0) }, schedule) { proxy in
        try await withServices(url: proxy.url) { services in
            let json = try JSONValue(parsing: text).setting("queue", .string(queue.url))
            let sink = try await SQSSink(settings(SQSSink.Settings.self, json.text), .test, SinkClient(services, pause: pause))
            return try await body(Pipeline.into(sink, envelope: envelope, unparked: unparked), proxy)
        }
    }
}

@Suite("The sink sqs") struct SQSSinkTests {
    @Test("A record becomes a message with attributes") func aRecordBecomesAMessage() async throws {
        let queue = FakeQueue()
        try await withQueue(queue) { pipeline, _ in
            let records = try batch([Change(number: 1, key: 5)])
            let report = try await pipeline.deliver(records)
            #expect(report.fates == [.delivered])
            let message = try #require(queue.messages.first)
            #expect(message.body == records.lines["event-1"])
            #expect(message.group == nil && message.deduplicationID == nil)
            #expect(message.attributes["kind"]?["StringValue"] == "change")
            #expect(message.attributes["table"]?["StringValue"] == "Products")
            #expect(message.attributes["op"]?["StringValue"] == "MODIFY")
        }
        try await withQueue(queue, settings: #"{"attributes":false}"#) { pipeline, _ in
            _ = try await pipeline.deliver(batch([Change(number: 2, key: 5)]))
            #expect(queue.messages.last?.attributes == [:])
        }
    }

    /// More tables and operations, by turns, than are remembered as the last.
    @Test("Each message has the attributes of its own record") func eachMessageHasItsAttributes() async throws {
        let queue = FakeQueue()
        try await withQueue(queue) { pipeline, _ in
            let operations = ["MODIFY", "INSERT", "REMOVE"]
            let changes = (0..<60).map { Change(number: $0, key: $0, table: "T\($0 % 4)", operation: operations[$0 % 3]) }
            for change in changes { _ = try await pipeline.deliver(batch([change])) }
            #expect(queue.messages.compactMap { $0.attributes["table"]?["StringValue"]?.stringValue } == changes.map(\.table))
            #expect(queue.messages.compactMap { $0.attributes["op"]?["StringValue"]?.stringValue } == changes.map(\.operation))
        }
    }

    @Test("Ten entries go into a call, the eleventh into the next") func tenEntriesGoIntoACall() async throws {
        for (count, calls) in [(10, [10]), (11, [10, 1]), (25, [10, 10, 5])] {
            let queue = FakeQueue()
            try await withQueue(queue, settings: #"{"concurrency":1}"#) { pipeline, _ in
                let report = try await pipeline.deliver(batch((0..<count).map { Change(number: $0, key: $0) }))
                #expect(report.counts.delivered == count)
                #expect(queue.calls == calls)
            }
        }
    }

    @Test("A call has up to 1,048,576 bytes, attributes counted") func aCallHasUpToAMebibyte() async throws {
        // Two messages that are together as large as a call may be, and then one byte larger.
        for (surplus, calls) in [(0, [2]), (1, [1, 1])] {
            let empty = Change(number: 0, key: 0, text: "")
            let queue = FakeQueue()
            try await withQueue(queue, settings: #"{"concurrency":1}"#) { pipeline, _ in
                let one = try size(of: empty)
                let first = Change(number: 0, key: 0, text: text(600_000 - one))
                let second = Change(number: 1, key: 1, text: text((1 << 20) - 600_000 - one + surplus))
                #expect(try size(of: first) + size(of: second) == (1 << 20) + surplus)
                let report = try await pipeline.deliver(batch([first, second]))
                #expect(report.counts.delivered == 2)
                #expect(queue.calls == calls)
            }
        }
    }

    @Test("One message may have 1,048,576 bytes, and not one more") func oneMessageMayHave() async throws {
        for (surplus, isDelivered) in [(0, true), (1, false)] {
            let queue = FakeQueue()
            try await withQueue(queue) { pipeline, _ in
                let change = Change(number: 0, key: 0, text: text((1 << 20) - (try size(of: Change(number: 0, key: 0, text: ""))) + surplus))
                let report = try await pipeline.deliver(batch([change, Change(number: 1, key: 0)]))
                #expect(report.fates[0].isDelivered == isDelivered)
                #expect(report.fates[0].isRejected == !isDelivered)
                // The later record of a rejected one's key goes on.
                #expect(report.fates[1].isDelivered)
                if !isDelivered { #expect(report.fates[0].reason.contains("1048577 bytes")) }
            }
        }
    }

    @Test("A queue's own limit is asked for at start, or told by the queue") func aQueuesOwnLimit() async throws {
        for mayAsk in [true, false] {
            let queue = FakeQueue(limits: .init(maximumMessageBytes: 2000, maximumBatchBytes: 4000, mayGetAttributes: mayAsk))
            try await withQueue(queue, settings: #"{"concurrency":1}"#) { pipeline, _ in
                let one = try size(of: Change(number: 0, key: 0, text: ""))
                var changes = (0..<8).map { Change(number: $0, key: $0, text: text(1000)) }
                changes.append(Change(number: 8, key: 8, text: text(2000 - one)))
                changes.append(Change(number: 9, key: 9, text: text(2001 - one)))
                let report = try await pipeline.deliver(batch(changes))
                #expect(report.fates.prefix(9).allSatisfy { $0.isDelivered })
                #expect(report.fates[9].isRejected)
                #expect(queue.messages.count == 9)
            }
        }
    }

    @Test("Characters that SQS does not take are rejected with the reason") func charactersThatSQSDoesNotTake() async throws {
        let queue = FakeQueue()
        try await withQueue(queue) { pipeline, _ in
            let changes = [Change(number: 0, key: 0, text: "a\u{FFFF}b"), Change(number: 1, key: 0), Change(number: 2, key: 1, text: "é☕😀\\u0000")]
            let report = try await pipeline.deliver(batch(changes))
            #expect(report.fates[0].isRejected && report.fates[0].reason.contains("U+FFFF"))
            #expect(report.fates[1].isDelivered && report.fates[2].isDelivered)
            #expect(queue.messages.count == 2)
        }
    }

    @Test("A FIFO queue's group is the ordering key, its deduplication id the record's") func aFIFOQueuesGroup() async throws {
        let queue = FakeQueue(isFIFO: true)
        try await withQueue(queue) { pipeline, _ in
            let records = try batch([Change(number: 1, key: 5), Change(number: 2, key: 6, table: text(120))])
            try await pipeline.expect(delivered: 2, of: records)
            let messages = queue.messages
            #expect(messages.map(\.deduplicationID) == ["event-1", "event-2"])
            #expect(messages[0].group == records[0].orderingKey?.text)
            // Too long for SQS: 64 hexadecimal digits in its place.
            #expect(messages[1].group?.utf8.count == 64)
        }
    }

    @Test("Records of two sources with one id are two messages, and a record that comes again is one") func recordsOfTwoSources() async throws {
        func message(_ queue: String) -> String {
            #"{"Records":[{"messageId":"1","receiptHandle":"h","body":"of \#(queue)","attributes":{"SentTimestamp":"1795000000000"},"messageAttributes":{},"#
                + #""eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-central-1:123456789012:\#(queue)","awsRegion":"eu-central-1"}]}"#
        }
        let queue = FakeQueue(isFIFO: true)
        for _ in 0..<2 {
            // A pipeline of its own each time, so that nothing but the queue remembers.
            try await withQueue(queue) { pipeline, _ in
                for source in ["mails", "orders"] { try await pipeline.expect(delivered: 1, of: batch(event: message(source))) }
            }
        }
        #expect(queue.messages.count == 2)
        #expect(Set(queue.messages.map(\.deduplicationID)).count == 2)
        #expect(queue.messages.allSatisfy { $0.deduplicationID?.utf8.count == 64 })
    }

    @Test("Ids that SQS would not take are hashed, at 129 characters and with a blank") func idsThatSQSWouldNotTake() {
        #expect(MessageComposer.identifier(text(128)) == text(128))
        #expect(MessageComposer.identifier("a!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") == "a!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
        #expect(MessageComposer.identifier("abc def") == "010971ea0013a09d91df437de2cd6f66df4dbdf78974926175d8421055ad1f62")
        for odd in [text(129), "a b", "é", "", "a\n"] {
            let id = MessageComposer.identifier(odd)
            #expect(id.utf8.count == 64 && id.utf8.allSatisfy { SQS.isID(String(UnicodeScalar($0))) })
        }
        #expect(MessageComposer.identifier("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("In a FIFO queue no call has two records of a group, unless told so") func noCallHasTwoOfAGroup() async throws {
        let changes = (0..<12).map { Change(number: $0, key: $0 % 3) }
        let queue = FakeQueue(isFIFO: true)
        try await withQueue(queue) { pipeline, _ in
            try await pipeline.expect(delivered: 12, of: batch(changes))
            #expect(queue.calls.allSatisfy { $0 <= 3 })
        }
        let packed = FakeQueue(isFIFO: true)
        try await withQueue(packed, settings: #"{"pack_groups":true,"concurrency":1}"#) { pipeline, _ in
            try await pipeline.expect(delivered: 12, of: batch(changes))
            #expect(packed.calls == [10, 2])
            #expect(packed.messages.map(\.deduplicationID) == changes.map(\.id))
        }
    }

    // MARK: Failures

    @Test("An entry that the sender is at fault for is rejected, one by one") func senderFaultIsRejected() async throws {
        let queue = FakeQueue()
        let fault = Fault.entries([1: .failed(code: "InvalidParameterValue", senderFault: true), 3: .failed(code: "InternalFailure", senderFault: false)])
        try await withQueue(queue, .list([fault], operation: "SendMessageBatch")) { pipeline, proxy in
            let report = try await pipeline.deliver(batch((0..<5).map { Change(number: $0, key: $0) }))
            #expect(report.fates.map(\.isDelivered) == [true, false, true, true, true])
            #expect(report.fates[1].isRejected && report.fates[1].reason.contains("InvalidParameterValue"))
            // Only what failed was sent again.
            #expect(proxy.exchanges.compactMap { $0.request.json?["Entries"]?.elements.count } == [5, 1])
            #expect(queue.messages.count == 4)
        }
    }

    @Test("An entry that is in neither list is sent again") func anEntryInNeitherList() async throws {
        for isDone in [false, true] {
            let queue = FakeQueue()
            try await withQueue(queue, .list([.entries([0: .unnamed(isDone: isDone)])], operation: "SendMessageBatch")) { pipeline, _ in
                let report = try await pipeline.deliver(batch([Change(number: 0, key: 0), Change(number: 1, key: 1)]))
                #expect(report.counts.delivered == 2)
                #expect(queue.messages.count == (isDone ? 3 : 2))
            }
        }
    }

    @Test("After so many attempts a record is handed back, and its key with it") func afterSoManyAttempts() async throws {
        let queue = FakeQueue(isFIFO: true)
        let schedule = FaultSchedule { request in
            let entries = request.json?["Entries"]?.elements ?? []
            let place = entries.firstIndex { $0["MessageDeduplicationId"] == "event-1" }
            return place.map { .entries([$0: .failed(code: "InternalFailure", senderFault: false)]) } ?? .none
        }
        try await withQueue(queue, schedule, settings: #"{"attempts":4}"#) { pipeline, proxy in
            // 1 and 3 have the same key.
            let report = try await pipeline.deliver(batch((0..<4).map { Change(number: $0, key: $0 % 2) }))
            #expect(report.fates.map(\.isDelivered) == [true, false, true, false])
            #expect(report.fates[1].reason.contains("InternalFailure"))
            #expect(report.fates[3].reason.contains("waits for an earlier record"))
            #expect(queue.messages.map(\.deduplicationID) == ["event-0", "event-2"])
            let sent = proxy.exchanges.flatMap { $0.request.json?["Entries"]?.elements ?? [] }.filter { $0["MessageDeduplicationId"] == "event-1" }
            #expect(sent.count == 4)
        }
    }

    @Test("Pauses grow, and what throttles is retried whoever is said to be at fault") func pausesGrow() async throws {
        let pauses = Mutex<[Duration]>([])
        let fault = Fault.entries([0: .failed(code: "ThrottlingException", senderFault: true)])
        try await withQueue(
            FakeQueue(), .list([fault, fault], operation: "SendMessageBatch"), pause: { pause in pauses.withLock { $0.append(pause) } }
        ) { pipeline, _ in
            try await pipeline.expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
        }
        let seen = pauses.withLock { $0 }
        #expect(seen.count == 2)
        #expect(seen[0] <= .milliseconds(200) && seen[1] <= .milliseconds(400))
    }

    @Test("A service that asks to be left alone for a day is asked again sooner") func aServiceThatAsksToBeLeftAlone() async throws {
        let pauses = Mutex<[Duration]>([])
        let queue = FakeQueue()
        let busy = Mutex(true)
        let service: @Sendable (ProxiedRequest) -> ProxiedAnswer = { request in
            guard request.operation == "SendMessageBatch", busy.withLock({ flag in defer { flag = false }; return flag }) else { return queue.answer(request) }
            var answer = ProxiedAnswer.error(503, "ServiceUnavailable", "come back tomorrow")
            answer.headers.append(("retry-after", "86400"))
            return answer
        }
        try await withServices(transport: FaultTransport(service), attempts: 1) { services in
            let client = SinkClient(services, pause: { pause in pauses.withLock { $0.append(pause) } })
            let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue.url)"}"#), .test, client)
            try await Pipeline.into(sink).expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
        }
        #expect(pauses.withLock { $0 } == [.seconds(20)])
    }

    @Test("A call that is too long is taken in parts") func aCallThatIsTooLong() async throws {
        let queue = FakeQueue(limits: .init(maximumBatchBytes: 3000))
        try await withQueue(queue, settings: #"{"concurrency":1}"#) { pipeline, _ in
            let changes = (0..<40).map { Change(number: $0, key: $0, text: text(500)) }
            let report = try await pipeline.deliver(batch(changes))
            #expect(report.counts.delivered == 40)
            // What was learnt is kept: few calls are in vain.
            #expect(queue.calls.filter { $0 > 4 }.count <= 2)
            #expect(queue.messages.count == 40)
        }
    }

    @Test("One entry that has a whole call refused is found and rejected, the others go") func oneEntryIsFound() async throws {
        let queue = FakeQueue()
        let schedule = FaultSchedule { request in
            let entries = request.json?["Entries"]?.elements ?? []
            return entries.contains { $0["MessageBody"]?.stringValue?.contains("event-3") == true } ? .error(status: 400, code: "InvalidMessageContents") : .none
        }
        try await withQueue(queue, schedule) { pipeline, _ in
            let report = try await pipeline.deliver(batch((0..<6).map { Change(number: $0, key: $0) }))
            #expect(report.fates.map(\.isDelivered) == [true, true, true, false, true, true])
            #expect(report.fates[3].isRejected && report.fates[3].reason.contains("InvalidMessageContents"))
        }
    }

    @Test("SQS has several names for the refusal of what is in a call", arguments: [
        ("com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue;Sender"),
        ("com.amazon.coral.service#InvalidParameterValueException", nil), ("com.amazonaws.sqs#InvalidMessageContents", nil),
        ("com.amazonaws.sqs#InvalidMessageContents", "InvalidMessageContents;Sender"), ("InvalidMessageContents", ""),
    ] as [(String, String?)])
    func namesOfARefusal(_ type: String, _ queryError: String?) async throws {
        let queue = FakeQueue()
        let transport = FaultTransport { request in
            let entries = request.json?["Entries"]?.elements ?? []
            guard entries.contains(where: { $0["MessageBody"]?.stringValue?.contains("event-3") == true }) else { return queue.answer(request) }
            return ProxiedAnswer(
                status: 400, headers: queryError.map { [("x-amzn-query-error", $0)] } ?? [], ["__type": .string(type), "message": "it cannot be taken"])
        }
        try await withServices(transport: transport) { services in
            let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue.url)"}"#), .test, SinkClient(services, pause: noPause))
            let report = try await Pipeline.into(sink).deliver(batch((0..<6).map { Change(number: $0, key: $0) }))
            #expect(report.fates.map(\.isDelivered) == [true, true, true, false, true, true])
            #expect(report.fates[3].isRejected && report.fates[3].reason.contains("it cannot be taken"))
        }
    }

    @Test("A call that is throttled, by SQS or for its key, is sent again", arguments: [
        (400, "KmsThrottled"), (400, "KMS.ThrottlingException"), (403, "RequestThrottled"), (400, "ThrottlingException"),
    ])
    func aCallThatIsThrottled(status: Int, code: String) async throws {
        let fault = Fault.error(status: status, code: code)
        try await withQueue(FakeQueue(), .list([fault, fault], operation: "SendMessageBatch")) { pipeline, _ in
            try await pipeline.expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
        }
    }

    @Test("What lasts ends the sending at once, and rejects nothing") func whatLastsEndsTheSending() async throws {
        for code in ["AccessDeniedException", "AWS.SimpleQueueService.NonExistentQueue", "InvalidSignatureException"] {
            let queue = FakeQueue()
            let schedule = FaultSchedule { $0.operation == "SendMessageBatch" ? .error(status: 403, code: code) : .none }
            try await withQueue(queue, schedule, settings: #"{"concurrency":1}"#) { pipeline, proxy in
                let report = try await pipeline.deliver(batch((0..<100).map { Change(number: $0, key: $0) }))
                #expect(report.counts.retry == 100)
                #expect(report.fates.allSatisfy { $0.reason.contains(code) })
                #expect(proxy.exchanges.filter { $0.request.operation == "SendMessageBatch" }.count == 1)
            }
        }
    }

    @Test("A service that is down is given up after three calls") func aServiceThatIsDown() async throws {
        let schedule = FaultSchedule { $0.operation == "SendMessageBatch" ? .error(status: 503, code: "ServiceUnavailable") : .none }
        try await withQueue(FakeQueue(), schedule, settings: #"{"concurrency":1}"#) { pipeline, proxy in
            let report = try await pipeline.deliver(batch((0..<100).map { Change(number: $0, key: $0) }))
            #expect(report.counts.retry == 100)
            // Three calls of three attempts each.
            #expect(proxy.exchanges.filter { $0.request.operation == "SendMessageBatch" }.count == 9)
        }
    }

    @Test("Where rejected records block, the later ones of the key wait") func whereRejectedRecordsBlock() async throws {
        let queue = FakeQueue()
        try await withQueue(queue, unparked: .retry) { pipeline, _ in
            let changes = [Change(number: 0, key: 0, text: "\u{FFFF}"), Change(number: 1, key: 0), Change(number: 2, key: 1)]
            let report = try await pipeline.deliver(batch(changes))
            #expect(report.fates.map(\.isRetry) == [true, true, false])
            #expect(queue.messages.count == 1)
        }
    }

    @Test("Bytes that arrive damaged, and attributes that did not arrive, are no success", arguments: [
        ("MD5OfMessageBody", "00000000000000000000000000000000"), ("MD5OfMessageAttributes", "00000000000000000000000000000000"), ("MD5OfMessageAttributes", nil),
    ] as [(String, String?)])
    func bytesThatArriveDamaged(_ name: String, _ digest: String?) async throws {
        let queue = FakeQueue()
        let told: JSONValue = if let digest { .string(digest) } else { .null }
        let damaged = Mutex(0)
        try await FaultProxy.with(.service { request in
            var answer = queue.answer(request)
            if request.operation == "SendMessageBatch", damaged.withLock({ $0 += 1; return $0 }) <= 1 {
                let text = String(decoding: answer.body, as: UTF8.self)
                let entries = (answer.json?["Successful"]?.elements ?? []).map { $0.setting(name, told) }
                #expect(text.contains(name))
                answer = ProxiedAnswer((answer.json ?? .null).setting("Successful", .array(entries)))
            }
            return answer
        }) { proxy in
            try await withServices(url: proxy.url) { services in
                let sink = try await SQSSink(settings(SQSSink.Settings.self, #"{"queue":"\#(queue.url)","attempts":1}"#), .test, SinkClient(services))
                let pipeline = try Pipeline.into(sink)
                let first = try await pipeline.deliver(batch([Change(number: 0, key: 0)]))
                #expect(first.counts.retry == 1 && first.fates[0].reason.contains("MD5"))
                try await pipeline.expect(delivered: 1, of: batch([Change(number: 0, key: 0)]))
            }
        }
    }

    @Test("Near the deadline nothing more is sent, and the answer is there in time") func nearTheDeadline() async throws {
        let queue = FakeQueue()
        // The second call gets no answer.
        let calls = Mutex(0)
        let schedule = FaultSchedule { request in
            guard request.operation == "SendMessageBatch" else { return .none }
            return calls.withLock { $0 += 1; return $0 } == 2 ? .stall(isDone: false) : .none
        }
        try await withQueue(queue, schedule, settings: #"{"concurrency":1}"#) { pipeline, _ in
            let deadline = ContinuousClock.now + .seconds(6)
            let report = try await pipeline.deliver(batch((0..<30).map { Change(number: $0, key: $0) }), before: deadline)
            #expect(report.counts.delivered == 10 && report.counts.retry == 20)
            #expect(report.fates[29].reason.contains("deadline"))
        }
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: max(0, count)) }

    /// What SQS counts for the message of a change.
    private func size(of change: Change) throws -> Int {
        let body = try #require(try batch([change]).lines[change.id])
        return SQS.size(of: .init(id: "0", body: body, attributes: ["kind": .string("change"), "table": .string(change.table), "op": .string(change.operation)]))
    }
}
#endif
