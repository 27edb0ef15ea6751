// SPDX-License-Identifier: Apache-2.0

/// What must not be seen of a record: values at paths, each removed, masked or hashed.
///
/// A path leads as in ``RecordPath``, with two differences: it goes through lists into each of their elements (a number picks one), and `*`
/// stands for any one name. An item's key attributes stand in its keys and in both images; a path to one of the three hides all of them.
///
/// A path leads into texts as well, where they are JSON. A text that begins as JSON does, or would but for characters that do not show, and cannot
/// be read is hidden as a whole; in all other texts a path leads nowhere.
public struct Redaction: Sendable, Hashable {
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// The value is not there. Where something has to be (the text of a log line, a message's body), it is empty.
        case removed
        /// `***` is there in place of the value, whatever it was.
        case masked
        /// 64 hexadecimal digits are there in place of the value: HMAC-SHA256 of its text with the redaction's key. Equal values have equal
        /// digits, so they can be counted and joined; numbers are equal as numbers, and an item or list by its JSON.
        case hashed
    }

    /// What values are hashed with. It does not show itself in messages.
    public struct Key: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        let code: HMACSHA256

        /// - Parameter secret: 16 bytes at least, for what is hashed with a short one can be guessed.
        public init(_ secret: [UInt8]) { code = HMACSHA256(key: secret) }

        public var description: String { "a key" }
        public var debugDescription: String { description }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    public struct Rule: Sendable, Hashable {
        public let path: RecordPath
        public let method: Method

        /// - Throws: where the path leads to something that every record needs, and that has no secrets: its kind, id, time and the like.
        public init(_ path: RecordPath, _ method: Method = .removed) throws(RecordPath.Mistake) {
            guard path.root.hasParts else {
                let names = RecordPath.Root.allCases.filter(\.hasParts).map(\.rawValue)
                throw RecordPath.Mistake(
                    expected: "a path that begins with one of \(names.joined(separator: ", "))", names: names, name: path.root.rawValue)
            }
            self.path = path
            self.method = method
        }

        init(_ path: RecordPath, _ method: Method, unchecked: Void) {
            self.path = path
            self.method = method
        }
    }

    public let rules: [Rule]
    let key: Key?

    /// - Parameter key: needed where a rule says `hashed`; without one such a rule removes.
    public init(_ rules: [Rule], key: Key? = nil) {
        self.rules = rules
        self.key = key
    }

    /// Nothing to hide. As part of a batch that hides something elsewhere, see ``RecordBatch/redacted(_:)``.
    public static let none = Redaction([])

    /// Whether a part of items may be hidden, and so perhaps a key by which they are told apart.
    public var touchesItems: Bool {
        rules.contains { $0.path.root == .keys || $0.path.root == .old || $0.path.root == .new }
    }

    /// What stands for a text that must not be seen but has to be told from others: the same for the same text.
    func digest(_ text: String) -> String {
        (key?.code ?? Redaction.unkeyed).text(for: text.utf8)
    }

    private static let unkeyed = HMACSHA256(key: Array("sluice".utf8))
}
