// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import JSONTape
import StreamRecords
import Testing

@Suite("Batches that are taken in part") struct BatchAnswerTests {
    private func services(_ body: String) -> AWSServices { AWSServices(ScriptedTransport(HTTPResponse(200, [:], body))) }

    private func send(_ body: String, _ entries: [SQS.SendEntry]) async throws -> [Result<SQS.SentMessage, SQS.EntryFailure>] {
        try await services(body).sqs.sendMessageBatch(.init(queueURL: "q", entries: entries)).entries
    }

    @Test("SQS: each entry has its result, in the order of the request") func sqsEachEntryHasItsResult() async throws {
        let body = """
            {"Successful":[{"Id":"c","MessageId":"m-c","MD5OfMessageBody":"\(MessageDigest.told(of: "C"))","SequenceNumber":"17"}],
             "Failed":[{"Id":"a","Code":"InternalFailure","SenderFault":false},{"Id":"b","Code":"InvalidParameterValue","Message":"no","SenderFault":true}]}
            """
        let entries = ["a", "b", "c"].map { SQS.SendEntry(id: $0, body: $0.uppercased()) }
        let results = try await send(body, entries)
        #expect(results[0] == .failure(.init(code: "InternalFailure", message: nil, isSenderFault: false)))
        #expect(results[1] == .failure(.init(code: "InvalidParameterValue", message: "no", isSenderFault: true)))
        #expect(results[2] == .success(.init(messageID: "m-c", sequenceNumber: "17")))
    }

    @Test("SQS: an entry that the answer does not name is no success") func sqsAnEntryThatTheAnswer() async throws {
        for body in ["{}", #"{"Successful":[],"Failed":null}"#, #"{"Successful":[{"Id":"other","MessageId":"m","MD5OfMessageBody":"x"}]}"#] {
            let results = try await send(body, [SQS.SendEntry(id: "a", body: "A")])
            #expect(results.map { (try? $0.get()) == nil } == [true], "\(body)")
            if case .failure(let error) = results[0] { #expect(error.code == "NoAnswer" && !error.isSenderFault) }
        }
    }

    @Test("SQS: an entry in both lists failed") func sqsAnEntryInBothLists() async throws {
        let body = #"{"Successful":[{"Id":"a","MessageId":"m","MD5OfMessageBody":"\#(MessageDigest.told(of: "A"))"}],"Failed":[{"Id":"a","Code":"X","SenderFault":false}]}"#
        #expect(try await send(body, [SQS.SendEntry(id: "a", body: "A")]) == [.failure(.init(code: "X", message: nil, isSenderFault: false))])
    }

    @Test("SQS: other bytes than were sent are told by their MD5, of body and attributes") func sqsOtherBytesThanWereSent() async throws {
        let entry = SQS.SendEntry(id: "a", body: "A", attributes: ["k": .string("v"), "n": .number("1"), "b": .binary([0, 255])])
        let attributes = try #require(MessageDigest.of(entry.attributes).map { Hexadecimal.text($0) })
        func answer(_ body: String, _ attributes: String) -> String {
            #"{"Successful":[{"Id":"a","MessageId":"m","MD5OfMessageBody":"\#(body)","MD5OfMessageAttributes":"\#(attributes)"}]}"#
        }
        #expect(try await send(answer(MessageDigest.told(of: "A"), attributes), [entry]) == [.success(.init(messageID: "m", sequenceNumber: nil))])
        for body in [answer(MessageDigest.told(of: "B"), attributes), answer(MessageDigest.told(of: "A"), MessageDigest.told(of: "x"))] {
            guard case .failure(let error) = try await send(body, [entry])[0] else {
                Issue.record("taken as a success: \(body)")
                continue
            }
            #expect(error.code == "ChecksumMismatch")
        }
    }

    @Test("SQS: attributes of which no MD5 is told were not taken, and those that were not sent have none") func sqsAttributesOfWhichNo() async throws {
        let plain = SQS.SendEntry(id: "a", body: "A")
        let entry = SQS.SendEntry(id: "a", body: "A", attributes: ["k": .string("v")])
        let digest = try #require(MessageDigest.of(entry.attributes).map { Hexadecimal.text($0) })
        func answer(_ more: String) -> String { #"{"Successful":[{"Id":"a","MessageId":"m","MD5OfMessageBody":"\#(MessageDigest.told(of: "A"))"\#(more)}]}"# }
        let taken: Result<SQS.SentMessage, SQS.EntryFailure> = .success(.init(messageID: "m", sequenceNumber: nil))
        #expect(try await send(answer(""), [plain]) == [taken])
        #expect(try await send(answer(#","MD5OfMessageAttributes":"\#(digest)""#), [entry]) == [taken])
        for (more, entry) in [("", entry), (#","MD5OfMessageAttributes":null"#, entry), (#","MD5OfMessageAttributes":"\#(digest)""#, plain)] {
            guard case .failure(let error) = try await send(answer(more), [entry])[0] else {
                Issue.record("taken as a success: \(more)")
                continue
            }
            #expect(error.code == "ChecksumMismatch" && !error.isSenderFault)
        }
    }

    @Test("SQS: only the whole digest counts, in small digits", arguments: [
        "", "7fc56270e7a70fa81a5935b72eacbe2", "7fc56270e7a70fa81a5935b72eacbe290", "7FC56270E7A70FA81A5935B72EACBE29", "7fc56270e7a70fa81a5935b72eacbe28",
    ])
    func sqsOnlyTheWholeDigest(_ digest: String) async throws {
        func answer(_ digest: String) -> String { #"{"Successful":[{"Id":"a","MessageId":"m","MD5OfMessageBody":"\#(digest)"}]}"# }
        let entries = [SQS.SendEntry(id: "a", body: "A")]
        #expect(try await send(answer("7fc56270e7a70fa81a5935b72eacbe29"), entries) == [.success(.init(messageID: "m", sequenceNumber: nil))])
        guard case .failure(let error) = try await send(answer(digest), entries)[0] else {
            Issue.record("taken as a success: \(digest)")
            return
        }
        #expect(error.code == "ChecksumMismatch")
    }

    @Test("SQS: an answer is read whatever its escapes and the order of its members") func sqsAnAnswerIsReadWhatever() async throws {
        let body = #"{"\u0053uccessful":[{"MD5OfMessageBody":"\u0037fc56270e7a70fa81a5935b72eacbe29","MessageId":"\u006d","\u0049d":"\u0061","x":[{}]}],"Failed":[]}"#
        #expect(try await send(body, [SQS.SendEntry(id: "a", body: "A")]) == [.success(.init(messageID: "m", sequenceNumber: nil))])
    }

    @Test("SQS: an answer of another form is none", arguments: [
        "", "[]", #"{"Successful":{}}"#, #"{"Successful":["a"]}"#, #"{"Successful":[{"MessageId":"m"}]}"#, #"{"Successful":[{"Id":1}]}"#,
        #"{"Successful":[{"Id":null}]}"#, #"{"Successful":[{"Id":"a","MD5OfMessageBody":7}]}"#,
        #"{"Successful":[{"Id":"a","MD5OfMessageBody":"7fc56270e7a70fa81a5935b72eacbe29"}]}"#, #"{"Failed":{}}"#, #"{"Failed":[{"Code":"X"}]}"#,
    ])
    func sqsAnAnswerOfAnotherForm(_ body: String) async {
        #expect(await failure { try await send(body, [SQS.SendEntry(id: "a", body: "A")]) }?.code == .unreadableAnswer)
    }

    @Test("The digests are MD5's") func theDigestsAreMD5S() {
        #expect(MessageDigest.told(of: "") == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(MessageDigest.told(of: "The quick brown fox jumps over the lazy dog") == "9e107d9d372bb6826bd81d3542a419d6")
        #expect(MessageDigest.of([:]) == nil)
    }

    @Test("SQS: deletions have their results too") func sqsDeletionsHaveTheirResultsToo() async throws {
        let body = #"{"Successful":[{"Id":"1"}],"Failed":[{"Id":"0","Code":"ReceiptHandleIsInvalid","SenderFault":true}]}"#
        let results = try await services(body).sqs.deleteMessageBatch(.init(queueURL: "q", receiptHandles: ["x", "y", "z"])).entries
        #expect(results.map { (try? $0.get()) != nil } == [false, true, false])
    }

    @Test("SQS: a received body that is damaged is an error") func sqsAReceivedBodyThatIs() async {
        let body = #"{"Messages":[{"MessageId":"m","ReceiptHandle":"r","Body":"A","MD5OfBody":"00"}]}"#
        #expect(await failure { try await services(body).sqs.receiveMessage(.init(queueURL: "q")) }?.code == .unreadableAnswer)
    }

    @Test("EventBridge: results stand at the places of the entries") func eventbridgeResultsStandAtThePlaces() async throws {
        let entries = (0..<3).map { EventBridge.PutEventsEntry(source: "s", detailType: "t", detail: "{\"n\":\($0)}") }
        let body = #"{"FailedEntryCount":2,"Entries":[{"ErrorCode":"InternalFailure","ErrorMessage":"x"},{"EventId":"e-1"},{"ErrorCode":"MalformedDetail"}]}"#
        let results = try await services(body).eventBridge.putEvents(.init(entries: entries)).entries
        #expect(results == [
            .failure(.init(code: "InternalFailure", message: "x")), .success("e-1"), .failure(.init(code: "MalformedDetail", message: nil)),
        ])
        #expect(results.map { if case .failure(let error) = $0 { error.isRetryable } else { false } } == [true, false, false])
    }

    @Test("EventBridge: an answer with other than as many results is no success", arguments: [#"{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}"#, "{}", #"{"FailedEntryCount":0}"#])
    func eventbridgeAnAnswerWithOtherThan(_ body: String) async {
        let entries = (0..<2).map { EventBridge.PutEventsEntry(source: "s", detailType: "t", detail: "{\"n\":\($0)}") }
        #expect(await failure { try await services(body).eventBridge.putEvents(.init(entries: entries)) }?.code == .unreadableAnswer)
    }

    @Test("EventBridge: a count of failures that are not among the entries is no success", arguments: [
        #"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"EventId":"2"}]}"#, #"{"FailedEntryCount":2,"Entries":[{"ErrorCode":"X"},{"EventId":"2"}]}"#,
        #"{"FailedEntryCount":0,"Entries":[{"ErrorCode":"X"},{"EventId":"2"}]}"#, #"{"FailedEntryCount":2,"Entries":[{},{"EventId":"2"}]}"#,
        #"{"FailedEntryCount":-1,"Entries":[{"EventId":"1"},{"EventId":"2"}]}"#, #"{"FailedEntryCount":"0","Entries":[{"EventId":"1"},{"EventId":"2"}]}"#,
    ])
    func eventbridgeACountOfFailures(_ body: String) async {
        let entries = (0..<2).map { EventBridge.PutEventsEntry(source: "s", detailType: "t", detail: "{\"n\":\($0)}") }
        let error = await failure { try await services(body).eventBridge.putEvents(.init(entries: entries)) }
        #expect(error?.code == .unreadableAnswer)
        #expect(error?.message.contains("FailedEntryCount") == true, "\(error?.message ?? "")")
    }

    /// Whether EventBridge counts an entry of which it tells nothing is not known; it is a failure either way.
    @Test("EventBridge: an entry of which nothing is told may be counted or not", arguments: [#""FailedEntryCount":0,"#, #""FailedEntryCount":1,"#, ""])
    func eventbridgeAnEntryOfWhich(_ count: String) async throws {
        let entries = (0..<2).map { EventBridge.PutEventsEntry(source: "s", detailType: "t", detail: "{\"n\":\($0)}") }
        let results = try await services(#"{\#(count)"Entries":[{},{"EventId":"2"}]}"#).eventBridge.putEvents(.init(entries: entries)).entries
        #expect((try? results[0].get()) == nil)
        #expect(results[1] == .success("2"))
    }

    @Test("DynamoDB: what was left over comes back as it was sent") func dynamodbWhatWasLeftOverComes() async throws {
        let body = #"{"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"id":{"S":"1"},"n":{"N":"1.50"}}}},{"DeleteRequest":{"Key":{"id":{"S":"2"}}}}]}}"#
        let writes: [String: [DynamoDB.BatchWrite]] = ["t": [.put(["id": "1", "n": .number(DynamoDBNumber("1.50") ?? 0)]), .delete(["id": "2"])]]
        let result = try await services(body).dynamoDB.batchWriteItem(.init(writes: writes))
        #expect(result.unprocessed == writes)
        #expect(try await services("{}").dynamoDB.batchWriteItem(.init(writes: writes)).unprocessed.isEmpty)
    }

    @Test("DynamoDB: a cancelled transaction tells the reason at each place") func dynamodbACancelledTransactionTellsThe() async {
        let body = """
            {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled","CancellationReasons":[
             {"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"failed","Item":{"id":{"S":"1"}}},{"Code":"TransactionConflict"}]}
            """
        let aws = AWSServices(ScriptedTransport(HTTPResponse(400, [:], body)))
        let put = DynamoDB.TransactWrite.put(.init(table: "t", item: ["id": "1"], returnsConflictingItem: true))
        let error = await failure { try await aws.dynamoDB.transactWriteItems(.init(writes: [put])) }
        #expect(error?.cancellationReasons.map(\.code) == ["None", "ConditionalCheckFailed", "TransactionConflict"])
        #expect(error?.cancellationReasons[1].item == ["id": "1"])
        #expect(error?.cancellationReasons[0].isNone == true)
        #expect(error?.isRetryable == false)
    }

    @Test("DynamoDB: a failed condition can tell the item that is there") func dynamodbAFailedConditionCanTell() async {
        let body = #"{"__type":"ConditionalCheckFailedException","message":"The conditional request failed","Item":{"id":{"S":"1"},"v":{"N":"2"}}}"#
        let aws = AWSServices(ScriptedTransport(HTTPResponse(400, [:], body)))
        let error = await failure { try await aws.dynamoDB.putItem(.init(table: "t", item: ["id": "1"], condition: "c", returnsConflictingItem: true)) }
        #expect(error?.isConditionFailed == true)
        #expect(error?.conflictingItem == ["id": "1", "v": 2])
        #expect(error?.cancellationReasons.isEmpty == true)
    }
}

#endif
