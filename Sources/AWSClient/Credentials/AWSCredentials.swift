// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSSigner
public import StreamRecords

/// Keys to sign with, and until when they are good.
public struct AWSCredentials: Sendable, Hashable, CustomStringConvertible {
    /// What requests are signed with.
    public var keys: SigningCredentials
    /// Absent: they don't expire.
    public var expiration: Timestamp?
    /// Where they come from, for people: `environment`, `profile default`.
    public var source: String

    /// - Parameters:
    ///   - expiration: absent where they don't expire.
    ///   - source: where they come from, for people.
    public init(_ keys: SigningCredentials, expiration: Timestamp? = nil, source: String) {
        self.keys = keys
        self.expiration = expiration
        self.source = source
    }

    /// The access key's id, where it comes from and until when it is good; never the secret parts.
    public var description: String { "\(keys) from \(source)\(expiration.map { ", until \($0)" } ?? "")" }

    /// Refuses what no header can carry: mostly the line break at the end of a secret that was put into a file.
    func check() throws(AWSError) {
        let parts = [
            ("access key id", keys.accessKeyID), ("secret access key", keys.secretAccessKey), ("session token", keys.sessionToken ?? ""),
        ]
        for (name, text) in parts where text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw AWSError(.credentials, "the \(name) from \(source) has a line break or another control character in it")
        }
    }
}

/// Gets credentials from one place. Keeping them and getting new ones in time is the client's work, so this may fetch each time it is asked.
public protocol CredentialProvider: Sendable {
    /// - Returns: absent where this place has none and another one may be tried.
    func credentials() async throws(AWSError) -> AWSCredentials?
}

/// The same keys always.
public struct StaticCredentials: CredentialProvider {
    private let value: AWSCredentials

    /// - Parameter expiration: absent where they don't expire.
    public init(_ keys: SigningCredentials, expiration: Timestamp? = nil) {
        value = AWSCredentials(keys, expiration: expiration, source: "code")
    }

    /// Keys that somebody else found; errors name that place.
    init(_ value: AWSCredentials) { self.value = value }

    /// The keys that it was made with.
    public func credentials() async throws(AWSError) -> AWSCredentials? { value }
}

#endif
