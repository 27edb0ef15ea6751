// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Holds events against the patterns of a set, one after another.
///
/// It owns the memory that this takes: keep one for many events. An event is a JSON object; where its parts are in several documents, call ``begin()``,
/// add the parts, and ``finish()``.
public struct PatternMatcher: ~Copyable {
    let tables: PatternTables
    var tally: Tally
    /// The content of strings and names that are written with escapes.
    var scratch = JSONBuffer()
    @usableFromInline var patterns: JSONScratch<UInt64>
    @usableFromInline let count: Int

    public init(_ set: PatternSet) {
        tables = set.tables
        tally = Tally(set.tables)
        patterns = JSONScratch(repeating: 0, count: (set.count + 63) / 64)
        count = set.count
    }

    // MARK: Results

    /// Whether the event matched the pattern at this place of the set.
    @inlinable @inline(__always)
    public func isMatch(_ pattern: Int) -> Bool {
        guard pattern >= 0 && pattern < count else { return false }
        return patterns[pattern &>> 6] &>> UInt64(pattern & 63) & 1 != 0
    }

    /// Whether it matched any.
    public var hasMatch: Bool {
        for place in 0..<patterns.count where patterns[place] != 0 { return true }
        return false
    }

    /// The patterns it matched, in order.
    public var matches: [Int] {
        var found: [Int] = []
        eachMatch { found.append($0) }
        return found
    }

    /// Names the patterns it matched, in order.
    @inlinable @inline(__always)
    public func eachMatch(_ body: (Int) -> Void) {
        for place in 0..<patterns.count {
            var word = patterns[place]
            while word != 0 {
                body(place &* 64 &+ word.trailingZeroBitCount)
                word &= word &- 1
            }
        }
    }

    // MARK: Events

    /// Matches an event that is one object. What is no object matches nothing.
    public mutating func match(_ event: borrowing JSONView) {
        begin()
        if event.kind == .object {
            add(membersOf: event)
            finish()
        }
    }

    /// Forgets the event before.
    @inline(__always)
    public mutating func begin() {
        tally.begin()
        for place in 0..<patterns.count { patterns[place] = 0 }
    }

    /// Adds an object's members to the event's own.
    ///
    /// - Parameter name: a member that is left out, since something else stands in its place.
    public mutating func add(membersOf object: borrowing JSONView, except name: StaticString? = nil) {
        members(of: object, 0, tables.nodes[0], 0, .own, except: name)
    }

    /// Adds members of an object that was found by itself.
    public mutating func add(membersOf object: borrowing JSONView, below place: PatternPlace) {
        let parent = place.number
        var members = object.members
        while members.next(place.node.lengths, place.node.names) {
            let child = child(of: parent, place.node, members.key.rawText)
            if child >= 0 && !place.leavesOut(child) { value(members.value, child, 0) }
        }
    }

    /// Adds one member to the event's own.
    public mutating func add(_ value: borrowing JSONView, as name: StaticString) {
        if let node = node(name) { self.value(value, node, 0) }
    }

    /// Whether any pattern asks for this member or something in it.
    public func wants(_ name: StaticString) -> Bool { node(name) != nil }

    /// Decides which patterns match, after all parts have been added.
    @inline(__always)
    public mutating func finish() { tally.decide(&patterns) }

    private func node(_ name: StaticString) -> Int? {
        let bytes = JSONBytes("\(name)".utf8)
        let node = tables.node(below: 0, parts: bytes.text(0..<bytes.count))
        return node < 0 ? nil : node
    }

    // MARK: Going over the event

    /// How the values in an object are written.
    enum Form {
        /// As what they are.
        case own
        /// As attribute values, which stand for plain ones.
        case attributes
    }

    mutating func members(
        of object: borrowing JSONView, _ node: Int, _ entry: PatternTables.Node, _ element: Int32, _ form: Form, except left: StaticString? = nil
    ) {
        var lengths = entry.lengths
        // All values of an item are objects.
        if form == .attributes { lengths.ofObjects = lengths.ofOthers }
        var members = object.members
        while members.next(lengths, entry.names) {
            let name = members.key.rawText
            if let left, members.key.isString(left) { continue }
            let child = child(of: node, entry, name)
            if child < 0 { continue }
            switch form {
            case .own: value(members.value, child, element)
            case .attributes: plainValue(members.value, child, element)
            }
        }
    }

    /// The child of this name, however it is written; negative where there is none.
    @inline(__always)
    mutating func child(of parent: Int, _ node: PatternTables.Node, _ name: borrowing JSONText) -> Int {
        let found = tables.child(of: parent, node, name)
        return found == PatternTables.odd ? odd(parent, name) : found
    }

    /// Names with escapes or points.
    mutating func odd(_ parent: Int, _ name: borrowing JSONText) -> Int {
        guard name.isEscaped else { return tables.node(below: parent, parts: name) }
        scratch.removeAll()
        scratch.append(contentOf: name)
        return tables.node(below: parent, parts: scratch.text)
    }

    private mutating func value(_ value: borrowing JSONView, _ node: Int, _ element: Int32) {
        // Nearly all values in an image are {"S":"…"} and the like.
        let letter = value.foldedName
        if letter != 0 && letter != 0x2E {
            let child = tables.child(of: node, letter: letter)
            if child < 0 { return }
            let field = tables.nodes[child].field
            if field >= 0 { leaf(.string, value.rawText, Int(field), element) }
            return
        }
        switch value.kind {
        case .object: members(of: value, node, tables.nodes[node], element, .own)
        case .array: elements(of: value, node, element)
        default:
            let field = tables.nodes[node].field
            if field >= 0 { leaf(value, Int(field), element) }
        }
    }

    private mutating func elements(of array: borrowing JSONView, _ node: Int, _ element: Int32) {
        let entry = tables.nodes[node]
        var number: Int32?
        var each = array.elements
        while each.next() {
            switch each.value.kind {
            case .object:
                guard entry.hasChildren else { continue }
                let array = number ?? tally.newArray()
                number = array
                members(of: each.value, node, entry, tally.newElement(of: array, in: element), .own)
            case .array:
                let array = number ?? tally.newArray()
                number = array
                elements(of: each.value, node, tally.newElement(of: array, in: element))
            default:
                if entry.field >= 0 { leaf(each.value, Int(entry.field), element) }
            }
        }
    }

    @inline(__always)
    private mutating func leaf(_ value: borrowing JSONView, _ field: Int, _ element: Int32) {
        let kind: LeafKind =
            switch value.kind {
            case .string: .string
            case .number: .number
            case .null: .null
            default: value.bool == true ? .yes : .no
            }
        leaf(kind, value.rawText, field, element)
    }

    /// A value of a field, with its text as it is written.
    @inline(__always)
    mutating func leaf(_ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32) {
        if text.isEscaped {
            PatternMatcher.unescaped(kind, text, field, element, &tally, &scratch)
        } else {
            tally.leaf(kind, text, field, element)
        }
    }

    private static func unescaped(
        _ kind: LeafKind, _ text: borrowing JSONText, _ field: Int, _ element: Int32, _ tally: inout Tally, _ scratch: inout JSONBuffer
    ) {
        scratch.removeAll()
        scratch.append(contentOf: text)
        tally.leaf(kind, scratch.text, field, element)
    }
}
