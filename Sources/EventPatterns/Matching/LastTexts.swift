// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The texts that some fields had last, and the conditions that each of them met.
///
/// What an event's own members say of where it comes from, a stream's ARN or a log group, is the same in one event after another: then the text is
/// compared once, and no prefix, wildcard or network with it.
struct LastTexts: ~Copyable {
    struct Entry: BitwiseCopyable {
        /// How many bytes the text has, which begins at `place`; negative where there is none.
        var count: Int32 = -1
        var place: Int32 = 0
        /// Of ``conditions``.
        var met = PatternTables.Part()
        /// The event that the field was in last.
        var event: UInt32 = 0
        /// How many texts since then were others.
        var misses: UInt32 = 0
    }

    private var entries: JSONScratch<Entry>
    private var bytes = JSONBuffer()
    /// What the texts met.
    private(set) var conditions: [Int32] = []

    /// What is kept of all fields together, in bytes and in conditions, before it begins anew.
    private static let room = 1 << 14
    private static let longest = 1 << 10

    init(fields: Int) {
        entries = JSONScratch(repeating: Entry(), count: fields)
    }

    /// Notes that a field is in an event.
    ///
    /// - Returns: whether for the first time.
    @inline(__always)
    mutating func enter(_ field: Int, _ event: UInt32) -> Bool {
        let isFirst = entries[field].event != event
        entries[field].event = event
        return isFirst
    }

    /// What a string meets, where it is the one that the field had last.
    @inline(__always)
    mutating func find(_ field: Int, _ text: borrowing JSONText) -> PatternTables.Part? {
        let entry = entries[field]
        guard Int(entry.count) == text.count, text.hasSameBytes(as: bytes.text.part(entry.range)) else { return nil }
        entries[field].misses = 0
        return entry.met
    }

    /// The same for a string that stands next, and is gone over if it is the one.
    @inline(__always)
    mutating func find(_ field: Int, next t: inout JSONTranscriber) -> PatternTables.Part? {
        let entry = entries[field]
        guard entry.count >= 0, t.isNextString(bytes.text.part(entry.range)) else { return nil }
        t.skip(Int(entry.count) &+ 2)
        entries[field].misses = 0
        return entry.met
    }

    /// Keeps a string with all that it met. Where a field's text is a new one all the time, only one in a while is kept.
    ///
    /// - Parameter met: the conditions, in this range.
    mutating func keep(_ text: borrowing JSONText, of field: Int, meeting met: borrowing JSONScratch<Int32>, _ range: Range<Int>) {
        entries[field].misses &+= 1
        if entries[field].misses > 8 && entries[field].misses & 63 != 0 { return }
        // It is compared with strings as they are written, so it must not be written in more than one way.
        if text.count > LastTexts.longest || text.contains(0x22) || text.contains(0x5C) { return }
        if bytes.count > LastTexts.room || conditions.count > LastTexts.room { removeAll() }
        entries[field].place = Int32(truncatingIfNeeded: bytes.count)
        entries[field].count = Int32(truncatingIfNeeded: text.count)
        bytes.append(contentOf: text)
        let start = UInt32(truncatingIfNeeded: conditions.count)
        for place in range { conditions.append(met[place]) }
        entries[field].met = PatternTables.Part(start: start, end: UInt32(truncatingIfNeeded: conditions.count))
    }

    private mutating func removeAll() {
        bytes.removeAll()
        conditions.removeAll(keepingCapacity: true)
        for field in 0..<entries.count { entries[field].count = -1 }
    }
}

extension LastTexts.Entry {
    @inline(__always)
    fileprivate var range: Range<Int> { Int(place)..<Int(place) &+ Int(count) }
}
