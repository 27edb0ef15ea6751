// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import StreamRecords

/// Attribute values in the API's own form, `{"S":"…"}`.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>
extension JSONComposer {
    mutating func attributes(_ map: AttributeMap) {
        object { composer in
            for (name, value) in map {
                composer.name(name)
                composer.attribute(value)
            }
        }
    }

    mutating func attribute(_ value: AttributeValue) {
        object { composer in
            composer.name(value.type.rawValue)
            switch value {
            case .string(let text): composer.string(text)
            case .number(let number): composer.string(number.text)
            case .binary(let bytes): composer.string(Base64.encodeToString(bytes))
            case .bool(let flag): composer.bool(flag)
            case .null: composer.bool(true)
            case .stringSet(let texts): composer.array { for text in texts { $0.string(text) } }
            case .numberSet(let numbers): composer.array { for number in numbers { $0.string(number.text) } }
            case .binarySet(let sets): composer.array { for bytes in sets { $0.string(Base64.encodeToString(bytes)) } }
            case .list(let values): composer.array { for value in values { $0.attribute(value) } }
            case .map(let map): composer.attributes(map)
            }
        }
    }
}

/// Reads attribute values of an answer.
enum AttributeReader {
    static func map(_ view: borrowing JSONView, at place: String) throws(AnswerError) -> AttributeMap {
        guard view.kind == .object else { throw AnswerError(at: place, expected: "an object of attributes") }
        var map = AttributeMap()
        var members = view.members
        while members.next() {
            let name = members.key.string ?? ""
            map[name] = try value(members.value, at: place + "." + name)
        }
        return map
    }

    static func value(_ view: borrowing JSONView, at place: String) throws(AnswerError) -> AttributeValue {
        var members = view.members
        guard view.kind == .object, members.next(), let type = AttributeType(rawValue: members.key.string ?? "") else {
            throw AnswerError(at: place, expected: "an attribute value: an object with one member named by its type")
        }
        let content = members.value
        let value: AttributeValue
        switch type {
        case .string: value = .string(try text(content, at: place))
        case .number: value = .number(try number(content, at: place))
        case .binary: value = .binary(try bytes(content, at: place))
        case .null: value = .null
        case .bool:
            guard let flag = content.bool else { throw AnswerError(at: place, expected: "true or false") }
            value = .bool(flag)
        case .map: value = .map(try map(content, at: place))
        case .list:
            value = .list(try list(content, at: place) { view, place throws(AnswerError) in try AttributeReader.value(view, at: place) })
        case .stringSet: value = .stringSet(try list(content, at: place, text))
        case .numberSet: value = .numberSet(try list(content, at: place, number))
        case .binarySet: value = .binarySet(try list(content, at: place, bytes))
        }
        if members.next() { throw AnswerError(at: place, expected: "an attribute value of one type") }
        return value
    }

    private static func list<Element>(
        _ view: borrowing JSONView, at place: String, _ read: (borrowing JSONView, String) throws(AnswerError) -> Element
    ) throws(AnswerError) -> [Element] {
        guard view.kind == .array else { throw AnswerError(at: place, expected: "an array") }
        var values: [Element] = []
        var elements = view.elements
        while elements.next() { values.append(try read(elements.value, "\(place)[\(values.count)]")) }
        return values
    }

    private static func text(_ view: borrowing JSONView, at place: String) throws(AnswerError) -> String {
        guard let text = view.string else { throw AnswerError(at: place, expected: "a string") }
        return text
    }

    private static func number(_ view: borrowing JSONView, at place: String) throws(AnswerError) -> DynamoDBNumber {
        guard let number = DynamoDBNumber(try text(view, at: place)) else { throw AnswerError(at: place, expected: "a number in quotes") }
        return number
    }

    private static func bytes(_ view: borrowing JSONView, at place: String) throws(AnswerError) -> [UInt8] {
        let text = try text(view, at: place)
        do throws(Base64Error) {
            return try Base64.decode(text)
        } catch {
            throw AnswerError(at: place, expected: "base64: \(error)")
        }
    }
}

#endif
