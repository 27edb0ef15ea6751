// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Crypto
internal import Synchronization

/// The key that signs one day's requests to one service in one region.
///
/// Derivation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
struct SigningKey: Sendable {
    /// The code of nothing yet: with the key in it, which takes a hash of its own to get there.
    private let empty: HMAC<SHA256>

    /// - Parameter day: `20260120`.
    init(secret: String, day: String, region: String, service: String) {
        var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
        for part in [day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        empty = HMAC<SHA256>(key: key)
    }

    func signature(of text: String) -> String {
        var code = empty
        code.update(data: Array(text.utf8))
        return Hexadecimal.text(code.finalize())
    }
}

/// Keeps the keys of the day, since each takes four hashes to derive. To be shared by all that sign with the same few credentials.
public final class SigningKeyCache: Sendable {
    private struct Name: Hashable {
        let secret, day, region, service: String
    }

    /// More names than this are in use at once only when credentials change all the time; then everything is derived anew.
    private static let most = 32

    private let keys = Mutex<[Name: SigningKey]>([:])

    /// An empty one.
    public init() {}

    func key(secret: String, day: String, region: String, service: String) -> SigningKey {
        let name = Name(secret: secret, day: day, region: region, service: service)
        if let key = keys.withLock({ $0[name] }) { return key }
        let key = SigningKey(secret: secret, day: day, region: region, service: service)
        keys.withLock { keys in
            if keys.count >= SigningKeyCache.most { keys.removeAll() }
            keys[name] = key
        }
        return key
    }

    /// How many keys are kept.
    var count: Int { keys.withLock { $0.count } }
}

#endif
