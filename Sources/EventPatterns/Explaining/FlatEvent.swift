// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// All values of an event with their paths: slow and in full, for people who ask why.
struct FlatEvent {
    struct Leaf {
        var path: [UInt8]
        var kind: LeafKind
        /// The content of a string, or a number as it was written.
        var text: [UInt8]

        /// As JSON, cut where it is long.
        var shown: String {
            switch kind {
            case .string: String(decoding: text, as: UTF8.self).quoted
            case .number: String(decoding: text, as: UTF8.self)
            case .yes: "true"
            case .no: "false"
            case .null: "null"
            }
        }
    }

    private(set) var leaves: [Leaf] = []
    /// The names of what is in the object at a path.
    private(set) var objects: [[UInt8]: [String]] = [:]
    private(set) var emptyArrays: Set<[UInt8]> = []

    static func join(_ path: [UInt8]?, _ name: String) -> [UInt8] { (path.map { $0 + [0x2E] } ?? []) + Array(name.utf8) }

    mutating func add(membersOf object: borrowing JSONView, at path: [UInt8]?, except left: StaticString? = nil) {
        var members = object.members
        while members.next() {
            if let left, members.key.isString(left) { continue }
            add(members.value, at: note(members.key.string ?? "", in: path))
        }
    }

    mutating func add(_ value: borrowing JSONView, as name: String) { add(value, at: note(name, in: nil)) }

    private mutating func note(_ name: String, in path: [UInt8]?) -> [UInt8] {
        objects[path ?? [], default: []].append(name)
        return FlatEvent.join(path, name)
    }

    private mutating func add(_ value: borrowing JSONView, at path: [UInt8]) {
        switch value.kind {
        case .object:
            if objects[path] == nil { objects[path] = [] }
            add(membersOf: value, at: path)
        case .array:
            var elements = value.elements
            var isEmpty = true
            while elements.next() {
                isEmpty = false
                add(elements.value, at: path)
            }
            if isEmpty { emptyArrays.insert(path) }
        case .string: add(.string, value, path)
        case .number: add(.number, value, path)
        case .null: add(.null, value, path)
        case .bool: add(value.bool == true ? .yes : .no, value, path)
        }
    }

    private mutating func add(_ kind: LeafKind, _ value: borrowing JSONView, _ path: [UInt8]) {
        let text = kind == .string || kind == .number ? Array((value.string ?? value.number ?? "").utf8) : []
        leaves.append(Leaf(path: path, kind: kind, text: text))
    }

    // MARK: Plain values

    mutating func add(plainValuesOf map: borrowing JSONView, at path: [UInt8]?) {
        var members = map.members
        while members.next() { add(plain: members.value, at: note(members.key.string ?? "", in: path)) }
    }

    private mutating func add(plain value: borrowing JSONView, at path: [UInt8]) {
        var wrapper = value.members
        guard wrapper.next() else { return }
        let inner = wrapper.value
        switch wrapper.key.string {
        case "S", "B": add(.string, inner, path)
        case "N": add(.number, inner, path)
        case "BOOL": add(inner.bool == true ? .yes : .no, inner, path)
        case "NULL": add(.null, inner, path)
        case "M":
            if objects[path] == nil { objects[path] = [] }
            add(plainValuesOf: inner, at: path)
        case let name?:
            var elements = inner.elements
            var isEmpty = true
            while elements.next() {
                isEmpty = false
                if name == "L" { add(plain: elements.value, at: path) } else { add(name == "NS" ? .number : .string, elements.value, path) }
            }
            if isEmpty { emptyArrays.insert(path) }
        case nil: break
        }
    }
}
