// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Logging
internal import StreamRecords

/// Puts together what code, environment and shared files say, when it is first asked; once, unless that fails.
///
/// Order: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
actor SettingsResolver {
    private let configuration: AWSConfiguration
    private let resolving = SharedWork<ResolvedSettings>()
    private var resolved: ResolvedSettings?

    init(_ configuration: AWSConfiguration) { self.configuration = configuration }

    func settings(before deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> ResolvedSettings {
        if let resolved { return resolved }
        guard let result = await resolving.value(before: deadline, { await self.resolve() }) else {
            throw AWSError.stoppedWaiting(for: "the settings of the shared files")
        }
        return try result.get()
    }

    /// A failure is not kept: a file may be there, or be put right, by the next call.
    private func resolve() async -> Result<ResolvedSettings, AWSError> {
        do throws(AWSError) {
            let profiles = try await SettingsResolver.profiles(configuration)
            let settings = try SettingsResolver.resolve(configuration, profiles)
            resolved = settings
            return .success(settings)
        } catch {
            return .failure(error)
        }
    }

    /// - Parameter read: gives a file's text, absent where there is none.
    static func profiles(
        _ configuration: AWSConfiguration, reading read: @Sendable (String) async throws(AWSError) -> String? = FileText.read
    ) async throws(AWSError) -> SharedProfiles {
        let environment = configuration.environment
        func file(_ variable: String, _ name: String) async throws(AWSError) -> SharedFile {
            let home = environment.setting("HOME")
            let named = environment.setting(variable)
            var path = named ?? home.map { "\($0)/.aws/\(name)" }
            if let tilde = path, tilde.hasPrefix("~/"), let home { path = home + tilde.dropFirst() }
            guard let path else { return SharedFile() }
            do throws(AWSError) {
                guard let text = try await read(path) else { return SharedFile() }
                return try SharedFile(parsing: text, path: path)
            } catch {
                // A home that is not this process's own need not be readable, as long as nobody refers to a file in it.
                guard named == nil, error.underlying is FileText.Denied else { throw error }
                configuration.logger.debug("A shared file may not be read, and counts as absent", metadata: ["path": "\(path)"])
                return SharedFile()
            }
        }
        return SharedProfiles(
            config: try await file("AWS_CONFIG_FILE", "config"), credentials: try await file("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
    }

    /// The rules, given the files' contents.
    static func resolve(_ configuration: AWSConfiguration, _ profiles: SharedProfiles) throws(AWSError) -> ResolvedSettings {
        let environment = configuration.environment
        let named = configuration.profile ?? environment.setting("AWS_PROFILE") ?? environment.setting("AWS_DEFAULT_PROFILE")
        let name = named ?? "default"
        let found = profiles.profile(name)
        if named != nil && found == nil {
            throw AWSError(.configuration, "the profile \(name) is in neither of the shared files; see AWS_PROFILE, AWS_CONFIG_FILE and HOME")
        }
        let profile = found ?? SharedFile.Section()
        let region =
            configuration.region ?? environment.setting("AWS_REGION") ?? environment.setting("AWS_DEFAULT_REGION") ?? profile.values.setting("region")
        if let region, !isHostPart(region) { throw AWSError(.configuration, "\(region) cannot be a region's name") }
        return ResolvedSettings(
            profileName: name, isProfileNamedInCode: configuration.profile != nil, profiles: profiles, region: region,
            maximumAttempts: try attempts(configuration, profile), s3Addressing: try addressing(configuration, profile),
            endpoints: try endpoints(configuration, profiles, profile))
    }

    private static func attempts(_ configuration: AWSConfiguration, _ profile: SharedFile.Section) throws(AWSError) -> Int {
        let mode = configuration.environment.setting("AWS_RETRY_MODE") ?? profile.values.setting("retry_mode") ?? "standard"
        guard ["standard", "adaptive", "legacy"].contains(mode.lowercased()) else {
            throw AWSError(.configuration, "the retry mode \(mode) is none of standard, adaptive and legacy (all of which are standard here)")
        }
        if let attempts = configuration.maximumAttempts { return max(1, attempts) }
        guard let text = configuration.environment.setting("AWS_MAX_ATTEMPTS") ?? profile.values.setting("max_attempts") else { return 3 }
        guard let attempts = Int(text), attempts >= 1 else {
            throw AWSError(.configuration, "AWS_MAX_ATTEMPTS, or max_attempts, is \(text); expected a number from 1")
        }
        return attempts
    }

    private static func addressing(_ configuration: AWSConfiguration, _ profile: SharedFile.Section) throws(AWSError) -> S3Addressing {
        guard configuration.s3Addressing == .automatic, let text = profile.nested["s3"]?.setting("addressing_style") else {
            return configuration.s3Addressing
        }
        guard let style = S3Addressing(rawValue: text.lowercased()) else {
            throw AWSError(.configuration, "the profile's addressing_style is \(text); expected auto, virtual or path")
        }
        return style
    }

    /// Code, the service's variable, the variable for all, the profile's section for the service, the profile's for all.
    private static func endpoints(
        _ configuration: AWSConfiguration, _ profiles: SharedProfiles, _ profile: SharedFile.Section
    ) throws(AWSError) -> [AWSService: HTTPEndpoint] {
        let environment = configuration.environment
        let isIgnored = environment.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            || (environment.setting("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == nil
                && profile.values.isTrue("ignore_configured_endpoint_urls"))
        var endpoints: [AWSService: HTTPEndpoint] = [:]
        for service in AWSService.all {
            var url = configuration.endpointURLs[service] ?? configuration.endpointURL
            if !isIgnored {
                url = url ?? environment.setting("AWS_ENDPOINT_URL_\(service.settingName.uppercased())") ?? environment.setting("AWS_ENDPOINT_URL")
                if url == nil { url = try profiles.endpoint(of: service, in: profile) ?? profile.values.setting("endpoint_url") }
            }
            guard let url else { continue }
            guard let endpoint = HTTPEndpoint(url) else {
                throw AWSError(.configuration, "the endpoint of \(service) is \(url); expected http:// or https:// with a host, and no query")
            }
            endpoints[service] = endpoint
        }
        return endpoints
    }

    private static func isHostPart(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 63
            && text.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x2D }
    }
}

extension [String: String] {
    /// A variable, or a profile's setting, that says something; an empty one counts as absent.
    func setting(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }

    func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }
}

#endif
