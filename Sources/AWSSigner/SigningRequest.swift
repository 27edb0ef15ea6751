// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Crypto

/// What of a request a signature covers.
public struct SigningRequest: Sendable, Hashable {
    /// A header's name, in any case, and its value.
    public struct Header: Sendable, Hashable {
        /// In any case.
        public var name: String
        /// As it is sent.
        public var value: String

        /// - Parameters:
        ///   - name: in any case.
        ///   - value: as it is sent.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `POST`.
    public var method: String
    /// The path as it is sent, percent-encoded; `/` where it is empty.
    public var path: String
    /// What follows the question mark as it is sent; empty where there is none.
    public var query: String
    /// All headers that are to be signed, with `host`, which has the port unless it is the scheme's own.
    public var headers: [Header]
    /// The body's hash, or what stands for it.
    public var payload: PayloadHash

    public init(method: String, path: String, query: String = "", headers: [Header], payload: PayloadHash = .empty) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.payload = payload
    }
}

/// The hash of a request's body as a signature holds it.
public struct PayloadHash: Sendable, Hashable {
    /// 64 hexadecimal digits, or one of the words that S3 takes in their place.
    public let text: String

    private init(text: String) { self.text = text }

    /// SHA-256 of the body.
    public init(of body: [UInt8]) { text = Hexadecimal.text(SHA256.hash(data: body)) }

    /// Of no body.
    public static let empty = PayloadHash(text: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    /// The body is not covered. S3 takes it over TLS, and in presigned addresses.
    public static let unsigned = PayloadHash(text: "UNSIGNED-PAYLOAD")
}

/// Hashes as AWS writes them.
@usableFromInline
package enum Hexadecimal {
    /// Two small digits for each byte.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// One digit, of a value below 16.
    @inlinable
    package static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

#endif
