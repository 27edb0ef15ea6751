// SPDX-License-Identifier: Apache-2.0

#if AWS
public import AWSSigner
public import StreamRecords

/// Keys to sign with, and until when they are good.
public struct AWSCredentials: Sendable, Hashable, CustomStringConvertible {
    public var keys: SigningCredentials
    /// Absent: they don't expire.
    public var expiration: Timestamp?
    /// Where they come from, for people: `environment`, `profile default`.
    public var source: String

    public init(_ keys: SigningCredentials, expiration: Timestamp? = nil, source: String) {
        self.keys = keys
        self.expiration = expiration
        self.source = source
    }

    public var description: String { "\(keys) from \(source)\(expiration.map { ", until \($0)" } ?? "")" }
}

/// Gets credentials from one place. Keeping them and getting new ones in time is the client's work, so this may fetch each time it is asked.
public protocol CredentialProvider: Sendable {
    /// - Returns: absent where this place has none and another one may be tried.
    func credentials() async throws(AWSError) -> AWSCredentials?
}

/// The same keys always.
public struct StaticCredentials: CredentialProvider {
    private let value: AWSCredentials

    public init(_ keys: SigningCredentials, expiration: Timestamp? = nil) {
        value = AWSCredentials(keys, expiration: expiration, source: "code")
    }

    public func credentials() async throws(AWSError) -> AWSCredentials? { value }
}

#endif
