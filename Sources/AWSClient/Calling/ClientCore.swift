// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import Logging
internal import Synchronization

/// What all services of one client share: settings, credentials, connections, the clocks' corrections, and a retry bucket for each service.
final class ClientCore: Sendable {
    let configuration: AWSConfiguration
    let transport: any HTTPTransport
    let signingKeys = SigningKeyCache()
    let credentials: CredentialCache
    private let clocks: ServiceClocks
    private let resolver: SettingsResolver
    private let resolved = Mutex<ResolvedSettings?>(nil)
    private let buckets = Mutex<[AWSService: RetryTokenBucket]>([:])

    /// - Parameters:
    ///   - resolver: where the settings have been read already.
    ///   - clocks: what another client found.
    init(_ configuration: AWSConfiguration, resolver: SettingsResolver? = nil, clocks: ServiceClocks = ServiceClocks()) {
        self.configuration = configuration
        self.clocks = clocks
        transport =
            configuration.transport
            ?? AsyncHTTPTransport(connectTimeout: configuration.timeouts.connect, connectionsPerHost: configuration.maximumConnectionsPerHost)
        let resolver = resolver ?? SettingsResolver(configuration)
        self.resolver = resolver
        credentials = CredentialCache(
            configuration.credentials ?? DefaultCredentialChain(configuration, resolver, transport: transport, clocks: clocks),
            clock: configuration.clock, logger: configuration.logger, clockOffset: { clocks.offset(of: .sts) })
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
        buckets.withLock { body(&$0[service, default: RetryTokenBucket()]) }
    }

    /// How far the service's clock is ahead of this machine's.
    func clockOffset(of service: AWSService) -> Duration { clocks.offset(of: service) }

    func setClockOffset(of service: AWSService, _ offset: Duration) { clocks.set(offset, of: service) }
}

#endif
