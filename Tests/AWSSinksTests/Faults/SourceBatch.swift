// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSTestSupport
import JSONTape
import StreamRecords
import TestSupport

/// A batch of a source that Lambda hands to a function. What the answer names comes again, and all of it after a failure, until nothing is left.
struct SourceBatch {
    enum Source: CaseIterable {
        case stream, queue, fifoQueue, logs
    }

    struct Item {
        /// The record's.
        let id: String
        /// The item of the table, the group of the queue, the execution that wrote the line.
        let group: Int
        /// What the source is told.
        var position = ""
        let json: String
    }

    let source: Source
    /// What is left.
    private(set) var items: [Item]

    /// By chance.
    init(_ source: Source, using random: inout SeededRandom) {
        self.source = source
        items = (0..<Int.random(in: 1...12, using: &random)).map { number in
            let group = Int.random(in: 0..<SourceBatch.groups, using: &random)
            switch source {
            case .stream:
                let change = Change(number: number, key: group)
                return Item(id: change.id, group: group, position: change.sequenceNumber, json: change.json)
            case .queue, .fifoQueue:
                let id = "m-\(number)"
                return Item(id: id, group: group, position: id, json: SourceBatch.message(id, group: source == .queue ? nil : group))
            case .logs: return Item(id: "\(1000 + number)", group: group, json: SourceBatch.line(number, of: group))
            }
        }
    }

    static let groups = 3

    /// The execution that log lines are of.
    static func execution(_ group: Int) -> String { "8f507cfc-0000-4697-b07a-ac58fc914c0\(group)" }

    // MARK: The event

    func event() throws -> [UInt8] {
        let list = items.map(\.json).joined(separator: ",")
        if source != .logs { return Array("{\"Records\":[\(list)]}".utf8) }
        let document = """
            {"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/orders","logStream":"2026/11/20/[$LATEST]0",\
            "subscriptionFilters":["all"],"logEvents":[\(list)]}
            """
        return Array("{\"awslogs\":{\"data\":\"\(Base64.encodeToString(try Gzip.compress(Array(document.utf8))))\"}}".utf8)
    }

    private static func message(_ id: String, group: Int?) -> String {
        let order = group.map { ",\"MessageGroupId\":\"\($0)\",\"SequenceNumber\":\"18850000000000000000\"" } ?? ""
        return """
            {"messageId":"\(id)","receiptHandle":"h","body":"text","attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1795000000000"\(order)},\
            "messageAttributes":{},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-central-1:123456789012:mails\(group == nil ? "" : ".fifo")",\
            "awsRegion":"eu-central-1"}
            """
    }

    private static func line(_ number: Int, of group: Int) -> String {
        let message = "2026-11-20T15:00:00.000Z\\t\(execution(group))\\tINFO\\tline \(number)\\n"
        return "{\"id\":\"\(1000 + number)\",\"timestamp\":\(1_795_000_000_000 + number),\"message\":\"\(message)\"}"
    }

    // MARK: The answer

    /// Those that count as delivered of what is known to be there: where order is kept, nothing that is behind a record of its group which is not there.
    ///
    /// - Parameter before: what was delivered before, which is not sent again.
    func delivered(of known: Set<String>, before: Set<String>) -> [String] {
        var closed: Set<Int> = []
        return items.filter { item in
            if before.contains(item.id) { return true }
            let isThere = known.contains(item.id) && !closed.contains(item.group)
            if !isThere, source != .queue { closed.insert(item.group) }
            return isThere
        }.map(\.id)
    }

    /// What the source has to be told when these records were not delivered.
    ///
    /// - Parameter partial: whether it reads an answer for single records.
    /// - Returns: positions; absent where only the invocation's failure can say it.
    func answer(lacking: Set<String>, partial: Bool) -> [String]? {
        let failed = items.filter { lacking.contains($0.id) }
        if failed.isEmpty { return [] }
        guard partial else { return nil }
        switch source {
        case .stream: return [failed[0].position]
        case .queue: return failed.map(\.position)
        case .fifoQueue:
            var closed: Set<Int> = []
            return items.filter { item in
                if lacking.contains(item.id) { closed.insert(item.group) }
                return closed.contains(item.group)
            }.map(\.position)
        case .logs: return nil
        }
    }

    /// The positions that an answer names; absent where it has not the form that the source reads.
    func positions(in answer: [UInt8]) -> [String]? {
        if source == .logs { return String(decoding: answer, as: UTF8.self) == "null" ? [] : nil }
        guard let failures = (try? JSONValue(parsing: answer))?["batchItemFailures"], case .array(let list) = failures else { return nil }
        let names = list.compactMap { $0["itemIdentifier"]?.stringValue }
        return names.count == list.count ? names : nil
    }

    /// Does as the source does.
    ///
    /// - Parameter answer: the positions that it is told; absent: that the invocation failed.
    mutating func take(_ answer: [String]?) {
        guard let answer else { return }
        if source == .stream {
            items.removeFirst(items.firstIndex { answer.contains($0.position) } ?? items.count)
        } else {
            items.removeAll { !answer.contains($0.position) }
        }
    }
}
#endif
