// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Changes to items: of DynamoDB Streams, of tables that stream into Kinesis, and of exports.
extension EnvelopeDecoder {
    mutating func decode(change place: Place, _ fields: RecordFields, _ position: Place?) throws(RecordError) {
        let document = documents[Int(place.document)]
        var slot = Slot(kind: .change, document: place.document, raw: place.node)
        let stream = document.view(fields.dynamodb)
        guard stream.kind == .object else { throw RecordError(.wrongShape, "dynamodb is not an object") }
        slot.stream = fields.dynamodb
        var hasOrdinaryNames = fields.hasOrdinaryNames
        var sequence = JSONNode.none
        var creation = JSONNode.none
        var members = stream.members
        while members.next() {
            let key = members.key
            let value = members.value
            switch key.textCount {
            case 4 where FieldName.keys.matches(key): slot.keys = value.node
            case 8 where FieldName.newImage.matches(key):
                if !slot.new.isNone || value.kind != .object { hasOrdinaryNames = false }
                slot.new = value.node
            case 8 where FieldName.oldImage.matches(key):
                if !slot.old.isNone || value.kind != .object { hasOrdinaryNames = false }
                slot.old = value.node
            case 14 where FieldName.sequenceNumber.matches(key): sequence = value.node
            case 27 where FieldName.creationTime.matches(key): creation = value.node
            default:
                // NewImage.status is one such.
                if key.leadingText == FieldName.newImage.word || key.leadingText == FieldName.oldImage.word { hasOrdinaryNames = false }
                if key.isEscaped {
                    hasOrdinaryNames = false
                    if FieldName.keys.matches(key) { slot.keys = value.node }
                    if FieldName.newImage.matches(key) { slot.new = value.node }
                    if FieldName.oldImage.matches(key) { slot.old = value.node }
                    if FieldName.sequenceNumber.matches(key) { sequence = value.node }
                    if FieldName.creationTime.matches(key) { creation = value.node }
                }
            }
        }
        slot.id = try string(fields.eventID, document, "eventID")
        slot.sequence = try string(sequence, document, "dynamodb.SequenceNumber")
        if let position {
            slot.position = position.node
            slot.positionDocument = position.document
        } else {
            slot.position = slot.sequence
            slot.positionDocument = place.document
        }
        slot.name = try string(fields.eventName, document, "eventName")
        try images(&slot, document, "dynamodb.")
        slot.time = try time(creation, document, "dynamodb.ApproximateCreationDateTime")
        slot.operation = slot.name.isNone ? .implied(by: slot) : .init(document.view(slot.name))
        if !fields.identity.isNone && slot.operation == .remove && isExpiry(document.view(fields.identity)) { slot.flags.insert(.expired) }
        let arn = try string(fields.arn, document, "eventSourceARN")
        let table = try string(fields.table, document, "tableName")
        let region = try string(fields.region, document, "awsRegion")
        slot.source = sources.table(document, arn: arn, table: table, region: region)
        if hasOrdinaryNames { slot.flags.insert(.ordinaryNames) }
        slots.append(slot)
    }

    /// Keys and images: objects of attribute values, sound to the last of them. Null is as good as absent.
    private func images(_ slot: inout Slot, _ document: JSONDocument, _ path: StaticString) throws(RecordError) {
        var plain = true
        if !slot.keys.isNone {
            let view = document.view(slot.keys)
            if view.kind == .null { slot.keys = .none } else { plain = try AttributeCheck.map(view, path, "Keys") && plain }
        }
        if !slot.new.isNone {
            let view = document.view(slot.new)
            if view.kind == .null { slot.new = .none } else { plain = try AttributeCheck.map(view, path, "NewImage") && plain }
        }
        if !slot.old.isNone {
            let view = document.view(slot.old)
            if view.kind == .null { slot.old = .none } else { plain = try AttributeCheck.map(view, path, "OldImage") && plain }
        }
        if !plain { slot.flags.insert(.unusualNumbers) }
    }

    /// [TTL removals](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html) are those by the service itself.
    private func isExpiry(_ identity: borrowing JSONView) -> Bool {
        var byService = false
        var byDynamoDB = false
        var members = identity.members
        while members.next() {
            if members.key.isString("type") || members.key.isString("Type") { byService = members.value.isString("Service") }
            if members.key.isString("principalId") || members.key.isString("PrincipalId") {
                byDynamoDB = members.value.isString("dynamodb.amazonaws.com")
            }
        }
        return byService && byDynamoDB
    }

    /// A line of an incremental export.
    mutating func decode(export place: Place) throws(RecordError) {
        let document = documents[Int(place.document)]
        var slot = Slot(kind: .change, document: place.document, raw: place.node)
        var members = document.view(place.node).members
        var metadata = JSONNode.none
        while members.next() {
            let key = members.key
            if FieldName.keys.matches(key) { slot.keys = members.value.node }
            if FieldName.newImage.matches(key) { slot.new = members.value.node }
            if FieldName.oldImage.matches(key) { slot.old = members.value.node }
            if FieldName.metadata.matches(key) { metadata = members.value.node }
        }
        try images(&slot, document, "")
        slot.operation = .implied(by: slot)
        if let written = document.view(metadata).member("WriteTimestampMicros") {
            // {"N":"…"}
            guard let number = written.member("N"), number.kind == .string else {
                throw RecordError(.wrongShape, "Metadata.WriteTimestampMicros is not a number attribute")
            }
            slot.time = try time(number.node, document, "Metadata.WriteTimestampMicros")
        }
        slot.source = sources.table(document, arn: .none, table: .none, region: .none)
        slots.append(slot)
    }
}
