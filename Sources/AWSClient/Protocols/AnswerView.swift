// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSSigner
internal import JSONTape

/// An object in a list of an answer, read where it stands; `null` counts as absent, as with AWS.
struct AnswerView: ~Escapable {
    private let object: JSONView
    private let list: StaticString
    private let index: Int

    /// - Parameters:
    ///   - list: the name of the member that the list is.
    ///   - index: its place there.
    /// - Throws: where it is no object.
    @_lifetime(copy view)
    init(_ view: borrowing JSONView, at list: StaticString, index: Int) throws(AnswerError) {
        guard view.kind == .object else { throw AnswerError(at: "\(list)[\(index)]", expected: "an object") }
        object = view.view(view.node)
        self.list = list
        self.index = index
    }

    private func path(_ name: StaticString) -> String { "\(list)[\(index)].\(name)" }

    func text(_ name: StaticString) throws(AnswerError) -> String? {
        guard let value = object.member(name), value.kind != .null else { return nil }
        guard let text = value.string else { throw AnswerError(at: path(name), expected: "a string") }
        return text
    }

    func requiredText(_ name: StaticString) throws(AnswerError) -> String {
        guard let text = try text(name) else { throw AnswerError(at: path(name), expected: "a string, which is missing") }
        return text
    }

    /// Whether a member is these bytes in small hexadecimal digits. None is there where there are no bytes.
    func isHexadecimal(_ name: StaticString, of bytes: (some Sequence<UInt8>)?) throws(AnswerError) -> Bool {
        guard let value = object.member(name), value.kind != .null else { return bytes == nil }
        guard value.kind == .string else { throw AnswerError(at: path(name), expected: "a string") }
        guard let bytes else { return false }
        if value.isEscaped { return value.string == Hexadecimal.text(bytes) }
        let text = value.rawText
        var place = 0
        for byte in bytes {
            guard text.byte(at: place) == Hexadecimal.digit(byte >> 4), text.byte(at: place + 1) == Hexadecimal.digit(byte & 15) else { return false }
            place += 2
        }
        return place == text.count
    }
}

#endif
