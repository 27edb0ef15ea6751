// SPDX-License-Identifier: Apache-2.0

internal import JSONTape
internal import StreamRecords

/// What kind of event Lambda was given, seen from its outside: who sent it decides how it is answered.
struct EventShape: Sendable {
    /// Who sent an event.
    enum Source: Sendable, Hashable {
        /// DynamoDB Streams or Kinesis: an event source mapping that keeps the order of a shard.
        case stream
        /// A queue.
        case queue
        /// A CloudWatch Logs subscription: invoked asynchronously, takes no answer.
        case logs
        /// EventBridge: invoked asynchronously, takes no answer.
        case bus
    }

    let source: Source
    /// How many elements `Records` has; 1 for events that are one document.
    let records: Int
    /// The state of a tumbling window as JSON, where the event belongs to one: an answer without a state is a failure.
    /// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
    private(set) var windowState: [UInt8]?
    /// When the stream got the last record, where the event tells it.
    private(set) var lastTime: Timestamp?

    /// What Sluice reads, for messages.
    private static let expected =
        "a DynamoDB, Kinesis or SQS event, a CloudWatch Logs subscription, an EventBridge event, a request of API Gateway's, or an execution to be saved"

    /// - Throws: what the event is, where it is none that Sluice reads.
    init(_ event: JSONBytes) throws(FunctionError) {
        let document = try EventShape.index(event)
        try self.init(document.view(document.root))
    }

    /// - Throws: what the event is, where it is none that Sluice reads.
    init(_ root: borrowing JSONView) throws(FunctionError) {
        guard root.kind == .object else {
            throw EventShape.unreadable("JSON, but no object: \(EventShape.start(of: root))")
        }
        let isWindow = root.member("isFinalInvokeForWindow") != nil || root.member("window") != nil
        if let list = root.member("Records") {
            guard list.kind == .array else { throw EventShape.unreadable("an object whose Records is not an array") }
            if isWindow { windowState = EventShape.state(of: root) }
            var count = 0
            var sender: String?
            var elements = list.elements
            while elements.next() {
                count += 1
                if sender == nil { sender = EventShape.sender(of: elements.value) }
            }
            records = count
            lastTime = EventShape.lastTime(in: list, of: count)
            switch sender {
            case "aws:dynamodb", "aws:kinesis": source = .stream
            case "aws:sqs": source = .queue
            // Nothing to do, whoever it comes from.
            case nil where count == 0: source = .stream
            case nil: throw EventShape.unreadable("a list of \(count) records that don't tell who sent them (eventSource)")
            case let other?: throw EventShape.unreadable("an event of \(other)")
            }
        } else if isWindow {
            // The last invocation for a window may have no records.
            source = .stream
            records = 0
            windowState = EventShape.state(of: root)
        } else if root.member("awslogs") != nil {
            source = .logs
            records = 1
        } else if root.member("detail") != nil, root.member("detail-type") != nil, root.member("source") != nil {
            source = .bus
            records = 1
        } else {
            throw EventShape.unreadable(EventShape.outline(of: root))
        }
    }

    /// The configured limits are for the reader, which refuses the records that break them, and no others.
    static func index(_ event: JSONBytes) throws(FunctionError) -> JSONDocument {
        var text = JSONBuffer(capacity: event.count)
        text.append(event.span)
        do throws(JSONError) {
            return try JSONDocument(indexing: text)
        } catch {
            let isTooMuch = error.code == .depthExceeded || error.code == .tooLarge
            throw unreadable("\(event.count) bytes \(isTooMuch ? "of JSON that cannot be read" : "that are not JSON"): \(error.description)")
        }
    }

    private static func unreadable(_ what: String) -> FunctionError {
        FunctionError(kind: .unreadableEvent, message: "the event is \(what). Sluice reads \(expected)")
    }

    /// `eventSource`; where a record was recorded without it, what its form tells.
    private static func sender(of record: borrowing JSONView) -> String? {
        // Amazon SNS writes the name with a capital.
        if let name = record.member("eventSource")?.string ?? record.member("EventSource")?.string { return name }
        if record.member("dynamodb") != nil { return "aws:dynamodb" }
        if record.member("kinesis") != nil { return "aws:kinesis" }
        if record.member("messageId") != nil, record.member("body") != nil { return "aws:sqs" }
        return nil
    }

    /// When a stream got the last of so many records: Kinesis has its own time beside what its data tells.
    private static func lastTime(in list: borrowing JSONView, of count: Int) -> Timestamp? {
        var elements = list.elements
        var place = 0
        while elements.next() {
            place += 1
            if place < count { continue }
            let seconds = elements.value.member("kinesis")?.member("approximateArrivalTimestamp")?.number
                ?? elements.value.member("dynamodb")?.member("ApproximateCreationDateTime")?.number
            return seconds.flatMap { Timestamp(epoch: $0) }
        }
        return nil
    }

    /// What a document begins with.
    private static func start(of root: borrowing JSONView) -> String {
        var writer = JSONWriter()
        writer.copy(root)
        return shown(Array(writer.array.prefix(100)))
    }

    private static func state(of root: borrowing JSONView) -> [UInt8] {
        guard let state = root.member("state"), state.kind == .object else { return Array("{}".utf8) }
        var writer = JSONWriter()
        writer.copy(state)
        return writer.array
    }

    private static func outline(of root: borrowing JSONView) -> String {
        var names: [String] = []
        var members = root.members
        var count = 0
        while members.next() {
            count += 1
            if names.count < 8 { names.append(shown(Array((members.key.string ?? "").utf8))) }
        }
        if count == 0 { return "an empty object" }
        return "an object with \(names.joined(separator: ", "))" + (count > names.count ? " and \(count - names.count) more" : "")
    }
}
