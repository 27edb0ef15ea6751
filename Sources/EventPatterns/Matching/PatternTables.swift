// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// The tables of a set: nothing in them changes, and all look-ups of all patterns go through the same few.
///
/// What is looked at for every value is plain numbers: nothing in it counts references.
final class PatternTables: Sendable {
    /// A node of the tree of paths.
    struct Node: Sendable, BitwiseCopyable {
        /// The field that ends here; negative where there is none.
        var field: Int32 = -1
        var hasChildren = false
        /// How long the names are that lead on from here, also those with points in them.
        var lengths = JSONNameLengths()
        /// Mostly it says that a name is not among the children's.
        var names = JSONNameFilter()
        var salt: UInt64 = 0
        /// The name of one letter that leads on, and where: with attribute values there is mostly one such name. Negative where there are none, or several.
        var letter: UInt8 = 0
        var letterChild: Int32 = -1

        static var severalLetters: Int32 { -2 }

        /// Takes notice of a child whose name is one letter.
        mutating func lead(to child: Int, byLetter letter: UInt8) {
            letterChild = letterChild == -1 ? Int32(child) : Node.severalLetters
            self.letter = letter
        }

        /// Takes notice of a child that has all of its own children.
        mutating func lead(to child: Node, _ word: UInt64, count: Int) {
            hasChildren = true
            names.insert(word)
            lengths.ofOthers |= JSONNameLengths.bit(count)
            guard child.hasChildren else { return }
            // Arrays lead to what their elements lead to.
            lengths.ofObjects |= JSONNameLengths.bit(count)
            // A name that goes on with a point and a name that leads on from the child.
            names.insertStart(word, count: count)
            let inner = child.lengths.longer(by: count + 1)
            lengths.ofOthers |= inner.ofOthers
            lengths.ofObjects |= inner.ofObjects
        }
    }

    /// A child in the tree of paths.
    struct Edge: Sendable, BitwiseCopyable {
        /// The name's, see `JSONText.nameWord`.
        var word: UInt64 = 0
        var parent: Int32 = -1
        var child: Int32 = -1
        var name = Bytes()
    }

    /// Some of a list.
    struct Part: Sendable, BitwiseCopyable {
        var start: UInt32 = 0
        var end: UInt32 = 0
        var isEmpty: Bool { start == end }
        @inline(__always) var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// Some of `bytes`.
    struct Bytes: Sendable, BitwiseCopyable {
        var offset: UInt32 = 0
        var count: UInt32 = 0
    }

    /// A text that is looked for.
    struct Text: Sendable, BitwiseCopyable {
        var hash: UInt64 = 0
        var offset: UInt32 = 0
        /// Negative in an empty slot.
        var count: Int32 = -1
        var actions = Part()
    }

    /// What is asked of one field. The parts are of `actions`, where nothing else is said.
    struct Field: Sendable, BitwiseCopyable {
        struct Needs: OptionSet, Sendable, BitwiseCopyable {
            let rawValue: UInt16
            static let seen = Needs(rawValue: 1)
            static let exists = Needs(rawValue: 2)
            static let texts = Needs(rawValue: 4)
            /// Of a string, more than comparing the whole of it.
            static let moreOfStrings = Needs(rawValue: 8)
            static let addresses = Needs(rawValue: 16)
            /// Of a number what it is worth, by the rule of doubles or the exact one.
            static let doubles = Needs(rawValue: 32)
            static let exactNumbers = Needs(rawValue: 64)
            /// Whether that is one of those in the field's ``Values``.
            static let numbers = Needs(rawValue: 128)
            static let numberTexts = Needs(rawValue: 256)
            /// It is a member of the event itself, and of its strings more is asked than comparing the whole: see ``LastTexts``.
            static let repeats = Needs(rawValue: 512)
        }
        var needs: Needs = []
        var exists = Part()
        /// How long the texts are that are looked for: bits as in ``JSONNameLengths``.
        var textLengths: UInt64 = 0
        var textLengthsIgnoringCase: UInt64 = 0
        var anyString = Part()
        var yes = Part()
        var no = Part()
        var null = Part()
        /// Of `lengths`.
        var prefixLengths = Part()
        var suffixLengths = Part()
        /// A bit for each byte that a prefix begins with, a suffix ends with.
        var prefixBytes: UInt64 = 0
        var suffixBytes: UInt64 = 0
        /// Tests to be made for each value of a kind.
        var stringTests = Part()
        var numberTests = Part()
        var otherTests = Part()
        /// Of `networks`.
        var networks = Part()
        /// Of `ranges`.
        var ranges = Part()
    }

    /// Values of a field that are looked up by what they are worth.
    struct Values: Sendable {
        var addresses: [IPAddress: Part] = [:]
        var numbers: [PatternNumber: Part] = [:]
        var numberTexts: [[UInt8]: Part] = [:]
    }

    /// A network that a field's address may be in.
    struct Network: Sendable {
        var network: IPNetwork
        var condition: Int32
    }

    struct Condition: Sendable, BitwiseCopyable {
        var field: Int32
        var allowsAbsence: Bool
        /// The alternatives that are looked at when it is met, in `alternativesOfConditions`.
        var alternatives = Part()
    }

    struct Alternative: Sendable, BitwiseCopyable {
        var pattern: Int32
        /// Its conditions in matching order, in `conditionsOfAlternatives`.
        var conditions = Part()
    }

    let patternCount: Int
    let nodes: [Node]
    let edges: [Edge]
    let edgeShift: UInt64
    let texts: [Text]
    let textShift: UInt64
    /// The bytes of all names and texts.
    let bytes: JSONBytes

    let fields: [Field]
    let values: [Values]
    let actions: [Int32]
    let lengths: [Int32]
    let ranges: [DoubleRange]
    let networks: [Network]
    let tests: TestTable
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
        var lengths: [Int32] = []
        var ranges: [DoubleRange] = []
        var networks: [Network] = []

        var layout = TrieLayout(builder.nodes)
        layout.write(names: &pool)
        nodes = layout.nodes
        edges = layout.edges
        edgeShift = layout.shift
        tests = TestTable(builder, texts: &pool)

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
            texts[slot] = Text(hash: hash, offset: UInt32(pool.count), count: Int32(key.bytes.count), actions: actions.lay(list))
            pool += key.bytes
        }
        self.texts = texts

        fields = builder.fields.map { field in
            Field(
                needs: field.needs, exists: actions.lay(field.exists), textLengths: field.textLengths,
                textLengthsIgnoringCase: field.textLengthsIgnoringCase, anyString: actions.lay(field.anyString), yes: actions.lay(field.yes),
                no: actions.lay(field.no), null: actions.lay(field.null), prefixLengths: lengths.lay(field.prefixLengths.sorted()),
                suffixLengths: lengths.lay(field.suffixLengths.sorted()), prefixBytes: field.prefixBytes, suffixBytes: field.suffixBytes,
                stringTests: actions.lay(field.stringTests), numberTests: actions.lay(field.numberTests),
                otherTests: actions.lay(field.otherTests), networks: networks.lay(field.networks), ranges: ranges.lay(field.ranges))
        }
        values = builder.fields.map { field in
            Values(
                addresses: field.addresses.mapValues { actions.lay($0) }, numbers: field.numbers.mapValues { actions.lay($0) },
                numberTexts: field.numberTexts.mapValues { actions.lay($0) })
        }

        var ofConditions: [Int32] = []
        let deciding = builder.decidingAlternatives
        conditions = builder.conditions.indices.map { number in
            let entry = builder.conditions[number]
            return Condition(
                field: Int32(entry.field), allowsAbsence: entry.condition.allowsAbsence, alternatives: ofConditions.lay(deciding[number]))
        }
        alternativesOfConditions = ofConditions
        var ofAlternatives: [Int32] = []
        alternatives = builder.alternatives.map { entry in
            Alternative(pattern: Int32(entry.pattern), conditions: ofAlternatives.lay(entry.conditions.map(Int32.init)))
        }
        conditionsOfAlternatives = ofAlternatives
        unconditional = builder.unconditionalAlternatives
        self.actions = actions
        self.lengths = lengths
        self.ranges = ranges
        self.networks = networks
        bytes = JSONBytes(pool)
    }

    /// At most half full, so that a search for what is not there ends soon.
    static func tableSize(_ count: Int) -> Int {
        var size = 8
        while size < count * 2 + 1 { size *= 2 }
        return size
    }
}

extension Array {
    /// - Returns: where the elements are now.
    fileprivate mutating func lay(_ elements: [Element]) -> PatternTables.Part {
        let start = UInt32(count)
        self += elements
        return PatternTables.Part(start: start, end: UInt32(count))
    }
}
