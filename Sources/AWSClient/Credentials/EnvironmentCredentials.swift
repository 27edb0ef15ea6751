// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import StreamRecords

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`: how Lambda gives a function its credentials.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html>
struct EnvironmentCredentials: CredentialProvider {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        switch (environment.setting("AWS_ACCESS_KEY_ID"), environment.setting("AWS_SECRET_ACCESS_KEY")) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            let token = environment.setting("AWS_SESSION_TOKEN") ?? environment.setting("AWS_SECURITY_TOKEN")
            var expiration: Timestamp?
            if let text = environment.setting("AWS_CREDENTIAL_EXPIRATION") {
                expiration = Timestamp(iso8601: text)
                if expiration == nil { throw AWSError(.credentials, "AWS_CREDENTIAL_EXPIRATION is \(text), which is no time") }
            }
            return AWSCredentials(
                .init(accessKeyID: id, secretAccessKey: secret, sessionToken: token), expiration: expiration, source: "the environment")
        case (nil, _): throw AWSError(.credentials, "AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not")
        case (_, nil): throw AWSError(.credentials, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not")
        }
    }
}

#endif
