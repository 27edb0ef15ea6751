// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Lays the tree of paths out in two arrays: nodes, and their children in one hash table.
struct TrieLayout {
    private let source: [TableBuilder.TrieNode]
    private(set) var nodes: [PatternTables.Node]
    private(set) var edges: [PatternTables.Edge]
    /// How far a hash is shifted to be a slot.
    let shift: UInt64

    init(_ source: [TableBuilder.TrieNode]) {
        self.source = source
        let size = PatternTables.tableSize(source.count)
        shift = UInt64(64 - size.trailingZeroBitCount)
        edges = [PatternTables.Edge](repeating: PatternTables.Edge(), count: size)
        nodes = source.indices.map { number in
            var node = PatternTables.Node()
            node.field = Int32(source[number].field)
            node.hasChildren = !source[number].children.isEmpty
            node.salt = UInt64(number) &* 0xC2B2_AE3D_27D4_EB4F
            return node
        }
        // Children come behind their parents.
        for number in source.indices.reversed() {
            for (name, child) in source[number].children {
                // Arrays lead to what their elements lead to.
                nodes[number].lengths.ofOthers |= JSONNameLengths.bit(name.count)
                if nodes[child].hasChildren { nodes[number].lengths.ofObjects |= JSONNameLengths.bit(name.count) }
                // A name that goes on with a point and a name that leads on from the child.
                for length in 0..<64 {
                    let (bit, inner) = (JSONNameLengths.bit(name.count + 1 + length), nodes[child].lengths)
                    if inner.ofOthers & JSONNameLengths.bit(length) != 0 { nodes[number].lengths.ofOthers |= bit }
                    if inner.ofObjects & JSONNameLengths.bit(length) != 0 { nodes[number].lengths.ofObjects |= bit }
                }
            }
        }
    }

    /// Fills the table, and appends the names that it points to.
    mutating func write(names pool: inout [UInt8]) {
        for number in source.indices {
            for (name, child) in source[number].children.sorted(by: { $0.value < $1.value }) {
                let text = JSONBytes(name)
                let word = text.text(0..<text.count).nameWord
                let hash = PatternTables.nameHash(word)
                nodes[number].hashes |= 1 << (hash & 63)
                if nodes[child].hasChildren {
                    // What follows an empty name is any name.
                    nodes[number].starts |= name.isEmpty ? .max : PatternTables.startBit(UInt64(name[0]) | UInt64(name.count > 1 ? name[1] : 0x2E) << 8)
                }
                var slot = PatternTables.slot(hash, nodes[number], shift)
                while edges[slot].child >= 0 { slot = (slot + 1) & (edges.count - 1) }
                edges[slot] = PatternTables.Edge(
                    word: word, parent: Int32(number), child: Int32(child),
                    name: PatternTables.Bytes(offset: UInt32(pool.count), count: UInt32(name.count)))
                pool += name
            }
        }
    }
}
