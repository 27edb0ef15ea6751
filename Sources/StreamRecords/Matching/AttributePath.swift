// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// The way to a value in an item: names with points between them, through maps and, by their places, lists: `address.city`, `lines.0.price`.
///
/// Where an attribute's own name has points in it, it is found as well. An item may have both, `a.b` and `b` in `a`: then the path has two
/// readings. A value is looked up by the first that there is, with the longest name first; images are compared by each.
public struct AttributePath: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    /// For each step the names that may begin there: the step alone, and with those behind it, since a name may have points itself.
    private let names: [[Name]]
    /// The ``JSONText/nameWord`` of ``only``.
    let onlyWord: UInt64?

    private struct Name: Sendable, Hashable {
        var bytes: [UInt8]
        /// The step behind it.
        var next: Int
    }

    /// Nil where a name is empty.
    public init?(_ text: String) {
        let steps = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).map { Array($0) }
        if steps.contains([]) { return nil }
        description = text
        names = steps.indices.map { first in
            (first..<steps.count).map { last in Name(bytes: Array(steps[first...last].joined(separator: [0x2E])), next: last + 1) }
        }
        let bytes = JSONBytes(text.utf8)
        onlyWord = steps.count == 1 ? bytes.text(0..<bytes.count).nameWord : nil
    }

    /// The name of an attribute of the item itself, where the path is no longer.
    var only: [UInt8]? { names.count == 1 ? names[0][0].bytes : nil }

    /// The value in a map of attributes, whatever the order of its members; nil where there is none.
    func node(in map: JSONNode, of document: JSONDocument) -> JSONNode? { find(0, in: map, document) }

    private func find(_ step: Int, in node: JSONNode, _ document: JSONDocument) -> JSONNode? {
        if step == names.count { return node }
        for name in names[step].reversed() {
            if let inner = child(name, step, of: node, document), let found = find(name.next, in: inner, document) { return found }
        }
        return nil
    }

    /// Whether a value differs between two maps of attributes by any reading: one that is in only one of them does.
    func isChanged(from old: JSONNode, to new: JSONNode, in document: JSONDocument) -> Bool { isChanged(0, old, new, document) }

    private func isChanged(_ step: Int, _ old: JSONNode?, _ new: JSONNode?, _ document: JSONDocument) -> Bool {
        if step == names.count {
            guard let old, let new else { return true }
            return !ImageDifference.same(document.view(old), document.view(new))
        }
        for name in names[step] {
            let before = child(name, step, of: old, document)
            let after = child(name, step, of: new, document)
            if before == nil && after == nil { continue }
            if isChanged(name.next, before, after, document) { return true }
        }
        return false
    }

    /// What a name that begins at a step leads to: in the item and in maps a member, in lists an element.
    private func child(_ name: Name, _ step: Int, of node: JSONNode?, _ document: JSONDocument) -> JSONNode? {
        guard let node else { return nil }
        let value = document.view(node)
        if step == 0 { return AttributePath.member(name.bytes, of: value) }
        var wrapper = value.members
        guard wrapper.next() else { return nil }
        if wrapper.key.isString("M") { return AttributePath.member(name.bytes, of: wrapper.value) }
        guard name.next == step + 1, wrapper.key.isString("L"), let place = Int(String(decoding: name.bytes, as: UTF8.self)) else { return nil }
        var elements = wrapper.value.elements
        var number = 0
        while elements.next() {
            if number == place { return elements.value.node }
            number += 1
        }
        return nil
    }

    private static func member(_ name: [UInt8], of map: borrowing JSONView) -> JSONNode? {
        var members = map.members
        while members.next() {
            if isName(members.key, name) { return members.value.node }
        }
        return nil
    }

    private static func isName(_ key: borrowing JSONView, _ name: [UInt8]) -> Bool {
        if key.isEscaped { return Array((key.string ?? "").utf8) == name }
        guard key.textCount == name.count else { return false }
        let text = key.rawText
        for place in name.indices where text.byte(at: place) != name[place] { return false }
        return true
    }
}

extension RecordBatch {
    /// Whether a value differs between the old and the new image, by DynamoDB's equality: one that is in only one of them does. Where the path
    /// has several readings, one of them is enough.
    ///
    /// - Returns: nil where the record is no change, or has not both images.
    public func isChanged(_ path: AttributePath, at index: Int) -> Bool? {
        if let outlines, let name = path.only, let word = path.onlyWord, let isChanged = outlines.isChanged(name, word, at: index) { return isChanged }
        let parts = storage.index
        let slot = parts.slots[index]
        guard slot.kind == .change, !slot.old.isNone, !slot.new.isNone else { return nil }
        let document = parts.documents[Int(slot.document)]
        return path.isChanged(from: slot.old, to: slot.new, in: document)
    }

    /// Hands over the image of an item before or after a change, an object of attribute values.
    ///
    /// - Returns: false where there is none.
    public func withImage(_ side: ImageSide, at index: Int, _ body: (borrowing JSONView) -> Void) -> Bool {
        let parts = storage.index
        let slot = parts.slots[index]
        guard slot.kind == .change else { return false }
        let node = side == .old ? slot.old : slot.new
        if node.isNone { return false }
        let document = parts.documents[Int(slot.document)]
        body(document.view(node))
        return true
    }

    /// The value at a path of an image as plain JSON, for messages; nil where there is none.
    public func plainText(of path: AttributePath, in side: ImageSide, at index: Int) -> String? {
        let parts = storage.index
        let slot = parts.slots[index]
        let image = side == .old ? slot.old : slot.new
        guard slot.kind == .change, !image.isNone else { return nil }
        let document = parts.documents[Int(slot.document)]
        guard let node = path.node(in: image, of: document) else { return nil }
        var writer = JSONWriter()
        AttributeValue(document.view(node)).writeCanonical(into: &writer)
        return String(decoding: writer.array, as: UTF8.self)
    }
}

/// One of the two images of a change.
public enum ImageSide: Sendable, Hashable {
    case old, new
}
