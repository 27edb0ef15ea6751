// SPDX-License-Identifier: Apache-2.0

internal import Sluice

/// Which functions may be run again: the setting `rerun.allow`.
///
/// Whoever may save a row could otherwise have any function run with any input. An entry is a function's name, in which `*` stands for any
/// characters, with the alias or version behind a colon that is to be run; without one it is what the bare name means, `$LATEST`.
public struct RerunPermission: Sendable, Hashable {
    private struct Entry: Sendable, Hashable {
        let pattern: NamePattern
        let qualifier: String?
    }

    private let entries: [Entry]

    /// Nothing may be run again.
    public static let none = RerunPermission([])

    public init(_ names: [String]) {
        entries = names.map { text in
            let name = FunctionName(text)
            return Entry(pattern: NamePattern(name.name), qualifier: name.qualifier)
        }
    }

    /// What is to be invoked for an execution of a function; absent where that is not allowed. The first entry that fits counts.
    public func target(of function: String) -> FunctionName? {
        guard let entry = entries.first(where: { $0.pattern.matches(function) }) else { return nil }
        return FunctionName(entry.qualifier.map { "\(function):\($0)" } ?? function)
    }
}
