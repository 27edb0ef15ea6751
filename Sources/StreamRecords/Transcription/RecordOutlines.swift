// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Where the members of changes stand in a piece of a recording, noted while their lines were made: enough to find a value without an index.
///
/// The text was validated and is compact.
public struct RecordOutlines: Sendable {
    /// Which object a member is in.
    public enum Part: Int, Sendable, CaseIterable {
        /// The record, without its member `dynamodb`.
        case record
        /// `dynamodb`, without its images.
        case stream
        case new
        case old
    }

    /// The text that the places are in.
    public let text: JSONBytes
    let members: [JSONMemberPlace]
    /// For each record and part where its members end; they begin where those of the part before end.
    let ends: [UInt32]

    /// The members of a part of a record, in the order they were written.
    @_lifetime(borrow self)
    public borrowing func members(of part: Part, at index: Int) -> Span<JSONMemberPlace> {
        let number = index * Part.allCases.count + part.rawValue
        let start = number > 0 && number <= ends.count ? Int(ends[number - 1]) : 0
        let end = number >= 0 && number < ends.count ? Int(ends[number]) : start
        return members.span.extracting(start..<end)
    }

    /// Whether an attribute of this name differs between the images; nil where that cannot be told from the outlines alone.
    func isChanged(_ name: [UInt8], at index: Int) -> Bool? {
        let old = members(of: .old, at: index)
        let new = members(of: .new, at: index)
        // An image without attributes looks like one that is not there.
        if old.isEmpty || new.isEmpty { return nil }
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
    let isWanted: Bool
    private var members: [JSONMemberPlace] = []
    private var ends: [UInt32] = []
    /// Members of `dynamodb` of the record at hand, which come amid those of the record.
    private var stream: [JSONMemberPlace] = []

    init(isWanted: Bool, byteCount: Int) {
        self.isWanted = isWanted
        guard isWanted else { return }
        members.reserveCapacity(byteCount / 32)
        ends.reserveCapacity(byteCount / 128)
    }

    @inline(__always)
    mutating func noteRecord(_ place: Int, _ nameCount: Int, _ leading: UInt64) {
        if isWanted { members.append(member(place, nameCount, leading)) }
    }

    @inline(__always)
    mutating func noteStream(_ place: Int, _ nameCount: Int, _ leading: UInt64) {
        if isWanted { stream.append(member(place, nameCount, leading)) }
    }

    /// - Parameters:
    ///   - nameCount: with quotes and colon.
    ///   - leading: the name's first bytes; there are no escapes in it.
    @inline(__always)
    private func member(_ place: Int, _ nameCount: Int, _ leading: UInt64) -> JSONMemberPlace {
        JSONMemberPlace(
            place: UInt32(truncatingIfNeeded: place), nameCount: UInt32(truncatingIfNeeded: nameCount),
            nameWord: JSONMemberPlace.nameWord(leading, count: nameCount &- 3))
    }

    /// The record ends.
    mutating func end(_ images: borrowing ImagePair, at start: Int, newIsFirst: Bool) {
        guard isWanted else { return }
        ends.append(UInt32(truncatingIfNeeded: members.count))
        members += stream
        stream.removeAll(keepingCapacity: true)
        ends.append(UInt32(truncatingIfNeeded: members.count))
        images.note(isFirst: newIsFirst, at: start, into: &members)
        ends.append(UInt32(truncatingIfNeeded: members.count))
        images.note(isFirst: !newIsFirst, at: start, into: &members)
        ends.append(UInt32(truncatingIfNeeded: members.count))
    }

    consuming func finish(_ text: JSONBytes) -> RecordOutlines? {
        isWanted ? RecordOutlines(text: text, members: members, ends: ends) : nil
    }
}

extension ImagePair {
    /// Appends the attributes of one of the images.
    fileprivate func note(isFirst: Bool, at start: Int, into members: inout [JSONMemberPlace]) {
        if isFirst {
            for number in 0..<count {
                let attribute = attributes[number]
                members.append(JSONMemberPlace(
                    place: UInt32(truncatingIfNeeded: start) &+ attribute.place, nameCount: attribute.nameCount, nameWord: words[number]))
            }
        } else {
            for number in 0..<secondCount {
                let name = secondNames[number]
                members.append(JSONMemberPlace(
                    place: UInt32(truncatingIfNeeded: start) &+ name.place, nameCount: name.count, nameWord: name.word))
            }
        }
    }
}

extension RecordBatch {
    /// Where the members of the batch's records stand, where that was noted: see ``RecordReader/init(_:limits:memory:chunkSize:rendering:outlining:)``.
    public var outlines: RecordOutlines? { storage.transcribed?.outlines }
}
