// SPDX-License-Identifier: Apache-2.0

#if AWS

/// The keys that a request is signed with. Its description never shows the secret parts.
public struct SigningCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What names the keys; it is no secret.
    public var accessKeyID: String
    /// What signatures are made with; it is never sent.
    public var secretAccessKey: String
    /// What comes with temporary keys; it is sent along and signed.
    public var sessionToken: String?

    /// - Parameter sessionToken: what comes with temporary keys; an empty one counts as absent.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken?.isEmpty == true ? nil : sessionToken
    }

    /// The access key's id, and whether a token comes with it.
    public var description: String { "\(accessKeyID)\(sessionToken == nil ? "" : ", temporary")" }
    /// The same as the description, so that no debugger or log shows more.
    public var debugDescription: String { description }
}

#endif
