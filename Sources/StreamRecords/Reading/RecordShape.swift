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

}

/// What the members of an object that may be a record are, found in one pass: its shape, and the places of what a change needs.
struct RecordFields {
    var shape: RecordShape = []
    var eventID = JSONNode.none
    var eventName = JSONNode.none
    var dynamodb = JSONNode.none
    var region = JSONNode.none
    var table = JSONNode.none
    var identity = JSONNode.none
    var arn = JSONNode.none
    /// Whether `dynamodb` is there by no other name and no second time, see ``Slot/Flags/ordinaryNames``.
    private(set) var hasOrdinaryNames = true

    /// Takes notice of one member.
    @inline(__always)
    mutating func note(_ key: borrowing JSONView, _ value: JSONNode) {
        if key.isEscaped { return noteEscaped(key, value) }
        // No two of the names begin alike and have the same length.
        switch (key.textCount, key.leadingText) {
        case (FieldName.eventID.count, FieldName.eventID.word): eventID = value
        case (FieldName.dynamodb.count, FieldName.dynamodb.word):
            if !dynamodb.isNone { hasOrdinaryNames = false }
            dynamodb = value
            shape.insert(.dynamodb)
        case (FieldName.eventName.count, FieldName.eventName.word) where key.isString(FieldName.eventName.text): eventName = value
        case (FieldName.awsRegion.count, FieldName.awsRegion.word) where key.isString(FieldName.awsRegion.text): region = value
        case (FieldName.tableName.count, FieldName.tableName.word) where key.isString(FieldName.tableName.text): table = value
        case (FieldName.userIdentity.count, FieldName.userIdentity.word) where key.isString(FieldName.userIdentity.text): identity = value
        case (FieldName.eventSourceARN.count, FieldName.eventSourceARN.word) where key.isString(FieldName.eventSourceARN.text): arn = value
        case (FieldName.body.count, FieldName.body.word): shape.insert(.body)
        case (FieldName.keys.count, FieldName.keys.word): shape.insert(.keys)
        case (FieldName.detail.count, FieldName.detail.word): shape.insert(.detail)
        case (FieldName.source.count, FieldName.source.word): shape.insert(.source)
        case (FieldName.kinesis.count, FieldName.kinesis.word): shape.insert(.kinesis)
        case (FieldName.metadata.count, FieldName.metadata.word): shape.insert(.metadata)
        case (FieldName.messageId.count, FieldName.messageId.word) where key.isString(FieldName.messageId.text): shape.insert(.messageId)
        case (FieldName.detailType.count, FieldName.detailType.word) where key.isString(FieldName.detailType.text): shape.insert(.detailType)
        case (_, FieldName.dynamodb.word): hasOrdinaryNames = false
        default: break
        }
    }

    /// A name may be written with escapes, though AWS doesn't.
    private mutating func noteEscaped(_ key: borrowing JSONView, _ value: JSONNode) {
        hasOrdinaryNames = false
        switch key.string {
        case "eventID": eventID = value
        case "eventName": eventName = value
        case "awsRegion": region = value
        case "tableName": table = value
        case "userIdentity": identity = value
        case "eventSourceARN": arn = value
        case "dynamodb":
            dynamodb = value
            shape.insert(.dynamodb)
        case "body": shape.insert(.body)
        case "Keys": shape.insert(.keys)
        case "detail": shape.insert(.detail)
        case "source": shape.insert(.source)
        case "kinesis": shape.insert(.kinesis)
        case "Metadata": shape.insert(.metadata)
        case "messageId": shape.insert(.messageId)
        case "detail-type": shape.insert(.detailType)
        default: break
        }
    }
}
