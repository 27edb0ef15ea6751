// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
@testable import AWSSinks
import AWSTestSupport
import Testing

/// Calls go to the client's region, which is eu-central-1 here.
@Suite("Where a queue is looked for") struct QueueLookupTests {
    private func find(_ queue: String) async throws -> String {
        let server = FakeQueue()
        return try await withServices(transport: FaultTransport { server.answer($0) }) { services in
            try await QueueLookup(sqs: services.sqs, logger: .silent).find(QueueReference(queue), services, verify: false).url
        }
    }

    @Test("A queue in another region is refused, and told what to set", arguments: [
        "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "https://sqs-fips.eu-west-1.amazonaws.com/123456789012/q",
        "https://eu-west-1.queue.amazonaws.com/123456789012/q", "https://sqs.eu-west-1.api.aws/123456789012/q",
        "https://vpce-1-2.sqs.eu-west-1.vpce.amazonaws.com/123456789012/q", "arn:aws:sqs:eu-west-1:123456789012:q",
    ])
    func aQueueInAnotherRegion(_ queue: String) async throws {
        let error = await #expect(throws: AWSSinkError.self) { try await find(queue) }
        let text = error?.description ?? ""
        #expect(text.contains("is in eu-west-1, and calls go to eu-central-1"), "\(text)")
        #expect(text.contains("set AWS_REGION to eu-west-1"), "\(text)")
        #expect(!text.contains("by its URL"), "\(text)")
    }

    @Test("So is one of the name of old, of the oldest region, and one in China") func soIsOneOfTheName() async throws {
        for (queue, region) in [
            ("https://queue.amazonaws.com/123456789012/q", "us-east-1"), ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "cn-north-1"),
        ] {
            let error = await #expect(throws: AWSSinkError.self) { try await find(queue) }
            #expect(error?.description.contains("set AWS_REGION to \(region)") == true, "\(error?.description ?? "")")
        }
    }

    @Test("A queue of this region, and of a server that is not AWS's, is taken as it is", arguments: [
        "https://sqs.eu-central-1.amazonaws.com/123456789012/q", "https://eu-central-1.queue.amazonaws.com/123456789012/q",
        "https://vpce-1-2.sqs.eu-central-1.vpce.amazonaws.com/123456789012/q", "http://localhost:9324/000000000000/q",
        "http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/q", "http://127.0.0.1/123456789012/sqs.eu-west-1.amazonaws.com",
    ])
    func aQueueOfThisRegion(_ queue: String) async throws {
        #expect(try await find(queue) == queue)
    }
}

#endif
