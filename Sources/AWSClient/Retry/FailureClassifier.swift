// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

/// Tells from an error answer whether trying again can help, and how.
///
/// Codes: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
enum FailureClassifier {
    /// `KmsThrottled` and `KMS.ThrottlingException` are SQS's for the service of a queue's key.
    static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "KMS.ThrottlingException", "KmsThrottled", "LimitExceededException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
        "TooManyRequestsException", "TransactionInProgressException",
    ]

    /// Beside the statuses 500, 502, 503 and 504. `ConditionalRequestConflict` is S3's for two conditional writes of one object at once,
    /// `TransactionConflictException` DynamoDB's for a write during a transaction, `IDPCommunicationError` STS's.
    static let transientCodes: Set<String> = [
        "ConditionalRequestConflict", "IDPCommunicationError", "InternalError", "InternalFailure", "InternalServerError", "RequestTimeout",
        "RequestTimeoutException", "ServiceUnavailable", "TransactionConflictException",
    ]

    static let skewCodes: Set<String> = [
        "AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed", "SignatureDoesNotMatch",
    ]

    static let expiryCodes: Set<String> = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"]

    /// Clocks that are closer are not to blame for a signature that doesn't fit; AWS takes five minutes (S3 fifteen).
    static let tolerance = Duration.seconds(240)

    /// - Parameters:
    ///   - serverTime: what the answer's `Date` header says.
    ///   - signedTime: what the request said, with the correction it had.
    ///   - localTime: when that was by this machine's clock.
    static func classify(
        status: Int, code: String?, retryAfter: Duration? = nil, serverTime: Timestamp? = nil, signedTime: Timestamp, localTime: Timestamp
    ) -> AttemptFailure {
        let code = code ?? ""
        if throttlingCodes.contains(code) || status == 429 { return AttemptFailure(kind: .throttling, retryAfter: retryAfter) }
        if skewCodes.contains(code), let offset = correction(by: serverTime, signedTime: signedTime, localTime: localTime) {
            return AttemptFailure(kind: .clockSkew(offset))
        }
        if expiryCodes.contains(code) { return AttemptFailure(kind: .expiredCredentials) }
        // SQS and STS say so with status 400.
        if code == "RequestTimeout" || code == "RequestTimeoutException" { return AttemptFailure(kind: .timeout, retryAfter: retryAfter) }
        if transientCodes.contains(code) || [500, 502, 503, 504].contains(status) { return AttemptFailure(kind: .transient, retryAfter: retryAfter) }
        return AttemptFailure(kind: .permanent)
    }

    /// How far the service's clock is ahead of this machine's, where the time that was signed is too far from it.
    private static func correction(by serverTime: Timestamp?, signedTime: Timestamp, localTime: Timestamp) -> Duration? {
        guard let serverTime, Duration.milliseconds(abs(serverTime.milliseconds - signedTime.milliseconds)) > tolerance else { return nil }
        return .milliseconds(serverTime.milliseconds - localTime.milliseconds)
    }

    /// The same by an answer's `Date` header.
    static func correction(by response: HTTPResponse, signedTime: Timestamp, localTime: Timestamp) -> Duration? {
        correction(by: response.header("date").flatMap { Timestamp(httpDate: $0) }, signedTime: signedTime, localTime: localTime)
    }
}

#endif
