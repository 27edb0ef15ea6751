// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape

/// Lets single entries of a batch fail: the service gets the others, and the answer tells of all.
struct EntryFaults {
    /// How many entries a request has that can fail alone; none where it is no batch.
    static func count(of request: ProxiedRequest) -> Int {
        switch request.operation {
        case "SendMessageBatch", "DeleteMessageBatch", "PutEvents": request.json?["Entries"]?.elements.count ?? 0
        case "BatchWriteItem": writes(of: request).count
        default: 0
        }
    }

    let faults: [Int: EntryFault]

    /// - Parameter perform: has the service do what a request says.
    func answer(_ request: ProxiedRequest, _ perform: (ProxiedRequest) async throws -> ProxiedAnswer) async throws -> ProxiedAnswer {
        switch request.operation {
        case "SendMessageBatch", "DeleteMessageBatch": try await answerBatch(request, perform)
        case "PutEvents": try await answerEvents(request, perform)
        case "BatchWriteItem": try await answerWrites(request, perform)
        default: try await perform(request)
        }
    }

    /// Whether the service gets to see the entry.
    private func isDone(_ place: Int) -> Bool {
        switch faults[place] {
        case nil, .unnamed(isDone: true)?: true
        case .failed?, .unnamed(isDone: false)?: false
        }
    }

    private func split(_ entries: [JSONValue]) -> [JSONValue] { entries.indices.filter(isDone).map { entries[$0] } }

    // MARK: SQS

    private func answerBatch(_ request: ProxiedRequest, _ perform: (ProxiedRequest) async throws -> ProxiedAnswer) async throws -> ProxiedAnswer {
        let whole = request.json ?? .null
        let entries = whole["Entries"]?.elements ?? []
        var answer = ProxiedAnswer(.object([]))
        let done = split(entries)
        if !done.isEmpty {
            answer = try await perform(request.with(whole.setting("Entries", .array(done))))
            if answer.status >= 300 { return answer }
        }
        var unnamed: Set<String> = []
        var failed = answer.json?["Failed"]?.elements ?? []
        for (place, fault) in faults.sorted(by: { $0.key < $1.key }) where place < entries.count {
            let id = entries[place]["Id"]?.stringValue ?? ""
            switch fault {
            case .unnamed: unnamed.insert(id)
            case .failed(let code, let senderFault):
                failed.append(
                    .object([
                        .init(name: "Id", value: .string(id)), .init(name: "Code", value: .string(code)),
                        .init(name: "Message", value: .string("a fault of the test's")), .init(name: "SenderFault", value: .bool(senderFault)),
                    ]))
            }
        }
        let successful = (answer.json?["Successful"]?.elements ?? []).filter { !unnamed.contains($0["Id"]?.stringValue ?? "") }
        let body = JSONValue.object([.init(name: "Successful", value: .array(successful)), .init(name: "Failed", value: .array(failed))])
        return ProxiedAnswer(body)
    }

    // MARK: EventBridge

    private func answerEvents(_ request: ProxiedRequest, _ perform: (ProxiedRequest) async throws -> ProxiedAnswer) async throws -> ProxiedAnswer {
        let whole = request.json ?? .null
        let entries = whole["Entries"]?.elements ?? []
        var answer = ProxiedAnswer(.object([]))
        let done = split(entries)
        if !done.isEmpty {
            answer = try await perform(request.with(whole.setting("Entries", .array(done))))
            if answer.status >= 300 { return answer }
        }
        var results = answer.json?["Entries"]?.elements[...] ?? []
        var merged: [JSONValue] = []
        for place in entries.indices {
            let result = isDone(place) ? results.popFirst() ?? .object([]) : .object([])
            switch faults[place] {
            case nil: merged.append(result)
            case .unnamed?: merged.append(.object([]))
            case .failed(let code, _)?:
                merged.append(
                    .object([.init(name: "ErrorCode", value: .string(code)), .init(name: "ErrorMessage", value: .string("a fault of the test's"))]))
            }
        }
        let count = merged.filter { $0["ErrorCode"] != nil }.count
        return ProxiedAnswer(.object([.init(name: "FailedEntryCount", value: .number("\(count)")), .init(name: "Entries", value: .array(merged))]))
    }

    // MARK: DynamoDB

    private typealias Write = (table: String, write: JSONValue)

    private static func writes(of request: ProxiedRequest) -> [Write] {
        (request.json?["RequestItems"]?.members ?? []).flatMap { table in table.value.elements.map { (table.name, $0) } }
    }

    private static func items(_ writes: [Write]) -> JSONValue {
        var tables: [String] = []
        for write in writes where !tables.contains(write.table) { tables.append(write.table) }
        return .object(tables.map { table in JSONMember(name: table, value: .array(writes.filter { $0.table == table }.map(\.write))) })
    }

    private func answerWrites(_ request: ProxiedRequest, _ perform: (ProxiedRequest) async throws -> ProxiedAnswer) async throws -> ProxiedAnswer {
        let writes = EntryFaults.writes(of: request)
        var answer = ProxiedAnswer(.object([.init(name: "UnprocessedItems", value: .object([]))]))
        let done = writes.indices.filter(isDone).map { writes[$0] }
        if !done.isEmpty {
            answer = try await perform(request.with((request.json ?? .null).setting("RequestItems", EntryFaults.items(done))))
            if answer.status >= 300 { return answer }
        }
        // DynamoDB has no way to leave an item out: what is not told is unprocessed, whether it was written or not.
        let left = writes.indices.filter { faults[$0] != nil }.map { writes[$0] }
        return ProxiedAnswer((answer.json ?? .object([])).setting("UnprocessedItems", EntryFaults.items(left)))
    }
}

extension ProxiedRequest {
    /// The same request with another body, which its signature no longer covers.
    func with(_ json: JSONValue) -> ProxiedRequest {
        var request = self
        request.body = Array(json.text.utf8)
        return request
    }
}

#endif
