// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSTestSupport
import Crypto
import JSONTape
import StreamRecords
import Synchronization

/// A queue of SQS's in memory, with its limits and its deduplication.
final class FakeQueue: Sendable {
    struct Message: Sendable {
        var body: String
        var group: String?
        var deduplicationID: String?
        var attributes: JSONValue
    }

    struct Limits: Sendable {
        var maximumMessageBytes = 1 << 20
        /// Of all entries of a call.
        var maximumBatchBytes = 1 << 20
        var mayGetAttributes = true
        /// Ids of records whose messages are refused each time.
        var refused: Set<String> = []
    }

    let isFIFO: Bool
    private let limits: Limits
    private let state = Mutex(State())

    private struct State {
        var messages: [Message] = []
        var seen: Set<String> = []
        var calls: [Int] = []
    }

    init(isFIFO: Bool = false, limits: Limits = Limits()) {
        self.isFIFO = isFIFO
        self.limits = limits
    }

    /// Where the sink is told to send.
    var url: String { "http://127.0.0.1/123456789012/queue\(isFIFO ? ".fifo" : "")" }

    /// In the order in which they were taken.
    var messages: [Message] { state.withLock { $0.messages } }
    /// How many entries each call had.
    var calls: [Int] { state.withLock { $0.calls } }

    func answer(_ request: ProxiedRequest) -> ProxiedAnswer {
        switch request.operation {
        case "GetQueueUrl": ProxiedAnswer(["QueueUrl": .string(url)])
        case "GetQueueAttributes": attributes()
        case "SendMessageBatch": send(request.json ?? .null)
        default: .error(400, "InvalidAction", "no such call")
        }
    }

    private func attributes() -> ProxiedAnswer {
        if !limits.mayGetAttributes { return .error(400, "AccessDeniedException", "not allowed") }
        var attributes: JSONValue = ["MaximumMessageSize": .string("\(limits.maximumMessageBytes)")]
        if isFIFO { attributes = attributes.setting("FifoQueue", "true") }
        return ProxiedAnswer(["Attributes": attributes])
    }

    private func send(_ call: JSONValue) -> ProxiedAnswer {
        let entries = call["Entries"]?.elements ?? []
        let total = entries.reduce(0) { $0 + FakeQueue.size(of: $1) }
        state.withLock { $0.calls.append(entries.count) }
        if total > limits.maximumBatchBytes { return .error(400, "AWS.SimpleQueueService.BatchRequestTooLong", "\(total) bytes") }
        if entries.isEmpty || entries.count > 10 { return .error(400, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "\(entries.count)") }
        var successful: [JSONValue] = []
        var failed: [JSONValue] = []
        for entry in entries {
            let id = entry["Id"] ?? .null
            if let problem = problem(with: entry) {
                failed.append(["Id": id, "Code": "InvalidParameterValue", "Message": .string(problem), "SenderFault": .bool(true)])
            } else {
                successful.append(take(entry, id))
            }
        }
        return ProxiedAnswer(["Successful": .array(successful), "Failed": .array(failed)])
    }

    private func problem(with entry: JSONValue) -> String? {
        if FakeQueue.size(of: entry) > limits.maximumMessageBytes { return "the message is too long" }
        if limits.refused.contains(entry["MessageDeduplicationId"]?.stringValue ?? "") { return "refused by the test" }
        guard isFIFO else { return nil }
        for name in ["MessageGroupId", "MessageDeduplicationId"] where !(1...128).contains(entry[name]?.stringValue?.utf8.count ?? 0) { return name }
        return nil
    }

    private func take(_ entry: JSONValue, _ id: JSONValue) -> JSONValue {
        let message = Message(
            body: entry["MessageBody"]?.stringValue ?? "", group: entry["MessageGroupId"]?.stringValue,
            deduplicationID: entry["MessageDeduplicationId"]?.stringValue, attributes: entry["MessageAttributes"] ?? .object([]))
        let number = state.withLock { state in
            // A duplicate is answered like the first, and not taken.
            if !isFIFO || state.seen.insert(message.deduplicationID ?? "").inserted { state.messages.append(message) }
            return state.messages.count
        }
        let answer: JSONValue = [
            "Id": id, "MessageId": .string("m-\(number)"), "MD5OfMessageBody": .string(FakeQueue.digest(Array(message.body.utf8))),
        ]
        guard let covered = FakeQueue.covered(message.attributes) else { return answer }
        return answer.setting("MD5OfMessageAttributes", .string(FakeQueue.digest(covered)))
    }

    private static func digest(_ bytes: [UInt8]) -> String {
        Insecure.MD5.hash(data: bytes).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    /// What the MD5 of attributes covers: names, types and values, each behind its length, in the order of the names. Absent where there are none.
    private static func covered(_ attributes: JSONValue) -> [UInt8]? {
        if attributes.members.isEmpty { return nil }
        var bytes: [UInt8] = []
        func append(_ part: [UInt8]) { bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: part.count >> $0) } + part }
        for attribute in attributes.members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            append(Array(attribute.name.utf8))
            append(Array((attribute.value["DataType"]?.stringValue ?? "").utf8))
            let text = attribute.value["StringValue"]?.stringValue
            bytes.append(text == nil ? 2 : 1)
            append(text.map { Array($0.utf8) } ?? (try? Base64.decode(attribute.value["BinaryValue"]?.stringValue ?? "")) ?? [])
        }
        return bytes
    }

    private static func size(of entry: JSONValue) -> Int {
        (entry["MessageAttributes"]?.members ?? []).reduce(entry["MessageBody"]?.stringValue?.utf8.count ?? 0) { size, attribute in
            size + attribute.name.utf8.count + (attribute.value["DataType"]?.stringValue?.utf8.count ?? 0)
                + (attribute.value["StringValue"]?.stringValue?.utf8.count ?? 0)
        }
    }
}
#endif
