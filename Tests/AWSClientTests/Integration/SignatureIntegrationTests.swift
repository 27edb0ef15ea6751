// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSigner
import AWSTestSupport
import JSONTape
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

    @Test("An object is put and got by addresses alone, which are signed in their query", arguments: ["plain.json", "a b+c/é&=?.json"], [nil, "token/+= with blanks"] as [String?])
    func anObjectIsPutAndGot(_ key: String, _ token: String?) async throws {
        let bucket = MotoServer.name("bucket")
        try await MotoServer.boto("s3", "create_bucket", ["Bucket": .string(bucket), "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"]])
        let port = try await MotoServer.shared.ports().checked
        let host = "127.0.0.1:\(port)"
        let path = "/\(bucket)/\(URIEncoding.encode(key, keepingSlashes: true))"
        let secret = MotoServer.keys.secretAccessKey
        func target(_ method: String, secret: String, age: Int64 = 0) -> String {
            let keys = SigningCredentials(accessKeyID: MotoServer.keys.accessKeyID, secretAccessKey: secret, sessionToken: token)
            let request = SigningRequest(method: method, path: path, headers: [.init("host", host)], payload: .unsigned)
            let time = SigningTime(seconds: AWSClock.system.now().milliseconds / 1000 - age)
            return path + "?" + Signer(region: "eu-central-1", service: "s3").presign(request, with: keys, at: time, expiresAfter: 600).query
        }
        // A client that knows nothing of AWS.
        func send(_ method: String, _ target: String, _ body: String = "") async throws -> ProxiedAnswer {
            try await HTTPExchange.send(ProxiedRequest(method: method, target: target, headers: [("host", host)], body: Array(body.utf8)), port: port)
        }
        #expect(try await send("PUT", target("PUT", secret: secret), "content").status == 200)
        let got = try await send("GET", target("GET", secret: secret))
        #expect(got.status == 200 && got.body == Array("content".utf8))
        #expect(try await send("GET", target("PUT", secret: secret)).status == 403, "signed for another method")
        #expect(try await send("GET", target("GET", secret: "wrong")).status == 403)
        #expect(try await send("GET", target("GET", secret: secret, age: 601)).status == 403, "expired")
        #expect(try await send("GET", target("GET", secret: secret) + "&versionId=1").status == 403, "a query that was not signed")
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
