// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Values of validated, compact JSON text that has no index. Only what a pattern asks for is read.
extension PatternMatcher {
    /// Adds members of an object, which may be some of them.
    public mutating func add(_ members: Span<JSONMemberPlace>, of text: JSONBytes, below place: PatternPlace) {
        add(members, of: text, below: place.number, place.node) { $0.value(&$1, $2, 0) }
    }

    /// Adds attributes of an item, which may be some of them: sound attribute values, as those of a record are.
    public mutating func add(attributes: Span<JSONMemberPlace>, of text: JSONBytes, below place: PatternPlace) {
        add(attributes, of: text, below: place.number, place.node) { $0.attribute(&$1, $2) }
    }

    /// The same, where attributes are seen as their plain values.
    public mutating func add(plainValuesOf attributes: Span<JSONMemberPlace>, of text: JSONBytes) {
        add(attributes, of: text, below: 0, tables.nodes[0]) { $0.plainValue(&$1, $2, 0) }
    }

    @inline(__always)
    private mutating func add(
        _ members: Span<JSONMemberPlace>, of text: JSONBytes, below parent: Int, _ node: PatternTables.Node,
        _ take: (inout PatternMatcher, inout JSONTranscriber, Int) -> Void
    ) {
        for number in members.indices {
            let member = members[number]
            // Quotes and colon are no part of the name; what has no word has escapes.
            let count = Int(member.nameCount) &- 3
            let start = Int(member.place) &+ 1
            var child = PatternTables.odd
            if member.nameWord != 0 {
                child = tables.child(of: parent, node, member.nameWord, count: count) { place in
                    let name = text.text(start..<start &+ count)
                    return place < 0 ? name.contains(0x2E) : name.has(tables.bytes, from: place, count: count)
                }
            }
            if child == PatternTables.none { continue }
            if child == PatternTables.odd {
                let name = text.text(start..<start &+ count)
                if member.nameWord == 0 && !mayBegin(name, node.names) { continue }
                child = odd(parent, member.nameWord == 0 ? name.withEscapes : name)
            }
            if child < 0 { continue }
            var reader = text.reader(at: member.valuePlace)
            take(&self, &reader, child)
        }
    }

    /// Whether a name with escapes may be looked for: its first two bytes tell, where they are no escape.
    @inline(__always)
    private func mayBegin(_ name: borrowing JSONText, _ names: JSONNameFilter) -> Bool {
        name.byte(at: 0) == 0x5C || name.byte(at: 1) == 0x5C || names.mayBegin(name.leadingWord)
    }

    /// An attribute's value: an object with one member. It is read as far as somebody asks for something in it; nothing behind it is looked at.
    private mutating func attribute(_ t: inout JSONTranscriber, _ node: Int) {
        // {"?":" as nearly all of them begin
        if t.word & 0x0000_FFFF_FF00_FFFF == 0x0000_223A_2200_227B {
            let child = tables.child(of: node, letter: UInt8(truncatingIfNeeded: t.word &>> 16))
            if child < 0 { return }
            t.skip(5)
            return string(&t, .string, child, 0)
        }
        t.skip(1)
        let child = child(of: node, tables.nodes[node], t.readName())
        if child >= 0 { value(&t, child, 0) }
    }

    // MARK: Values

    @inline(__always)
    private mutating func value(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32, _ form: Form) {
        switch form {
        case .own: value(&t, node, element)
        case .attributes: plainValue(&t, node, element)
        }
    }

    private mutating func value(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        switch t.byte {
        case 0x22: string(&t, .string, node, element)
        case 0x7B: members(&t, node, element, .own)
        case 0x5B: elements(&t, node, element)
        default: other(&t, node, element)
        }
    }

    @inline(__always)
    private mutating func string(_ t: inout JSONTranscriber, _ kind: LeafKind, _ node: Int, _ element: Int32) {
        let field = Int(tables.nodes[node].field)
        if field >= 0 && kind == .string && element == 0 && tally.takeAgain(&t, field) { return }
        let start = t
        let isEscaped = t.skipString()
        if field >= 0 { leaf(kind, JSONTranscriber.text(start, upTo: t, isEscaped: isEscaped), field, element) }
    }

    private mutating func other(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        let start = t
        let kind: LeafKind =
            switch t.byte {
            case 0x74: .yes
            case 0x66: .no
            case 0x6E: .null
            default: .number
            }
        if t.byte &- 0x30 < 10 { t.skipNumber() } else { t.skipValue() }
        let field = tables.nodes[node].field
        if field >= 0 { leaf(kind, start.rawText(upTo: t), Int(field), element) }
    }

    @inline(never)
    private mutating func members(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32, _ form: Form) {
        guard tables.nodes[node].hasChildren else { return t.skipValue(depth: .max) }
        t.skip(1)
        while t.byte == 0x22 {
            let child = child(of: node, tables.nodes[node], t.readName())
            if child >= 0 { value(&t, child, element, form) } else { skip(&t) }
            if t.byte == 0x2C { t.skip(1) }
        }
        t.skip(1)
    }

    /// Goes over a value that nobody asks for.
    private func skip(_ t: inout JSONTranscriber) {
        // Nearly all of them in an item are {"S":"…"} and the like.
        if t.word & 0x0000_FFFF_FF00_FFFF == 0x0000_223A_2200_227B {
            var behind = t.ahead(5)
            _ = behind.skipString()
            if behind.byte == 0x7D {
                behind.skip(1)
                t = behind
                return
            }
        }
        t.skipValue(depth: .max)
    }

    private mutating func elements(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        var array: Int32?
        t.skip(1)
        while t.byte != 0x5D && !t.isAtEnd {
            if t.byte == 0x7B || t.byte == 0x5B {
                let number = array ?? tally.newArray()
                array = number
                value(&t, node, tally.newElement(of: number, in: element))
            } else {
                value(&t, node, element)
            }
            if t.byte == 0x2C { t.skip(1) }
        }
        t.skip(1)
    }

    // MARK: Plain values

    /// `{"S":…}` and the like.
    private mutating func plainValue(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        t.skip(1)
        let type = t.readName()
        switch AttributeType(type) {
        case .string: string(&t, .string, node, element)
        case .number: string(&t, .number, node, element)
        case .map: members(&t, node, element, .attributes)
        case .list: plainElements(&t, node, element)
        case .strings: plainSet(&t, .string, node, element)
        case .numbers: plainSet(&t, .number, node, element)
        case .null:
            let field = tables.nodes[node].field
            let value = t
            t.skipValue()
            if field >= 0 { leaf(.null, value.rawText(upTo: t), Int(field), element) }
        case .bool, nil: other(&t, node, element)
        }
        t.skip(1)
    }

    private mutating func plainElements(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        var array: Int32?
        t.skip(1)
        while t.byte == 0x7B {
            // What holds values of its own is an element that fields can be found in: {"M":{ {"L":[ {"SS":[
            let behind = t.ahead(t.word(behind: 3) & 0xFF == 0x22 ? 5 : 6).byte
            if behind == 0x7B || behind == 0x5B {
                let number = array ?? tally.newArray()
                array = number
                plainValue(&t, node, tally.newElement(of: number, in: element))
            } else {
                plainValue(&t, node, element)
            }
            if t.byte == 0x2C { t.skip(1) }
        }
        t.skip(1)
    }

    private mutating func plainSet(_ t: inout JSONTranscriber, _ kind: LeafKind, _ node: Int, _ element: Int32) {
        t.skip(1)
        while t.byte == 0x22 {
            string(&t, kind, node, element)
            if t.byte == 0x2C { t.skip(1) }
        }
        t.skip(1)
    }
}
