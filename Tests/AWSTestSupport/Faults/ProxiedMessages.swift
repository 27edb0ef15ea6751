// SPDX-License-Identifier: Apache-2.0

#if AWS
public import JSONTape

/// A request as the proxy got it.
public struct ProxiedRequest: Sendable {
    public var method: String
    /// Path and query as they were sent.
    public var target: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of that name, in any case.
    public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// What is called, where the service names it in a header: `SendMessageBatch`, `PutItem`.
    public var operation: String? { header("x-amz-target")?.split(separator: ".").last.map { String($0) } }

    public var json: JSONValue? { try? JSONValue(parsing: body) }
}

extension ProxiedRequest {
    /// S3 reads and writes XML, not JSON.
    var isForS3: Bool { operation == nil && header("authorization")?.contains("/s3/") == true }

    /// An error in place of an answer, as the service would write it.
    func refusal(_ status: Int, _ code: String) -> ProxiedAnswer { .error(status, code, "a fault of the test's", asXML: isForS3) }

    /// What a service answers whose clock is far from the time that was signed.
    func refusal(byClock skew: Int) -> ProxiedAnswer? {
        guard skew != 0, let signed = header("x-amz-date").flatMap({ HTTPTime(signing: $0) }) else { return nil }
        return abs(signed.seconds - HTTPTime.now(skew: skew).seconds) <= 300 ? nil : refusal(403, "RequestTimeTooSkewed")
    }
}

/// An answer as the proxy sends it, unless a fault makes something else of it.
public struct ProxiedAnswer: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], _ json: JSONValue) {
        self.init(status: status, headers: [("content-type", "application/x-amz-json-1.0")] + headers, body: Array(json.text.utf8))
    }

    public var json: JSONValue? { try? JSONValue(parsing: body) }

    /// An error as AWS's JSON protocols write it; S3 reads the code from the XML.
    public static func error(_ status: Int, _ code: String, _ message: String, asXML: Bool = false) -> ProxiedAnswer {
        if asXML {
            let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>\(code)</Code><Message>\(message)</Message><RequestId>proxy</RequestId></Error>"
            return ProxiedAnswer(status: status, headers: [("content-type", "application/xml")], body: Array(text.utf8))
        }
        return ProxiedAnswer(
            status: status, headers: [("x-amzn-errortype", code), ("x-amzn-requestid", "proxy")],
            .object([.init(name: "__type", value: .string(code)), .init(name: "message", value: .string(message))]))
    }
}

extension JSONValue {
    /// The elements of an array; none for other kinds.
    public var elements: [JSONValue] {
        if case .array(let values) = self { values } else { [] }
    }

    /// The members of an object; none for other kinds.
    public var members: [JSONMember] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The same object with another value for a member.
    public func setting(_ name: String, _ value: JSONValue) -> JSONValue {
        .object(members.filter { $0.name != name } + [JSONMember(name: name, value: value)])
    }
}

#endif
