// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import AWSClient
internal import Crypto
internal import Sluice
internal import StreamRecords

/// Makes the message that a record becomes.
struct MessageComposer: Sendable {
    let isFIFO: Bool
    let hasAttributes: Bool
    /// Of one message, as the queue has it.
    let maximumBytes: Int

    func compose(_ delivery: Delivery) -> Preparation<SQS.SendEntry> {
        let body = String(decoding: delivery.payloadBytes, as: UTF8.self)
        if body.isEmpty { return .rejected("the record's text is empty, which SQS does not take") }
        if !SQS.isSendable(body) {
            let bad = body.unicodeScalars.first { !SQS.isSendable(String($0)) }
            let code = bad.map { String($0.value, radix: 16, uppercase: true) } ?? "?"
            return .rejected("the record's text has the character U+\(code), which SQS does not take")
        }
        let record = delivery.record
        var entry = SQS.SendEntry(id: "0", body: body)
        if hasAttributes { entry.attributes = MessageComposer.attributes(of: record) }
        if isFIFO {
            let id = record.idText
            entry.deduplicationID = MessageComposer.identifier(id)
            entry.groupID = MessageComposer.identifier(delivery.orderingKey?.text ?? id)
        }
        let bytes = SQS.size(of: entry)
        if bytes > maximumBytes { return .rejected("the message has \(bytes) bytes with its attributes, and the queue takes at most \(maximumBytes)") }
        return .ready(entry, bytes: bytes)
    }

    private static func attributes(of record: Record) -> [String: SQS.Attribute] {
        var attributes: [String: SQS.Attribute] = ["kind": .string(record.kind.rawValue)]
        for (name, value) in [("table", record.table), ("op", record.operation?.rawValue)] {
            // A value that SQS would refuse is in the body all the same.
            if let value, SQS.isSendable(value) { attributes[name] = .string(value) }
        }
        return attributes
    }

    /// The text where SQS takes it as a group's or deduplication id, else its SHA-256 in hexadecimal digits.
    static func identifier(_ text: String) -> String {
        if SQS.isID(text) { return text }
        var digits: [UInt8] = []
        for byte in SHA256.hash(data: Array(text.utf8)) {
            for digit in [byte >> 4, byte & 15] { digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
#endif
