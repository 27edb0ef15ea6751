// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import Logging
internal import StreamRecords

/// Takes calls to one service through signing, sending, reading errors and trying again.
struct ServiceCaller: Sendable {
    let service: AWSService
    let core: ClientCore
    /// In place of what the client's settings say.
    var attempts: Int?
    var attemptTimeout: Duration?

    /// Sends a call until it succeeds or trying again cannot help.
    ///
    /// - Returns: an answer with a status below 300.
    func send(_ call: Call, deadline: ContinuousClock.Instant?) async throws(AWSError) -> HTTPResponse {
        var attempts = 0
        do throws(AWSError) {
            return try await send(call, deadline: deadline, attempts: &attempts)
        } catch {
            throw named(error, call.operation, attempts: attempts)
        }
    }

    /// The same error with what it happened to.
    func named(_ error: AWSError, _ operation: String, attempts: Int? = nil) -> AWSError {
        var error = error
        error.service = error.service ?? service.name
        error.operation = error.operation ?? operation
        if let attempts, error.attempts == 0 { error.attempts = attempts }
        return error
    }

    private func send(_ call: Call, deadline: ContinuousClock.Instant?, attempts: inout Int) async throws(AWSError) -> HTTPResponse {
        let settings = try await core.settings(before: deadline)
        let address = try settings.address(of: service, bucket: call.bucket)
        let cache = core.credentials
        let timeout = attemptTimeout ?? core.timeouts.attempt
        var progress = CallProgress(maximumAttempts: self.attempts ?? settings.maximumAttempts)
        while true {
            let keys = call.isSigned ? try await cache.current(before: deadline) : nil
            let remaining = deadline.map { ContinuousClock.now.duration(to: $0) }
            if let remaining, remaining <= .zero { throw AWSError(.timeout, "the deadline passed before it was sent", isRetryable: true) }
            progress.begin()
            attempts = progress.sent
            let failed: FailedAttempt
            switch await attempt(call, address, keys, within: min(timeout, remaining ?? timeout)) {
            case .success(let response):
                core.withBucket(of: service) { progress.succeed(bucket: &$0) }
                return response
            case .failure(let failure): failed = failure
            }
            try await prepare(
                for: core.withBucket(of: service) {
                    progress.fail(
                        failed.failure, bucket: &$0, jitter: core.configuration.jitter(),
                        remaining: deadline.map { ContinuousClock.now.duration(to: $0) })
                }, after: failed, keys, cache, call, deadline)
        }
    }

    /// Signs and sends once.
    private func attempt(
        _ call: Call, _ address: ServiceAddress, _ keys: AWSCredentials?, within timeout: Duration
    ) async -> Result<HTTPResponse, FailedAttempt> {
        let localTime = core.configuration.clock.now()
        let offset = core.clockOffset(of: service)
        let request = address.request(call, service, keys: keys?.keys, core.signingKeys, at: localTime, clockOffset: offset)
        do throws(HTTPTransportError) {
            let response = try await core.transport.send(request, timeout: timeout, maximumAnswer: core.configuration.maximumAnswerBytes)
            let signedTime = Timestamp(milliseconds: localTime.milliseconds + offset.components.seconds * 1000)
            if response.status < 300 {
                // Nobody checks the time of a call without a signature, so no error tells that this machine's clock is wrong. The keys that STS gives
                // for a web identity would seem to have expired, or to be good for too long.
                if !call.isSigned, let offset = FailureClassifier.correction(by: response, signedTime: signedTime, localTime: localTime) {
                    core.setClockOffset(of: service, offset)
                }
                return .success(response)
            }
            return .failure(FailedAttempt(response, call.errorForm, signedTime: signedTime, localTime: localTime))
        } catch {
            return .failure(FailedAttempt(error))
        }
    }

    /// Does what must be done before the next attempt, or throws where there is none.
    private func prepare(
        for step: NextStep, after failed: FailedAttempt, _ keys: AWSCredentials?, _ cache: CredentialCache, _ call: Call,
        _ deadline: ContinuousClock.Instant?
    ) async throws(AWSError) {
        if Task.isCancelled { throw AWSError(.cancelled, "the task was cancelled", underlying: failed.error) }
        switch step {
        case .giveUp: throw failed.error
        case .retry(let wait):
            core.configuration.logger.debug(
                "Trying again", metadata: ["call": "\(service) \(call.operation)", "wait": "\(wait)", "error": "\(failed.error)"])
            do {
                try await core.configuration.clock.sleep(wait)
            } catch {
                throw AWSError(.cancelled, "the task was cancelled", underlying: failed.error)
            }
        case .correctClock(let offset):
            core.configuration.logger.warning(
                "This machine's clock is wrong; signing by the service's",
                metadata: ["service": "\(service)", "seconds": "\(offset.components.seconds)"])
            core.setClockOffset(of: service, offset)
        case .refreshCredentials:
            guard let keys else { throw failed.error }
            core.configuration.logger.debug("Credentials were refused; getting new ones", metadata: ["source": "\(keys.source)"])
            await cache.discard(keys)
            // The same keys again would be refused again.
            if try await cache.current(before: deadline).keys == keys.keys { throw failed.error }
        }
    }
}

#endif
