// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The tables of a set: nothing in them changes, and all look-ups of all patterns go through the same few.
final class PatternTables: Sendable {
    /// A node of the tree of paths.
    struct Node: Sendable, BitwiseCopyable {
        /// The field that ends here; negative where there is none.
        var field: Int32 = -1
        var hasChildren = false
        /// A bit for each child's hash: mostly it says that a name is not among them.
        var hashes: UInt64 = 0
        /// A bit for each first byte of a child's name.
        var firstBytes: UInt64 = 0
        var salt: UInt64 = 0
    }

    /// A child in the tree of paths.
    struct Edge: Sendable, BitwiseCopyable {
        var word: UInt64 = 0
        var parent: Int32 = -1
        var child: Int32 = -1
        var offset: UInt32 = 0
        var count: UInt32 = 0
    }

    /// Some actions in the list of all.
    struct Actions: Sendable, BitwiseCopyable {
        var start: UInt32 = 0
        var end: UInt32 = 0
        var isEmpty: Bool { start == end }
    }

    /// A text that is looked for.
    struct Text: Sendable, BitwiseCopyable {
        var hash: UInt64 = 0
        var offset: UInt32 = 0
        /// Negative in an empty slot.
        var count: Int32 = -1
        var actions = Actions()
    }

    /// What is asked of one field, as far as it is short.
    struct Field: Sendable, BitwiseCopyable {
        struct Needs: OptionSet, Sendable, BitwiseCopyable {
            let rawValue: UInt16
            static let seen = Needs(rawValue: 1)
            static let exists = Needs(rawValue: 2)
            static let texts = Needs(rawValue: 4)
            /// Of a string, more than comparing the whole of it.
            static let moreOfStrings = Needs(rawValue: 8)
            static let numbers = Needs(rawValue: 16)
        }
        var needs: Needs = []
        var exists = Actions()
    }

    /// The rest, which few fields have.
    struct FieldContent: Sendable {
        var anyString = Actions()
        var yes = Actions()
        var no = Actions()
        var null = Actions()
        var prefixLengths: [Int] = []
        var suffixLengths: [Int] = []
        var longestIgnoringCase = -1
        var addresses: [IPAddress: Actions] = [:]
        var numbers: [PatternNumber: Actions] = [:]
        var numberTexts: [[UInt8]: Actions] = [:]
        var stringTests: [Int] = []
        var numberTests: [Int] = []
        var otherTests: [Int] = []
        var networkTests: [Int] = []
        var hasDoubles = false
        var hasExactNumbers = false
    }

    // Classes, so that looking at one counts one reference, and not one for each list and table in it.
    final class FieldDetails: Sendable {
        let content: FieldContent

        init(_ content: FieldContent) { self.content = content }
    }

    final class Test: Sendable {
        let test: ValueTest
        let condition: Int
        let numbers: NumberRule

        init(_ entry: TableBuilder.TestEntry, _ numbers: NumberRule) {
            test = entry.test
            condition = entry.condition
            self.numbers = numbers
        }
    }

    struct Condition: Sendable, BitwiseCopyable {
        var field: Int32
        var allowsAbsence: Bool
        /// Which alternatives have it, in `alternativesOfConditions`.
        var alternatives = Actions()
    }

    struct Alternative: Sendable, BitwiseCopyable {
        var pattern: Int32
        var needed: Int32
        /// Its conditions in matching order, in `conditionsOfAlternatives`.
        var conditions = Actions()
    }

    let patternCount: Int
    let nodes: [Node]
    private let edges: [Edge]
    private let edgeShift: UInt64
    private let texts: [Text]
    private let textShift: UInt64
    /// The bytes of all names and texts.
    let bytes: JSONBytes

    let fields: [Field]
    let details: [FieldDetails]
    let actions: [Int32]
    let tests: [Test]
    let conditions: [Condition]
    let alternativesOfConditions: [Int32]
    let alternatives: [Alternative]
    let conditionsOfAlternatives: [Int32]
    /// Alternatives that no value has to meet.
    let unconditional: [Int32]

    init(_ builder: TableBuilder, patterns: Int) {
        patternCount = patterns
        var pool: [UInt8] = []
        var actions: [Int32] = []
        func lay(_ list: [Int32]) -> Actions {
            let start = UInt32(actions.count)
            actions += list
            return Actions(start: start, end: UInt32(actions.count))
        }

        var layout = TrieLayout(builder.nodes)
        layout.write(names: &pool)
        nodes = layout.nodes
        edges = layout.edges
        edgeShift = layout.shift

        let size = PatternTables.tableSize(builder.texts.count)
        textShift = UInt64(64 - size.trailingZeroBitCount)
        var texts = [Text](repeating: Text(), count: size)
        // In one order, so that the same patterns make the same tables.
        let keys = builder.texts.sorted { ($0.key.field, $0.key.part, $0.key.bytes.count) < ($1.key.field, $1.key.part, $1.key.bytes.count) }
        for (key, list) in keys {
            let text = JSONBytes(key.bytes)
            let hash = PatternTables.textHash(
                text.text(0..<text.count).hash(prefix: text.count), field: key.field, part: key.part)
            var slot = Int(truncatingIfNeeded: hash &>> textShift)
            while texts[slot].count >= 0 { slot = (slot + 1) & (size - 1) }
            texts[slot] = Text(hash: hash, offset: UInt32(pool.count), count: Int32(key.bytes.count), actions: lay(list))
            pool += key.bytes
        }
        self.texts = texts

        fields = builder.fields.map { field in
            var needs: Field.Needs = []
            if field.isSeenNeeded { needs.insert(.seen) }
            if !field.exists.isEmpty { needs.insert(.exists) }
            if field.hasTexts { needs.insert(.texts) }
            if !field.anyString.isEmpty || !field.prefixLengths.isEmpty || !field.suffixLengths.isEmpty || field.longestIgnoringCase >= 0
                || !field.addresses.isEmpty || !field.networkTests.isEmpty || !field.stringTests.isEmpty
            {
                needs.insert(.moreOfStrings)
            }
            if !field.numbers.isEmpty || !field.numberTexts.isEmpty || !field.numberTests.isEmpty { needs.insert(.numbers) }
            return Field(needs: needs, exists: lay(field.exists))
        }
        details = builder.fields.map { field in
            FieldDetails(FieldContent(
                anyString: lay(field.anyString), yes: lay(field.yes), no: lay(field.no), null: lay(field.null),
                prefixLengths: field.prefixLengths.sorted(), suffixLengths: field.suffixLengths.sorted(),
                longestIgnoringCase: field.longestIgnoringCase, addresses: field.addresses.mapValues(lay), numbers: field.numbers.mapValues(lay),
                numberTexts: field.numberTexts.mapValues(lay), stringTests: field.stringTests, numberTests: field.numberTests,
                otherTests: field.otherTests, networkTests: field.networkTests, hasDoubles: field.rules.contains(.doubles),
                hasExactNumbers: field.rules.contains(.exact)))
        }
        tests = builder.tests.map { Test($0, builder.conditions[$0.condition].numbers) }

        var ofConditions: [Int32] = []
        conditions = builder.conditions.map { entry in
            let start = UInt32(ofConditions.count)
            ofConditions += entry.alternatives.map(Int32.init)
            return Condition(
                field: Int32(entry.field), allowsAbsence: entry.condition.allowsAbsence,
                alternatives: Actions(start: start, end: UInt32(ofConditions.count)))
        }
        alternativesOfConditions = ofConditions
        var ofAlternatives: [Int32] = []
        alternatives = builder.alternatives.map { entry in
            let start = UInt32(ofAlternatives.count)
            ofAlternatives += entry.conditions.map(Int32.init)
            return Alternative(
                pattern: Int32(entry.pattern), needed: Int32(entry.needed),
                conditions: Actions(start: start, end: UInt32(ofAlternatives.count)))
        }
        conditionsOfAlternatives = ofAlternatives
        unconditional = builder.alternatives.indices.filter { builder.alternatives[$0].needed == 0 }.map(Int32.init)
        self.actions = actions
        bytes = JSONBytes(pool)
    }

    /// At most half full, so that a search for what is not there ends soon.
    static func tableSize(_ count: Int) -> Int {
        var size = 8
        while size < count * 2 + 1 { size *= 2 }
        return size
    }

    // MARK: Looking up

    @inline(__always)
    static func nameHash(_ word: UInt64, _ count: Int) -> UInt64 {
        let mixed = (word ^ UInt64(truncatingIfNeeded: count) &<< 56) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ mixed &>> 32
    }

    /// What a name leads to that is no child: nothing, or a look at its parts.
    static var none: Int { -1 }
    static var odd: Int { -2 }

    /// The child of this name, `none`, or `odd` where the name has escapes or points and has to be looked at part by part.
    @inline(__always)
    func child(of parent: Int, _ node: Node, _ name: borrowing JSONText) -> Int {
        if name.isEscaped { return PatternTables.odd }
        let word = name.leadingWord
        let hash = PatternTables.nameHash(word, name.count)
        if node.hashes &>> (hash & 63) & 1 != 0 {
            let found = find(parent, node, name, word, hash)
            if found >= 0 { return found }
        }
        if node.firstBytes &>> (word & 63) & 1 != 0 && name.contains(0x2E) { return PatternTables.odd }
        return PatternTables.none
    }

    /// The same for a name as it was written, of which nobody has noted whether there are escapes in it.
    @inline(__always)
    func child(of parent: Int, _ node: Node, written name: borrowing JSONText) -> Int {
        let found = child(of: parent, node, name)
        // No name with an escape is a child's, unless one of its bytes before that begins it.
        let first = name.byte(at: 0)
        if found == PatternTables.none && first != 0x5C && node.firstBytes &>> UInt64(first & 63) & 1 == 0 { return found }
        return name.contains(0x5C) ? PatternTables.odd : found
    }

    @inline(__always)
    private func find(_ parent: Int, _ node: Node, _ name: borrowing JSONText, _ word: UInt64, _ hash: UInt64) -> Int {
        let mask = edges.count &- 1
        var slot = Int(truncatingIfNeeded: ((hash ^ node.salt) &* 0x9E37_79B9_7F4A_7C15) &>> edgeShift)
        while true {
            let edge = edges[slot]
            if edge.child < 0 { return PatternTables.none }
            if edge.word == word && edge.parent == Int32(truncatingIfNeeded: parent) && Int(edge.count) == name.count
                && (edge.count <= 8 || name.has(bytes, from: Int(edge.offset), count: Int(edge.count)))
            {
                return Int(edge.child)
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// The node of a name that is written with escapes or points: each of its parts is a name.
    func node(below parent: Int, odd name: String) -> Int {
        var node = parent
        for part in name.utf8.split(separator: 0x2E, omittingEmptySubsequences: false) {
            let bytes = JSONBytes(part)
            let child = child(of: node, nodes[node], bytes.text(0..<bytes.count))
            if child < 0 { return PatternTables.none }
            node = child
        }
        return node
    }

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
    func actions(_ text: borrowing JSONText, at place: Int, count: Int, _ hash: UInt64, field: Int, part: TableBuilder.Part) -> Actions? {
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
