// SPDX-License-Identifier: Apache-2.0

#if AWS

extension SQS {
    /// What SQS takes.
    ///
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
    public enum Limits {
        public static let entries = 10
        /// Of one message, and of all messages of a batch together, by ``SQS/size(of:)``. A queue may take less: see
        /// ``QueueAttributes/maximumMessageBytes``.
        public static let bytes = 1 << 20
        public static let attributes = 10
        /// Of a FIFO group's or deduplication id.
        public static let idLength = 128
    }

    /// How many bytes SQS counts for a message: its body, and its attributes' names, types and values.
    public static func size(of entry: SendEntry) -> Int {
        entry.attributes.reduce(entry.body.utf8.count) { size, attribute in
            let value =
                switch attribute.value.value {
                case .string(let text): text.utf8.count
                case .binary(let bytes): bytes.count
                }
            return size + attribute.key.utf8.count + attribute.value.type.utf8.count + value
        }
    }

    /// Whether SQS takes the text as a body or attribute: not empty, and of characters that XML has.
    public static func isSendable(_ text: String) -> Bool { !text.isEmpty && text.unicodeScalars.allSatisfy { XMLText.allows($0) } }

    /// Whether SQS takes the text as a FIFO group's or deduplication id: 1 to 128 letters, digits and ASCII punctuation.
    public static func isID(_ text: String) -> Bool {
        (1...Limits.idLength).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension SQS.SendMessageBatchRequest {
    func check() throws(AWSError) {
        try RequestCheck.count(entries.count, of: "entries in a batch", in: 1...SQS.Limits.entries)
        var ids: Set<String> = []
        var size = 0
        for entry in entries {
            try entry.check()
            try RequestCheck.require(ids.insert(entry.id).inserted, "two entries have the id \(entry.id)")
            size += SQS.size(of: entry)
        }
        try RequestCheck.size(size, of: "a batch of messages", atMost: SQS.Limits.bytes)
    }
}

extension SQS.SendEntry {
    fileprivate func check() throws(AWSError) {
        try RequestCheck.name(id, "an entry's id", lengths: 1...80, characters: "-_")
        try RequestCheck.require(SQS.isSendable(body), "the body of \(id) is empty, or has characters that SQS does not take")
        try RequestCheck.size(SQS.size(of: self), of: "the message \(id)", atMost: SQS.Limits.bytes)
        try RequestCheck.require(
            attributes.count <= SQS.Limits.attributes, "\(id) has \(attributes.count) attributes; SQS takes at most \(SQS.Limits.attributes)")
        for (name, attribute) in attributes { try attribute.check(name) }
        if let delaySeconds { try RequestCheck.count(delaySeconds, of: "seconds of delay", in: 0...900) }
        for (what, text) in [("group", groupID), ("deduplication", deduplicationID)] {
            guard let text else { continue }
            try RequestCheck.require(SQS.isID(text), "the \(what) id of \(id): SQS takes 1 to 128 letters, digits and punctuation, without blanks")
        }
    }
}

extension SQS.Attribute {
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
    fileprivate func check(_ name: String) throws(AWSError) {
        try RequestCheck.name(name, "an attribute's name", lengths: 1...256, characters: "_-.")
        let lowered = name.lowercased()
        try RequestCheck.require(
            !lowered.hasPrefix("aws.") && !lowered.hasPrefix("amazon.") && !name.hasPrefix(".") && !name.hasSuffix(".") && !name.contains(".."),
            "\(name) cannot be an attribute's name: no dots at the ends or in a row, no AWS. or Amazon. in front")
        let kind = type.split(separator: ".", maxSplits: 1).first.map { String($0) } ?? ""
        try RequestCheck.count(type.utf8.count, of: "bytes in the type of \(name)", in: 1...256)
        switch (kind, value) {
        case ("String", .string(let text)), ("Number", .string(let text)):
            try RequestCheck.require(SQS.isSendable(text), "the attribute \(name) is empty, or has characters that SQS does not take")
        case ("Binary", .binary(let bytes)): try RequestCheck.require(!bytes.isEmpty, "the attribute \(name) is empty")
        default: throw AWSError(.invalidRequest, "the attribute \(name) has the type \(type), which does not fit its value")
        }
    }
}

#endif
