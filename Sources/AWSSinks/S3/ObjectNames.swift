// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords

/// Gives records and batches their objects' keys: a prefix, and what a template makes of the record.
struct ObjectNames: Sendable {
    private let prefix: String
    private let template: NameTemplate

    init(prefix: ObjectPrefix?, template: NameTemplate) {
        self.prefix = prefix?.text ?? ""
        self.template = template
    }

    /// Whether a record's key belongs to it alone: an id is unique within a table, log group, queue or bus, so the key has to tell that too.
    func areUnique(for record: Record) -> Bool { template.tellsSource(of: record) }

    /// The key of a record's own object.
    func key(for record: Record) -> String { ObjectNames.bounded(prefix + template.path(for: record)) }

    /// The key of an object that several records share.
    func key(for record: Record, id: String) -> String { ObjectNames.bounded(prefix + template.path(for: record, id: id)) }

    /// A key as S3 takes it: what is too long keeps its beginning and ending, and has a hash of the whole between them, so that it still
    /// belongs to this record alone.
    static func bounded(_ key: String) -> String {
        guard key.utf8.count > S3.Limits.keyBytes else { return key }
        let name = key.split(separator: "/").last.map(String.init) ?? key
        var ending = ""
        if let dot = name.firstIndex(of: "."), name[dot...].utf8.count <= 32 { ending = String(name[dot...]) }
        let mark = "~" + Digest.hexadecimal(key, bytes: 16) + ending
        return key.cut(toBytes: S3.Limits.keyBytes - mark.utf8.count) + mark
    }
}

/// What the keys of a sink's objects begin with: empty, or ended by a slash.
struct ObjectPrefix: Decodable, Sendable, Hashable {
    let text: String

    private static let longest = 512

    init(_ text: String) throws(ConfigurationValueError) {
        var text = text
        while text.hasPrefix("/") { text.removeFirst() }
        while text.hasSuffix("/") { text.removeLast() }
        // Clients and servers take the parts . and .. out of a path, so such objects can be reached by none.
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.isEmpty || !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !text.contains("\0") else {
            throw ConfigurationValueError(expected: "a prefix without empty parts, . and ..: archive/2026")
        }
        guard text.utf8.count <= ObjectPrefix.longest else {
            throw ConfigurationValueError(
                expected: "a prefix of at most \(ObjectPrefix.longest) bytes, since S3's keys have \(S3.Limits.keyBytes) at most")
        }
        self.text = text.isEmpty ? "" : text + "/"
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
}

/// A bucket as a configuration names it.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
struct BucketReference: Decodable, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ name: String) throws(ConfigurationValueError) {
        func isLabel(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard (3...63).contains(name.utf8.count), let first = name.utf8.first, let last = name.utf8.last, isLabel(first), isLabel(last),
            !name.contains(".."), name.utf8.allSatisfy({ isLabel($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { throw ConfigurationValueError(expected: "a bucket's name: 3 to 63 small letters, digits, dots and hyphens") }
        description = name
    }

    init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
}

#endif
