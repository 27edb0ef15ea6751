// SPDX-License-Identifier: Apache-2.0

/// A name with wildcards: `*` stands for any characters, none included. Letter case matters.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    public let description: String
    private let parts: [String]

    public init(_ text: String) {
        description = text
        parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    public var hasWildcard: Bool { parts.count > 1 }

    /// Whether the whole name fits.
    public func matches(_ name: String) -> Bool {
        guard let first = parts.first, let last = parts.last, hasWildcard else { return name == description }
        guard name.utf8.count >= first.utf8.count + last.utf8.count, name.hasPrefix(first), name.hasSuffix(last)
        else { return false }
        // Between the fixed ends, taking each part at its first place leaves the most room for the next one.
        var rest = name.utf8.dropFirst(first.utf8.count).dropLast(last.utf8.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = endOfFirst(part.utf8, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private func endOfFirst(_ part: String.UTF8View, in text: Substring.UTF8View) -> String.Index? {
        var start = text.startIndex
        while true {
            let rest = text[start...]
            if rest.count < part.count { return nil }
            if rest.starts(with: part) { return rest.index(rest.startIndex, offsetBy: part.count) }
            start = text.index(after: start)
        }
    }
}
