// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import StreamRecords

/// What an attempt failed of: for whoever decides on the next one, and for the caller where there is none.
struct FailedAttempt: Error, Sendable {
    let failure: AttemptFailure
    let error: AWSError

    init(_ error: HTTPTransportError) {
        func failed(_ kind: AttemptFailure.Kind, _ code: AWSError.Code) -> (AttemptFailure, AWSError) {
            (AttemptFailure(kind: kind), AWSError(code, error.message, isRetryable: kind != .permanent, underlying: error.underlying ?? error))
        }
        (failure, self.error) =
            switch error.kind {
            case .connection: failed(.transient, .connection)
            case .timeout: failed(.timeout, .timeout)
            case .tooLarge: failed(.permanent, .unreadableAnswer)
            case .cancelled: failed(.permanent, .cancelled)
            case .closed: failed(.permanent, .closed)
            case .invalid: failed(.permanent, .configuration)
            }
    }

    /// - Parameters:
    ///   - signedTime: what the request said.
    ///   - localTime: when that was by this machine's clock.
    init(_ response: HTTPResponse, _ form: Call.ErrorForm, signedTime: Timestamp, localTime: Timestamp) {
        let answer = form == .json ? FailedAttempt.readJSON(response) : FailedAttempt.readXML(response)
        let code = answer.code ?? FailedAttempt.code(ofStatus: response.status)
        failure = FailureClassifier.classify(
            status: response.status, code: code, retryAfter: response.header("retry-after").flatMap { Int64($0) }.map { .seconds($0) },
            serverTime: response.header("date").flatMap { Timestamp(httpDate: $0) }, signedTime: signedTime, localTime: localTime)
        var message = answer.message ?? "the service gave no reason"
        if response.status == 301 || response.status == 307 || response.status == 400, let region = response.header("x-amz-bucket-region") {
            message += "; the bucket is in \(region)"
        }
        var error = AWSError(
            .service, message, serviceCode: code, httpStatus: response.status,
            requestID: response.header("x-amzn-requestid") ?? response.header("x-amz-request-id") ?? answer.requestID,
            isRetryable: failure.kind != .permanent, isThrottling: failure.kind == .throttling)
        error.retryAfter = failure.retryAfter
        error.body = response.body
        self.error = error
    }

    private typealias Answer = (code: String?, message: String?, requestID: String?)

    /// AWS's JSON protocols: the code in a header or as `__type`, with a namespace before `#` or an address behind `:`. A code of the query protocol
    /// goes first, as in AWS's SDKs.
    private static func readJSON(_ response: HTTPResponse) -> Answer {
        let document = try? JSONValue(parsing: response.body)
        func text(_ names: String...) -> String? { names.lazy.compactMap { document?[$0]?.stringValue }.first }
        let code = queryCode(response) ?? (response.header("x-amzn-errortype") ?? text("__type", "code", "Code")).map(bare)
        return (code, text("message", "Message", "errorMessage") ?? excerpt(response), nil)
    }

    /// What SQS called an error when it spoke the query protocol, and still tells: `AWS.SimpleQueueService.NonExistentQueue;Sender`. Its `__type` is
    /// another name: `QueueDoesNotExist`.
    ///
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait>
    private static func queryCode(_ response: HTTPResponse) -> String? {
        let parts = response.header("x-amzn-query-error")?.split(separator: ";", omittingEmptySubsequences: false) ?? []
        return parts.count == 2 && !parts[0].isEmpty ? String(parts[0]) : nil
    }

    private static func bare(_ code: String) -> String {
        let name = code.split(separator: "#").last.map(String.init) ?? code
        return name.split(separator: ":").first.map { String($0) } ?? name
    }

    /// `Error` alone, as S3 writes it, or in an `ErrorResponse`, as the query protocol does.
    private static func readXML(_ response: HTTPResponse) -> Answer {
        guard !response.body.isEmpty, let root = try? XMLElement(parsing: response.body), ["Error", "ErrorResponse"].contains(root.name) else {
            // The page of a proxy may be sound XML, too.
            return (response.header("x-amz-error-code"), excerpt(response), nil)
        }
        let error = root.name == "Error" ? root : root.child("Error")
        return (error?.text(of: "Code"), error?.text(of: "Message"), error?.text(of: "RequestId") ?? root.text(of: "RequestId"))
    }

    /// The beginning of a body that is no error of AWS: a proxy's page.
    private static func excerpt(_ response: HTTPResponse) -> String? {
        if response.body.isEmpty { return nil }
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
        return "an answer that is no error of AWS: " + text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    }

    /// What stands for the code where there is no body, as with S3's `HEAD`.
    private static func code(ofStatus status: Int) -> String? {
        switch status {
        case 304: "NotModified"
        case 403: "AccessDenied"
        case 404: "NotFound"
        case 409: "Conflict"
        case 412: "PreconditionFailed"
        default: nil
        }
    }
}

#endif
