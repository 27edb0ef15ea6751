// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// A member's name that is looked for in every record: one comparison of its first eight bytes and its length rejects nearly all others.
struct FieldName: Sendable {
    let text: StaticString
    let word: UInt64
    let count: Int

    @inline(__always)
    init(_ text: StaticString, _ word: UInt64, _ count: Int) {
        self.text = text
        self.word = word
        self.count = count
    }

    @inline(__always)
    func matches(_ key: borrowing JSONView) -> Bool {
        if key.leadingText == word && key.textCount == count { return count <= 8 || key.isString(text) }
        return key.isEscaped && key.isString(text)
    }
}

/// The names, each with its first eight bytes as a number, lowest byte first. `FieldNameTests` holds the numbers against the names.
extension FieldName {
    @inline(__always) static var eventID: FieldName { FieldName("eventID", 0x0044_4974_6E65_7665, 7) }
    @inline(__always) static var eventName: FieldName { FieldName("eventName", 0x6D61_4E74_6E65_7665, 9) }
    @inline(__always) static var eventSource: FieldName { FieldName("eventSource", 0x756F_5374_6E65_7665, 11) }
    @inline(__always) static var eventSourceARN: FieldName { FieldName("eventSourceARN", 0x756F_5374_6E65_7665, 14) }
    @inline(__always) static var awsRegion: FieldName { FieldName("awsRegion", 0x6F69_6765_5273_7761, 9) }
    @inline(__always) static var dynamodb: FieldName { FieldName("dynamodb", 0x6264_6F6D_616E_7964, 8) }
    @inline(__always) static var tableName: FieldName { FieldName("tableName", 0x6D61_4E65_6C62_6174, 9) }
    @inline(__always) static var userIdentity: FieldName { FieldName("userIdentity", 0x6E65_6449_7265_7375, 12) }
    @inline(__always) static var keys: FieldName { FieldName("Keys", 0x0000_0000_7379_654B, 4) }
    @inline(__always) static var newImage: FieldName { FieldName("NewImage", 0x6567_616D_4977_654E, 8) }
    @inline(__always) static var oldImage: FieldName { FieldName("OldImage", 0x6567_616D_4964_6C4F, 8) }
    @inline(__always) static var sequenceNumber: FieldName { FieldName("SequenceNumber", 0x6563_6E65_7571_6553, 14) }
    @inline(__always) static var creationTime: FieldName { FieldName("ApproximateCreationDateTime", 0x6D69_786F_7270_7041, 27) }
    @inline(__always) static var records: FieldName { FieldName("Records", 0x0073_6472_6F63_6552, 7) }
    @inline(__always) static var awslogs: FieldName { FieldName("awslogs", 0x0073_676F_6C73_7761, 7) }
    @inline(__always) static var data: FieldName { FieldName("data", 0x0000_0000_6174_6164, 4) }
    @inline(__always) static var messageType: FieldName { FieldName("messageType", 0x5465_6761_7373_656D, 11) }
    @inline(__always) static var logEvents: FieldName { FieldName("logEvents", 0x746E_6576_4567_6F6C, 9) }
    @inline(__always) static var id: FieldName { FieldName("id", 0x0000_0000_0000_6469, 2) }
    @inline(__always) static var timestamp: FieldName { FieldName("timestamp", 0x6D61_7473_656D_6974, 9) }
    @inline(__always) static var message: FieldName { FieldName("message", 0x0065_6761_7373_656D, 7) }
    @inline(__always) static var extractedFields: FieldName { FieldName("extractedFields", 0x6574_6361_7274_7865, 15) }
    @inline(__always) static var kinesis: FieldName { FieldName("kinesis", 0x0073_6973_656E_696B, 7) }
    @inline(__always) static var messageId: FieldName { FieldName("messageId", 0x4965_6761_7373_656D, 9) }
    @inline(__always) static var body: FieldName { FieldName("body", 0x0000_0000_7964_6F62, 4) }
    @inline(__always) static var attributes: FieldName { FieldName("attributes", 0x7475_6269_7274_7461, 10) }
    @inline(__always) static var detail: FieldName { FieldName("detail", 0x0000_6C69_6174_6564, 6) }
    @inline(__always) static var detailType: FieldName { FieldName("detail-type", 0x742D_6C69_6174_6564, 11) }
    @inline(__always) static var metadata: FieldName { FieldName("Metadata", 0x6174_6164_6174_654D, 8) }
    @inline(__always) static var source: FieldName { FieldName("source", 0x0000_6563_7275_6F73, 6) }
    @inline(__always) static var time: FieldName { FieldName("time", 0x0000_0000_656D_6974, 4) }
    @inline(__always) static var requestId: FieldName { FieldName("requestId", 0x4974_7365_7571_6572, 9) }
    @inline(__always) static var awsRequestId: FieldName { FieldName("AWSRequestId", 0x6575_7165_5253_5741, 12) }
    @inline(__always) static var snakeAWSRequestId: FieldName { FieldName("aws_request_id", 0x7571_6572_5F73_7761, 14) }
    @inline(__always) static var functionRequestId: FieldName { FieldName("function_request_id", 0x6E6F_6974_636E_7566, 19) }
    @inline(__always) static var record: FieldName { FieldName("record", 0x0000_6472_6F63_6572, 6) }
}
