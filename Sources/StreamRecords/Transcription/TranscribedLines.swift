// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What one pass over a piece of a recording makes: the plain lines of its records, and what routing needs to know of each.
struct TranscribedLines: Sendable {
    let lines: JSONBytes
    /// Where each line begins, and where the last one ends. Each line includes its line feed.
    let offsets: [UInt32]
    let briefs: [RecordBrief]
    let sources: SourceTable
    /// Where the members of the records stand, where somebody wants to know.
    var outlines: RecordOutlines?
}

/// What is known of a record whose parts have not been looked for.
struct RecordBrief: Sendable {
    var kind: Record.Kind
    var operation: Slot.OperationCode
    var hasOrderingKey: Bool
    var source: Int32
    /// Of a change whose line is there, where its `Keys` stand in the text, and how many bytes they are.
    var keysPlace: UInt32 = 0
    var keysCount: UInt32 = 0
}
