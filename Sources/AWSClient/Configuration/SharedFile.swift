// SPDX-License-Identifier: Apache-2.0

#if AWS

/// One of the shared files, `~/.aws/config` or `~/.aws/credentials`: sections with settings, some of which have settings below them.
///
/// Format: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
struct SharedFile: Sendable, Hashable {
    /// A setting's name in small letters, and its text; settings below it by theirs.
    struct Section: Sendable, Hashable {
        var values: [String: String] = [:]
        var nested: [String: [String: String]] = [:]

        /// Takes what the other one says, too; where both say something, the other one counts.
        mutating func merge(_ other: Section) {
            values.merge(other.values) { $1 }
            nested.merge(other.nested) { $0.merging($1) { $1 } }
        }
    }

    /// By what stands between the brackets, blanks made one: `default`, `profile dev`, `services local`.
    private(set) var sections: [String: Section] = [:]

    init() {}

    /// - Parameter path: for errors.
    init(parsing text: String, path: String) throws(AWSError) {
        var section: String?
        var parent: String?
        // A carriage return with a line feed is one character, and not equal to a line feed.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let content = SharedFile.trimmed(line)
            if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
            let isIndented = line.first == " " || line.first == "\t"
            func fail(_ expected: String) -> AWSError { AWSError(.configuration, "\(path), line \(index + 1): expected \(expected)") }
            if !isIndented, content.hasPrefix("[") {
                guard let end = content.firstIndex(of: "]") else { throw fail("] behind the section's name") }
                let name = content[content.index(after: content.startIndex)..<end].split { $0 == " " || $0 == "\t" }.joined(separator: " ")
                section = name
                parent = nil
                sections[name, default: Section()] = sections[name] ?? Section()
                continue
            }
            guard let section else { throw fail("a section, as [default]") }
            guard let sign = content.firstIndex(of: "=") else { throw fail("NAME = VALUE") }
            let name = SharedFile.trimmed(content[..<sign]).lowercased()
            let value = SharedFile.value(content[content.index(after: sign)...])
            if isIndented, let parent {
                sections[section]?.nested[parent, default: [:]][name] = value
            } else {
                sections[section]?.values[name] = value
                // Settings may follow below a setting that says nothing itself.
                parent = value.isEmpty ? name : nil
            }
        }
    }

    /// Without the comment that may follow behind a blank.
    private static func value(_ text: Substring) -> String {
        var text = text
        for mark in [" #", " ;", "\t#", "\t;"] {
            if let start = text.firstRange(of: mark) { text = text[..<start.lowerBound] }
        }
        return String(trimmed(text))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}

#endif
