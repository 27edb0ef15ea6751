// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSClient
public import EventTable
internal import Sluice

/// Invokes Lambda functions, once each: a call that may have reached the function is not sent again.
///
/// It needs `lambda:InvokeFunction`. Rules: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
public struct LambdaInvoker: FunctionInvoker {
    private let services: AWSServices
    private let timeout: Duration

    /// - Parameter timeout: how long an answer is waited for. A function may take 15 minutes.
    public init(_ services: AWSServices, timeout: Duration = .seconds(900)) {
        self.services = services.with(attempts: 1, attemptTimeout: timeout)
        self.timeout = timeout
    }

    public func invoke(_ function: FunctionName, params: String) async throws(FunctionInvocationError) -> FunctionResult {
        do throws(AWSError) {
            let request = Lambda.InvokeRequest(function: function.name, qualifier: function.qualifier, payload: Array(params.utf8))
            let result = try await services.lambda.invoke(request, deadline: .now + timeout)
            return FunctionResult(
                requestID: result.requestID ?? EventID.new(at: WallClock.now), response: String(decoding: result.payload, as: UTF8.self),
                functionError: result.functionError, version: result.executedVersion)
        } catch {
            throw FunctionInvocationError(
                Self.hasRun(error) ? .unknown : .refused, "\(function): \(error)", type: error.serviceCode ?? error.code.rawValue,
                requestID: error.requestID)
        }
    }

    /// Whether the function may have run. An answer of Lambda's own (no such function, no permission, too many requests, a payload that is too
    /// large) tells that it has not; so does a request that was never sent. After 5xx, a time-out or a broken connection nobody knows.
    private static func hasRun(_ error: AWSError) -> Bool {
        switch error.code {
        case .configuration, .credentials, .invalidRequest, .closed: false
        case .service: error.httpStatus.map { !(400..<500).contains($0) } ?? true
        default: true
        }
    }
}
#endif
