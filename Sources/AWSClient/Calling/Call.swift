// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner

/// One call to a service, before it has an address and a signature.
struct Call: Sendable {
    let operation: String
    var method = "POST"
    /// Percent-encoded, below the endpoint's own path.
    var path = "/"
    /// Not yet encoded.
    var query: [(name: String, value: String)] = []
    var headers: [HTTPHeader] = []
    var body: [UInt8] = []
    /// S3 alone: what goes into the host's name, or before the path.
    var bucket: String?
    /// STS takes the token of a web identity without a signature.
    var isSigned = true
    var errorForm = ErrorForm.json

    /// How a service writes its errors.
    enum ErrorForm: Sendable { case json, xml }

    init(_ operation: String) { self.operation = operation }
}

extension Call {
    /// A call by AWS's JSON protocol.
    ///
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>
    static func json(_ operation: String, target: String, version: String, body: [UInt8]) -> Call {
        var call = Call(operation)
        call.headers = [
            HTTPHeader("content-type", "application/x-amz-json-\(version)"), HTTPHeader("x-amz-target", "\(target).\(operation)"),
        ]
        call.body = body
        return call
    }
}

#endif
