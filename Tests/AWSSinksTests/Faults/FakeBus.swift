// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSTestSupport
import JSONTape
import Synchronization

/// A bus of EventBridge's in memory, with its limits.
final class FakeBus: Sendable {
    private let name: String
    private let maximumBytes: Int
    private let state = Mutex<(events: [JSONValue], calls: [Int])>(([], []))

    init(name: String = "orders", maximumBytes: Int = 256 << 10) {
        self.name = name
        self.maximumBytes = maximumBytes
    }

    /// The entries as they came, in the order in which they were taken.
    var events: [JSONValue] { state.withLock { $0.events } }
    /// How many entries each call had.
    var calls: [Int] { state.withLock { $0.calls } }

    func answer(_ request: ProxiedRequest) -> ProxiedAnswer {
        let call = request.json ?? .null
        switch request.operation {
        case "DescribeEventBus":
            let bus = call["Name"]?.stringValue
            if bus != name { return .error(400, "ResourceNotFoundException", "Event bus \(bus ?? "") does not exist.") }
            return ProxiedAnswer(["Name": .string(name), "Arn": .string("arn:aws:events:eu-central-1:123456789012:event-bus/\(name)")])
        case "PutEvents": return put(call["Entries"]?.elements ?? [])
        default: return .error(400, "UnknownOperationException", "no such call")
        }
    }

    private func put(_ entries: [JSONValue]) -> ProxiedAnswer {
        state.withLock { $0.calls.append(entries.count) }
        if entries.isEmpty || entries.count > 10 { return .error(400, "ValidationException", "1 validation error detected: entries") }
        if entries.reduce(0, { $0 + FakeBus.size(of: $1) }) > maximumBytes {
            return .error(400, "ValidationException", "Total size of the entries in the request is over the limit.")
        }
        var results: [JSONValue] = []
        for entry in entries {
            if case .object? = entry["Detail"]?.stringValue.flatMap({ try? JSONValue(parsing: $0) }) {
                // An event for another bus is taken, and nobody ever sees it.
                if entry["EventBusName"]?.stringValue == name { state.withLock { $0.events.append(entry) } }
                results.append(["EventId": .string("e-\(results.count)")])
            } else {
                results.append(["ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."])
            }
        }
        let failures = results.filter { $0["ErrorCode"] != nil }.count
        return ProxiedAnswer(["FailedEntryCount": .number("\(failures)"), "Entries": .array(results)])
    }

    private static func size(of entry: JSONValue) -> Int {
        let texts = ["Source", "DetailType", "Detail"].reduce(0) { $0 + (entry[$1]?.stringValue?.utf8.count ?? 0) }
        let resources = (entry["Resources"]?.elements ?? []).reduce(0) { $0 + ($1.stringValue?.utf8.count ?? 0) }
        return texts + resources + (entry["Time"] == nil ? 0 : 14)
    }
}
#endif
