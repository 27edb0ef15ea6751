// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Patterns on the plain values of a DynamoDB item: `{"price": {"N": "5"}}` is seen as `{"price": 5}`, sets are seen as arrays.
extension PatternMatcher {
    /// Matches an item, which is an object of attribute values.
    ///
    /// - Parameter item: sound attribute values, as those of a record are.
    public mutating func match(plainValuesOf item: borrowing JSONView) {
        begin()
        add(plainValuesOf: item)
        finish()
    }

    /// Adds an item's attributes to the event's own members.
    public mutating func add(plainValuesOf item: borrowing JSONView) { plainMembers(of: item, 0, 0) }

    /// Matches where there is no item: only what asks for absence is met.
    public mutating func matchNothing() {
        begin()
        finish()
    }

    private mutating func plainMembers(of map: borrowing JSONView, _ node: Int, _ element: Int32) {
        let entry = tables.nodes[node]
        guard entry.hasChildren else { return }
        var members = map.members
        while members.next() {
            var child = tables.child(of: node, entry, members.key.rawText)
            if child < 0 {
                if child == PatternTables.none { continue }
                child = tables.node(below: node, odd: members.key.string ?? "")
                if child < 0 { continue }
            }
            plainValue(members.value, child, element)
        }
    }

    private mutating func plainValue(_ value: borrowing JSONView, _ node: Int, _ element: Int32) {
        var wrapper = value.members
        guard wrapper.next() else { return }
        let field = Int(tables.nodes[node].field)
        let inner = wrapper.value
        switch wrapper.key.string {
        case "S", "B": if field >= 0 { leaf(.string, inner.rawText, field, element) }
        case "N": if field >= 0 { leaf(.number, inner.rawText, field, element) }
        case "BOOL": if field >= 0 { leaf(inner.bool == true ? .yes : .no, inner.rawText, field, element) }
        case "NULL": if field >= 0 { leaf(.null, inner.rawText, field, element) }
        case "M": plainMembers(of: inner, node, element)
        case "L": plainElements(of: inner, node, element)
        case "SS", "BS": if field >= 0 { plainSet(inner, .string, field, element) }
        case "NS": if field >= 0 { plainSet(inner, .number, field, element) }
        default: break
        }
    }

    private mutating func plainSet(_ set: borrowing JSONView, _ kind: LeafKind, _ field: Int, _ element: Int32) {
        var each = set.elements
        while each.next() { leaf(kind, each.value.rawText, field, element) }
    }

    /// Maps and lists in a list are elements that fields can be found in; other values are the list's own.
    private mutating func plainElements(of list: borrowing JSONView, _ node: Int, _ element: Int32) {
        var number: Int32?
        var each = list.elements
        while each.next() {
            var wrapper = each.value.members
            guard wrapper.next() else { continue }
            if wrapper.value.kind == .object || wrapper.value.kind == .array {
                let array = number ?? tally.newArray()
                number = array
                plainValue(each.value, node, tally.newElement(of: array, in: element))
            } else {
                plainValue(each.value, node, element)
            }
        }
    }
}
