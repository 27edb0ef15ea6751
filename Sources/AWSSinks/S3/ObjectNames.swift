// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Sluice
internal import StreamRecords

/// Gives records and batches their objects' keys: a prefix, and what a template makes of the record.
struct ObjectNames: Sendable {
    private let prefix: String
    private let template: NameTemplate

    /// - Throws: `ConfigurationValueError` where no key could come of the prefix.
    init(prefix: String?, template: NameTemplate) throws(ConfigurationValueError) {
        var prefix = prefix ?? ""
        while prefix.hasPrefix("/") { prefix.removeFirst() }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        // Clients and servers take the parts . and .. out of a path, so such objects can be reached by none.
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
        guard prefix.isEmpty || !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !prefix.contains("\0") else {
            throw ConfigurationValueError(expected: "a prefix without empty parts, . and ..: archive/2026")
        }
        guard prefix.utf8.count <= ObjectNames.longestPrefix else {
            throw ConfigurationValueError(
                expected: "a prefix of at most \(ObjectNames.longestPrefix) bytes, since S3's keys have \(S3.Limits.keyBytes) at most")
        }
        self.prefix = prefix.isEmpty ? "" : prefix + "/"
        self.template = template
    }

    private static let longestPrefix = 512

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

#endif
