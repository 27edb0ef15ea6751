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
    public mutating func add(plainValuesOf item: borrowing JSONView) { members(of: item, 0, tables.nodes[0], 0, .attributes) }

    /// Matches where there is no item: only what asks for absence is met.
    public mutating func matchNothing() {
        begin()
        finish()
    }

    mutating func plainValue(_ value: borrowing JSONView, _ node: Int, _ element: Int32) {
        var wrapper = value.members
        guard wrapper.next() else { return }
        let field = Int(tables.nodes[node].field)
        let inner = wrapper.value
        switch type(wrapper.key.rawText) {
        case .string: if field >= 0 { leaf(.string, inner.rawText, field, element) }
        case .number: if field >= 0 { leaf(.number, inner.rawText, field, element) }
        case .bool: if field >= 0 { leaf(inner.bool == true ? .yes : .no, inner.rawText, field, element) }
        case .null: if field >= 0 { leaf(.null, inner.rawText, field, element) }
        case .map: members(of: inner, node, tables.nodes[node], element, .attributes)
        case .list: plainElements(of: inner, node, element)
        case .strings: if field >= 0 { plainSet(inner, .string, field, element) }
        case .numbers: if field >= 0 { plainSet(inner, .number, field, element) }
        case nil: break
        }
    }

    private mutating func type(_ name: borrowing JSONText) -> AttributeType? {
        guard name.isEscaped else { return AttributeType(name) }
        scratch.removeAll()
        scratch.append(contentOf: name)
        return AttributeType(scratch.text)
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
