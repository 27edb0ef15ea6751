// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Finds what a path leads to.
enum PathSearch {
    /// The attribute value (`{"S":"…"}`) that the path leads to in an object of attribute values.
    static func attribute(_ path: RecordPath, from start: Int, in map: borrowing JSONView) -> JSONNode? {
        // The longest name counts first: a member `a.b` is nearer to what was written than `b` in `a`.
        for count in stride(from: path.parts.count - start, through: 1, by: -1) {
            guard let value = map.member(named: path.names[start][count - 1]) else { continue }
            if start + count == path.parts.count { return value.node }
            if let found = attribute(path, from: start + count, inside: value) { return found }
        }
        return nil
    }

    private static func attribute(_ path: RecordPath, from start: Int, inside value: borrowing JSONView) -> JSONNode? {
        var wrapper = value.members
        guard wrapper.next() else { return nil }
        if wrapper.key.isString("M") { return attribute(path, from: start, in: wrapper.value) }
        guard wrapper.key.isString("L"), let element = element(path.parts[start], of: wrapper.value) else { return nil }
        if start + 1 == path.parts.count { return element }
        return attribute(path, from: start + 1, inside: value.view(element))
    }

    /// The value that the path leads to in any JSON value.
    static func value(_ path: RecordPath, from start: Int, in view: borrowing JSONView) -> JSONNode? {
        if start == path.parts.count { return view.node }
        switch view.kind {
        case .array:
            guard let element = element(path.parts[start], of: view) else { return nil }
            return value(path, from: start + 1, in: view.view(element))
        case .object:
            for count in stride(from: path.parts.count - start, through: 1, by: -1) {
                guard let member = view.member(named: path.names[start][count - 1]) else { continue }
                if let found = value(path, from: start + count, in: member) { return found }
            }
            return nil
        default: return nil
        }
    }

    private static func element(_ name: String, of list: borrowing JSONView) -> JSONNode? {
        guard let place = Int(name), place >= 0 else { return nil }
        var elements = list.elements
        var count = 0
        while elements.next() {
            if count == place { return elements.value.node }
            count += 1
        }
        return nil
    }
}
