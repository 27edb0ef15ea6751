// SPDX-License-Identifier: Apache-2.0

#if AWS
@testable import AWSSigner
import Foundation
import JSONTape
import Testing

/// One file of Fixtures/cases: a request, and what botocore's signer made of it.
struct SigningCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let json: JSONValue

    /// All of them, from the folder that the package's tests carry.
    static let all: [SigningCase] = {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/cases")
        let files = (folder.flatMap { try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil) } ?? [])
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        return files.compactMap { file in
            guard let data = try? Data(contentsOf: file), let json = try? JSONValue(parsing: Array(data)) else { return nil }
            return SigningCase(testDescription: file.deletingPathExtension().lastPathComponent, json: json)
        }
    }()

    func text(_ name: String) -> String { json[name]?.stringValue ?? "" }
    func expected(_ name: String) -> String? { json["expected"]?[name]?.stringValue }

    var expires: Int? {
        guard case .number(let text)? = json["expires"] else { return nil }
        return Int(text)
    }

    var request: SigningRequest {
        var headers = [SigningRequest.Header("Host", text("host"))]
        if case .array(let pairs)? = json["headers"] {
            for case .array(let pair) in pairs { headers.append(.init(pair[0].stringValue ?? "", pair[1].stringValue ?? "")) }
        }
        let isUnsigned = expires != nil && text("service") == "s3"
        return SigningRequest(
            method: text("method"), path: text("path"), query: text("query"), headers: headers,
            payload: isUnsigned ? .unsigned : PayloadHash(of: Array(text("body").utf8)))
    }

    static let time = SigningTime(seconds: 1_440_938_160)

    func signed(by signer: Signer? = nil, at time: SigningTime = time, clockOffset: Duration = .zero) -> Signature {
        let credentials = SigningCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: json["token"]?.stringValue)
        let signer = signer ?? Signer(region: text("region"), service: text("service"))
        if let expires {
            return signer.presign(request, with: credentials, at: time, clockOffset: clockOffset, expiresAfter: expires)
        }
        return signer.sign(request, with: credentials, at: time, clockOffset: clockOffset)
    }
}

@Suite struct SigningCaseTests {
    @Test("All cases are there") func allCasesAreThere() {
        #expect(SigningCase.all.count == 48)
    }

    @Test("Each step is what botocore makes of it", arguments: SigningCase.all)
    func eachStepIsWhatBotocoreMakes(_ one: SigningCase) throws {
        let signature = one.signed()
        #expect(signature.canonicalRequest == one.expected("canonicalRequest"))
        #expect(signature.stringToSign == one.expected("stringToSign"))
        #expect(signature.signature == one.expected("signature"))
        let authorization = signature.headers.first { $0.name == "authorization" }?.value
        #expect(authorization == one.expected("authorization"))
        if let query = one.expected("query") {
            #expect(signature.query.split(separator: "&").sorted() == query.split(separator: "&").sorted())
        }
    }

    @Test("A clock that is wrong is corrected by its offset", arguments: SigningCase.all)
    func aClockThatIsWrongIs(_ one: SigningCase) {
        let slow = SigningTime(seconds: SigningCase.time.seconds - 100_000)
        #expect(one.signed(at: slow, clockOffset: .seconds(100_000)) == one.signed())
    }
}

#endif
