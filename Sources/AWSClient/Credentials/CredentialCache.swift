// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Logging
internal import StreamRecords

/// Keeps credentials and gets new ones in time, for all calls at once.
///
/// From 15 minutes before they expire on, whoever comes first gets new ones while the others go on with the old; if that fails, the old ones stay, and for a
/// minute nobody tries again. From 10 minutes on everybody waits for new ones, and a failure is an error.
actor CredentialCache {
    static let advisory: Int64 = 15 * 60_000
    static let mandatory: Int64 = 10 * 60_000
    static let pause: Int64 = 60_000

    private let provider: any CredentialProvider
    private let clock: AWSClock
    private let logger: Logger
    private var kept: AWSCredentials?
    private var refresh: Task<Result<AWSCredentials, AWSError>, Never>?
    private var pausedUntil: Timestamp?

    init(_ provider: any CredentialProvider, clock: AWSClock, logger: Logger) {
        self.provider = provider
        self.clock = clock
        self.logger = logger
    }

    func current() async throws(AWSError) -> AWSCredentials {
        guard let kept else { return try await refreshed() }
        guard let expiration = kept.expiration else { return kept }
        let now = clock.now()
        let left = expiration.milliseconds - now.milliseconds
        if left > CredentialCache.advisory { return kept }
        if left <= CredentialCache.mandatory { return try await refreshed() }
        if refresh != nil { return kept }
        if let pausedUntil, now < pausedUntil { return kept }
        do throws(AWSError) {
            return try await refreshed()
        } catch {
            pausedUntil = Timestamp(milliseconds: clock.now().milliseconds + CredentialCache.pause)
            logger.warning(
                "Credentials could not be renewed; going on with those that are there",
                metadata: ["source": "\(kept.source)", "until": "\(expiration)", "error": "\(error)"])
            return kept
        }
    }

    /// Forgets credentials that a service refused, unless there are others by now.
    func discard(_ credentials: AWSCredentials) {
        if kept?.keys == credentials.keys { kept = nil }
    }

    /// One refresh at a time; who comes while it runs waits for it. It goes on when who began it is cancelled.
    private func refreshed() async throws(AWSError) -> AWSCredentials {
        if let refresh { return try await refresh.value.get() }
        let task = Task { await self.fetch() }
        refresh = task
        return try await task.value.get()
    }

    private func fetch() async -> Result<AWSCredentials, AWSError> {
        defer { refresh = nil }
        do throws(AWSError) {
            guard let credentials = try await provider.credentials() else {
                throw AWSError(.credentials, "no credentials were found where they were looked for")
            }
            if let expiration = credentials.expiration, expiration <= clock.now() {
                throw AWSError(.credentials, "the credentials from \(credentials.source) expired at \(expiration)")
            }
            kept = credentials
            pausedUntil = nil
            return .success(credentials)
        } catch {
            return .failure(error)
        }
    }
}

#endif
