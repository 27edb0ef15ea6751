// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import Synchronization

/// A table of DynamoDB's in memory, with the key of an event table: conditional puts and updates, batches, reads of the table and of its indexes.
public final class FakeTable: Sendable {
    private struct Key: Hashable {
        let partition, sort: String
    }

    private struct State {
        var items: [Key: WireItem] = [:]
        /// How often each item was written.
        var writes: [Key: Int] = [:]
    }

    private let state = Mutex(State())
    private static let partition = "aws_request_id"
    private static let sort = "FunctionName"
    /// The partition keys of the indexes; all have the sort key `sort`.
    private static let indexes = ["by-subject": "subject", "by-function": "fn_shard", "by-problem": "problem", "by-verdict": "verdict_key"]

    public init() {}

    /// All items, in no order.
    public var items: [WireItem] { state.withLock { Array($0.items.values) } }

    /// How often items of this id were written.
    public func writes(of id: String) -> Int {
        state.withLock { state in state.writes.reduce(0) { $0 + ($1.key.partition == id ? $1.value : 0) } }
    }

    public func answer(_ request: ProxiedRequest) -> ProxiedAnswer {
        guard let call = request.json else { return .error(400, "SerializationException", "no JSON") }
        do throws(ExpressionError) {
            switch request.operation {
            case "PutItem": return try state.withLock { state throws(ExpressionError) in try Self.put(call, &state) }
            case "UpdateItem": return try state.withLock { state throws(ExpressionError) in try Self.update(call, &state) }
            case "BatchWriteItem": return state.withLock { Self.batch(call, &$0) }
            case "GetItem":
                let item = state.withLock { state in Self.key(call["Key"] ?? .null).flatMap { state.items[$0] } }
                return ProxiedAnswer(item.map { ["Item": Self.json($0)] } ?? .object([]))
            case "Query": return try query(call)
            default: return .error(400, "UnknownOperationException", "no such call")
            }
        } catch {
            return .error(400, "ValidationException", error.message)
        }
    }

    private static func item(_ json: JSONValue) -> WireItem { Dictionary(json.members.map { ($0.name, $0.value) }) { $1 } }

    private static func json(_ item: WireItem) -> JSONValue { .object(item.map { JSONMember(name: $0.key, value: $0.value) }) }

    private static func key(_ json: JSONValue) -> Key? {
        guard let first = json[partition]?["S"]?.stringValue, let second = json[sort]?["S"]?.stringValue, !first.isEmpty, !second.isEmpty else { return nil }
        return Key(partition: first, sort: second)
    }

    // MARK: Writes

    /// The refusal of a write whose condition does not hold.
    private static func refusal(_ call: JSONValue, _ found: WireItem?) throws(ExpressionError) -> ProxiedAnswer? {
        guard let condition = call["ConditionExpression"]?.stringValue else { return nil }
        if try ExpressionReader.holds(condition, ExpressionScope(call), found ?? [:]) { return nil }
        var refusal = ProxiedAnswer.error(400, "ConditionalCheckFailedException", "The conditional request failed")
        if let found, call["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD", let body = refusal.json {
            refusal.body = Array(body.setting("Item", json(found)).text.utf8)
        }
        return refusal
    }

    private static func put(_ call: JSONValue, _ state: inout State) throws(ExpressionError) -> ProxiedAnswer {
        let item = call["Item"] ?? .null
        guard let key = key(item) else { throw ExpressionError(message: "One of the required keys was not given a value") }
        if let refusal = try refusal(call, state.items[key]) { return refusal }
        state.items[key] = self.item(item)
        state.writes[key, default: 0] += 1
        return ProxiedAnswer(.object([]))
    }

    private static func update(_ call: JSONValue, _ state: inout State) throws(ExpressionError) -> ProxiedAnswer {
        let keyItem = call["Key"] ?? .null
        guard let key = key(keyItem) else { throw ExpressionError(message: "The provided key element does not match the schema") }
        let found = state.items[key]
        if let refusal = try refusal(call, found) { return refusal }
        state.items[key] = try ExpressionReader.updated(
            call["UpdateExpression"]?.stringValue ?? "", ExpressionScope(call), found ?? item(keyItem))
        state.writes[key, default: 0] += 1
        return ProxiedAnswer(.object([]))
    }

    private static func batch(_ call: JSONValue, _ state: inout State) -> ProxiedAnswer {
        let writes = (call["RequestItems"]?.members ?? []).flatMap(\.value.elements)
        if !(1...25).contains(writes.count) { return .error(400, "ValidationException", "Too many items requested for the BatchWriteItem call") }
        for write in writes {
            if let item = write["PutRequest"]?["Item"], let key = key(item) {
                state.items[key] = self.item(item)
                state.writes[key, default: 0] += 1
            } else if let key = write["DeleteRequest"]?["Key"].flatMap({ self.key($0) }) {
                state.items[key] = nil
            }
        }
        return ProxiedAnswer(["UnprocessedItems": .object([])])
    }

    // MARK: Reads

    private func query(_ call: JSONValue) throws(ExpressionError) -> ProxiedAnswer {
        let index = call["IndexName"]?.stringValue
        let partition = index.map { Self.indexes[$0] ?? "" } ?? Self.partition
        let sort = index == nil ? Self.sort : "sort"
        let scope = ExpressionScope(call)
        var found: [WireItem] = []
        for item in items where item[partition] != nil && item[sort] != nil {
            if try ExpressionReader.holds(call["KeyConditionExpression"]?.stringValue ?? "", scope, item) { found.append(item) }
        }
        let isForward = call["ScanIndexForward"] != .bool(false)
        // Items of one sort key come by the table's own key.
        let places = [sort, Self.partition, Self.sort]
        func precedes(_ a: WireItem, _ b: WireItem) -> Bool {
            for place in places where a[place] != b[place] { return ExpressionReader.precedes(a[place], b[place], orEqual: false) == isForward }
            return false
        }
        found.sort(by: precedes)
        if let start = call["ExclusiveStartKey"] { found.removeAll { !precedes(Self.item(start), $0) } }
        var last: WireItem?
        if case .number(let digits)? = call["Limit"], let limit = Int(digits), found.count > limit {
            found = Array(found.prefix(limit))
            last = found.last.map { item in item.filter { [partition, sort, Self.partition, Self.sort].contains($0.key) } }
        }
        if let filter = call["FilterExpression"]?.stringValue {
            var kept: [WireItem] = []
            for item in found where try ExpressionReader.holds(filter, scope, item) { kept.append(item) }
            found = kept
        }
        let answer: JSONValue = ["Items": .array(found.map(Self.json)), "Count": .number("\(found.count)")]
        return ProxiedAnswer(last.map { answer.setting("LastEvaluatedKey", Self.json($0)) } ?? answer)
    }
}

#endif
