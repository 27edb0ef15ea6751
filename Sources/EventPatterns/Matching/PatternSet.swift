// SPDX-License-Identifier: Apache-2.0

/// Patterns that are held against an event together, in one pass over it.
///
/// What an event's field means to any of the patterns is found by one look-up, so that the time an event takes grows with how many of its fields are
/// asked for, and hardly with how many patterns there are. Match with a ``PatternMatcher``.
public struct PatternSet: Sendable {
    let tables: PatternTables

    /// - Parameter patterns: results call them by their place in this list. Number rules may differ.
    public init(_ patterns: [EventPattern]) {
        var builder = TableBuilder()
        for (number, pattern) in patterns.enumerated() { builder.add(pattern, number: number) }
        tables = PatternTables(builder, patterns: patterns.count)
    }

    /// How many patterns there are.
    public var count: Int { tables.patternCount }

    public var isEmpty: Bool { count == 0 }
}
