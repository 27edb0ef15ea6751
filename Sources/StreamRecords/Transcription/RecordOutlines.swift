// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Where members of changes stand in a piece of a recording, noted while their lines were made: enough to find a value without an index.
///
/// The text was validated and is compact.
public struct RecordOutlines: Sendable {
    /// The text that the places are in.
    public let text: JSONBytes
    /// Which members were noted.
    public let interest: OutlineInterest
    /// Members of records, of their `dynamodb`, and of the images, whose members come one image behind the other.
    let recordMembers: [JSONMemberPlace]
    let streamMembers: [JSONMemberPlace]
    let attributes: [JSONMemberPlace]
    /// For each record where its members end in each of these; they begin where those of the record before end.
    let ends: [Ends]
    /// For each record whether it has both images, and attributes in both.
    let hasImages: [Bool]

    /// Of no records.
    public static var none: RecordOutlines {
        RecordOutlines(
            text: JSONBytes([]), interest: OutlineInterest(), recordMembers: [], streamMembers: [], attributes: [], ends: [], hasImages: [])
    }

    /// The members of a part of a record that were noted, in the order they were written.
    @_lifetime(borrow self)
    public borrowing func members(of part: ChangePart, at index: Int) -> Span<JSONMemberPlace> {
        guard index >= 0 && index < ends.count else { return attributes.span.extracting(0..<0) }
        let own = ends[index]
        let before = index > 0 ? ends[index &- 1] : Ends()
        switch part {
        case .record: return recordMembers.span.extracting(Int(before.record)..<Int(own.record))
        case .stream: return streamMembers.span.extracting(Int(before.stream)..<Int(own.stream))
        case .new: return attributes.span.extracting(Int(before.old)..<Int(own.new))
        case .old: return attributes.span.extracting(Int(own.new)..<Int(own.old))
        }
    }

    /// Where the members of a record end: in images the new one comes first.
    struct Ends: BitwiseCopyable, Sendable {
        var record: UInt32 = 0
        var stream: UInt32 = 0
        var new: UInt32 = 0
        var old: UInt32 = 0
    }

    /// Whether an attribute of this name differs between the images; nil where that cannot be told from the outlines alone.
    func isChanged(_ name: [UInt8], _ word: UInt64, at index: Int) -> Bool? {
        // An image without attributes looks like one that is not there.
        guard index < hasImages.count, hasImages[index], interest[.old].mayHold(word, count: name.count),
            interest[.new].mayHold(word, count: name.count)
        else { return nil }
        let old = members(of: .old, at: index)
        let new = members(of: .new, at: index)
        guard let before = value(name, among: old), let after = value(name, among: new) else { return nil }
        switch (before, after) {
        case (0, 0): return false
        case (0, _), (_, 0): return true
        default: return !AttributeSameness.isSame(text.reader(at: before), text.reader(at: after))
        }
    }

    /// Where the value of a name stands, 0 where there is none; nil where names with escapes stand in the way.
    private func value(_ name: [UInt8], among members: Span<JSONMemberPlace>) -> Int? {
        var found = 0
        for number in members.indices {
            let member = members[number]
            if member.nameWord == 0 { return nil }
            let text = text.text(Int(member.place) + 1..<member.valuePlace - 2)
            guard text.count == name.count else { continue }
            var isSame = true
            for place in name.indices where text.byte(at: place) != name[place] { isSame = false }
            if isSame && found == 0 { found = member.valuePlace }
        }
        return found
    }
}

/// Notes outlines as records are read.
struct OutlineNotes: ~Copyable {
    /// Nil where nobody wants to know.
    private let interest: OutlineInterest?
    private let isWanted: Bool
    private let record: JSONNameFilter
    private let stream: JSONNameFilter
    private var recordMembers: [JSONMemberPlace] = []
    private var streamMembers: [JSONMemberPlace] = []
    private var attributes: [JSONMemberPlace] = []
    private var ends: [RecordOutlines.Ends] = []
    private var hasImages: [Bool] = []

    init(_ interest: OutlineInterest?, byteCount: Int) {
        self.interest = interest
        isWanted = interest != nil
        record = interest?[.record] ?? JSONNameFilter()
        stream = interest?[.stream] ?? JSONNameFilter()
        guard isWanted else { return }
        attributes.reserveCapacity(byteCount / 256)
        recordMembers.reserveCapacity(byteCount / 512)
        streamMembers.reserveCapacity(byteCount / 512)
        ends.reserveCapacity(byteCount / 512)
        hasImages.reserveCapacity(byteCount / 512)
    }

    /// - Parameters:
    ///   - nameCount: with quotes and colon.
    ///   - leading: the name's first bytes; there are no escapes in it.
    @inline(__always)
    mutating func noteRecord(_ place: Int, _ nameCount: Int, _ leading: UInt64) {
        guard isWanted && OutlineNotes.mayBegin(record, nameCount, leading) else { return }
        let word = JSONMemberPlace.nameWord(leading, count: nameCount &- 3)
        if record.mayHold(word, count: nameCount &- 3) { recordMembers.append(OutlineNotes.member(place, nameCount, word)) }
    }

    @inline(__always)
    mutating func noteStream(_ place: Int, _ nameCount: Int, _ leading: UInt64) {
        guard isWanted && OutlineNotes.mayBegin(stream, nameCount, leading) else { return }
        let word = JSONMemberPlace.nameWord(leading, count: nameCount &- 3)
        if stream.mayHold(word, count: nameCount &- 3) { streamMembers.append(OutlineNotes.member(place, nameCount, word)) }
    }

    /// A first look at a name. What follows one of less than two letters is no part of it.
    @inline(__always)
    private static func mayBegin(_ names: JSONNameFilter, _ nameCount: Int, _ leading: UInt64) -> Bool {
        names.mayBegin(leading) || nameCount < 5
    }

    @inline(__always)
    private static func member(_ place: Int, _ nameCount: Int, _ word: UInt64) -> JSONMemberPlace {
        JSONMemberPlace(place: UInt32(truncatingIfNeeded: place), nameCount: UInt32(truncatingIfNeeded: nameCount), nameWord: word)
    }

    /// The record ends.
    mutating func end(_ images: borrowing ImagePair, at start: Int, newIsFirst: Bool) {
        guard let interest else { return }
        images.note(interest[.new], isFirst: newIsFirst, at: start, into: &attributes)
        let new = attributes.count
        images.note(interest[.old], isFirst: !newIsFirst, at: start, into: &attributes)
        ends.append(RecordOutlines.Ends(
            record: UInt32(truncatingIfNeeded: recordMembers.count), stream: UInt32(truncatingIfNeeded: streamMembers.count),
            new: UInt32(truncatingIfNeeded: new), old: UInt32(truncatingIfNeeded: attributes.count)))
        hasImages.append(images.count > 0 && images.secondCount > 0)
    }

    consuming func finish(_ text: JSONBytes) -> RecordOutlines? {
        interest.map {
            RecordOutlines(
                text: text, interest: $0, recordMembers: recordMembers, streamMembers: streamMembers, attributes: attributes, ends: ends,
                hasImages: hasImages)
        }
    }
}

extension ImagePair {
    /// Appends those attributes of one of the images that pass a filter.
    fileprivate func note(_ filter: JSONNameFilter, isFirst: Bool, at start: Int, into members: inout [JSONMemberPlace]) {
        if filter.isEmpty { return }
        // Which of them pass at a first look, as bits: there are no more than a word has.
        var passing: UInt64 = 0
        // Bits come in at the top, so that one step follows from the other: vectors would make it dearer.
        let count = isFirst ? self.count : secondCount
        if isFirst {
            for number in 0..<count { passing = passing &>> 1 | filter.mayBeginBit(words[number]) }
        } else {
            for number in 0..<count { passing = passing &>> 1 | filter.mayBeginBit(secondNames[number].word) }
        }
        passing = passing >> UInt64(64 - count)
        while passing != 0 {
            let number = passing.trailingZeroBitCount
            passing &= passing &- 1
            let name = isFirst ? Name(place: attributes[number].place, count: attributes[number].nameCount, word: words[number]) : secondNames[number]
            guard filter.mayHold(name.word, count: Int(name.count) &- 3) else { continue }
            members.append(JSONMemberPlace(place: UInt32(truncatingIfNeeded: start) &+ name.place, nameCount: name.count, nameWord: name.word))
        }
    }
}

extension RecordBatch {
    /// Where the members of the batch's records stand, where that was noted: see ``RecordReader/init(_:limits:memory:chunkSize:rendering:outlining:)``.
    public var outlines: RecordOutlines? { storage.transcribed?.outlines }
}
