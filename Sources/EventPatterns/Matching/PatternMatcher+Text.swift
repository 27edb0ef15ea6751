// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// A place in the tree of a set's paths, for whoever finds an event's members by themselves.
public struct PatternPlace: Sendable, Hashable {
    let node: Int

    /// The event itself.
    public static let root = PatternPlace(node: 0)
}

/// Values of validated, compact JSON text that has no index. Only what a pattern asks for is read.
extension PatternMatcher {
    /// The place of an object with these names on the way to it; nil where no pattern asks for anything in it.
    public func place(_ names: [String]) -> PatternPlace? {
        var node = 0
        for name in names {
            node = tables.node(below: node, odd: name)
            if node < 0 { return nil }
        }
        return tables.nodes[node].hasChildren ? PatternPlace(node: node) : nil
    }

    /// Adds one member of an object.
    ///
    /// - Parameters:
    ///   - offset: where the opening quote of its name stands in the text.
    ///   - nameCount: how many bytes the name has with its quotes and the colon.
    @inline(__always)
    public mutating func add(memberOf text: JSONBytes, at offset: Int, nameCount: Int, below place: PatternPlace) {
        let child = child(of: place.node, tables.nodes[place.node], text, offset, nameCount)
        if child < 0 { return }
        var reader = text.reader(at: offset &+ nameCount)
        value(&reader, child, 0)
    }

    /// The same for an attribute of an item, which is seen as its plain value.
    @inline(__always)
    public mutating func add(attributeOf text: JSONBytes, at offset: Int, nameCount: Int) {
        let child = child(of: 0, tables.nodes[0], text, offset, nameCount)
        if child < 0 { return }
        var reader = text.reader(at: offset &+ nameCount)
        plainValue(&reader, child, 0)
    }

    @inline(__always)
    private func child(of parent: Int, _ node: PatternTables.Node, _ text: JSONBytes, _ offset: Int, _ nameCount: Int) -> Int {
        let name = text.text(offset &+ 1..<offset &+ nameCount &- 2)
        let found = tables.child(of: parent, node, written: name)
        return found == PatternTables.odd ? odd(parent, name) : found
    }

    /// Names with escapes or points.
    private func odd(_ parent: Int, _ name: borrowing JSONText) -> Int {
        var content = JSONBuffer()
        content.append(contentOf: name.withEscapes)
        return tables.node(below: parent, odd: content.text.string)
    }

    // MARK: Values

    private mutating func value(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        switch t.byte {
        case 0x22: string(&t, .string, node, element)
        case 0x7B: members(&t, node, element)
        case 0x5B: elements(&t, node, element)
        default: other(&t, node, element)
        }
    }

    @inline(__always)
    private mutating func string(_ t: inout JSONTranscriber, _ kind: LeafKind, _ node: Int, _ element: Int32) {
        let start = t
        let isEscaped = t.skipString()
        let field = tables.nodes[node].field
        if field >= 0 { leaf(kind, JSONTranscriber.text(start, upTo: t, isEscaped: isEscaped), Int(field), element) }
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
        t.skipValue()
        let field = tables.nodes[node].field
        if field >= 0 { leaf(kind, start.rawText(upTo: t), Int(field), element) }
    }

    private mutating func members(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        let entry = tables.nodes[node]
        guard entry.hasChildren else { return t.skipValue(depth: .max) }
        t.skip(1)
        while t.byte == 0x22 {
            let start = t
            let isEscaped = t.skipName()
            let name = start.ahead(1).rawText(upTo: t).dropping(last: 2)
            var child = isEscaped ? PatternTables.odd : tables.child(of: node, entry, name)
            if child == PatternTables.odd { child = odd(node, name) }
            if child >= 0 { value(&t, child, element) } else { t.skipValue(depth: .max) }
            if t.byte == 0x2C { t.skip(1) }
        }
        t.skip(1)
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
        let start = t
        _ = t.skipName()
        let type = start.ahead(1).rawText(upTo: t).dropping(last: 2)
        switch (type.count, type.leadingWord) {
        case (1, 0x53), (1, 0x42): string(&t, .string, node, element)
        case (1, 0x4E): string(&t, .number, node, element)
        case (1, 0x4D): plainMembers(&t, node, element)
        case (1, 0x4C): plainElements(&t, node, element)
        case (2, 0x5353), (2, 0x5342): plainSet(&t, .string, node, element)
        case (2, 0x534E): plainSet(&t, .number, node, element)
        case (4, 0x4C4C_554E):
            // Which is always true, and means null.
            let field = tables.nodes[node].field
            let value = t
            t.skipValue()
            if field >= 0 { leaf(.null, value.rawText(upTo: t), Int(field), element) }
        default: other(&t, node, element)
        }
        t.skip(1)
    }

    private mutating func plainMembers(_ t: inout JSONTranscriber, _ node: Int, _ element: Int32) {
        let entry = tables.nodes[node]
        guard entry.hasChildren else { return t.skipValue(depth: .max) }
        t.skip(1)
        while t.byte == 0x22 {
            let start = t
            let isEscaped = t.skipName()
            let name = start.ahead(1).rawText(upTo: t).dropping(last: 2)
            var child = isEscaped ? PatternTables.odd : tables.child(of: node, entry, name)
            if child == PatternTables.odd { child = odd(node, name) }
            if child >= 0 { plainValue(&t, child, element) } else { t.skipValue(depth: .max) }
            if t.byte == 0x2C { t.skip(1) }
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
