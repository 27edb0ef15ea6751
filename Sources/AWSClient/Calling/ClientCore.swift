// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import Logging
internal import Synchronization

/// What all services of one client share: settings, credentials, connections, and per service the retry bucket and the clock's correction.
final class ClientCore: Sendable {
    private struct ServiceState {
        var bucket = RetryTokenBucket()
        var clockOffset = Duration.zero
    }

    let configuration: AWSConfiguration
    let transport: any HTTPTransport
    let signingKeys = SigningKeyCache()
    let credentials: CredentialCache
    private let resolver: SettingsResolver
    private let resolved = Mutex<ResolvedSettings?>(nil)
    private let states = Mutex<[AWSService: ServiceState]>([:])

    /// - Parameter resolver: where the settings have been read already.
    init(_ configuration: AWSConfiguration, resolver: SettingsResolver? = nil) {
        self.configuration = configuration
        transport =
            configuration.transport
            ?? AsyncHTTPTransport(connectTimeout: configuration.timeouts.connect, connectionsPerHost: configuration.maximumConnectionsPerHost)
        let resolver = resolver ?? SettingsResolver(configuration)
        self.resolver = resolver
        credentials = CredentialCache(
            configuration.credentials ?? DefaultCredentialChain(configuration, resolver, transport: transport), clock: configuration.clock,
            logger: configuration.logger)
    }

    var timeouts: AWSTimeouts { configuration.timeouts }

    /// Region, endpoints and attempts, from code, environment and files; read once.
    func settings(before deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> ResolvedSettings {
        if let settings = resolved.withLock({ $0 }) { return settings }
        let settings = try await resolver.settings(before: deadline)
        resolved.withLock { $0 = settings }
        return settings
    }

    func withBucket<Result: Sendable>(of service: AWSService, _ body: (inout RetryTokenBucket) -> Result) -> Result {
        states.withLock { body(&$0[service, default: ServiceState()].bucket) }
    }

    /// How far the service's clock is ahead of this machine's.
    func clockOffset(of service: AWSService) -> Duration { states.withLock { $0[service]?.clockOffset ?? .zero } }

    func setClockOffset(of service: AWSService, _ offset: Duration) {
        states.withLock { $0[service, default: ServiceState()].clockOffset = offset }
    }
}

#endif
