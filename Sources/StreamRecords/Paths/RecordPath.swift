// SPDX-License-Identifier: Apache-2.0

/// A way to a part of a record, by the names of the plain envelope: `new.customer.email`, `keys.Id`, `message.level`, `detail.items.0.price`.
///
/// The first name is a part that the plain envelope has at its top. Of `keys`, `old`, `new`, `fields`, `body`, `detail` and `message` (the
/// last three where they are JSON) the following names lead inside; a number is the place in a list. Names that have dots themselves are
/// found as well: `a.b` is the member `a.b`, or `b` in `a`.
public struct RecordPath: Sendable, Hashable, CustomStringConvertible {
    /// The parts that a plain record may have, by their names there.
    public enum Root: String, Sendable, Hashable, CaseIterable {
        case kind, id, op, table, time, sequence, region, account, keys, old, new, changed, expired, group, stream, message, fields
        case requestID = "request_id"
        case function, queue, body, bus, source, type, detail

        /// The kinds of records that can have it.
        public var kinds: [Record.Kind] {
            switch self {
            case .kind, .id, .time: Record.Kind.allCases
            case .op, .table, .sequence, .region, .keys, .old, .new, .changed, .expired: [.change]
            case .account: [.change, .log]
            case .group, .stream, .message, .fields, .requestID, .function: [.log]
            case .queue, .body: [.message]
            case .bus, .source, .type, .detail: [.event]
            }
        }

        /// Whether paths can lead into it.
        public var hasParts: Bool {
            switch self {
            case .keys, .old, .new, .message, .fields, .body, .detail: true
            default: false
            }
        }
    }

    /// Why a text is no path, in words for whoever wrote it.
    public struct Mistake: Error, Sendable, Hashable, CustomStringConvertible {
        /// What would be right.
        public let expected: String
        /// The names one of which may have been meant.
        public let names: [String]
        /// The name that is wrong.
        public let name: String

        public var description: String { "expected \(expected)" }
    }

    public let root: Root
    /// The names behind the first one.
    public let parts: [String]
    /// For each place in ``parts`` the names that begin there: one part, two parts with a dot between, and so on.
    let names: [[String]]

    /// - Throws: where the first name is none that records have, a name is empty, or there is nothing to lead into.
    public init(_ text: String) throws(Mistake) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let first = parts.removeFirst()
        guard let root = Root(rawValue: first) else {
            throw Mistake(
                expected: "a path that begins with one of \(Root.allCases.map(\.rawValue).joined(separator: ", "))",
                names: Root.allCases.map(\.rawValue), name: first)
        }
        if parts.contains("") { throw Mistake(expected: "a path without empty names, such as new.customer.email", names: [], name: "") }
        if !parts.isEmpty && !root.hasParts {
            throw Mistake(expected: "\(root.rawValue) alone, which has no parts", names: [], name: first)
        }
        self.root = root
        self.parts = parts
        names = parts.indices.map { start in
            parts.indices[start...].map { parts[start...$0].joined(separator: ".") }
        }
    }

    /// A path with one name behind the first, whatever characters are in it.
    init(_ root: Root, name: String) {
        self.root = root
        parts = [name]
        names = [[name]]
    }

    public var description: String { ([root.rawValue] + parts).joined(separator: ".") }
}
