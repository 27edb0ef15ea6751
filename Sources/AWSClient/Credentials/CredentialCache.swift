// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Logging
internal import StreamRecords

/// Keeps credentials and gets new ones in time, for all calls at once.
///
/// From 15 minutes before they expire on, whoever comes first gets new ones while the others go on with the old; if that fails, the old ones stay, and for a
/// minute nobody tries again. From 10 minutes on everybody waits for new ones, and a failure is an error. Of credentials that live for less than an hour it is
/// the last quarter and the last sixth of that: those of 15 minutes would else be too old from the beginning.
actor CredentialCache {
    private static let advisory: Int64 = 15 * 60_000
    private static let mandatory: Int64 = 10 * 60_000
    private static let pause: Int64 = 60_000

    private struct Kept {
        let credentials: AWSCredentials
        /// How many milliseconds before the end new ones are wanted, and are needed.
        let advisory: Int64
        let mandatory: Int64

        init(_ credentials: AWSCredentials, at now: Timestamp) {
            self.credentials = credentials
            let lifetime = credentials.expiration.map { $0.milliseconds - now.milliseconds } ?? .max
            advisory = min(CredentialCache.advisory, lifetime / 4)
            mandatory = min(CredentialCache.mandatory, lifetime / 6)
        }
    }

    private let provider: any CredentialProvider
    private let clock: AWSClock
    private let logger: Logger
    private let refresh = SharedWork<AWSCredentials>()
    private var kept: Kept?
    private var pausedUntil: Timestamp?

    init(_ provider: any CredentialProvider, clock: AWSClock, logger: Logger) {
        self.provider = provider
        self.clock = clock
        self.logger = logger
    }

    /// - Parameter deadline: until when to wait for new ones. Getting them goes on behind it, for the next who asks.
    func current(before deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> AWSCredentials {
        guard let kept else { return try await refreshed(before: deadline) }
        guard let expiration = kept.credentials.expiration else { return kept.credentials }
        let now = clock.now()
        let left = expiration.milliseconds - now.milliseconds
        if left > kept.advisory { return kept.credentials }
        if left <= kept.mandatory { return try await refreshed(before: deadline) }
        if refresh.isRunning { return kept.credentials }
        if let pausedUntil, now < pausedUntil { return kept.credentials }
        switch await fetched(before: deadline) {
        case .success(let credentials)?: return credentials
        // Those that are there are good for a while yet.
        case nil: return kept.credentials
        case .failure(let error)?:
            logger.warning(
                "Credentials could not be renewed; going on with those that are there",
                metadata: ["source": "\(kept.credentials.source)", "until": "\(expiration)", "error": "\(error)"])
            return kept.credentials
        }
    }

    /// Forgets credentials that a service refused, unless there are others by now.
    func discard(_ credentials: AWSCredentials) {
        if kept?.credentials.keys == credentials.keys { kept = nil }
    }

    private func refreshed(before deadline: ContinuousClock.Instant?) async throws(AWSError) -> AWSCredentials {
        guard let result = await fetched(before: deadline) else { throw AWSError.stoppedWaiting(for: "credentials") }
        return try result.get()
    }

    /// One refresh at a time; who comes while it runs waits for it.
    private func fetched(before deadline: ContinuousClock.Instant?) async -> Result<AWSCredentials, AWSError>? {
        await refresh.value(before: deadline) { await self.fetch() }
    }

    private func fetch() async -> Result<AWSCredentials, AWSError> {
        do throws(AWSError) {
            guard let credentials = try await provider.credentials() else {
                throw AWSError(.credentials, "no credentials were found where they were looked for")
            }
            let now = clock.now()
            if let expiration = credentials.expiration, expiration <= now {
                throw AWSError(.credentials, "the credentials from \(credentials.source) expired at \(expiration)")
            }
            kept = Kept(credentials, at: now)
            pausedUntil = nil
            return .success(credentials)
        } catch {
            pausedUntil = Timestamp(milliseconds: clock.now().milliseconds + CredentialCache.pause)
            return .failure(error)
        }
    }
}

#endif
