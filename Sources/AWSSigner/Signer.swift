// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Signs requests to one service in one region by Signature Version 4.
///
/// It knows nothing of HTTP clients and clocks: it is told the time, and tells which headers, or which query, to add.
///
/// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
public struct Signer: Sendable {
    /// `eu-central-1`.
    public let region: String
    /// The name that signatures have for the service: `dynamodb`, `sqs`, `s3`, `events`, `lambda`, `sts`.
    public let service: String
    private let keys: SigningKeyCache

    /// - Parameter keys: shared with other signers, so that each day's keys are derived once.
    public init(region: String, service: String, keys: SigningKeyCache = SigningKeyCache()) {
        self.region = region
        self.service = service
        self.keys = keys
    }

    /// S3 takes paths as they are sent, and wants the body's hash in a header.
    private var isS3: Bool { service == "s3" }

    /// Signs a request in its headers.
    ///
    /// - Parameters:
    ///   - request: with all headers that shall be signed, `host` among them, but none of those that this adds.
    ///   - offset: how far the service's clock is ahead of `time`.
    public func sign(
        _ request: SigningRequest, with credentials: SigningCredentials, at time: SigningTime, clockOffset offset: Duration = .zero
    ) -> Signature {
        let stamp = SigningTime(seconds: time.seconds + offset.components.seconds).stamp
        var added = [SigningRequest.Header("x-amz-date", stamp)]
        if let token = credentials.sessionToken { added.append(.init("x-amz-security-token", token)) }
        if isS3 { added.append(.init("x-amz-content-sha256", request.payload.text)) }
        var request = request
        request.headers += added
        let canonical = CanonicalRequest(request, isS3: isS3)
        let scope = scope(stamp)
        let (text, signature) = self.signature(of: canonical, stamp: stamp, scope: scope, credentials)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
        added.append(.init("authorization", authorization))
        return Signature(canonical: canonical.bytes, stringToSign: text, signature: signature, headers: added, query: request.query)
    }

    /// Signs a request in its query, so that its address alone lets anybody send it for a while.
    ///
    /// - Parameter seconds: how long; 1 to 604,800 (seven days).
    /// - Returns: nothing to add to the headers, and the whole query.
    public func presign(
        _ request: SigningRequest, with credentials: SigningCredentials, at time: SigningTime, clockOffset offset: Duration = .zero,
        expiresAfter seconds: Int
    ) -> Signature {
        let stamp = SigningTime(seconds: time.seconds + offset.components.seconds).stamp
        let scope = scope(stamp)
        var request = request
        var items = [
            (name: "X-Amz-Algorithm", value: "AWS4-HMAC-SHA256"),
            (name: "X-Amz-Credential", value: "\(credentials.accessKeyID)/\(scope)"),
            (name: "X-Amz-Date", value: stamp),
            (name: "X-Amz-Expires", value: String(min(max(seconds, 1), 604_800))),
            (name: "X-Amz-SignedHeaders", value: CanonicalRequest(request, isS3: isS3).signedHeaders),
        ]
        if let token = credentials.sessionToken { items.append((name: "X-Amz-Security-Token", value: token)) }
        request.query += (request.query.isEmpty ? "" : "&") + URIEncoding.query(items)
        let canonical = CanonicalRequest(request, isS3: isS3)
        let (text, signature) = self.signature(of: canonical, stamp: stamp, scope: scope, credentials)
        return Signature(
            canonical: canonical.bytes, stringToSign: text, signature: signature, headers: [],
            query: request.query + "&X-Amz-Signature=\(signature)")
    }

    /// `20260120/eu-central-1/sqs/aws4_request`.
    private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }

    private func signature(
        of request: CanonicalRequest, stamp: String, scope: String, _ credentials: SigningCredentials
    ) -> (stringToSign: String, signature: String) {
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(request.hash)"
        let key = keys.key(secret: credentials.secretAccessKey, day: String(stamp.prefix(8)), region: region, service: service)
        return (text, key.signature(of: text))
    }
}

/// What signing a request led to, with the steps in between, which tell where a service saw something else.
public struct Signature: Sendable, Hashable {
    let canonical: [UInt8]
    /// The one text that the request has for both sides.
    public var canonicalRequest: String { String(decoding: canonical, as: UTF8.self) }
    /// What was signed: the time, the scope and the canonical request's hash.
    public let stringToSign: String
    /// 64 hexadecimal digits.
    public let signature: String
    /// To be added to the request's.
    public let headers: [SigningRequest.Header]
    /// The request's whole query.
    public let query: String
}

#endif
