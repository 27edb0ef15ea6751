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
    }

    /// Fills the table, and appends the names that it points to.
    mutating func write(names pool: inout [UInt8]) {
        for number in source.indices {
            for (name, child) in source[number].children.sorted(by: { $0.value < $1.value }) {
                let text = JSONBytes(name)
                let word = text.text(0..<text.count).leadingWord
                let hash = PatternTables.nameHash(word, name.count)
                nodes[number].hashes |= 1 << (hash & 63)
                // A name with a point in it that begins like this one has this first byte as well; after an empty one comes the point.
                nodes[number].firstBytes |= 1 << (UInt64(name.first ?? 0x2E) & 63)
                var slot = Int(truncatingIfNeeded: ((hash ^ nodes[number].salt) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
                while edges[slot].child >= 0 { slot = (slot + 1) & (edges.count - 1) }
                edges[slot] = PatternTables.Edge(
                    word: word, parent: Int32(number), child: Int32(child), offset: UInt32(pool.count), count: UInt32(name.count))
                pool += name
            }
        }
    }
}
