// SPDX-License-Identifier: Apache-2.0

#if AWS

/// The keys that a request is signed with. Its description never shows the secret parts.
public struct SigningCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    public var accessKeyID: String
    public var secretAccessKey: String
    /// What comes with temporary keys; it is sent along and signed.
    public var sessionToken: String?

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    public var description: String { "\(accessKeyID)\(sessionToken == nil ? "" : ", temporary")" }
    public var debugDescription: String { description }
}

#endif
