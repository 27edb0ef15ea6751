// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import StreamRecords

/// The attributes of a message with all that sending them takes, worked out once: many messages have the same ones.
package final class AttributeSet: Sendable, Hashable {
    let values: [String: SQS.Attribute]
    /// How many bytes SQS counts.
    let size: Int
    /// As a request has them; absent where there are none.
    let json: [UInt8]?
    /// The MD5 that SQS tells of them; absent where there are none.
    let digest: [UInt8]?
    /// Why SQS does not take them.
    let error: AWSError?

    package init(_ values: [String: SQS.Attribute]) {
        self.values = values
        size = values.reduce(0) { $0 + $1.key.utf8.count + $1.value.size }
        json = values.isEmpty ? nil : AttributeSet.json(values)
        digest = MessageDigest.of(values)
        do throws(AWSError) {
            try AttributeSet.check(values)
            error = nil
        } catch {
            self.error = error
        }
    }

    static let none = AttributeSet([:])

    package static func == (a: AttributeSet, b: AttributeSet) -> Bool { a === b || a.values == b.values }

    package func hash(into hasher: inout Hasher) { hasher.combine(values) }

    private static func check(_ values: [String: SQS.Attribute]) throws(AWSError) {
        try RequestCheck.require(
            values.count <= SQS.Limits.attributes, "\(values.count) attributes; SQS takes at most \(SQS.Limits.attributes)")
        for (name, attribute) in values { try attribute.check(name) }
    }

    private static func json(_ values: [String: SQS.Attribute]) -> [UInt8] {
        JSONComposer.object { composer in
            for (name, attribute) in values.sorted(by: { $0.key < $1.key }) {
                composer.member(name) { composer in
                    composer.member("DataType", attribute.type)
                    switch attribute.value {
                    case .string(let text): composer.member("StringValue", text)
                    case .binary(let bytes): composer.member("BinaryValue", Base64.encodeToString(bytes))
                    }
                }
            }
        }
    }
}

extension SQS.Attribute {
    /// How many bytes SQS counts, beside the name's.
    fileprivate var size: Int {
        let value =
            switch value {
            case .string(let text): text.utf8.count
            case .binary(let bytes): bytes.count
            }
        return type.utf8.count + value
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
    fileprivate func check(_ name: String) throws(AWSError) {
        try RequestCheck.name(name, "an attribute's name", lengths: 1...256, characters: "_-.")
        try RequestCheck.require(
            !name.utf8.contains(UInt8(ascii: ".")) || SQS.Attribute.hasSoundDots(name),
            "\(name) cannot be an attribute's name: no dots at the ends or in a row, no AWS. or Amazon. in front")
        try RequestCheck.count(type.utf8.count, of: "bytes in the type of \(name)", in: 1...256)
        switch value {
        case .string(let text) where isOf("String") || isOf("Number"):
            try RequestCheck.require(SQS.isSendable(text), "the attribute \(name) is empty, or has characters that SQS does not take")
        case .binary(let bytes) where isOf("Binary"): try RequestCheck.require(!bytes.isEmpty, "the attribute \(name) is empty")
        default: throw AWSError(.invalidRequest, "the attribute \(name) has the type \(type), which does not fit its value")
        }
    }

    private static func hasSoundDots(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return !lowered.hasPrefix("aws.") && !lowered.hasPrefix("amazon.") && !name.hasPrefix(".") && !name.hasSuffix(".") && !name.contains("..")
    }

    /// Whether the type is this one, or this one with a name of somebody's own.
    private func isOf(_ kind: String) -> Bool { type == kind || type.hasPrefix(kind + ".") }
}

#endif
