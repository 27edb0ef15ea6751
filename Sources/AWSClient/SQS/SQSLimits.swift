// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape

extension SQS {
    /// What SQS takes.
    ///
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
    public enum Limits {
        /// Messages of one batch.
        public static let entries = 10
        /// Of one message, and of all messages of a batch together, by ``SQS/size(of:)``. A queue may take less: see
        /// ``QueueAttributes/maximumMessageBytes``.
        public static let bytes = 1 << 20
        /// Of one message.
        public static let attributes = 10
        /// Of a FIFO group's or deduplication id.
        public static let idLength = 128
    }

    /// How many bytes SQS counts for a message: its body, and its attributes' names, types and values.
    public static func size(of entry: SendEntry) -> Int { entry.text.count + entry.attributeSet.size }

    /// Whether SQS takes the text as a body or attribute: not empty, and of characters that XML has.
    public static func isSendable(_ text: String) -> Bool { !text.isEmpty && text.unicodeScalars.allSatisfy { XMLText.allows($0) } }

    /// The same of a body.
    package static func isSendable(_ text: MessageText) -> Bool { text.isSendable }

    /// Whether SQS takes the text as a FIFO group's or deduplication id: 1 to 128 letters, digits and ASCII punctuation.
    public static func isID(_ text: String) -> Bool {
        (1...Limits.idLength).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension SQS.SendMessageBatchRequest {
    func check() throws(AWSError) {
        try RequestCheck.count(entries.count, of: "entries in a batch", in: 1...SQS.Limits.entries)
        var size = 0
        for place in entries.indices {
            size += try entries[place].checkedSize()
            // There are ten at most.
            for other in 0..<place {
                try RequestCheck.require(entries[other].id != entries[place].id, "two entries have the id \(entries[place].id)")
            }
        }
        try RequestCheck.size(size, of: "a batch of messages", atMost: SQS.Limits.bytes)
    }
}

extension SQS.SendEntry {
    /// How many bytes SQS counts, of an entry that it takes.
    fileprivate func checkedSize() throws(AWSError) -> Int {
        try RequestCheck.name(id, "an entry's id", lengths: 1...80, characters: "-_")
        try RequestCheck.require(SQS.isSendable(text), "the body of \(id) is empty, or has characters that SQS does not take")
        let size = SQS.size(of: self)
        try RequestCheck.size(size, of: "the message \(id)", atMost: SQS.Limits.bytes)
        if let error = attributeSet.error { throw error }
        if let delaySeconds { try RequestCheck.count(delaySeconds, of: "seconds of delay", in: 0...900) }
        for (what, text) in [("group", groupID), ("deduplication", deduplicationID)] {
            guard let text else { continue }
            try RequestCheck.require(SQS.isID(text), "the \(what) id of \(id): SQS takes 1 to 128 letters, digits and punctuation, without blanks")
        }
        return size
    }
}

#endif
