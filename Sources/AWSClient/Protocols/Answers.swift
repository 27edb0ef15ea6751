// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape

/// Why an answer could not be read, with the place in it.
struct AnswerError: Error, Sendable {
    let message: String

    init(_ message: String) { self.message = message }

    init(at place: String, expected: String) { message = "\(place): expected \(expected)" }
}

extension HTTPResponse {
    /// No service nests deeper: 32 levels of attribute values have two of JSON each.
    private static let limits = JSONLimits(maximumDepth: 128)

    /// The body as JSON, indexed.
    func document() throws(AnswerError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(body, limits: HTTPResponse.limits)
        } catch {
            throw AnswerError("no JSON: \(error)")
        }
    }

    func json() throws(AnswerError) -> JSONObject {
        let document = try document()
        guard case .object(let members) = JSONValue(document.view(document.root)) else { throw AnswerError("expected a JSON object") }
        return JSONObject(members)
    }

    func xml() throws(AnswerError) -> XMLElement {
        do throws(XMLError) {
            return try XMLElement(parsing: body)
        } catch {
            throw AnswerError("no XML: \(error)")
        }
    }

    /// What an answer is read as; the error tells the call's request id.
    func read<Value>(_ body: (HTTPResponse) throws -> Value) throws(AWSError) -> Value {
        do {
            return try body(self)
        } catch {
            let reason = (error as? AnswerError)?.message ?? "\(error)"
            throw AWSError(
                .unreadableAnswer, "the answer cannot be read: \(reason)", httpStatus: status,
                requestID: header("x-amzn-requestid") ?? header("x-amz-request-id"), underlying: error)
        }
    }
}

/// A JSON object of an answer; `null` counts as absent, as with AWS.
struct JSONObject: Sendable {
    private let members: [JSONMember]
    private let parent: String
    /// Where the parent is an array.
    private let index: Int?

    init(_ members: [JSONMember], at parent: String = "", index: Int? = nil) {
        self.members = members
        self.parent = parent
        self.index = index
    }

    /// For messages.
    private var place: String { index.map { "\(parent)[\($0)]" } ?? parent }

    private subscript(name: String) -> JSONValue? {
        let value = members.last { $0.name == name }?.value
        return value == .null ? nil : value
    }

    private func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func text(_ name: String) throws(AnswerError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.stringValue else { throw AnswerError(at: path(name), expected: "a string") }
        return text
    }

    func requiredText(_ name: String) throws(AnswerError) -> String {
        guard let text = try text(name) else { throw AnswerError(at: path(name), expected: "a string, which is missing") }
        return text
    }

    func int(_ name: String) throws(AnswerError) -> Int? {
        guard let value = self[name] else { return nil }
        guard case .number(let text) = value, let number = Int(text) else { throw AnswerError(at: path(name), expected: "a whole number") }
        return number
    }

    func bool(_ name: String) throws(AnswerError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard case .bool(let flag) = value else { throw AnswerError(at: path(name), expected: "true or false") }
        return flag
    }

    func object(_ name: String) throws(AnswerError) -> JSONObject? {
        guard let value = self[name] else { return nil }
        guard case .object(let members) = value else { throw AnswerError(at: path(name), expected: "an object") }
        return JSONObject(members, at: path(name))
    }

    /// The objects of an array; none where it is absent.
    func objects(_ name: String) throws(AnswerError) -> [JSONObject] {
        guard let value = self[name] else { return [] }
        guard case .array(let values) = value else { throw AnswerError(at: path(name), expected: "an array") }
        let place = path(name)
        var objects: [JSONObject] = []
        objects.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            guard case .object(let members) = value else { throw AnswerError(at: "\(place)[\(index)]", expected: "an object") }
            objects.append(JSONObject(members, at: place, index: index))
        }
        return objects
    }

    func texts(_ name: String) throws(AnswerError) -> [String] {
        guard let value = self[name] else { return [] }
        guard case .array(let values) = value else { throw AnswerError(at: path(name), expected: "an array") }
        var texts: [String] = []
        for value in values {
            guard let text = value.stringValue else { throw AnswerError(at: path(name), expected: "strings") }
            texts.append(text)
        }
        return texts
    }

    /// The names of all members.
    var names: [String] { members.map(\.name) }

    /// All members as strings, as in maps of AWS's.
    func allTexts() throws(AnswerError) -> [String: String] {
        var texts: [String: String] = [:]
        for name in names { texts[name] = try text(name) }
        return texts
    }
}

#endif
