// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSClient
import Testing

@Suite("Endpoints") struct EndpointTests {
    @Test("Addresses are taken apart") func addressesAreTakenApart() throws {
        let plain = try #require(HTTPEndpoint("https://sqs.eu-central-1.amazonaws.com/"))
        #expect(plain == HTTPEndpoint(host: "sqs.eu-central-1.amazonaws.com"))
        #expect(plain.authority == "sqs.eu-central-1.amazonaws.com")
        let local = try #require(HTTPEndpoint("HTTP://LocalHost:4566/some/path//"))
        #expect(local == HTTPEndpoint(scheme: "http", host: "localhost", port: 4566, path: "/some/path"))
        #expect(local.authority == "localhost:4566")
        #expect(local.description == "http://localhost:4566/some/path")
        let six = try #require(HTTPEndpoint("http://[fd00:ec2::254]:80"))
        #expect(six.authority == "[fd00:ec2::254]")
        #expect(six.isAddress)
        #expect(HTTPEndpoint("https://a:443")?.authority == "a")
        #expect(HTTPEndpoint("http://a:443")?.authority == "a:443")
    }

    @Test("What is no address is refused", arguments: [
        "", "sqs.amazonaws.com", "ftp://a", "http://", "http:///path", "http://a:0", "http://a:65536", "http://a:b", "http://a:+1", "http://a b", "http://u@a", "http://a?q",
        "http://a#f", "http://[::1", "http://[a]", "http://[::1]x", "http://a\\b", "http://é",
    ])
    func whatIsNoAddressIsRefused(_ text: String) { #expect(HTTPEndpoint(text) == nil) }

    @Test("IPv4 addresses are told from names") func ipv4AddressesAreToldFromNames() {
        #expect(IPv4Address("127.0.0.1")?.octets == [127, 0, 0, 1])
        for text in ["127.0.0", "127.0.0.256", "a.b.c.d", "1.2.3.4.5", "+1.2.3.4", ""] { #expect(IPv4Address(text) == nil, "\(text)") }
    }

    private func address(_ service: AWSService, region: String?, bucket: String? = nil, _ change: (inout AWSConfiguration) -> Void = { _ in }) throws -> ServiceAddress {
        var configuration = AWSConfiguration(region: region, environment: [:], logger: .silent)
        change(&configuration)
        return try SettingsResolver.resolve(configuration, SharedProfiles()).address(of: service, bucket: bucket)
    }

    @Test("Hosts end as their partition has it", arguments: [
        ("eu-central-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn"), ("us-gov-west-1", "amazonaws.com"), ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"), ("eusc-de-east-1", "amazonaws.eu"),
    ])
    func hostsEndAsTheirPartitionHas(_ region: String, _ suffix: String) throws {
        for (service, prefix) in [
            (AWSService.dynamoDB, "dynamodb"), (.s3, "s3"), (.sqs, "sqs"), (.eventBridge, "events"), (.lambda, "lambda"), (.sts, "sts"),
        ] {
            let address = try address(service, region: region)
            #expect(address.endpoint.description == "https://\(prefix).\(region).\(suffix)")
            #expect(address.region == region)
        }
    }

    @Test("Without a region only STS has an address") func withoutARegionOnlySTSHas() throws {
        #expect(try address(.sts, region: nil).endpoint.description == "https://sts.amazonaws.com")
        #expect(try address(.sts, region: nil).region == "us-east-1")
        #expect(throws: AWSError.self) { try address(.sqs, region: nil) }
    }

    @Test("A bucket stands in the host's name where it can") func aBucketStandsInTheHost() throws {
        let plain = try address(.s3, region: "eu-central-1", bucket: "my-bucket")
        #expect(plain.endpoint.host == "my-bucket.s3.eu-central-1.amazonaws.com")
        #expect(plain.prefix == "")
        for bucket in ["with.dot", "Capital", "under_score", "-a-"] {
            let address = try address(.s3, region: "eu-central-1", bucket: bucket)
            #expect(address.endpoint.host == "s3.eu-central-1.amazonaws.com", "\(bucket)")
            #expect(address.prefix == "/\(bucket)")
        }
    }

    /// boto3 does the same (`force_path_style` in botocore's args.py): DNS seldom has names for each bucket of a server of one's own.
    @Test("A bucket stands in the path at endpoints that somebody set, and where that is asked for", arguments: [
        "http://127.0.0.1:5000", "http://localhost:4566", "http://localstack:4566", "http://minio:9000", "http://[::1]:9000", "https://minio.example.com/base",
        "https://amazonaws.com.example.com", "https://myamazonaws.com",
    ])
    func aBucketStandsInThePath(_ url: String) throws {
        let endpoint = try #require(HTTPEndpoint(url))
        let path = try address(.s3, region: "r", bucket: "abc") { $0.endpointURL = url }
        #expect(path.endpoint == endpoint && path.prefix == endpoint.path + "/abc")
        let asked = try address(.s3, region: "r", bucket: "abc") {
            $0.endpointURL = url
            $0.s3Addressing = .virtualHost
        }
        #expect(asked.endpoint.host == (endpoint.isAddress ? endpoint.host : "abc.\(endpoint.host)"))
    }

    @Test("An endpoint of AWS's own that somebody set has buckets in its host's name", arguments: [
        "https://s3.dualstack.eu-central-1.amazonaws.com", "https://S3.cn-north-1.amazonaws.com.cn", "https://s3.us-iso-east-1.c2s.ic.gov",
        "https://bucket.vpce-0.s3.eu-central-1.vpce.amazonaws.com",
    ])
    func anEndpointOfAWSSOwn(_ url: String) throws {
        let endpoint = try #require(HTTPEndpoint(url))
        #expect(try address(.s3, region: "r", bucket: "abc") { $0.endpointURL = url }.endpoint.host == "abc.\(endpoint.host)")
    }

    @Test("What is asked for in code counts") func whatIsAskedForInCodeCounts() throws {
        #expect(try address(.s3, region: "r", bucket: "abc") { $0.s3Addressing = .path }.prefix == "/abc")
        let virtual = try address(.s3, region: "r", bucket: "with.dot") { $0.s3Addressing = .virtualHost }
        #expect(virtual.endpoint.host == "with.dot.s3.r.amazonaws.com")
    }
}

#endif
