// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import StreamRecords
import Testing

/// What goes out, byte for byte, where a server that is lenient would not notice.
@Suite("Requests as they go out") struct RequestTests {
    private func sent(_ answer: HTTPResponse = HTTPResponse(), _ call: (AWSServices) async throws -> Void) async throws -> HTTPRequest {
        let transport = ScriptedTransport(answer)
        try? await call(AWSServices(transport))
        return try #require(transport.requests.first)
    }

    @Test("DynamoDB: JSON 1.0 with a target") func dynamodbJSON10WithA() async throws {
        let put = DynamoDB.PutItemRequest(
            table: "t", item: ["id": "1", "n": 2, "s": .stringSet(["a"]), "b": .binary([1, 2]), "l": [true, .null]], condition: "attribute_not_exists(#i)",
            parts: .init(names: ["#i": "id"], values: [":v": "x"]), returnValues: .allOld, returnsConflictingItem: true)
        let request = try await sent { _ = try await $0.dynamoDB.putItem(put) }
        #expect(request.method == "POST" && request.url == "https://dynamodb.eu-central-1.amazonaws.com/")
        #expect(request.header("content-type") == "application/x-amz-json-1.0")
        #expect(request.header("x-amz-target") == "DynamoDB_20120810.PutItem")
        #expect(
            request.text
                == #"{"TableName":"t","Item":{"id":{"S":"1"},"n":{"N":"2"},"s":{"SS":["a"]},"b":{"B":"AQI="},"l":{"L":[{"BOOL":true},{"NULL":true}]}},"#
                + ##""ConditionExpression":"attribute_not_exists(#i)","ExpressionAttributeNames":{"#i":"id"},"ExpressionAttributeValues":{":v":{"S":"x"}},"##
                + #""ReturnValuesOnConditionCheckFailure":"ALL_OLD","ReturnValues":"ALL_OLD"}"#)
    }

    @Test("DynamoDB: a batch of puts and deletes") func dynamodbABatchOfPutsAnd() async throws {
        let writes: [String: [DynamoDB.BatchWrite]] = ["b": [.delete(["id": "2"])], "a": [.put(["id": "1"]), .delete(["id": "3"])]]
        let request = try await sent { _ = try await $0.dynamoDB.batchWriteItem(.init(writes: writes)) }
        #expect(
            request.text
                == #"{"RequestItems":{"a":[{"PutRequest":{"Item":{"id":{"S":"1"}}}},{"DeleteRequest":{"Key":{"id":{"S":"3"}}}}],"b":[{"DeleteRequest":{"Key":{"id":{"S":"2"}}}}]}}"#)
    }

    @Test("EventBridge: JSON 1.1, times in seconds") func eventbridgeJSON11TimesIn() async throws {
        let entry = EventBridge.PutEventsEntry(
            bus: "bus", source: "s", detailType: "t", detail: "{}", resources: ["arn"], time: Timestamp(milliseconds: 1_700_000_000_999), traceHeader: "Root=1")
        let request = try await sent { _ = try await $0.eventBridge.putEvents(.init(entries: [entry])) }
        #expect(request.url == "https://events.eu-central-1.amazonaws.com/")
        #expect(request.header("content-type") == "application/x-amz-json-1.1")
        #expect(request.header("x-amz-target") == "AWSEvents.PutEvents")
        #expect(request.header("authorization")?.contains("/eu-central-1/events/aws4_request") == true)
        #expect(
            request.text
                == #"{"Entries":[{"EventBusName":"bus","Source":"s","DetailType":"t","Detail":"{}","Resources":["arn"],"Time":1700000000,"TraceHeader":"Root=1"}]}"#)
    }

    @Test("Lambda: an ARN in the path is encoded once, and what the answer's headers say is read") func lambdaAnARNInThePath() async throws {
        let transport = ScriptedTransport(
            HTTPResponse(
                200, ["X-Amz-Function-Error": "Unhandled", "X-Amz-Log-Result": "TE9H", "X-Amz-Executed-Version": "3", "x-amzn-RequestId": "r"],
                #"{"errorMessage":"x"}"#))
        let result = try await AWSServices(transport).lambda.invoke(
            .init(function: "arn:aws:lambda:eu-central-1:1:function:f", qualifier: "$LATEST", payload: Array("{}".utf8), returnsLog: true, clientContext: Array("{}".utf8)))
        let request = try #require(transport.requests.first)
        #expect(
            request.url
                == "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A1%3Afunction%3Af/invocations?Qualifier=%24LATEST")
        #expect(request.header("x-amz-invocation-type") == "RequestResponse")
        #expect(request.header("x-amz-log-type") == "Tail")
        #expect(request.header("x-amz-client-context") == "e30=")
        #expect(result.functionError == "Unhandled")
        #expect(result.log == Array("LOG".utf8))
        #expect(result.executedVersion == "3" && result.requestID == "r" && result.status == 200)
        #expect(result.payload == Array(#"{"errorMessage":"x"}"#.utf8))
    }

    @Test("S3: the bucket in the host's name, the key encoded once, the body's hash signed") func s3TheBucketInTheHost() async throws {
        let request = try await sent {
            _ = try await $0.s3.putObject(
                .init(bucket: "bucket", key: "a b//é/../c", body: [1], contentType: "t/s", onlyIfAbsent: true, metadata: ["Id": "x"], storageClass: "STANDARD_IA"))
        }
        #expect(request.method == "PUT" && request.url == "https://bucket.s3.eu-central-1.amazonaws.com/a%20b//%C3%A9/../c")
        #expect(request.header("if-none-match") == "*")
        #expect(request.header("x-amz-meta-id") == "x")
        #expect(request.header("x-amz-storage-class") == "STANDARD_IA")
        #expect(request.header("x-amz-content-sha256") == PayloadHash(of: [1]).text)
        #expect(
            request.header("authorization")?.contains(
                "SignedHeaders=content-type;host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-meta-id;x-amz-storage-class,") == true)
    }

    @Test("SQS: FIFO ids, delays and attributes") func sqsFIFOIdsDelaysAndAttributes() async throws {
        let entry = SQS.SendEntry(
            id: "1", body: "b", attributes: ["a": .string("v"), "b": .binary([1])], delaySeconds: 5, groupID: "g", deduplicationID: "d")
        let request = try await sent { _ = try await $0.sqs.sendMessageBatch(.init(queueURL: "https://q", entries: [entry])) }
        #expect(request.header("x-amz-target") == "AmazonSQS.SendMessageBatch")
        #expect(
            request.text
                == #"{"QueueUrl":"https://q","Entries":[{"Id":"1","MessageBody":"b","DelaySeconds":5,"MessageGroupId":"g","MessageDeduplicationId":"d","#
                + #""MessageAttributes":{"a":{"DataType":"String","StringValue":"v"},"b":{"DataType":"Binary","BinaryValue":"AQ=="}}}]}"#)
    }
}

#endif
