// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Logging
internal import StreamRecords

/// Keeps credentials and gets new ones in time, for all calls at once.
///
/// From 15 minutes before they expire on, whoever comes first gets new ones while the others go on with the old. It waits for them only a little: then, or
/// if that fails, it goes on with the old ones, too. After a failure nobody tries again for a minute. From 10 minutes on everybody waits for new ones, and a
/// failure is an error. Of credentials that live for less than an hour it is the last quarter and the last sixth of that: those of 15 minutes would else be
/// too old from the beginning.
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
    /// How long a call waits at most for new keys while the old ones are good.
    private let patience: Duration
    private let clockOffset: @Sendable () -> Duration
    private let logger: Logger
    private let refresh = SharedWork<AWSCredentials>()
    private var kept: Kept?
    private var pausedUntil: Timestamp?

    /// - Parameter clockOffset: how far the clock of who gives out keys is ahead of this machine's, as far as that is known.
    init(
        _ provider: any CredentialProvider, clock: AWSClock, logger: Logger, patience: Duration = .seconds(1),
        clockOffset: @escaping @Sendable () -> Duration = { .zero }
    ) {
        self.provider = provider
        self.clock = clock
        self.patience = patience
        self.clockOffset = clockOffset
        self.logger = logger
    }

    /// The time by which keys expire: where this machine's clock is hours fast, new ones would seem to have expired already.
    private var now: Timestamp { Timestamp(milliseconds: clock.now().milliseconds + clockOffset().components.seconds * 1000) }

    /// - Parameter deadline: until when to wait for new ones. Getting them goes on behind it, for the next who asks.
    func current(before deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> AWSCredentials {
        guard let kept else { return try await refreshed(before: deadline) }
        guard let expiration = kept.credentials.expiration else { return kept.credentials }
        let left = expiration.milliseconds - now.milliseconds
        if left > kept.advisory { return kept.credentials }
        if left <= kept.mandatory { return try await refreshed(before: deadline) }
        if refresh.isRunning { return kept.credentials }
        if let pausedUntil, clock.now() < pausedUntil { return kept.credentials }
        // Those that are there are good for a while yet.
        guard case .success(let credentials)? = await fetched(before: patienceEnd(deadline)) else { return kept.credentials }
        return credentials
    }

    /// Until when to wait for keys that are not needed yet: most of a call's time is for the call.
    private func patienceEnd(_ deadline: ContinuousClock.Instant?) -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        guard let deadline else { return now + patience }
        return now + min(patience, max(.zero, now.duration(to: deadline) / 10))
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
            try credentials.check()
            let now = self.now
            if let expiration = credentials.expiration, expiration <= now {
                throw AWSError(.credentials, "the credentials from \(credentials.source) expired at \(expiration)")
            }
            kept = Kept(credentials, at: now)
            pausedUntil = nil
            return .success(credentials)
        } catch {
            pausedUntil = Timestamp(milliseconds: clock.now().milliseconds + CredentialCache.pause)
            warn(error)
            return .failure(error)
        }
    }

    /// Says that keys could not be renewed, as long as there are others: nobody may be waiting for it.
    private func warn(_ error: AWSError) {
        guard let kept, let expiration = kept.credentials.expiration, expiration.milliseconds - now.milliseconds > kept.mandatory else { return }
        logger.warning(
            "Credentials could not be renewed; going on with those that are there",
            metadata: ["source": "\(kept.credentials.source)", "until": "\(expiration)", "error": "\(error)"])
    }
}

#endif
