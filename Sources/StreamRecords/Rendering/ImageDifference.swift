// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Which attributes differ between two images of an item, by DynamoDB's equality.
enum ImageDifference {
    /// Beyond this many attributes names are looked up in a table instead of one after another.
    private static let searchLimit = 48

    /// Writes the names, quoted and with commas, into an empty writer: in the new image's order, then what the old one had more.
    static func writeNames(_ old: borrowing JSONView, _ new: borrowing JSONView, into writer: inout JSONWriter) {
        // Both images mostly have the same attributes in the same order: the next one of the old image is tried first.
        var cursor = old.members
        var isCursorValid = cursor.next()
        var found = 0
        var count = 0
        var members = new.members
        while members.next() {
            count += 1
            let key = members.key
            if isCursorValid && sameName(cursor.key, key) {
                found += 1
                if !same(cursor.value, members.value) { add(key, &writer) }
                isCursorValid = cursor.next()
                continue
            }
            if count > searchLimit { return writeNamesByTable(old, new, into: &writer) }
            var search = old.members
            var isFound = false
            while search.next() {
                guard sameName(search.key, key) else { continue }
                isFound = true
                if !same(search.value, members.value) { add(key, &writer) }
                // From here the order may be the same again.
                cursor = search
                isCursorValid = cursor.next()
                break
            }
            if isFound { found += 1 } else { add(key, &writer) }
        }
        // What is left of the old image: counting tells whether there is any.
        var oldCount = 0
        var rest = old.members
        while rest.next() { oldCount += 1 }
        if oldCount == found { return }
        if oldCount > searchLimit || count > searchLimit { return writeNamesByTable(old, new, into: &writer) }
        rest = old.members
        while rest.next() {
            var search = new.members
            var isFound = false
            while !isFound && search.next() { isFound = sameName(search.key, rest.key) }
            if !isFound { add(rest.key, &writer) }
        }
    }

    private static func add(_ name: borrowing JSONView, _ writer: inout JSONWriter) {
        if writer.count > 0 { writer.write(byte: 0x2C) }
        writer.copyQuoted(name)
    }

    @inline(__always)
    private static func sameName(_ a: borrowing JSONView, _ b: borrowing JSONView) -> Bool {
        if a.leadingText == b.leadingText && a.textCount == b.textCount && (a.textCount <= 8 || a.sourceEquals(b)) { return true }
        return (a.isEscaped || b.isEscaped) && ExactString(a.string ?? "") == ExactString(b.string ?? "")
    }

    /// Values whose bytes differ may be the same: 1 and 1.0, sets in another order, other white space or escapes.
    @inline(__always)
    private static func same(_ a: borrowing JSONView, _ b: borrowing JSONView) -> Bool {
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
        guard first.key.textCount == second.key.textCount, type == second.key.leadingText else {
            return AttributeValue(a) == AttributeValue(b)
        }
        switch (first.key.textCount, type) {
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
        writer.removeAll()
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
