// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner

/// What a profile of the shared files says of credentials: a role, a web identity, keys, or a command that tells them.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
struct ProfileCredentials: CredentialProvider {
    private let name: String
    private let parts: CredentialParts
    /// The profiles that led here, of which none may come again.
    private let trail: [String]

    init(_ name: String, _ parts: CredentialParts, trail: [String] = []) {
        self.name = name
        self.parts = parts
        self.trail = trail
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let profile = parts.settings.profiles.profile(name) ?? SharedFile.Section()
        let isSource = !trail.isEmpty
        let hasRole = profile.values["role_arn"] != nil && profile.values["web_identity_token_file"] == nil
        // Keys come before a role where another profile names this one as its source.
        if hasRole, !(isSource && hasKeys(profile)) { return try await assumedRole(profile) }
        if let found = try await WebIdentityCredentials(parts, profile, readsEnvironment: !isSource).credentials() { return found }
        return try await own(profile)
    }

    private func hasKeys(_ profile: SharedFile.Section) -> Bool {
        profile.values.setting("aws_access_key_id") != nil || profile.values.setting("aws_secret_access_key") != nil
    }

    // MARK: Keys of its own

    private func own(_ profile: SharedFile.Section) async throws(AWSError) -> AWSCredentials? {
        if profile.values["sso_session"] != nil || profile.values["sso_account_id"] != nil || profile.values["login_session"] != nil {
            let command = "aws configure export-credentials --profile \(name) --format process"
            throw AWSError(
                .credentials, "the profile \(name) signs in with a browser, which is not done here; a profile with credential_process = \(command) does it")
        }
        if let keys = try keys(in: parts.settings.profiles.inCredentials[name], "the shared credentials file") { return keys }
        if let command = profile.values["credential_process"] {
            return try await ProcessCredentials(command, environment: parts.configuration.environment, profile: name).credentials()
        }
        return try keys(in: parts.settings.profiles.inConfig[name], "the shared config file")
    }

    private func keys(in section: SharedFile.Section?, _ place: String) throws(AWSError) -> AWSCredentials? {
        let values = section?.values ?? [:]
        switch (values.setting("aws_access_key_id"), values.setting("aws_secret_access_key")) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            let token = values.setting("aws_session_token") ?? values.setting("aws_security_token")
            return AWSCredentials(
                .init(accessKeyID: id, secretAccessKey: secret, sessionToken: token), source: "the profile \(name) in \(place)")
        default:
            throw AWSError(
                .credentials, "the profile \(name) in \(place) has only one of aws_access_key_id and aws_secret_access_key")
        }
    }

    // MARK: A role

    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>
    private func assumedRole(_ profile: SharedFile.Section) async throws(AWSError) -> AWSCredentials? {
        let values = profile.values
        guard let role = values.setting("role_arn") else { return nil }
        if values["mfa_serial"] != nil {
            throw AWSError(.credentials, "the profile \(name) asks for a code of a device (mfa_serial), which nobody is there to type")
        }
        let source = try await source(profile)
        var duration: Int?
        if let text = values.setting("duration_seconds") {
            duration = Int(text)
            if duration == nil { throw AWSError(.credentials, "duration_seconds of the profile \(name) is \(text); expected a number") }
        }
        var credentials = try await parts.sts(source).assumeRole(
            STS.AssumeRoleRequest(
                roleARN: role, sessionName: values.setting("role_session_name") ?? parts.sessionName, durationSeconds: duration,
                externalID: values.setting("external_id")))
        credentials.source = "\(role), assumed by the profile \(name)"
        return credentials
    }

    private func source(_ profile: SharedFile.Section) async throws(AWSError) -> AWSCredentials {
        let values = profile.values
        func fail(_ message: String) -> AWSError { AWSError(.credentials, "the profile \(name) has role_arn \(message)") }
        switch (values.setting("source_profile"), values.setting("credential_source")) {
        case (_?, _?): throw fail("with both source_profile and credential_source; expected one")
        case (nil, nil): throw fail("without source_profile, credential_source or web_identity_token_file")
        case (let source?, nil):
            // A profile may name itself: then its own keys assume its role.
            if source == name {
                guard let keys = try await own(profile) else { throw fail("with itself as source_profile, and no keys") }
                return keys
            }
            if trail.contains(source) { throw fail("with source_profile \(source), which leads back here") }
            guard parts.settings.profiles.profile(source) != nil else { throw fail("with source_profile \(source), which is not there") }
            guard let keys = try await ProfileCredentials(source, parts, trail: trail + [name]).credentials() else {
                throw fail("with source_profile \(source), which has no credentials")
            }
            return keys
        case (nil, let place?):
            let found: AWSCredentials? =
                switch place {
                case "Environment": try await parts.environment.credentials()
                case "EcsContainer": try await parts.container.credentials()
                case "Ec2InstanceMetadata": try await parts.metadata.credentials()
                default: throw fail("with credential_source \(place); expected Environment, EcsContainer or Ec2InstanceMetadata")
                }
            guard let found else { throw fail("with credential_source \(place), which has no credentials") }
            return found
        }
    }
}

#endif
