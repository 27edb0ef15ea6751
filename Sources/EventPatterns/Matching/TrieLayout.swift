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
            node.salt = UInt64(number) &* 0xC2B2_AE3D_27D4_EB4F
            return node
        }
        // Children come behind their parents.
        for number in source.indices.reversed() {
            for (name, child) in source[number].children {
                nodes[number].lead(to: nodes[child], TrieLayout.word(name), count: name.count)
                if name.count == 1 { nodes[number].lead(to: child, byLetter: name[0]) }
            }
        }
    }

    private static func word(_ name: [UInt8]) -> UInt64 {
        let text = JSONBytes(name)
        return text.text(0..<text.count).nameWord
    }

    /// Fills the table, and appends the names that it points to.
    mutating func write(names pool: inout [UInt8]) {
        for number in source.indices {
            for (name, child) in source[number].children.sorted(by: { $0.value < $1.value }) {
                let word = TrieLayout.word(name)
                var slot = PatternTables.slot(JSONNameFilter.hash(word), nodes[number], shift)
                while edges[slot].child >= 0 { slot = (slot + 1) & (edges.count - 1) }
                edges[slot] = PatternTables.Edge(
                    word: word, parent: Int32(number), child: Int32(child),
                    name: PatternTables.Bytes(offset: UInt32(pool.count), count: UInt32(name.count)))
                pool += name
            }
        }
    }
}
