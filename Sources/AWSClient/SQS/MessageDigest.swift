// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import Crypto

/// The MD5 that SQS tells of what it took, in small hexadecimal digits. No security hangs on it: it shows damage on the way.
///
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
enum MessageDigest {
    /// - Parameter body: UTF-8.
    static func of(_ body: [UInt8]) -> Insecure.MD5Digest { Insecure.MD5.hash(data: body) }

    /// In digits.
    static func told(of body: String) -> String { Hexadecimal.text(of(Array(body.utf8))) }

    /// Of attributes in the order of their names, each part behind its length. Nil where there are none.
    static func of(_ attributes: [String: SQS.Attribute]) -> [UInt8]? {
        if attributes.isEmpty { return nil }
        var bytes: [UInt8] = []
        func append(_ part: some Collection<UInt8>) {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: part.count >> shift)) }
            bytes += part
        }
        for (name, attribute) in attributes.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            append(name.utf8)
            append(attribute.type.utf8)
            switch attribute.value {
            case .string(let text):
                bytes.append(1)
                append(text.utf8)
            case .binary(let value):
                bytes.append(2)
                append(value)
            }
        }
        return Array(Insecure.MD5.hash(data: bytes))
    }
}

#endif
