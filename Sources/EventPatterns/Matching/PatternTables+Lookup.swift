// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Looking up names and texts.
extension PatternTables {
    // MARK: Names

    /// What a name leads to that is no child: nothing, or a look at its parts.
    static var none: Int { -1 }
    static var odd: Int { -2 }

    /// The child of this name, `none`, or `odd` where the name has escapes or points and has to be looked at part by part.
    @inline(__always)
    func child(of parent: Int, _ node: Node, _ name: borrowing JSONText) -> Int {
        if name.isEscaped { return PatternTables.odd }
        return child(of: parent, node, name.nameWord, count: name.count) { place in
            place < 0 ? name.contains(0x2E) : name.has(bytes, from: place, count: name.count)
        }
    }

    /// The same for a name without escapes, of which no more is looked at than has to be.
    ///
    /// - Parameters:
    ///   - word: the name's.
    ///   - holds: whether the name is what stands in `bytes` from a place on; with a negative place, whether it has a point in it.
    @inline(__always)
    func child(of parent: Int, _ node: Node, _ word: UInt64, count: Int, _ holds: (Int) -> Bool) -> Int {
        if !node.names.mayBegin(word) { return PatternTables.none }
        let hash = JSONNameFilter.hash(word)
        if node.names.mayHold(hash: hash) {
            var slot = PatternTables.slot(hash, node, edgeShift)
            while edges[slot].child >= 0 {
                // The word says all of a name of up to eight bytes, its length included.
                if edges[slot].word == word && edges[slot].parent == Int32(truncatingIfNeeded: parent) && Int(edges[slot].name.count) == count
                    && (count <= 8 || holds(Int(edges[slot].name.offset)))
                {
                    return Int(edges[slot].child)
                }
                slot = (slot &+ 1) & (edges.count &- 1)
            }
        }
        guard node.names.mayHoldStart(of: word), JSONNameFilter.mayHavePoint(word, count: count) else { return PatternTables.none }
        return count <= 8 || holds(-1) ? PatternTables.odd : PatternTables.none
    }

    /// The child whose name is one letter, which is no point; negative where there is none.
    @inline(__always)
    func child(of parent: Int, letter: UInt8) -> Int {
        let child = nodes[parent].letterChild
        if child != Node.severalLetters { return nodes[parent].letter == letter ? Int(child) : PatternTables.none }
        return self.child(of: parent, nodes[parent], JSONMemberPlace.nameWord(UInt64(letter), count: 1), count: 1) { _ in false }
    }

    @inline(__always)
    static func slot(_ hash: UInt64, _ node: Node, _ shift: UInt64) -> Int {
        Int(truncatingIfNeeded: ((hash ^ node.salt) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }

    /// The node of a name that may have points in it: each of its parts is a name.
    ///
    /// - Parameter name: its content, without escapes.
    func node(below parent: Int, parts name: borrowing JSONText) -> Int {
        var node = parent
        var start = 0
        while true {
            let point = name.firstPlace(of: 0x2E, from: start)
            node = child(of: node, nodes[node], name.part(start..<(point ?? name.count)))
            guard let point, node >= 0 else { return node }
            start = point &+ 1
        }
    }

    // MARK: Texts

    @inline(__always)
    static func textHash(_ hash: UInt64, field: Int, part: Int) -> UInt64 {
        (hash ^ UInt64(truncatingIfNeeded: field &* 4 &+ part)) &* 0x9E37_79B9_7F4A_7C15
    }

    /// What a text, or a part of one, leads to.
    ///
    /// - Parameters:
    ///   - place, count: the part.
    ///   - hash: its own.
    @inline(__always)
    func actions(_ text: borrowing JSONText, at place: Int, count: Int, _ hash: UInt64, field: Int, part: TableBuilder.Part) -> Part? {
        let hash = PatternTables.textHash(hash, field: field, part: part.rawValue)
        let mask = texts.count &- 1
        var slot = Int(truncatingIfNeeded: hash &>> textShift)
        while true {
            let entry = texts[slot]
            if entry.count < 0 { return nil }
            if entry.hash == hash && Int(entry.count) == count && text.has(bytes, from: Int(entry.offset), count: count, at: place) {
                return entry.actions
            }
            slot = (slot &+ 1) & mask
        }
    }
}
