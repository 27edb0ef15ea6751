// SPDX-License-Identifier: Apache-2.0

public import StreamRecords

/// What a person says of an execution: that it did right, or not. All that are given are kept; the latest is the execution's verdict.
public struct Judgement: Sendable, Hashable {
    public enum Validity: String, Sendable, Hashable, CaseIterable {
        case valid, invalid
    }

    /// Tells judgements of one moment apart. Writing one again under its id changes nothing.
    public var id: String
    public var validity: Validity
    /// Why. At most ``longestNote`` bytes.
    public var note: String?
    /// Who says so. At most ``longestAuthor`` bytes.
    public var by: String?
    /// When it was said.
    public var at: Timestamp

    /// The most bytes of a note: it stands in the execution's row, which DynamoDB bills whole with each update.
    public static let longestNote = 4 << 10
    /// The most bytes of an author's name.
    public static let longestAuthor = 256

    public init(id: String, validity: Validity, note: String? = nil, by: String? = nil, at: Timestamp) {
        self.id = id
        self.validity = validity
        self.note = note.nonEmpty
        self.by = by.nonEmpty
        self.at = at
    }

    /// A new one, under an id of its own.
    public init(_ validity: Validity, note: String? = nil, by: String? = nil, at: Timestamp) {
        self.init(id: EventID.new(at: at), validity: validity, note: note, by: by, at: at)
    }

    /// As the execution's row has it.
    public var verdict: Invocation.Verdict {
        Invocation.Verdict(validity: validity.rawValue, by: by, at: at.description, note: note)
    }

    /// Why it cannot be kept; absent where it can.
    public var flaw: String? {
        if let note, note.utf8.count > Self.longestNote { return "the note has \(note.utf8.count) bytes; at most \(Self.longestNote) are kept" }
        if let by, by.utf8.count > Self.longestAuthor { return "the author's name has \(by.utf8.count) bytes; at most \(Self.longestAuthor) are kept" }
        return nil
    }
}

/// What became of a judgement.
public enum JudgeAnswer: Sendable, Hashable {
    /// It is in the history; where none is later, it is the execution's verdict.
    case judged
    /// It was there before.
    case alreadyThere
    /// There is no such execution, and none was made.
    case notFound
}
