// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice

/// How a sink's calls are made.
struct CallLimits: Sendable {
    var concurrency: Int
    var retries: RetryPolicy
    var timeout: Duration

    /// - Throws: `ConfigurationValueError` for numbers that make no sense.
    init(concurrency: Int?, attempts: Int?, timeout: Duration?) throws(ConfigurationValueError) {
        guard (1...256).contains(concurrency ?? 16) else {
            throw ConfigurationValueError(expected: "a concurrency from 1 to 256, not \(concurrency ?? 0)")
        }
        guard (1...20).contains(attempts ?? 2) else { throw ConfigurationValueError(expected: "attempts from 1 to 20, not \(attempts ?? 0)") }
        guard (.milliseconds(100) ... .seconds(3600)).contains(timeout ?? .seconds(60)) else {
            throw ConfigurationValueError(expected: "a timeout from 100ms to 1h")
        }
        self.concurrency = concurrency ?? 16
        retries = RetryPolicy(attempts: attempts ?? 2, base: .milliseconds(500), cap: .seconds(10))
        self.timeout = timeout ?? .seconds(60)
    }

    /// When a call must have its answer.
    func deadline(within batch: ContinuousClock.Instant?) -> ContinuousClock.Instant {
        let own = ContinuousClock.now + timeout
        return batch.map { min($0, own) } ?? own
    }
}

extension CallLimits {
    /// Makes a call, and makes it again where that can help and there is time.
    ///
    /// - Parameters:
    ///   - batch: when the whole batch must have its answer.
    ///   - body: makes the call, which must end by the given time.
    func retrying<Result>(
        by batch: ContinuousClock.Instant?, _ body: (ContinuousClock.Instant) async throws(AWSError) -> Result
    ) async throws(AWSError) -> Result {
        let deadline = deadline(within: batch)
        var attempt = 1
        while true {
            do throws(AWSError) {
                return try await body(deadline)
            } catch {
                guard error.isRetryable, let wait = retries.delay(after: attempt, asked: error.retryAfter), .now + wait < deadline,
                    !Task.isCancelled
                else { throw error }
                do { try await Task.sleep(for: wait) } catch _ { throw error }
                attempt += 1
            }
        }
    }
}

extension AWSError {
    /// It concerns the service, the account or the settings, not what was sent: whatever is sent next fails likewise.
    var concernsAll: Bool {
        if code == .configuration || code == .credentials || code == .closed { return true }
        if isNotFound { return true }
        guard let serviceCode else { return false }
        return AWSError.refusals.contains(serviceCode)
    }

    private static let refusals: Set<String> = [
        "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AuthorizationHeaderMalformed", "ExpiredToken", "ExpiredTokenException",
        "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "NotImplemented", "PermanentRedirect", "SignatureDoesNotMatch", "UnrecognizedClientException",
    ]

    /// What is to be said of the record that the call was for.
    var outcomeOfWrite: Outcome {
        code == .invalidRequest ? .rejected("\(self)") : .retry("\(self)", after: retryAfter)
    }
}

#endif
