// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import StreamRecords

/// Looks for credentials where AWS's own tools look, in their order. The first place that has some counts; one that should have some and fails ends the search.
///
/// 1. `AWS_ACCESS_KEY_ID` and its like, unless a profile is named in code;
/// 2. the profile: a role to assume, a web identity (of the environment first), keys in `~/.aws/credentials`, `credential_process`, keys in `~/.aws/config`;
/// 3. the container's endpoint (ECS, EKS);
/// 4. the machine's metadata service (EC2).
///
/// Order: <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
struct DefaultCredentialChain: CredentialProvider {
    private let configuration: AWSConfiguration
    private let resolver: SettingsResolver
    private let transport: any HTTPTransport
    private let clocks: ServiceClocks

    init(_ configuration: AWSConfiguration, _ resolver: SettingsResolver, transport: any HTTPTransport, clocks: ServiceClocks) {
        self.configuration = configuration
        self.resolver = resolver
        self.transport = transport
        self.clocks = clocks
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let settings = try await resolver.settings()
        let parts = CredentialParts(configuration, resolver, settings, transport: transport, clocks: clocks)
        if !settings.isProfileNamedInCode, let found = try await parts.environment.credentials() { return found }
        if let found = try await ProfileCredentials(settings.profileName, parts).credentials() { return found }
        if let found = try await parts.container.credentials() { return found }
        if let found = try await parts.metadata.credentials() { return found }
        throw AWSError(
            .credentials,
            "no credentials: not in the environment (AWS_ACCESS_KEY_ID), not in the profile \(settings.profileName), not from a container or this machine")
    }
}

/// The places that others refer to, and what they need.
struct CredentialParts: Sendable {
    let configuration: AWSConfiguration
    let settings: ResolvedSettings
    let transport: any HTTPTransport
    private let resolver: SettingsResolver
    private let clocks: ServiceClocks

    /// - Parameter clocks: what the calls to STS tell of its clock.
    init(
        _ configuration: AWSConfiguration, _ resolver: SettingsResolver, _ settings: ResolvedSettings, transport: any HTTPTransport,
        clocks: ServiceClocks
    ) {
        self.clocks = clocks
        self.configuration = configuration
        self.resolver = resolver
        self.settings = settings
        self.transport = transport
    }

    var environment: EnvironmentCredentials { EnvironmentCredentials(configuration.environment) }

    var container: ContainerCredentials { ContainerCredentials(configuration, transport) }

    var metadata: InstanceMetadataCredentials {
        InstanceMetadataCredentials(
            configuration, transport, profile: settings.profiles.profile(settings.profileName) ?? SharedFile.Section())
    }

    /// STS as somebody else sees it.
    ///
    /// - Parameter keys: whose; absent for calls that are not signed.
    func sts(_ keys: AWSCredentials?) -> STS {
        var configuration = configuration
        configuration.transport = transport
        // Who calls decided that they are good, whatever the time.
        var keys = keys ?? AWSCredentials(.init(accessKeyID: "", secretAccessKey: ""), source: "nowhere")
        keys.expiration = nil
        configuration.credentials = StaticCredentials(keys)
        return STS(caller: ServiceCaller(service: .sts, core: ClientCore(configuration, resolver: resolver, clocks: clocks)))
    }

    /// What a role's session is called where nobody gives it a name.
    var sessionName: String { "sluice-\(configuration.clock.now().milliseconds / 1000)" }
}

#endif
