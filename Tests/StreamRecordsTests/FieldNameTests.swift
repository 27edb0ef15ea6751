// SPDX-License-Identifier: Apache-2.0

import JSONTape
import Testing

@testable import StreamRecords

@Suite struct FieldNameTests {
    static let all: [FieldName] = [
        .eventID,
        .eventName,
        .eventSource,
        .eventSourceARN,
        .awsRegion,
        .dynamodb,
        .tableName,
        .userIdentity,
        .keys,
        .newImage,
        .oldImage,
        .sequenceNumber,
        .creationTime,
        .records,
        .awslogs,
        .data,
        .messageType,
        .logEvents,
        .id,
        .timestamp,
        .message,
        .extractedFields,
        .kinesis,
        .messageId,
        .body,
        .attributes,
        .detail,
        .detailType,
        .metadata,
        .source,
        .time,
        .requestId,
        .awsRequestId,
        .snakeAWSRequestId,
        .functionRequestId,
        .record,
    ]

    @Test("The numbers beside the names are their first eight bytes and their lengths", arguments: all)
    func number(_ name: FieldName) {
        let bytes = Array("\(name.text)".utf8)
        var word: UInt64 = 0
        for (place, byte) in bytes.prefix(8).enumerated() { word |= UInt64(byte) << UInt64(8 * place) }
        #expect(name.word == word)
        #expect(name.count == bytes.count)
    }

    @Test("A name is found however it is written, and not mistaken for one that begins like it", arguments: all)
    func match(_ name: FieldName) throws {
        let text = "\(name.text)"
        let first = text.unicodeScalars.first.map { "\\u00" + String($0.value, radix: 16) } ?? ""
        let document = try JSONDocument("{\"\(text)\":1,\"\(first)\(text.dropFirst())\":2,\"\(text)x\":3,\"\(text.dropLast())_\":4}")
        var found: [Int64] = []
        var members = document.view(document.root).members
        while members.next() {
            if name.matches(members.key), let value = members.value.integer { found.append(value) }
        }
        #expect(found == [1, 2])
    }
}
