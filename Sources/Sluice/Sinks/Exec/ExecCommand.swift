// SPDX-License-Identifier: Apache-2.0

internal import StreamRecords

/// A program and its arguments, as an `exec` sink is told them: a text, or the list of its words. No shell looks at it.
public struct ExecCommand: Sendable, Hashable, Decodable, CustomStringConvertible {
    /// The program, by its path or to be found by `PATH`, and its arguments. Never empty.
    public let words: [String]

    /// - Returns: nil for no words, or an empty one in the first place.
    public init?(words: [String]) {
        guard let program = words.first, !program.isEmpty else { return nil }
        // A C string ends at a NUL.
        guard !words.contains(where: { $0.utf8.contains(0) }) else { return nil }
        self.words = words
    }

    /// A text whose words are divided at blanks, but for quotes and backslashes: as in a POSIX shell without its variables, patterns and pipes.
    ///
    /// - Returns: nil where there is no word, a quote is not closed or a backslash ends the text.
    public init?(text: String) {
        guard let words = CommandWords.split(text) else { return nil }
        self.init(words: words)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let command: ExecCommand?
        if let words = try? container.decode([String].self) {
            command = ExecCommand(words: words)
        } else {
            command = ExecCommand(text: try container.decode(String.self))
        }
        guard let command else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not \(Self.expected)"))
        }
        self = command
    }

    public var description: String { words.joined(separator: " ") }
}

extension ExecCommand: ConfigurationScalar {
    static func read(_ node: ConfigurationNode) -> ExecCommand? {
        if case .list(let elements) = node.value {
            let words = elements.compactMap(\.string)
            return words.count == elements.count ? ExecCommand(words: words) : nil
        }
        return node.string.flatMap { ExecCommand(text: $0) }
    }

    static var expected: String { "a command such as \"python3 sink.py\", or the list of its words" }
    static var placeholder: ExecCommand { none }
    static var isWrittenAsText: Bool { true }

    private static let none = ExecCommand(placeholder: ())
    private init(placeholder: Void) { words = [""] }
}
