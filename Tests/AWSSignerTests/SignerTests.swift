// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSSigner
import Testing
import TestSupport

@Suite struct SignerTests {
    @Test("Times are written as signatures have them", arguments: [
        (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_440_938_160, "20150830T123600Z"), (4_102_444_799, "20991231T235959Z"),
        (-1, "19691231T235959Z"), (Int64.max, "99991231T235959Z"),
    ])
    func timesAreWrittenAsSignaturesHave(_ seconds: Int64, _ stamp: String) {
        #expect(SigningTime(seconds: seconds).stamp == stamp)
    }

    @Test("Keys are derived once a day for each secret, region and service") func keysAreDerivedOnceADay() {
        let cache = SigningKeyCache()
        let credentials = SigningCredentials(accessKeyID: "a", secretAccessKey: "s")
        let request = SigningRequest(method: "GET", path: "/", headers: [.init("host", "h")])
        func sign(_ region: String, _ seconds: Int64) -> Signature {
            Signer(region: region, service: "sqs", keys: cache).sign(request, with: credentials, at: SigningTime(seconds: seconds))
        }
        let first = sign("eu-west-1", 0)
        #expect(sign("eu-west-1", 86_399).signature != first.signature)
        #expect(cache.count == 1)
        _ = sign("eu-west-1", 86_400)
        _ = sign("eu-west-2", 0)
        #expect(cache.count == 3)
        #expect(sign("eu-west-1", 0) == first)
    }

    @Test("The cache does not grow with credentials that change") func theCacheDoesNotGrowWith() {
        let cache = SigningKeyCache()
        for number in 0..<200 { _ = cache.key(secret: "\(number)", day: "20260120", region: "r", service: "s") }
        #expect(cache.count <= 32)
    }

    @Test("An empty token counts as absent") func anEmptyTokenCountsAsAbsent() {
        let credentials = SigningCredentials(accessKeyID: "a", secretAccessKey: "s", sessionToken: "")
        #expect(credentials == SigningCredentials(accessKeyID: "a", secretAccessKey: "s"))
        let request = SigningRequest(method: "GET", path: "/", headers: [.init("host", "h")])
        let signature = Signer(region: "r", service: "sqs").sign(request, with: credentials, at: SigningTime(seconds: 0))
        #expect(signature.headers.map(\.name) == ["x-amz-date", "authorization"])
    }

    @Test("S3 gets the body's hash in a header, others don't") func s3GetsTheBodySHash() {
        let credentials = SigningCredentials(accessKeyID: "a", secretAccessKey: "s")
        let request = SigningRequest(method: "PUT", path: "/", headers: [.init("host", "h")], payload: PayloadHash(of: [1, 2, 3]))
        func names(_ service: String) -> [String] {
            Signer(region: "r", service: service).sign(request, with: credentials, at: SigningTime(seconds: 0)).headers.map(\.name)
        }
        #expect(names("s3") == ["x-amz-date", "x-amz-content-sha256", "authorization"])
        #expect(names("sqs") == ["x-amz-date", "authorization"])
    }

    @Test("A presigned address is good for a second to a week") func aPresignedAddressIsGoodFor() {
        let credentials = SigningCredentials(accessKeyID: "a", secretAccessKey: "s")
        let request = SigningRequest(method: "GET", path: "/", headers: [.init("host", "h")])
        func query(_ seconds: Int) -> String {
            Signer(region: "r", service: "s3").presign(request, with: credentials, at: SigningTime(seconds: 0), expiresAfter: seconds).query
        }
        #expect(query(0).contains("X-Amz-Expires=1&"))
        #expect(query(604_801).contains("X-Amz-Expires=604800&"))
    }

    @Test("Secrets don't show in descriptions") func secretsDonTShowInDescriptions() {
        let credentials = SigningCredentials(accessKeyID: "AKID", secretAccessKey: "geheim", sessionToken: "marke")
        for text in ["\(credentials)", String(reflecting: credentials)] {
            #expect(text.contains("AKID"))
            #expect(!text.contains("geheim") && !text.contains("marke"))
        }
    }
}

@Suite struct URIEncodingTests {
    @Test("Everything but the unreserved is encoded") func everythingButTheUnreservedIsEncoded() {
        #expect(URIEncoding.encode("a/b c~é%+*") == "a%2Fb%20c~%C3%A9%25%2B%2A")
        #expect(URIEncoding.encode("a/b c", keepingSlashes: true) == "a/b%20c")
        #expect(URIEncoding.query([(name: "a b", value: "c&d"), (name: "e", value: "")]) == "a%20b=c%26d&e=")
        #expect(URIEncoding.decoded("a+b%2Bc%C3%A9%") == "a b+cé%")
    }

    /// The seed is printed where it fails.
    @Test("Decoding gives back what was encoded", arguments: 0..<20)
    func decodingGivesBackWhatWasEncoded(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var encoded: [UInt8] = []
            URIEncoding.append(bytes, keepingSlashes: Bool.random(using: &random), to: &encoded)
            #expect(URIEncoding.decode(encoded) == bytes, "seed \(seed)")
        }
    }
}

#endif
