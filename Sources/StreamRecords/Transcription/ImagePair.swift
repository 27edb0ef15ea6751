// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The two images of a change, whichever comes first: the second one is read beside the first, so that what both have in common is compared and
/// copied instead of being read again, and the names of the attributes that differ come out of it.
struct ImagePair: ~Copyable {
    /// As many attributes as the sets of bits below have room for. Larger items are left to the long way.
    private static let capacity = 64

    /// An attribute of the first image. All places count from the record's start, in what is read and in what is written.
    struct Attribute: BitwiseCopyable {
        var place: UInt32 = 0
        /// The name with its quotes and its colon.
        var nameCount: UInt32 = 0
        var count: UInt32 = 0
        var written: UInt32 = 0
        var writtenCount: UInt32 = 0
    }

    struct Name: BitwiseCopyable {
        var place: UInt32 = 0
        var count: UInt32 = 0
        var word: UInt64 = 0
    }

    private(set) var attributes = JSONScratch(repeating: Attribute(), count: capacity)
    /// For each of them the first bytes of its name, with the name's length mixed in; zero where it has escapes.
    private(set) var words = JSONScratch<UInt64>(repeating: 0, count: capacity)
    private(set) var count = 0
    /// There are names with escapes, or some that their words do not tell apart.
    private var hasOddNames = false
    /// For a word's hash the number of its attribute, plus one; made when the images' attributes are not in the same order.
    private var table = JSONScratch<UInt8>(repeating: 0, count: 128)
    private var isTabled = false
    /// Which of the first image's attributes the second one has as well; which of these differ.
    private var matched: UInt64 = 0
    private var differing: UInt64 = 0

    private(set) var secondNames = JSONScratch(repeating: Name(), count: capacity)
    private(set) var secondCount = 0
    private var secondUnmatched: UInt64 = 0
    private var secondDiffering: UInt64 = 0

    mutating func clear() {
        count = 0
        hasOddNames = false
        isTabled = false
        secondCount = 0
        matched = 0
        differing = 0
        secondUnmatched = 0
        secondDiffering = 0
    }

    @inline(__always)
    private static func word(_ name: borrowing JSONTranscriber, _ count: Int, isEscaped: Bool) -> UInt64 {
        if isEscaped { return 0 }
        // Without quotes and colon.
        return JSONMemberPlace.nameWord(name.word(behind: 1), count: count &- 3)
    }

    // MARK: The first image

    /// Reads and writes the image that comes first.
    @_lifetime(t: copy t)
    mutating func first(_ t: inout JSONTranscriber, _ record: borrowing JSONTranscriber) {
        t.expect(0x7B)
        if t.byte == 0x7D {
            t.skip(1)
            t.write(0x7D7B, count: 2)
            return
        }
        var separator: UInt8 = 0x7B
        var number = 0
        while true {
            let start = t
            let isEscaped = t.copyName(after: separator)
            separator = 0x2C
            let nameCount = t.read(since: start)
            t = AttributeTranscription.value(t, AttributeTranscription.maximumDepth)
            guard number < ImagePair.capacity else {
                t.fail()
                return
            }
            words[number] = ImagePair.word(start, nameCount, isEscaped: isEscaped)
            if isEscaped { hasOddNames = true }
            attributes[number] = Attribute(
                place: UInt32(truncatingIfNeeded: start.read(since: record)), nameCount: UInt32(truncatingIfNeeded: nameCount),
                count: UInt32(truncatingIfNeeded: t.read(since: start)),
                // Behind the separator.
                written: UInt32(truncatingIfNeeded: start.written(since: record) &+ 1),
                writtenCount: UInt32(truncatingIfNeeded: t.written(since: start) &- 1))
            number &+= 1
            guard t.take(0x2C) else { break }
        }
        count = number
        t.expect(0x7D)
        t.write(byte: 0x7D)
    }

    // MARK: The second image

    /// Reads and writes the image that comes second.
    @_lifetime(t: copy t)
    mutating func second(_ t: inout JSONTranscriber, _ record: borrowing JSONTranscriber) {
        t.expect(0x7B)
        if t.byte == 0x7D {
            t.skip(1)
            t.write(0x7D7B, count: 2)
            return
        }
        var separator: UInt8 = 0x7B
        // Mostly both images have the same attributes in the same order: what follows the last match is tried first.
        var next = 0
        while true {
            guard secondCount < ImagePair.capacity else {
                t.fail()
                return
            }
            if next < count {
                let attribute = attributes[next]
                let size = Int(attribute.count)
                let behind = t.ahead(size).byte
                if (behind == 0x2C || behind == 0x7D) && t.repeats(record.ahead(Int(attribute.place)), count: size) {
                    secondNames[secondCount] = Name(place: UInt32(truncatingIfNeeded: t.read(since: record)), count: attribute.nameCount, word: words[next])
                    t.skip(size)
                    t.write(byte: separator)
                    t.writeAgain(record, from: Int(attribute.written), count: Int(attribute.writtenCount))
                    take(next, &t)
                    next &+= 1
                } else {
                    next = differing(&t, record, separator) ?? next
                }
            } else {
                next = differing(&t, record, separator) ?? next
            }
            separator = 0x2C
            secondCount &+= 1
            guard t.take(0x2C) else { break }
        }
        t.expect(0x7D)
        t.write(byte: 0x7D)
    }

    /// Notes that an attribute of the first image has come again.
    @inline(__always)
    @_lifetime(t: copy t)
    private mutating func take(_ number: Int, _ t: inout JSONTranscriber) {
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: number)
        // A name that comes twice is nothing that AWS writes.
        if matched & bit != 0 { t.fail() }
        matched |= bit
    }

    /// An attribute that is not the one expected with the value it had.
    /// - Returns: which attribute of the first image to expect next, where this one tells.
    @_lifetime(t: copy t)
    private mutating func differing(_ t: inout JSONTranscriber, _ record: borrowing JSONTranscriber, _ separator: UInt8) -> Int? {
        let start = t
        let isEscaped = t.copyName(after: separator)
        let nameCount = t.read(since: start)
        let word = ImagePair.word(start, nameCount, isEscaped: isEscaped)
        secondNames[secondCount] = Name(
            place: UInt32(truncatingIfNeeded: start.read(since: record)), count: UInt32(truncatingIfNeeded: nameCount), word: word)
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: secondCount)
        let number = find(start, nameCount, word, record)
        guard number >= 0 else {
            if number == ImagePair.ambiguous { t.fail() }
            secondUnmatched |= bit
            t = AttributeTranscription.value(t, AttributeTranscription.maximumDepth)
            return nil
        }
        take(number, &t)
        let attribute = attributes[number]
        let value = t
        let size = Int(attribute.count &- attribute.nameCount)
        let earlier = record.ahead(Int(attribute.place &+ attribute.nameCount))
        let behind = t.ahead(size).byte
        if (behind == 0x2C || behind == 0x7D) && t.repeats(earlier, count: size) {
            t.skip(size)
            t.writeAgain(
                record, from: Int(attribute.written &+ attribute.nameCount), count: Int(attribute.writtenCount &- attribute.nameCount))
        } else {
            t = AttributeTranscription.value(t, AttributeTranscription.maximumDepth)
            if !t.isAtEnd && !AttributeSameness.isSame(earlier, value) {
                differing |= 1 &<< UInt64(truncatingIfNeeded: number)
                secondDiffering |= bit
            }
        }
        return number &+ 1
    }

    private static var missing: Int { -1 }
    private static var ambiguous: Int { -2 }

    /// Which attribute of the first image has this name, and whether it is the only one.
    private mutating func find(_ name: borrowing JSONTranscriber, _ nameCount: Int, _ word: UInt64, _ record: borrowing JSONTranscriber) -> Int {
        if !isTabled { makeTable() }
        if word != 0 && !hasOddNames {
            var slot = ImagePair.slot(word)
            while true {
                let number = Int(table[slot]) &- 1
                if number < 0 { return ImagePair.missing }
                if words[number] == word { return isName(number, name, nameCount, word, record) ? number : ImagePair.missing }
                slot = (slot &+ 1) & 127
            }
        }
        var found = ImagePair.missing
        for number in 0..<count where isName(number, name, nameCount, word, record) {
            if found != ImagePair.missing { return ImagePair.ambiguous }
            found = number
        }
        return found
    }

    @inline(__always)
    private static func slot(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) &>> 57)
    }

    /// Puts the first image's attributes where their names lead to. Twice as large as it can become full, so that a search ends soon.
    private mutating func makeTable() {
        isTabled = true
        table.fill(0)
        for number in 0..<count {
            let word = words[number]
            var slot = ImagePair.slot(word)
            while table[slot] != 0 {
                // Names that share their first bytes and their length are told apart one by one.
                if words[Int(table[slot]) &- 1] == word { hasOddNames = true }
                slot = (slot &+ 1) & 127
            }
            table[slot] = UInt8(truncatingIfNeeded: number &+ 1)
        }
    }

    @inline(__always)
    private func isName(
        _ number: Int, _ name: borrowing JSONTranscriber, _ nameCount: Int, _ word: UInt64, _ record: borrowing JSONTranscriber
    ) -> Bool {
        let candidate = words[number]
        guard candidate == word || candidate == 0 || word == 0 else { return false }
        let attribute = attributes[number]
        let earlier = record.ahead(Int(attribute.place))
        if Int(attribute.nameCount) == nameCount && name.repeats(earlier, count: nameCount) { return true }
        return (candidate == 0 || word == 0) && JSONTranscriber.isSameContent(earlier, name)
    }

    // MARK: What differs

    /// Whether a name comes twice in one of the images, as far as it matters for what differs.
    func isAmbiguous(_ record: borrowing JSONTranscriber) -> Bool {
        var bits = unmatched
        while bits != 0 {
            let number = bits.trailingZeroBitCount
            bits &= bits &- 1
            let attribute = attributes[number]
            let name = record.ahead(Int(attribute.place))
            for other in 0..<count where other != number && isName(other, name, Int(attribute.nameCount), words[number], record) { return true }
        }
        bits = secondUnmatched
        while bits != 0 {
            let number = bits.trailingZeroBitCount
            bits &= bits &- 1
            let name = secondNames[number]
            for other in 0..<secondCount where other != number {
                let candidate = secondNames[other]
                guard candidate.word == name.word || candidate.word == 0 || name.word == 0 else { continue }
                if JSONTranscriber.isSameContent(record.ahead(Int(name.place)), record.ahead(Int(candidate.place))) { return true }
            }
        }
        return false
    }

    private var unmatched: UInt64 { ~matched & (count >= 64 ? ~0 : (1 &<< UInt64(truncatingIfNeeded: count)) &- 1) }

    /// Writes the names of the attributes that differ, in the new image's order, then those that only the old one has: with quotes and commas.
    ///
    /// - Parameters:
    ///   - newIsFirst: whether the image that came first is the new one.
    ///   - place: where the record begins in the text.
    @_lifetime(pen: copy pen)
    func writeNames(newIsFirst: Bool, _ text: JSONBytes, _ place: Int, into pen: inout JSONPen) {
        var isFirst = true
        if newIsFirst {
            firstNames(differing | unmatched, text, place, &isFirst, &pen)
            names(secondUnmatched, text, place, &isFirst, &pen)
        } else {
            names(secondDiffering | secondUnmatched, text, place, &isFirst, &pen)
            firstNames(unmatched, text, place, &isFirst, &pen)
        }
    }

    @inline(__always)
    @_lifetime(pen: copy pen)
    private func firstNames(_ set: UInt64, _ text: JSONBytes, _ place: Int, _ isFirst: inout Bool, _ pen: inout JSONPen) {
        var bits = set
        while bits != 0 {
            let attribute = attributes[bits.trailingZeroBitCount]
            bits &= bits &- 1
            if !isFirst { pen.write(byte: 0x2C) }
            isFirst = false
            pen.copy(text, from: place &+ Int(attribute.place), count: Int(attribute.nameCount) &- 1)
        }
    }

    @inline(__always)
    @_lifetime(pen: copy pen)
    private func names(_ set: UInt64, _ text: JSONBytes, _ place: Int, _ isFirst: inout Bool, _ pen: inout JSONPen) {
        var bits = set
        while bits != 0 {
            let name = secondNames[bits.trailingZeroBitCount]
            bits &= bits &- 1
            if !isFirst { pen.write(byte: 0x2C) }
            isFirst = false
            pen.copy(text, from: place &+ Int(name.place), count: Int(name.count) &- 1)
        }
    }
}
