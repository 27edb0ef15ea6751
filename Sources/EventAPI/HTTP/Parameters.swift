// SPDX-License-Identifier: Apache-2.0

internal import EventTable
internal import JSONTape
internal import StreamRecords

/// A request's parameters, checked: what nobody asked for is a mistake of the caller's, and silence would hide it.
struct Parameters: Sendable {
    private let values: [String: String]

    /// - Parameter names: those that there are.
    init(_ query: [(name: String, value: String)], names: [String]) throws(Problem) {
        var values: [String: String] = [:]
        for (name, value) in query {
            guard names.contains(name) else {
                let known = names.isEmpty ? "there are none here" : "there are \(names.joined(separator: ", "))"
                throw Problem(400, "there is no parameter “\(name.shortened)”; \(known)")
            }
            guard values.updateValue(value, forKey: name) == nil else { throw Problem(400, "the parameter “\(name)” is there twice") }
        }
        self.values = values
    }

    func text(_ name: String) throws(Problem) -> String? {
        guard let value = values[name] else { return nil }
        if value.isEmpty { throw Problem(400, "the parameter “\(name)” is empty") }
        return value
    }

    func function(_ name: String = "function") throws(Problem) -> FunctionName? {
        guard let text = try text(name) else { return nil }
        guard text.unicodeScalars.count <= 512 else { throw Problem(400, "the parameter “\(name)” has at most 512 characters") }
        return FunctionName(text)
    }

    func number(_ name: String, _ range: ClosedRange<Int>, default usual: Int) throws(Problem) -> Int {
        guard let text = values[name] else { return usual }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
            throw Problem(400, "the parameter “\(name)” is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, _ type: Choice.Type) throws(Problem) -> Choice? {
        guard let text = values[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw Problem(400, "the parameter “\(name)” is one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// The range of `from` and `until`.
    func range() throws(Problem) -> TimeRange { TimeRange(from: try time("from"), until: try time("until")) }

    private func time(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = values[name] else { return nil }
        guard let time = Timestamp(iso8601: text) ?? Timestamp(iso8601: text + "T00:00:00Z") else {
            throw Problem(400, "the parameter “\(name)” is a time such as 2026-11-20T15:00:00Z")
        }
        return time
    }

    func cursor() throws(Problem) -> EventCursor? {
        guard let text = values["cursor"] else { return nil }
        guard let cursor = EventCursor(token: text) else {
            throw Problem(400, "the parameter “cursor” is not what a page has told as “next”")
        }
        return cursor
    }
}

enum SortOrder: String, CaseIterable {
    case asc, desc
}

extension String {
    /// Cut where it is long, for messages.
    var shortened: String { prefix(61).count > 60 ? prefix(57) + "…" : self }
}
