// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import StreamRecords

/// The call to Lambda that Sluice makes.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/welcome.html>
public struct Lambda: Sendable {
    let caller: ServiceCaller

    /// What Lambda takes.
    ///
    /// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
    public enum Limits {
        /// Of a payload that is answered.
        public static let requestBytes = 6 << 20
        /// Of a payload that is queued.
        public static let eventBytes = 1 << 20
        /// Of a client context, in base64.
        public static let clientContextBytes = 3583
        /// Of a function's name or ARN.
        public static let functionLength = 170
    }

    /// Invokes a function. A function that fails is no error here: see ``InvokeResult/functionError``.
    public func invoke(_ request: InvokeRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> InvokeResult {
        do throws(AWSError) {
            let response = try await caller.send(try request.call(), deadline: deadline)
            return try response.read { try $0.invocation() }
        } catch {
            throw caller.named(error, "Invoke")
        }
    }
}

extension Lambda.InvokeRequest {
    fileprivate func call() throws(AWSError) -> Call {
        try RequestCheck.name(function, "the function", lengths: 1...Lambda.Limits.functionLength, characters: "-_:.$")
        if let qualifier { try RequestCheck.name(qualifier, "the qualifier", lengths: 1...128, characters: "-_$") }
        try RequestCheck.size(payload.count, of: "the payload", atMost: type == .event ? Lambda.Limits.eventBytes : Lambda.Limits.requestBytes)
        var call = Call("Invoke")
        call.path = "/2015-03-31/functions/\(URIEncoding.encode(function))/invocations"
        if let qualifier { call.query = [(name: "Qualifier", value: qualifier)] }
        call.headers = [HTTPHeader("content-type", "application/json"), HTTPHeader("x-amz-invocation-type", type.rawValue)]
        if returnsLog && type == .requestResponse { call.headers.append(HTTPHeader("x-amz-log-type", "Tail")) }
        if let clientContext {
            let text = Base64.encodeToString(clientContext)
            try RequestCheck.size(text.utf8.count, of: "the client context", atMost: Lambda.Limits.clientContextBytes)
            call.headers.append(HTTPHeader("x-amz-client-context", text))
        }
        call.body = payload
        return call
    }
}

extension HTTPResponse {
    fileprivate func invocation() throws(AnswerError) -> Lambda.InvokeResult {
        var log: [UInt8]?
        if let text = header("x-amz-log-result") {
            do throws(Base64Error) {
                log = try Base64.decode(text)
            } catch {
                throw AnswerError(at: "X-Amz-Log-Result", expected: "base64: \(error)")
            }
        }
        return Lambda.InvokeResult(
            status: status, functionError: header("x-amz-function-error"), payload: body, log: log,
            executedVersion: header("x-amz-executed-version"), requestID: header("x-amzn-requestid"))
    }
}

#endif
