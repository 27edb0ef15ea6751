// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Which messages of a queue's event must come again.
enum QueueAnswer {
    /// The messages to be retried and, of a FIFO queue, every later one of their groups, so that a group keeps its order:
    /// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    ///
    /// - Parameter failed: the ids of the messages that must be retried.
    /// - Returns: message ids in the event's order, each once; nil where one of those that failed is not in the event.
    static func identifiers(in event: JSONDocument, failed: Set<String>) -> [String]? {
        var open = failed
        var blocked: Set<String> = []
        var seen: Set<String> = []
        var result: [String] = []
        guard let records = event.view(event.root).member("Records") else { return failed.isEmpty ? [] : nil }
        var elements = records.elements
        while elements.next() {
            let record = elements.value
            guard let id = record.member("messageId")?.string else { continue }
            let group = record.member("attributes")?.member("MessageGroupId")?.string
            // Fair queues have groups as well, without an order.
            let queue = record.member("eventSourceARN")?.string ?? ""
            let isOrdered = group != nil && queue.hasSuffix(".fifo")
            let key = isOrdered ? "\(queue)#\(group ?? "")" : ""
            guard failed.contains(id) || (isOrdered && blocked.contains(key)) else { continue }
            open.remove(id)
            if isOrdered { blocked.insert(key) }
            if seen.insert(id).inserted { result.append(id) }
        }
        return open.isEmpty ? result : nil
    }
}

/// Which record of a stream is the first that must come again.
enum StreamAnswer {
    /// The lowest sequence number, which becomes the checkpoint: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    ///
    /// They are decimal numbers of up to 56 digits, so they are compared by length and then as text.
    static func lowest(_ numbers: some Sequence<String>) -> String? {
        numbers.min { a, b in isLower(a, b) }
    }

    static func isLower(_ a: String, _ b: String) -> Bool {
        let first = a.utf8.drop { $0 == 0x30 }
        let second = b.utf8.drop { $0 == 0x30 }
        return first.count == second.count ? first.lexicographicallyPrecedes(second) : first.count < second.count
    }
}
