// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner

/// The calls to S3 that Sluice makes.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>
public struct S3: Sendable {
    let caller: ServiceCaller
    /// Of one object; for tests, which have no room for one of the usual size.
    var maximumObjectBytes = Limits.objectBytes

    /// What S3 takes.
    public enum Limits {
        /// Of a key's UTF-8.
        public static let keyBytes = 1024
        /// Of one object put at once.
        public static let objectBytes = 5 << 30
        /// Of the names and values of one's own metadata together.
        public static let metadataBytes = 2 << 10
    }

    /// Writes an object, whole.
    public func putObject(_ request: PutObjectRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> PutObjectResult {
        try await named("PutObject") { () throws(AWSError) in
            var call = try S3.call("PutObject", "PUT", request.bucket, key: request.key)
            try RequestCheck.size(request.body.count, of: "an object", atMost: maximumObjectBytes)
            call.body = request.body
            call.headers = try request.headers()
            let response = try await caller.send(call, deadline: deadline)
            return PutObjectResult(eTag: response.header("etag"), versionID: response.header("x-amz-version-id"))
        }
    }

    /// Reads an object, or a range of it. Objects beyond ``AWSConfiguration/maximumAnswerBytes`` are an error.
    public func getObject(_ request: GetObjectRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> GetObjectResult {
        try await named("GetObject") { () throws(AWSError) in
            var call = try S3.call("GetObject", "GET", request.bucket, key: request.key)
            if let range = request.range { call.headers = [HTTPHeader("range", "bytes=\(range.lowerBound)-\(range.upperBound)")] }
            let response = try await caller.send(call, deadline: deadline)
            return GetObjectResult(body: response.body, object: response.objectHead)
        }
    }

    /// Tells of an object without reading it. One that is not there is ``AWSError/isNotFound``.
    public func headObject(_ request: HeadObjectRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> ObjectHead {
        try await named("HeadObject") { () throws(AWSError) in
            let call = try S3.call("HeadObject", "HEAD", request.bucket, key: request.key)
            return try await caller.send(call, deadline: deadline).objectHead
        }
    }

    /// One page of the objects of a bucket.
    public func listObjects(_ request: ListObjectsRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> ListObjectsResult {
        try await named("ListObjectsV2") { () throws(AWSError) in
            var call = try S3.call("ListObjectsV2", "GET", request.bucket)
            call.query = try request.query()
            return try await caller.send(call, deadline: deadline).read { try $0.listing() }
        }
    }

    private func named<Value>(_ operation: String, _ body: () async throws(AWSError) -> Value) async throws(AWSError) -> Value {
        do throws(AWSError) {
            return try await body()
        } catch {
            throw caller.named(error, operation)
        }
    }

    private static func call(_ operation: String, _ method: String, _ bucket: String, key: String? = nil) throws(AWSError) -> Call {
        try RequestCheck.require(
            BucketName.isSound(bucket), "\(bucket.prefix(100)) cannot be a bucket's name: 3 to 63 small letters, digits, dots and hyphens")
        var call = Call(operation)
        call.method = method
        call.bucket = bucket
        call.errorForm = .xml
        if let key {
            try RequestCheck.count(key.utf8.count, of: "bytes in a key", in: 1...Limits.keyBytes)
            call.path = "/" + URIEncoding.encode(key, keepingSlashes: true)
        }
        return call
    }
}

// MARK: - Requests

extension S3.PutObjectRequest {
    fileprivate func headers() throws(AWSError) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        func add(_ name: String, _ value: String?) throws(AWSError) {
            guard let value else { return }
            let isSound = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") } && value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            try RequestCheck.require(isSound, "\(name): a header takes printable ASCII")
            headers.append(HTTPHeader(name, value))
        }
        try add("content-type", contentType)
        try add("content-encoding", contentEncoding)
        try add("if-none-match", onlyIfAbsent ? "*" : nil)
        try add("x-amz-storage-class", storageClass)
        try RequestCheck.size(
            metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }, of: "an object's metadata", atMost: S3.Limits.metadataBytes)
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { try add("x-amz-meta-\(name.lowercased())", value) }
        return headers
    }
}

extension S3.ListObjectsRequest {
    fileprivate func query() throws(AWSError) -> [(name: String, value: String)] {
        if let maximum { try RequestCheck.count(maximum, of: "objects on a page", in: 1...1000) }
        // Keys may have characters that XML cannot hold.
        var items = [(name: "list-type", value: "2"), (name: "encoding-type", value: "url")]
        let optional = [
            ("prefix", prefix), ("delimiter", delimiter), ("start-after", startAfter), ("continuation-token", continuationToken),
            ("max-keys", maximum.map { String($0) }),
        ]
        for (name, value) in optional {
            if let value { items.append((name: name, value: value)) }
        }
        return items
    }
}

// MARK: - Answers

extension HTTPResponse {
    fileprivate var objectHead: S3.ObjectHead {
        var metadata: [String: String] = [:]
        for header in headers {
            let name = header.name.lowercased()
            if name.hasPrefix("x-amz-meta-") { metadata[String(name.dropFirst(11))] = header.value }
        }
        // `bytes 0-99/1234`
        let whole = header("content-range")?.split(separator: "/").last.flatMap { Int($0) }
        return S3.ObjectHead(
            size: whole ?? header("content-length").flatMap { Int($0) } ?? (body.isEmpty ? nil : body.count), eTag: header("etag"),
            versionID: header("x-amz-version-id"), contentType: header("content-type"), contentEncoding: header("content-encoding"), metadata: metadata)
    }

    fileprivate func listing() throws(AnswerError) -> S3.ListObjectsResult {
        let root = try xml()
        guard root.name == "ListBucketResult" else { throw AnswerError(at: root.name, expected: "ListBucketResult") }
        let isEncoded = root.text(of: "EncodingType") == "url"
        func decoded(_ text: String) -> String { isEncoded ? URIEncoding.decoded(text) : text }
        var objects: [S3.ListObjectsResult.Object] = []
        for element in root.children("Contents") {
            guard let key = element.text(of: "Key"), let size = element.text(of: "Size").flatMap({ Int($0) }) else {
                throw AnswerError(at: "Contents[\(objects.count)]", expected: "Key and Size")
            }
            objects.append(
                .init(key: decoded(key), size: size, eTag: element.text(of: "ETag"), lastModified: element.text(of: "LastModified")))
        }
        let isCut = root.text(of: "IsTruncated") == "true"
        let token = root.text(of: "NextContinuationToken")
        if isCut && token == nil { throw AnswerError(at: "NextContinuationToken", expected: "a token, since there is another page") }
        return S3.ListObjectsResult(
            objects: objects, commonPrefixes: root.children("CommonPrefixes").compactMap { $0.text(of: "Prefix").map(decoded) },
            continuationToken: isCut ? token : nil)
    }
}

#endif
