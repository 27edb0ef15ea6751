// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Which attributes differ between two images of an item, by DynamoDB's equality.
///
/// Keeps the memory it needs from one record to the next.
struct ImageDifference: Sendable {
    /// For each attribute of the old image: the first bytes of its name with the name's length mixed in, and its places.
    private var words = InlineArray<64, UInt64>(repeating: 0)
    private var names = InlineArray<64, JSONNode>(repeating: .none)
    private var values = InlineArray<64, JSONNode>(repeating: .none)

    /// As many attributes as there is room for above, and as `matched` below has bits; beyond it names are looked up in a table.
    private static let searchLimit = 64

    /// Writes the names, quoted and with commas, into an empty writer: in the new image's order, then what the old one had more.
    mutating func writeNames(_ old: borrowing JSONView, _ new: borrowing JSONView, into writer: inout JSONWriter) {
        var count = 0
        var members = old.members
        while members.next() {
            guard count < ImageDifference.searchLimit else { return ImageDifference.writeNamesByTable(old, new, into: &writer) }
            words[count] = ImageDifference.word(members.key)
            names[count] = members.key.node
            values[count] = members.value.node
            count += 1
        }
        // The attributes of the old image that the new one has as well, a bit each.
        var matched: UInt64 = 0
        // Mostly both images have the same attributes in the same order: what follows the last match is tried first.
        var next = 0
        members = new.members
        while members.next() {
            let key = members.key
            let word = ImageDifference.word(key)
            var place = next
            if place >= count || !isName(place, word, key, old) {
                place = 0
                while place < count && !isName(place, word, key, old) { place += 1 }
            }
            if place == count {
                ImageDifference.add(key, &writer)
                continue
            }
            matched |= 1 &<< UInt64(place)
            next = place + 1
            if !ImageDifference.same(old.view(values[place]), members.value) { ImageDifference.add(key, &writer) }
        }
        for place in 0..<count where matched &>> UInt64(place) & 1 == 0 { ImageDifference.add(old.view(names[place]), &writer) }
    }

    /// Whether the old image's attribute at a place has this name.
    @inline(__always)
    private func isName(_ place: Int, _ word: UInt64, _ key: borrowing JSONView, _ old: borrowing JSONView) -> Bool {
        let candidate = words[place]
        return (candidate == word || candidate == 0 || word == 0) && ImageDifference.sameName(old.view(names[place]), key)
    }

    /// Zero for a name with escapes, which other bytes can mean as well.
    @inline(__always)
    private static func word(_ name: borrowing JSONView) -> UInt64 {
        name.isEscaped ? 0 : name.leadingText ^ UInt64(truncatingIfNeeded: name.textCount) &<< 56
    }

    private static func add(_ name: borrowing JSONView, _ writer: inout JSONWriter) {
        if writer.count > 0 { writer.write(byte: 0x2C) }
        writer.copyQuoted(name)
    }

    @inline(__always)
    private static func sameName(_ a: borrowing JSONView, _ b: borrowing JSONView) -> Bool {
        a.sourceEquals(b) || ((a.isEscaped || b.isEscaped) && a.contentEquals(b))
    }

    /// Values whose bytes differ may be the same: 1 and 1.0, sets in another order, other white space or escapes.
    @inline(__always)
    static func same(_ a: borrowing JSONView, _ b: borrowing JSONView) -> Bool {
        if a.sourceEquals(b) { return true }
        let name = a.foldedName
        if name != 0 && !a.isEscaped && !b.isEscaped {
            let other = b.foldedName
            // Strings and binaries are what their bytes are; so are numbers written in the plainest way.
            if name == other && name != 0x4E { return false }
            if name == 0x4E && other == 0x4E && a.isPlainestNumber && b.isPlainestNumber { return false }
        }
        return sameValue(a, b)
    }

    /// Goes into maps and lists; what is left is compared as values. The depth is bounded by that of the document.
    private static func sameValue(_ a: borrowing JSONView, _ b: borrowing JSONView) -> Bool {
        var first = a.members
        var second = b.members
        guard first.next(), second.next() else { return false }
        let type = first.key.leadingText
        if first.key.isEscaped || second.key.isEscaped { return AttributeValue(a) == AttributeValue(b) }
        guard first.key.textCount == second.key.textCount, type == second.key.leadingText else { return false }
        switch (first.key.textCount, type) {
        case (1, 0x53): return first.value.contentEquals(second.value)
        case (4, 0x4C4C_554E): return true
        case (4, 0x4C4F_4F42): return first.value.bool == second.value.bool
        case (1, 0x4D):
            // Members in the same order; another order is left to the slow way.
            var olds = first.value.members
            var news = second.value.members
            while true {
                let (hasOld, hasNew) = (olds.next(), news.next())
                if !hasOld && !hasNew { return true }
                guard hasOld && hasNew && sameName(olds.key, news.key) else { return AttributeValue(a) == AttributeValue(b) }
                if !same(olds.value, news.value) { return false }
            }
        case (1, 0x4C):
            var olds = first.value.elements
            var news = second.value.elements
            while true {
                let (hasOld, hasNew) = (olds.next(), news.next())
                if !hasOld && !hasNew { return true }
                if hasOld != hasNew || !same(olds.value, news.value) { return false }
            }
        default:
            return AttributeValue(a) == AttributeValue(b)
        }
    }

    /// The same for large items, whose attributes may stand in any order.
    private static func writeNamesByTable(_ old: borrowing JSONView, _ new: borrowing JSONView, into writer: inout JSONWriter) {
        var olds: [ExactString: JSONNode] = [:]
        var news: Set<ExactString> = []
        var members = old.members
        while members.next() { olds[ExactString(members.key.string ?? "")] = members.value.node }
        members = new.members
        while members.next() {
            let name = ExactString(members.key.string ?? "")
            news.insert(name)
            if let node = olds[name], same(old.view(node), members.value) { continue }
            add(members.key, &writer)
        }
        members = old.members
        while members.next() {
            if !news.contains(ExactString(members.key.string ?? "")) { add(members.key, &writer) }
        }
    }
}
