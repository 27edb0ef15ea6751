// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSTestSupport
import Foundation
import JSONTape
import Testing

@Suite("S3, against moto") struct S3IntegrationTests {
    private func with(_ body: (AWSServices, String) async throws -> Void) async throws {
        try await MotoServer.with { aws in
            let bucket = MotoServer.name("bucket")
            try await MotoServer.boto("s3", "create_bucket", ["Bucket": .string(bucket), "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"]])
            try await body(aws, bucket)
        }
    }

    static let awkwardKeys = [
        "plain.json", "a b+c%d&e=f?g#h", "é/☕/\u{10348}", "a/b/c/", "!*'();:@&=+$,?#[]", "%2F%25", "tilde~dash-under_dot.", "\"quotes'<>`{}|\\^", "trailing ", "date=2026-11-20/hour=15/Products#{\"Id\":5}.json",
        "+", "..a/.b", "\u{7F}\u{80}", "very/" + String(repeating: "l", count: 1000),
    ]

    @Test("An object of an awkward key is written as boto3 reads it, and read and listed", arguments: awkwardKeys)
    func anObjectOfAnAwkwardKey(_ key: String) async throws {
        try await with { aws, bucket in
            let body = Array("content of \(key)".utf8)
            let put = try await aws.s3.putObject(
                .init(bucket: bucket, key: key, body: body, contentType: "application/json", contentEncoding: "identity", metadata: ["Record-Id": "r 1"]))
            #expect(put.eTag != nil)
            let read = try await MotoServer.boto("s3", "get_object", ["Bucket": .string(bucket), "Key": .string(key)])
            #expect(read["Body"]?["b"]?.stringValue == Data(body).base64EncodedString())
            #expect(read["Metadata"]?["record-id"]?.stringValue == "r 1")
            #expect(read["ContentType"]?.stringValue == "application/json")
            let got = try await aws.s3.getObject(.init(bucket: bucket, key: key))
            #expect(got.body == body)
            #expect(got.object.metadata == ["record-id": "r 1"])
            #expect(got.object.contentType == "application/json")
            let head = try await aws.s3.headObject(.init(bucket: bucket, key: key))
            #expect(head.size == body.count && head.eTag == put.eTag)
            #expect(try await aws.s3.listObjects(.init(bucket: bucket)).objects.map(\.key) == [key])
        }
    }

    /// moto's web framework resolves these itself, so only their signatures are held against botocore's here.
    @Test("Keys that look like paths are signed as they are sent", arguments: ["a//b", "/leading", "./a/../b", "//"])
    func keysThatLookLikePathsAre(_ key: String) async throws {
        try await with { aws, bucket in
            let error = await failure { try await aws.s3.putObject(.init(bucket: bucket, key: key, body: [1])) }
            #expect(error?.serviceCode != "SignatureDoesNotMatch", "\(error?.message ?? "")")
        }
    }

    @Test("An object is put only where there is none") func anObjectIsPutOnlyWhere() async throws {
        try await with { aws, bucket in
            _ = try await aws.s3.putObject(.init(bucket: bucket, key: "once", body: [1], onlyIfAbsent: true))
            let error = await failure { try await aws.s3.putObject(.init(bucket: bucket, key: "once", body: [2], onlyIfAbsent: true)) }
            #expect(error?.httpStatus == 412)
            #expect(error?.isConditionFailed == true)
            #expect(try await aws.s3.getObject(.init(bucket: bucket, key: "once")).body == [1])
        }
    }

    @Test("Ranges, large and empty objects") func rangesLargeAndEmptyObjects() async throws {
        try await with { aws, bucket in
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            _ = try await aws.s3.putObject(.init(bucket: bucket, key: "large", body: body))
            #expect(try await aws.s3.getObject(.init(bucket: bucket, key: "large")).body == body)
            let part = try await aws.s3.getObject(.init(bucket: bucket, key: "large", range: 10...19))
            #expect(part.body == Array(body[10...19]))
            #expect(part.object.size == body.count)
            _ = try await aws.s3.putObject(.init(bucket: bucket, key: "empty", body: []))
            #expect(try await aws.s3.getObject(.init(bucket: bucket, key: "empty")).body.isEmpty)
        }
    }

    @Test("A listing goes page by page, with prefix and delimiter") func aListingGoesPageByPage() async throws {
        try await with { aws, bucket in
            for number in 0..<7 { _ = try await aws.s3.putObject(.init(bucket: bucket, key: "a/\(number)+é", body: [1])) }
            _ = try await aws.s3.putObject(.init(bucket: bucket, key: "b/c d/x", body: [1]))
            var request = S3.ListObjectsRequest(bucket: bucket, prefix: "a/", maximum: 3)
            var keys: [String] = []
            var pages = 0
            repeat {
                let page = try await aws.s3.listObjects(request)
                keys += page.objects.map(\.key)
                request.continuationToken = page.continuationToken
                pages += 1
            } while request.continuationToken != nil
            #expect(keys == (0..<7).map { "a/\($0)+é" })
            #expect(pages == 3)
            #expect(try await aws.s3.listObjects(.init(bucket: bucket, delimiter: "/")).commonPrefixes == ["a/", "b/"])
            #expect(try await aws.s3.listObjects(.init(bucket: bucket, prefix: "b/", delimiter: "/")).commonPrefixes == ["b/c d/"])
        }
    }

    @Test("What is not there is told") func whatIsNotThereIsTold() async throws {
        try await with { aws, bucket in
            #expect(await failure { try await aws.s3.getObject(.init(bucket: bucket, key: "none")) }?.serviceCode == "NoSuchKey")
            #expect(await failure { try await aws.s3.headObject(.init(bucket: bucket, key: "none")) }?.isNotFound == true)
            #expect(await failure { try await aws.s3.listObjects(.init(bucket: "none-such-bucket-here")) }?.serviceCode == "NoSuchBucket")
        }
    }
}

#endif
