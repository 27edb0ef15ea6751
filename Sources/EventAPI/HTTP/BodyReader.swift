// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

/// A body that is to be a JSON object with certain members, and no others.
struct BodyReader: Sendable {
    private let members: [String: JSONValue]

    init(_ request: APIRequest, names: [String]) throws(Problem) {
        try Self.checkType(request)
        try self.init(try Self.json(request.body), names: names)
    }

    /// A body of which other members are passed over; of a member that is there twice, the first counts. One that is null counts as absent, but
    /// for those that are named.
    init(passingOver body: [UInt8], except names: [String] = []) throws(Problem) {
        guard case .object(let list) = try Self.json(body) else { throw Problem(400, "the body is not a JSON object") }
        members = Dictionary(list.filter { $0.value != .null || names.contains($0.name) }.map { ($0.name, $0.value) }) { first, _ in first }
    }

    init(_ value: JSONValue, names: [String]) throws(Problem) {
        guard case .object(let list) = value else { throw Problem(400, "the body is not a JSON object") }
        var members: [String: JSONValue] = [:]
        for member in list {
            guard names.contains(member.name) else {
                throw Problem(400, "the body has a member “\(member.name.shortened)”; there may be \(names.joined(separator: ", "))")
            }
            guard members.updateValue(member.value, forKey: member.name) == nil else {
                throw Problem(400, "the body has the member “\(member.name)” twice")
            }
        }
        self.members = members
    }

    /// What is sent as something else than JSON was not meant for here.
    static func checkType(_ request: APIRequest) throws(Problem) {
        guard let type = request.header("content-type") else { return }
        let name = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        guard name == "application/json" || name.hasSuffix("+json") || name.isEmpty else {
            throw Problem(415, "the body is said to be \(type.shortened); only application/json is taken")
        }
    }

    static func json(_ body: [UInt8]) throws(Problem) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: body, limits: JSONLimits(maximumDepth: 512))
        } catch {
            throw Problem(400, body.isEmpty ? "there is no body; a JSON text is expected" : "the body is no JSON: \(error)")
        }
    }

    subscript(name: String) -> JSONValue? { members[name] }

    /// A text; absent where the member is. Lengths are in characters of Unicode, as those of JSON Schema are; a character has up to 4 bytes.
    func text(_ name: String, _ lengths: ClosedRange<Int> = 1...Int.max) throws(Problem) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.stringValue, lengths.contains(text.unicodeScalars.count) else {
            let most = lengths.upperBound == .max ? "" : " of at most \(lengths.upperBound) characters"
            throw Problem(400, "“\(name)” is to be a text\(most)\(lengths.lowerBound > 0 ? " that is not empty" : "")")
        }
        return text
    }

    func requiredText(_ name: String, _ lengths: ClosedRange<Int> = 1...Int.max) throws(Problem) -> String {
        guard let text = try text(name, lengths) else { throw Problem(400, "the body lacks “\(name)”") }
        return text
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch members[name] {
        case nil: return false
        case .bool(let flag): return flag
        default: throw Problem(400, "“\(name)” is to be true or false")
        }
    }

    func time(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(iso8601: text) else { throw Problem(400, "“\(name)” is to be a time such as 2026-11-20T15:00:00Z") }
        return time
    }
}
