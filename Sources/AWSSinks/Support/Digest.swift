// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import Crypto

/// SHA-256 in the forms that names are made of.
enum Digest {
    /// The first bytes of the hash, two small hexadecimal digits each; all 32 unless told.
    static func hexadecimal(_ bytes: [UInt8], bytes count: Int = 32) -> String {
        Hexadecimal.text(SHA256.hash(data: bytes).prefix(count))
    }

    static func hexadecimal(_ text: String, bytes count: Int = 32) -> String { hexadecimal(Array(text.utf8), bytes: count) }

    /// The hash's first byte.
    static func firstByte(_ text: String) -> UInt8 { SHA256.hash(data: Array(text.utf8)).first { _ in true } ?? 0 }
}

extension String {
    /// The first characters (Unicode scalars) that take no more than so many bytes of UTF-8.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit))
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

#endif
