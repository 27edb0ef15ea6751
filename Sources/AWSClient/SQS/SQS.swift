// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import StreamRecords

/// The calls to SQS that Sluice makes.
///
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html>
public struct SQS: Sendable, JSONService {
    static let target = "AmazonSQS"
    static let jsonVersion = "1.0"
    let caller: ServiceCaller

    /// Sends up to ten messages, each for itself: an answer without error still may hold failures. What SQS took is held against what was sent by MD5.
    public func sendMessageBatch(
        _ request: SendMessageBatchRequest, deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> SendMessageBatchResult {
        try await send("SendMessageBatch", deadline, body: try request.body()) { try $0.sent(request.entries) }
    }

    /// Waits for messages and gives them to nobody else for a while.
    public func receiveMessage(
        _ request: ReceiveMessageRequest, deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> ReceiveMessageResult {
        try await send("ReceiveMessage", deadline, body: try request.body()) { try $0.received() }
    }

    /// Deletes a message that was received, before others get it again.
    ///
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>
    public func deleteMessage(_ request: DeleteMessageRequest, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) {
        let body = JSONComposer.object { composer in
            composer.member("QueueUrl", request.queueURL)
            composer.member("ReceiptHandle", request.receiptHandle)
        }
        try await send("DeleteMessage", deadline, body: body) { _ in }
    }

    /// Deletes up to ten messages, each for itself.
    public func deleteMessageBatch(
        _ request: DeleteMessageBatchRequest, deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> DeleteMessageBatchResult {
        try await send("DeleteMessageBatch", deadline, body: try request.body()) { try $0.deleted(request.receiptHandles.count) }
    }

    /// All that a queue tells of itself.
    public func getQueueAttributes(queueURL: String, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> QueueAttributes {
        let body = JSONComposer.object { composer in
            composer.member("QueueUrl", queueURL)
            composer.member("AttributeNames", array: ["All"])
        }
        return try await send("GetQueueAttributes", deadline, body: body) {
            QueueAttributes(all: try $0.json().object("Attributes")?.allTexts() ?? [:])
        }
    }

    /// - Parameter account: whose queue it is; absent: the caller's.
    public func getQueueURL(name: String, account: String? = nil, deadline: ContinuousClock.Instant? = nil) async throws(AWSError) -> String {
        let body = JSONComposer.object { composer in
            composer.member("QueueName", name)
            composer.member("QueueOwnerAWSAccountId", account)
        }
        return try await send("GetQueueUrl", deadline, body: body) { try $0.json().requiredText("QueueUrl") }
    }
}

// MARK: - Requests

extension SQS.SendMessageBatchRequest {
    fileprivate func body() throws(AWSError) -> [UInt8] {
        try check()
        // Room for all of it: each quotation mark in a body gets a backslash, and the last body might have nothing but them.
        var texts = 0
        var longest = 0
        for place in entries.indices {
            texts += entries[place].text.count
            longest = max(longest, entries[place].text.count)
        }
        return JSONComposer.object(capacity: texts + texts / 4 + longest + entries.count * 512) { composer in
            composer.member("QueueUrl", queueURL)
            composer.list("Entries") { for place in entries.indices { entries[place].write(into: &$0) } }
        }
    }
}

extension SQS.ReceiveMessageRequest {
    fileprivate func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.count(maximum, of: "messages", in: 1...SQS.Limits.entries)
        try RequestCheck.count(waitSeconds, of: "seconds to wait", in: 0...20)
        if let visibilitySeconds { try RequestCheck.count(visibilitySeconds, of: "seconds of visibility", in: 0...43_200) }
        return JSONComposer.object { composer in
            composer.member("QueueUrl", queueURL)
            composer.member("MaxNumberOfMessages", maximum)
            composer.member("WaitTimeSeconds", waitSeconds)
            composer.member("VisibilityTimeout", visibilitySeconds)
            composer.member("MessageAttributeNames", array: ["All"])
            // The name of old, too, for servers that know only that one.
            composer.member("MessageSystemAttributeNames", array: ["All"])
            composer.member("AttributeNames", array: ["All"])
        }
    }
}

extension SQS.DeleteMessageBatchRequest {
    fileprivate func body() throws(AWSError) -> [UInt8] {
        try RequestCheck.count(receiptHandles.count, of: "entries in a batch", in: 1...SQS.Limits.entries)
        return JSONComposer.object { composer in
            composer.member("QueueUrl", queueURL)
            composer.list("Entries") { composer in
                for (index, handle) in receiptHandles.enumerated() {
                    composer.object {
                        $0.member("Id", String(index))
                        $0.member("ReceiptHandle", handle)
                    }
                }
            }
        }
    }
}

extension SQS.SendEntry {
    fileprivate func write(into composer: inout JSONComposer) {
        composer.object { composer in
            composer.member("Id", id)
            composer.name("MessageBody")
            composer.string(text.span)
            composer.member("DelaySeconds", delaySeconds)
            composer.member("MessageGroupId", groupID)
            composer.member("MessageDeduplicationId", deduplicationID)
            guard let attributes = attributeSet.json else { return }
            composer.name("MessageAttributes")
            composer.raw(attributes)
        }
    }
}

// MARK: - Answers

extension HTTPResponse {
    /// The failures of a batch, by the entries' ids.
    private static func failures(_ answer: JSONObject) throws(AnswerError) -> [String: SQS.EntryFailure] {
        var failures: [String: SQS.EntryFailure] = [:]
        for entry in try answer.objects("Failed") {
            failures[try entry.requiredText("Id")] = SQS.EntryFailure(
                code: try entry.text("Code") ?? "Unknown", message: try entry.text("Message"), isSenderFault: try entry.bool("SenderFault") ?? false)
        }
        return failures
    }

    private static let noAnswer = SQS.EntryFailure(code: "NoAnswer", message: "the answer does not name this entry", isSenderFault: false)

    fileprivate func sent(_ entries: [SQS.SendEntry]) throws(AnswerError) -> SQS.SendMessageBatchResult {
        let document = try document()
        let root = document.view(document.root)
        guard root.kind == .object else { throw AnswerError("expected a JSON object") }
        var results = try HTTPResponse.successes(root, entries)
        // Failures are few.
        if let failed = root.member("Failed") {
            let failures = try HTTPResponse.failures(JSONObject([JSONMember(name: "Failed", value: JSONValue(failed))]))
            for (place, entry) in entries.enumerated() { if let failure = failures[entry.id] { results[place] = .failure(failure) } }
        }
        return SQS.SendMessageBatchResult(entries: results)
    }

    /// Read where they stand, without values of their own: they come with every ten messages.
    private static func successes(
        _ answer: borrowing JSONView, _ entries: [SQS.SendEntry]
    ) throws(AnswerError) -> [Result<SQS.SentMessage, SQS.EntryFailure>] {
        var results = [Result<SQS.SentMessage, SQS.EntryFailure>](repeating: .failure(noAnswer), count: entries.count)
        guard let list = answer.member("Successful"), list.kind != .null else { return results }
        guard list.kind == .array else { throw AnswerError(at: "Successful", expected: "an array") }
        var elements = list.elements
        var index = 0
        var body: [UInt8] = []
        while elements.next() {
            let success = try AnswerView(elements.value, at: "Successful", index: index)
            index += 1
            let id = try success.requiredText("Id")
            guard let place = entries.indices.first(where: { entries[$0].id == id }) else { continue }
            results[place] =
                try isTaken(entries[place], success, &body)
                ? .success(.init(messageID: try success.requiredText("MessageId"), sequenceNumber: try success.text("SequenceNumber")))
                : .failure(otherBytes)
        }
        return results
    }

    private static let otherBytes = SQS.EntryFailure(
        code: "ChecksumMismatch", message: "SQS took other bytes than were sent, by the MD5 that it tells of body and attributes", isSenderFault: false)

    /// Whether SQS took what was sent, by its MD5s. It tells none of attributes where it took none, so there must have been none.
    ///
    /// - Parameter body: memory for a body, which all entries of an answer share.
    private static func isTaken(_ entry: SQS.SendEntry, _ success: borrowing AnswerView, _ body: inout [UInt8]) throws(AnswerError) -> Bool {
        body.removeAll(keepingCapacity: true)
        entry.text.append(to: &body)
        guard try success.isHexadecimal("MD5OfMessageBody", of: MessageDigest.of(body)) else { return false }
        return try success.isHexadecimal("MD5OfMessageAttributes", of: entry.attributeSet.digest)
    }

    fileprivate func deleted(_ count: Int) throws(AnswerError) -> SQS.DeleteMessageBatchResult {
        let answer = try json()
        let failures = try HTTPResponse.failures(answer)
        var done: Set<String> = []
        for success in try answer.objects("Successful") { done.insert(try success.requiredText("Id")) }
        return SQS.DeleteMessageBatchResult(
            entries: (0..<count).map { index in
                let id = String(index)
                return failures[id].map { .failure($0) } ?? (done.contains(id) ? .success(()) : .failure(HTTPResponse.noAnswer))
            })
    }

    fileprivate func received() throws(AnswerError) -> SQS.ReceiveMessageResult {
        var messages: [SQS.Message] = []
        for message in try json().objects("Messages") {
            var attributes: [String: SQS.Attribute] = [:]
            if let received = try message.object("MessageAttributes") {
                for name in received.names {
                    guard let attribute = try received.object(name) else { continue }
                    attributes[name] = try HTTPResponse.attribute(attribute, name)
                }
            }
            let body = try message.requiredText("Body")
            if let told = try message.text("MD5OfBody"), told != MessageDigest.told(of: body) {
                throw AnswerError("a message's body is not the one that SQS sent, by its MD5")
            }
            messages.append(
                SQS.Message(
                    id: try message.requiredText("MessageId"), receiptHandle: try message.requiredText("ReceiptHandle"), body: body,
                    attributes: attributes, systemAttributes: try message.object("Attributes")?.allTexts() ?? [:]))
        }
        return SQS.ReceiveMessageResult(messages: messages)
    }

    private static func attribute(_ object: JSONObject, _ name: String) throws(AnswerError) -> SQS.Attribute {
        let type = try object.requiredText("DataType")
        if let text = try object.text("StringValue") { return SQS.Attribute(type: type, value: .string(text)) }
        guard let bytes = try? Base64.decode(try object.requiredText("BinaryValue")) else {
            throw AnswerError(at: name, expected: "a value, as text or in base64")
        }
        return SQS.Attribute(type: type, value: .binary(bytes))
    }
}

#endif
