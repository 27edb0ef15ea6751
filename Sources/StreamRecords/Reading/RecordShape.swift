// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Which of the members that tell an envelope an object has.
struct RecordShape: OptionSet {
    let rawValue: UInt16

    static let dynamodb = RecordShape(rawValue: 1)
    static let kinesis = RecordShape(rawValue: 2)
    static let messageId = RecordShape(rawValue: 4)
    static let body = RecordShape(rawValue: 8)
    static let detail = RecordShape(rawValue: 16)
    static let detailType = RecordShape(rawValue: 32)
    static let source = RecordShape(rawValue: 64)
    static let metadata = RecordShape(rawValue: 128)
    static let keys = RecordShape(rawValue: 256)

    /// Whether it is a record rather than a document that holds some.
    var isRecord: Bool {
        contains(.dynamodb) || contains(.kinesis) || contains([.messageId, .body]) || contains([.detail, .detailType]) || contains([.metadata, .keys])
    }

    @inline(__always)
    mutating func note(_ key: borrowing JSONView) {
        if key.isEscaped { return noteEscaped(key) }
        switch key.textCount {
        case 4:
            if FieldName.body.matches(key) { insert(.body) }
            if FieldName.keys.matches(key) { insert(.keys) }
        case 6:
            if FieldName.detail.matches(key) { insert(.detail) }
            if FieldName.source.matches(key) { insert(.source) }
        case 7: if FieldName.kinesis.matches(key) { insert(.kinesis) }
        case 8:
            if FieldName.dynamodb.matches(key) { insert(.dynamodb) }
            if FieldName.metadata.matches(key) { insert(.metadata) }
        case 9: if FieldName.messageId.matches(key) { insert(.messageId) }
        case 11: if FieldName.detailType.matches(key) { insert(.detailType) }
        default: break
        }
    }

    private mutating func noteEscaped(_ key: borrowing JSONView) {
        switch key.string {
        case "body": insert(.body)
        case "Keys": insert(.keys)
        case "detail": insert(.detail)
        case "source": insert(.source)
        case "kinesis": insert(.kinesis)
        case "dynamodb": insert(.dynamodb)
        case "Metadata": insert(.metadata)
        case "messageId": insert(.messageId)
        case "detail-type": insert(.detailType)
        default: break
        }
    }
}
