// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
import AWSTestSupport
import StreamRecords
import Synchronization
import Testing

@Suite("Signatures, as the server checks them") struct SignatureIntegrationTests {
    @Test("Each request is counted as verified, and a wrong secret is refused") func eachRequestIsCountedAsVerified() async throws {
        let before = try await MotoServer.verified()
        try await MotoServer.with { aws in
            _ = await failure { try await aws.sqs.getQueueURL(name: "none-such") }
        }
        #expect(try await MotoServer.verified() > before)
        let wrong = SigningCredentials(accessKeyID: MotoServer.keys.accessKeyID, secretAccessKey: "wrong")
        try await MotoServer.with(keys: wrong) { aws in
            let error = await failure { try await aws.sqs.getQueueURL(name: "q") }
            #expect(error?.serviceCode == "SignatureDoesNotMatch")
            #expect(error?.httpStatus == 403 && error?.isRetryable == false)
        }
    }

    @Test("Session tokens are signed") func sessionTokensAreSigned() async throws {
        let keys = SigningCredentials(
            accessKeyID: MotoServer.keys.accessKeyID, secretAccessKey: MotoServer.keys.secretAccessKey, sessionToken: "token/+=\\ with blanks")
        try await MotoServer.with(keys: keys) { aws in
            #expect(await failure { try await aws.sqs.getQueueURL(name: "none-such") }?.isNotFound == true)
            #expect(await failure { try await aws.s3.getObject(.init(bucket: "none-such-bucket", key: "a b")) }?.isNotFound == true)
        }
    }

    @Test("A clock that is hours off is corrected by the server's date", arguments: [-7200, 7200])
    func aClockThatIsHoursOff(_ seconds: Int64) async throws {
        let clock = AWSClock(now: { Timestamp(milliseconds: AWSClock.system.now().milliseconds + seconds * 1000) }, sleep: { _ in })
        try await MotoServer.with(clock: clock) { aws in
            #expect(await failure { try await aws.sqs.getQueueURL(name: "none-such") }?.isNotFound == true)
        }
    }

    @Test("Functions' names and ARNs in paths are signed as Lambda wants it", arguments: [
        "arn:aws:lambda:eu-central-1:123456789012:function:stock-sync", "arn:aws:lambda:eu-central-1:123456789012:function:stock-sync:live", "123456789012:function:stock-sync", "a_b-c",
    ])
    func functionsNamesAndARNsInPaths(_ function: String) async throws {
        try await MotoServer.with { aws in
            // moto answers for functions that it does not have; what is tested is that the request reached it.
            let result = try await aws.lambda.invoke(.init(function: function, qualifier: "$LATEST", payload: Array("{}".utf8)))
            #expect(result.status == 200)
        }
    }

    @Test("Calls at the same time share connections and all are signed") func callsAtTheSameTimeShare() async throws {
        try await MotoServer.with { aws in
            let bucketless = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask { await failure { try await aws.sqs.getQueueURL(name: "none-\(number)") }?.isNotFound == true }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(bucketless == 40)
        }
    }
}

#endif
