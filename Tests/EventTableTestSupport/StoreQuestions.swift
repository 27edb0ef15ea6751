// SPDX-License-Identifier: Apache-2.0

public import EventTable
internal import StreamRecords

/// One thing that every store must do alike. It is put to an empty store of its own, and tells what was wrong.
public struct StoreQuestion: Sendable, CustomStringConvertible {
    public let description: String
    private let ask: @Sendable (any EventStore, inout Findings) async throws -> Void

    init(_ description: String, _ ask: @escaping @Sendable (any EventStore, inout Findings) async throws -> Void) {
        self.description = description
        self.ask = ask
    }

    /// - Returns: what was wrong; nothing where all was right.
    public func put(to store: any EventStore) async throws -> [String] {
        var findings = Findings()
        try await ask(store, &findings)
        return findings.texts
    }

    /// What somebody with a store runs, one test for each.
    public static let all = saving + verdicts + reruns + listings + statistics
}

/// What was wrong.
public struct Findings: Sendable {
    var texts: [String] = []

    mutating func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) {
        if found != expected { texts.append("\(what): found \(found), expected \(expected)") }
    }

    mutating func expect(_ isRight: Bool, _ what: String) {
        if !isRight { texts.append(what) }
    }
}

/// An execution of `orders` as its caller tells it.
func recorded(
    _ id: String, at time: Timestamp = at(0), function: String = "orders", params: String? = #"{"id": 5}"#, response: String? = nil,
    source: String? = nil, functionError: String? = nil
) throws -> Invocation {
    try Invocation(
        requestID: id, function: FunctionName(function), at: time, params: params, response: response, source: source, functionError: functionError)
}

extension EventStore {
    func execution(_ id: String, _ name: String = "orders") async throws -> Invocation? {
        for case .invocation(let invocation) in try await rows(id: id) where invocation.key.name == name { return invocation }
        return nil
    }
}
