// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Holds attribute values against the shapes that [DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html)
/// has, without making values of them.
///
/// Lenient where AWS could become so: sets may be empty or hold a member twice, numbers may be longer than 38 digits.
enum AttributeCheck {
    /// Checks an object of attribute values.
    /// - Returns: whether every number is also a number to JSON's grammar.
    static func map(_ view: borrowing JSONView, _ path: StaticString, _ name: StaticString) throws(RecordError) -> Bool {
        guard view.kind == .object else { throw RecordError(.wrongShape, "\(path)\(name) is not an object") }
        var plain = true
        if let wrong = members(view, &plain) { throw RecordError(.wrongShape, "\(path)\(name)\(wrong.text)") }
        return plain
    }

    /// What is wrong, with the path to it.
    struct Wrong {
        var path: String
        var reason: String
        var text: String { "\(path): \(reason)" }

        func inside(_ part: String) -> Wrong { Wrong(path: part + path, reason: reason) }
    }

    private static func members(_ view: borrowing JSONView, _ plain: inout Bool) -> Wrong? {
        var members = view.members
        while members.next() {
            let value = members.value
            switch value.foldedName {
            case 0x53:  // S
                continue
            case 0x4E:  // N
                if value.isNumberText { continue }
            case 0x42:  // B
                if value.isBase64 { continue }
            default:
                break
            }
            if let wrong = check(value, &plain) { return wrong.inside("." + (members.key.string ?? "")) }
        }
        return nil
    }

    /// Checks one attribute value. The depth is bounded by that of the document.
    private static func check(_ view: borrowing JSONView, _ plain: inout Bool) -> Wrong? {
        var wrapper = view.members
        guard view.kind == .object, wrapper.next() else {
            return Wrong(path: "", reason: "expected an object with one of S, N, B, SS, NS, BS, M, L, NULL, BOOL")
        }
        let name = wrapper.key
        let value = wrapper.value
        let type = name.isEscaped ? 0 : name.leadingText
        let wrong: Wrong?
        switch (name.textCount, type) {
        case (1, 0x53): wrong = value.kind == .string ? nil : Wrong(path: ".S", reason: "expected a string")
        case (1, 0x4E): wrong = number(value, &plain)?.inside(".N")
        case (1, 0x42): wrong = binary(value)?.inside(".B")
        case (1, 0x4D):
            wrong = value.kind == .object ? members(value, &plain)?.inside(".M") : Wrong(path: ".M", reason: "expected an object")
        case (1, 0x4C):
            guard value.kind == .array else { return Wrong(path: ".L", reason: "expected an array") }
            var elements = value.elements
            var place = 0
            while elements.next() {
                if let inner = check(elements.value, &plain) { return inner.inside(".L[\(place)]") }
                place += 1
            }
            wrong = nil
        case (2, 0x5353), (2, 0x534E), (2, 0x5342):
            guard value.kind == .array else { return Wrong(path: "", reason: "expected an array in a set") }
            var elements = value.elements
            while elements.next() {
                let inner =
                    switch type {
                    case 0x5353: elements.value.kind == .string ? nil : Wrong(path: ".SS", reason: "expected strings")
                    case 0x534E: number(elements.value, &plain)?.inside(".NS")
                    default: binary(elements.value)?.inside(".BS")
                    }
                if let inner { return inner }
            }
            wrong = nil
        case (4, 0x4C4C_554E): wrong = value.bool == true ? nil : Wrong(path: ".NULL", reason: "expected true")
        case (4, 0x4C4F_4F42): wrong = value.bool != nil ? nil : Wrong(path: ".BOOL", reason: "expected true or false")
        default:
            return Wrong(path: "", reason: "expected one of S, N, B, SS, NS, BS, M, L, NULL, BOOL, found \(name.string ?? "")")
        }
        if let wrong { return wrong }
        if wrapper.next() { return Wrong(path: "", reason: "expected one type, found two") }
        return nil
    }

    private static func number(_ view: borrowing JSONView, _ plain: inout Bool) -> Wrong? {
        guard view.kind == .string else { return Wrong(path: "", reason: "expected a number as a string") }
        if !view.isEscaped && view.isNumberText { return nil }
        guard let text = view.string, DynamoDBNumber(text) != nil else { return Wrong(path: "", reason: "expected the text of a number") }
        plain = false
        return nil
    }

    private static func binary(_ view: borrowing JSONView) -> Wrong? {
        guard view.kind == .string else { return Wrong(path: "", reason: "expected base64 in a string") }
        if !view.isEscaped { return view.isBase64 ? nil : Wrong(path: "", reason: "expected base64") }
        var bytes = JSONBuffer()
        var text = JSONBuffer()
        text.append(contentOf: view)
        return bytes.append(base64: text.bytes) ? nil : Wrong(path: "", reason: "expected base64")
    }
}
