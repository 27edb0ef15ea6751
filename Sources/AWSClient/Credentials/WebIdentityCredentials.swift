// SPDX-License-Identifier: Apache-2.0

#if AWS

/// A role for who has a token in a file, as Kubernetes gives it. The file is read each time, since tokens are renewed in it.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>
struct WebIdentityCredentials: CredentialProvider {
    private let parts: CredentialParts
    private let profile: SharedFile.Section
    private let readsEnvironment: Bool

    /// - Parameter readsEnvironment: whether the environment's variables count before what the profile says. They don't for a profile that is another
    ///   one's source, nor for one that is named in code.
    init(_ parts: CredentialParts, _ profile: SharedFile.Section, readsEnvironment: Bool = true) {
        self.parts = parts
        self.profile = profile
        self.readsEnvironment = readsEnvironment && !parts.settings.isProfileNamedInCode
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let environment = parts.configuration.environment
        func setting(_ variable: String, _ name: String) -> String? {
            (readsEnvironment ? environment.setting(variable) : nil) ?? profile.values.setting(name)
        }
        guard let file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else { return nil }
        guard let role = setting("AWS_ROLE_ARN", "role_arn") else {
            throw AWSError(.credentials, "there is a web identity token file (\(file)), but no role: set AWS_ROLE_ARN or role_arn")
        }
        guard let token = try await FileText.read(file) else {
            throw AWSError(.credentials, "the web identity token file \(file) is not there")
        }
        var credentials = try await parts.sts(nil).assumeRoleWithWebIdentity(
            STS.AssumeRoleWithWebIdentityRequest(
                roleARN: role, sessionName: setting("AWS_ROLE_SESSION_NAME", "role_session_name") ?? parts.sessionName,
                token: token.trimmed))
        credentials.source = "\(role), by the web identity in \(file)"
        return credentials
    }
}

extension String {
    /// Without blanks and line ends around it.
    var trimmed: String {
        var text = drop { $0.isWhitespace }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

#endif
