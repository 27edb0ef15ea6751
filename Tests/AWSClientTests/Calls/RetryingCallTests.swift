// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import AWSSigner
import AWSTestSupport
import StreamRecords
import Synchronization
import Testing
import TestSupport

@Suite("Calls that are tried again") struct RetryingCallTests {
    private let request = DynamoDB.GetItemRequest(table: "t", key: ["id": "1"])
    private let throttled = HTTPResponse(400, ["x-amzn-requestid": "r"], #"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#)

    @Test("What passes is tried again, signed anew, after the back-off") func whatPassesIsTriedAgainSigned() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport([.success(throttled), .failure(.init(.connection, "reset")), .success(HTTPResponse())])
        let aws = AWSServices(transport, clock: clock)
        #expect(try await aws.dynamoDB.getItem(request).item == nil)
        #expect(clock.waits == [.seconds(1), .seconds(2)])
        #expect(Set(transport.requests.map { $0.header("authorization") }).count == 3)
    }

    @Test("The last failure is told, with what it happened to") func theLastFailureIsToldWith() async {
        let transport = ScriptedTransport(throttled)
        let error = await failure { try await AWSServices(transport).dynamoDB.getItem(request) }
        #expect(transport.requests.count == 3)
        #expect(error?.code == .service)
        #expect(error?.serviceCode == "ThrottlingException")
        #expect(error?.isThrottling == true && error?.isRetryable == true)
        #expect(error?.attempts == 3)
        #expect(error?.requestID == "r")
        #expect(error?.description == "DynamoDB GetItem: ThrottlingException: slow down (status 400, request id r, 3 attempts)")
    }

    @Test("An error has the name of the query protocol where the answer tells it, as SQS does", arguments: [
        ("AWS.SimpleQueueService.NonExistentQueue;Sender", "AWS.SimpleQueueService.NonExistentQueue"), (nil, "QueueDoesNotExist"), ("", "QueueDoesNotExist"),
        (";Sender", "QueueDoesNotExist"), ("Other", "QueueDoesNotExist"), ("Other;Sender;", "QueueDoesNotExist"),
    ] as [(String?, String)])
    func namesOfErrors(_ header: String?, _ code: String) async {
        let body = #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"#
        let transport = ScriptedTransport(HTTPResponse(400, header.map { ["x-amzn-query-error": $0] } ?? [:], body))
        let error = await failure { try await AWSServices(transport).sqs.getQueueURL(name: "q") }
        #expect(error?.serviceCode == code && error?.isNotFound == true && error?.isRetryable == false)
    }

    @Test("A key's service that throttles is tried again") func aKeysServiceThatThrottles() async throws {
        let throttled = HTTPResponse(400, ["x-amzn-query-error": "KMS.ThrottlingException;Sender"], #"{"__type":"com.amazonaws.sqs#KmsThrottled"}"#)
        let transport = ScriptedTransport(throttled, HTTPResponse(200, [:], #"{"QueueUrl":"u"}"#))
        #expect(try await AWSServices(transport).sqs.getQueueURL(name: "q") == "u")
    }

    @Test("Attempts are a setting") func attemptsAreASetting() async {
        let transport = ScriptedTransport(HTTPResponse(500))
        _ = await failure { try await AWSServices(transport, attempts: 5).dynamoDB.getItem(request) }
        #expect(transport.requests.count == 5)
        let fewer = ScriptedTransport(HTTPResponse(500))
        _ = await failure { try await AWSServices(fewer, attempts: 5).with(attempts: 2).dynamoDB.getItem(request) }
        #expect(fewer.requests.count == 2)
        let once = ScriptedTransport([.failure(.init(.timeout, "slow"))])
        let error = await failure { try await AWSServices(once, environment: ["AWS_MAX_ATTEMPTS": "1"]).dynamoDB.getItem(request) }
        #expect(once.requests.count == 1)
        #expect(error?.code == .timeout && error?.isRetryable == true)
    }

    @Test("A deadline that has passed, or that a wait would pass, ends it") func aDeadlineThatHasPassedOr() async {
        let transport = ScriptedTransport(throttled)
        let aws = AWSServices(transport)
        let late = await failure { try await aws.dynamoDB.getItem(request, deadline: .now - .seconds(1)) }
        #expect(late?.code == .timeout && late?.isRetryable == true)
        #expect(transport.requests.isEmpty)
        // The service asks for a pause that the deadline leaves no room for.
        let patient = ScriptedTransport(HTTPResponse(503, ["Retry-After": "20"]))
        let soon = await failure { try await AWSServices(patient).dynamoDB.getItem(request, deadline: .now + .seconds(19)) }
        #expect(soon?.httpStatus == 503 && soon?.retryAfter == .seconds(20))
        #expect(patient.requests.count == 1)
    }

    @Test("An attempt gets no more time than the deadline leaves") func anAttemptGetsNoMoreTime() async throws {
        final class Watching: HTTPTransport {
            let timeouts = Mutex<[Duration]>([])
            func send(_ request: HTTPRequest, timeout: Duration, maximumAnswer maximum: Int) async throws(HTTPTransportError) -> HTTPResponse {
                timeouts.withLock { $0.append(timeout) }
                return HTTPResponse()
            }
            func shutdown() async {}
        }
        let transport = Watching()
        let aws = AWSServices(transport)
        _ = try await aws.dynamoDB.getItem(request)
        _ = try await aws.dynamoDB.getItem(request, deadline: .now + .seconds(7))
        _ = try await aws.with(attempts: 1, attemptTimeout: .seconds(3)).dynamoDB.getItem(request)
        let timeouts = transport.timeouts.withLock { $0 }
        #expect(timeouts[0] == .seconds(30))
        #expect(timeouts[2] == .seconds(3))
        #expect(timeouts[1] <= .seconds(7) && timeouts[1] > .zero)
    }

    @Test("A cancelled task ends while it waits") func aCancelledTaskEndsWhileIt() async {
        let transport = ScriptedTransport(HTTPResponse(500))
        var configuration = AWSConfiguration(region: "r", environment: [:], logger: .silent)
        configuration.credentials = StaticCredentials(SigningCredentials(accessKeyID: "a", secretAccessKey: "b"))
        configuration.transport = transport
        let (waiting, began) = AsyncStream<Void>.makeStream()
        configuration.clock = AWSClock(now: { Timestamp(milliseconds: 0) }, sleep: { _ in
            began.yield()
            try await Task.sleep(for: .seconds(3600))
        })
        let aws = AWSServices(configuration)
        let task = Task { await failure { try await aws.dynamoDB.getItem(request) } }
        for await _ in waiting { break }
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(transport.requests.count == 1)
    }

    // MARK: Clock and credentials

    @Test("A clock that is wrong is corrected by the answer's date, for this call and the next") func aClockThatIsWrongIs() async throws {
        let clock = TestClock("2026-11-20T15:00:00Z")
        let skewed = HTTPResponse(
            403, ["Date": "Fri, 20 Nov 2026 17:00:00 GMT"], #"{"__type":"InvalidSignatureException","message":"Signature not yet current"}"#)
        let transport = ScriptedTransport(skewed, HTTPResponse())
        let aws = AWSServices(transport, clock: clock, attempts: 1)
        _ = try await aws.dynamoDB.getItem(request)
        _ = try await aws.dynamoDB.getItem(request)
        #expect(transport.requests.map { $0.header("x-amz-date") } == ["20261120T150000Z", "20261120T170000Z", "20261120T170000Z"])
        #expect(clock.waits.isEmpty)
    }

    @Test("A signature that is wrong for another reason is an error") func aSignatureThatIsWrongFor() async {
        let transport = ScriptedTransport(HTTPResponse(403, ["Date": "Fri, 20 Nov 2026 15:00:05 GMT"], #"{"__type":"InvalidSignatureException"}"#))
        let error = await failure { try await AWSServices(transport, clock: TestClock("2026-11-20T15:00:00Z")).dynamoDB.getItem(request) }
        #expect(error?.serviceCode == "InvalidSignatureException" && error?.isRetryable == false)
        #expect(transport.requests.count == 1)
    }

    /// Other keys each time.
    private final class Fresh: CredentialProvider {
        let count = Mutex(0)
        func credentials() async throws(AWSError) -> AWSCredentials? {
            let number = count.withLock {
                $0 += 1
                return $0
            }
            return AWSCredentials(SigningCredentials(accessKeyID: "AKID\(number)", secretAccessKey: "s", sessionToken: "t\(number)"), source: "test")
        }
    }

    private func services(_ transport: ScriptedTransport, _ credentials: any CredentialProvider) -> AWSServices {
        var configuration = AWSConfiguration(region: "r", environment: [:], logger: .silent)
        configuration.credentials = credentials
        configuration.transport = transport
        configuration.clock = TestClock().clock
        return AWSServices(configuration)
    }

    private let expired = HTTPResponse(400, [:], #"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"expired"}"#)

    @Test("Keys that have expired are got anew once") func keysThatHaveExpiredAreGot() async throws {
        let transport = ScriptedTransport(expired, HTTPResponse())
        let credentials = Fresh()
        _ = try await services(transport, credentials).dynamoDB.getItem(request)
        #expect(transport.requests.map { $0.header("x-amz-security-token") } == ["t1", "t2"])
        let never = ScriptedTransport(expired)
        let error = await failure { try await services(never, Fresh()).dynamoDB.getItem(request) }
        #expect(error?.serviceCode == "ExpiredTokenException")
        #expect(never.requests.count == 2)
    }

    @Test("The same keys again are not tried again") func theSameKeysAgainAreNot() async {
        let transport = ScriptedTransport(expired)
        let error = await failure { try await AWSServices(transport).dynamoDB.getItem(request) }
        #expect(error?.serviceCode == "ExpiredTokenException")
        #expect(transport.requests.count == 1)
    }

    // MARK: The bucket

    @Test("While everything fails, further tries run out, and success brings them back") func whileEverythingFailsFurtherTriesRun() async {
        let transport = ScriptedTransport(HTTPResponse(503))
        let aws = AWSServices(transport)
        for _ in 0..<50 { _ = await failure { try await aws.dynamoDB.getItem(request) } }
        // 500 tokens pay for 100 further tries; the other calls were made once each.
        #expect(transport.requests.count == 150)
        _ = await failure { try await aws.dynamoDB.getItem(request) }
        #expect(transport.requests.count == 151)
        // Another service has a bucket of its own.
        _ = await failure { try await aws.sqs.getQueueURL(name: "q") }
        #expect(transport.requests.count == 154)
    }
}

@Suite("Errors of services") struct ServiceErrorTests {
    private func error(_ response: HTTPResponse, _ call: (AWSServices) async throws -> Void) async -> AWSError? {
        await failure { try await call(AWSServices(ScriptedTransport(response), attempts: 1)) }
    }

    @Test("The code of a JSON service is read from header or body, bare", arguments: [
        (["x-amzn-errortype": "ResourceNotFoundException:http://internal.amazon.com/"], "{}"),
        ([:], #"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#), ([:], #"{"code":"ResourceNotFoundException"}"#),
        (["X-Amzn-ErrorType": "ResourceNotFoundException"], ""),
    ])
    func theCodeOfAJSONService(_ headers: [String: String], _ body: String) async {
        let error = await error(HTTPResponse(400, headers, body)) { _ = try await $0.dynamoDB.describeTable("t") }
        #expect(error?.serviceCode == "ResourceNotFoundException")
        #expect(error?.isNotFound == true)
        #expect(error?.isRetryable == false)
    }

    @Test("What is no error of AWS shows its beginning") func whatIsNoErrorOfAWS() async {
        let error = await error(HTTPResponse(502, [:], "<html>\n <body>Bad  Gateway</body></html>")) { _ = try await $0.sqs.getQueueURL(name: "q") }
        #expect(error?.message == "an answer that is no error of AWS: <html> <body>Bad Gateway</body></html>")
        #expect(error?.isRetryable == true)
    }

    @Test("A page of a proxy that is sound XML shows its beginning, too") func aPageOfAProxyThat() async {
        let page = "<html xmlns='http://www.w3.org/1999/xhtml'><body>\n<h1>Blocked</h1></body></html>"
        let error = await error(HTTPResponse(403, [:], page)) { _ = try await $0.s3.getObject(.init(bucket: "abc", key: "k")) }
        #expect(error?.message == "an answer that is no error of AWS: <html xmlns='http://www.w3.org/1999/xhtml'><body> <h1>Blocked</h1></body></html>")
        #expect(error?.serviceCode == "AccessDenied")
    }

    @Test("S3's errors are read from XML, and from the status where there is no body") func s3SErrorsAreReadFrom() async {
        let body = "<Error><Code>NoSuchKey</Code><Message>gone</Message><RequestId>R</RequestId></Error>"
        let get = await error(HTTPResponse(404, [:], body)) { _ = try await $0.s3.getObject(.init(bucket: "abc", key: "k")) }
        #expect(get?.serviceCode == "NoSuchKey" && get?.isNotFound == true && get?.requestID == "R")
        for (status, code) in [(404, "NotFound"), (403, "AccessDenied"), (412, "PreconditionFailed"), (304, "NotModified")] {
            let head = await error(HTTPResponse(status, ["x-amz-request-id": "R2"], "")) { _ = try await $0.s3.headObject(.init(bucket: "abc", key: "k")) }
            #expect(head?.serviceCode == code && head?.requestID == "R2", "\(status)")
        }
    }

    @Test("A bucket of another region tells which") func aBucketOfAnotherRegionTells() async {
        let response = HTTPResponse(301, ["x-amz-bucket-region": "eu-west-3"], "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>")
        let error = await error(response) { _ = try await $0.s3.headObject(.init(bucket: "abc", key: "k")) }
        #expect(error?.message == "elsewhere; the bucket is in eu-west-3")
    }

    @Test("Answers of the wrong shape are errors that say where") func answersOfTheWrongShapeAre() async {
        func message(_ body: String, _ call: (AWSServices) async throws -> Void) async -> String? {
            let error = await error(HTTPResponse(200, [:], body), call)
            #expect(error?.code == .unreadableAnswer)
            return error?.message
        }
        #expect(await message("", { _ = try await $0.sqs.getQueueURL(name: "q") })?.contains("no JSON") == true)
        #expect(await message("[]", { _ = try await $0.sqs.getQueueURL(name: "q") })?.contains("expected a JSON object") == true)
        #expect(await message("{}", { _ = try await $0.sqs.getQueueURL(name: "q") })?.contains("QueueUrl") == true)
        #expect(await message(#"{"Item":{"a":{"N":"x"}}}"#, { _ = try await $0.dynamoDB.getItem(.init(table: "t", key: ["a": "1"])) })?.contains("Item.a: expected a number") == true)
        #expect(await message(#"{"Item":{"a":{"L":[{"S":"x"},{"S":1}]}}}"#, { _ = try await $0.dynamoDB.getItem(.init(table: "t", key: ["a": "1"])) })?.contains("Item.a[1]") == true)
        #expect(await message(#"{"Item":{"a":{"S":"x","N":"1"}}}"#, { _ = try await $0.dynamoDB.getItem(.init(table: "t", key: ["a": "1"])) })?.contains("one type") == true)
        #expect(await message("<a/>", { _ = try await $0.s3.listObjects(.init(bucket: "abc")) })?.contains("ListBucketResult") == true)
        #expect(await message("<ListBucketResult><Contents/></ListBucketResult>", { _ = try await $0.s3.listObjects(.init(bucket: "abc")) })?.contains("Contents[0]") == true)
        #expect(await message("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", { _ = try await $0.s3.listObjects(.init(bucket: "abc")) })?.contains("token") == true)
        #expect(await message("nothing", { _ = try await $0.sts.assumeRole(.init(roleARN: "arn:aws:iam::123456789012:role/r", sessionName: "ss")) })?.contains("no XML") == true)
    }

    /// Whatever a server answers: a result or an error, never a trap.
    @Test("Damaged answers are told", arguments: 0..<10)
    func damagedAnswersAreTold(_ seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let sound = #"{"Items":[{"a":{"M":{"b":{"L":[{"NS":["1"]},{"BS":["YQ=="]},{"NULL":true}]}}}}],"LastEvaluatedKey":{"a":{"B":"YWI="}},"ScannedCount":1}"#
        for _ in 0..<200 {
            var body = Array(sound.utf8)
            for _ in 0..<2 { body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random) }
            let aws = AWSServices(ScriptedTransport(HTTPResponse(status: 200, body: body)))
            let query = DynamoDB.QueryRequest(table: "t", keyCondition: "a = :a")
            do throws(AWSError) {
                #expect(try await aws.dynamoDB.query(query).items.count <= 1, "seed \(seed)")
            } catch {
                #expect(error.code == .unreadableAnswer, "seed \(seed): \(error)")
            }
        }
    }
}

#endif
