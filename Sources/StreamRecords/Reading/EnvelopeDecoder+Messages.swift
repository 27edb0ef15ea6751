// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Messages of queues, what they carry, and events of buses.
extension EnvelopeDecoder {
    /// - Parameter mayBeEvent: where the body is an event, that is the record.
    mutating func decode(message place: Place, mayBeEvent: Bool = true) throws(RecordError) {
        let document = documents[Int(place.document)]
        var slot = Slot(kind: .message, document: place.document, raw: place.node)
        var arn = JSONNode.none
        var region = JSONNode.none
        var attributes = JSONNode.none
        var members = document.view(place.node).members
        while members.next() {
            let key = members.key
            if FieldName.messageId.matches(key) { slot.id = members.value.node }
            if FieldName.body.matches(key) { slot.message = members.value.node }
            if FieldName.attributes.matches(key) { attributes = members.value.node }
            if FieldName.eventSourceARN.matches(key) { arn = members.value.node }
            if FieldName.awsRegion.matches(key) { region = members.value.node }
        }
        slot.id = try string(slot.id, document, "messageId")
        slot.message = try string(slot.message, document, "body")
        guard !slot.id.isNone else { throw RecordError(.wrongShape, "messageId is missing") }
        guard !slot.message.isNone else { throw RecordError(.wrongShape, "body is missing") }
        arn = try string(arn, document, "eventSourceARN")
        region = try string(region, document, "awsRegion")
        slot.position = slot.id
        slot.positionDocument = place.document
        if !attributes.isNone {
            let view = document.view(attributes)
            guard view.kind == .object || view.kind == .null else { throw RecordError(.wrongShape, "attributes is not an object") }
            if let sent = view.member("SentTimestamp") { slot.time = try time(sent.node, document, "attributes.SentTimestamp") }
            if let group = view.member("MessageGroupId") { slot.group = try string(group.node, document, "attributes.MessageGroupId") }
        }
        slot.source = sources.queue(document, arn: arn, region: region)

        // A body that is JSON is indexed too: it may be an event or a notification.
        let body = document.view(slot.message)
        guard body.textCount > 0, let inner = embedded(body) else {
            slots.append(slot)
            return
        }
        documents.append(inner)
        let root = inner.view(inner.root)
        slot.bodyDocument = Int32(documents.count - 1)
        slot.body = inner.root
        if root.kind == .object {
            var fields = RecordFields()
            var notification = 0
            var text = JSONNode.none
            members = root.members
            while members.next() {
                fields.note(members.key, members.value.node)
                if members.key.isString("Type") && members.value.isString("Notification") { notification += 1 }
                if members.key.isString("TopicArn") { notification += 1 }
                if members.key.isString("Message") && members.value.kind == .string { text = members.value.node }
            }
            if fields.shape.contains(.event) {
                // What has an event's members and is none, by its time for example, is what a sender sent: the message is sound.
                let isEvent = mayBeEvent && decode(
                    queuedEvent: Place(document: slot.bodyDocument, node: inner.root), raw: place, Place(document: place.document, node: slot.id),
                    group: slot.group)
                if !isEvent { slots.append(slot) }
                return
            }
            // https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
            if notification == 2 && !text.isNone {
                slot.messageDocument = slot.bodyDocument
                slot.message = text
                slot.body = .none
                if let unwrapped = embedded(inner.view(text)) {
                    documents.append(unwrapped)
                    slot.bodyDocument = Int32(documents.count - 1)
                    slot.body = unwrapped.root
                }
            }
        }
        slots.append(slot)
    }

    /// The document that a string's content is, where it is JSON.
    private func embedded(_ string: borrowing JSONView) -> JSONDocument? {
        var text = JSONBuffer(capacity: string.textCount)
        text.append(contentOf: string)
        return try? JSONDocument(indexing: text, limits: limits.json)
    }

    /// - Returns: false where it is no event, and nothing was decoded.
    private mutating func decode(queuedEvent place: Place, raw: Place, _ position: Place, group: JSONNode) -> Bool {
        do throws(RecordError) {
            try decode(event: place, raw: raw, position, group: group)
            return true
        } catch {
            return false
        }
    }

    /// - Parameter group: that of the FIFO queue's message which carries the event, in the raw record.
    mutating func decode(event place: Place, raw: Place, _ position: Place?, group: JSONNode = .none) throws(RecordError) {
        let document = documents[Int(place.document)]
        var slot = Slot(kind: .event, document: place.document, raw: raw.node)
        slot.rawDocument = raw.document
        slot.group = group
        var moment = JSONNode.none
        var account = JSONNode.none
        var region = JSONNode.none
        var members = document.view(place.node).members
        while members.next() {
            let key = members.key
            if FieldName.id.matches(key) { slot.id = members.value.node }
            if FieldName.detail.matches(key) { slot.detail = members.value.node }
            if FieldName.detailType.matches(key) { slot.name = members.value.node }
            if FieldName.source.matches(key) { slot.eventSource = members.value.node }
            if FieldName.time.matches(key) { moment = members.value.node }
            if key.isString("account") { account = members.value.node }
            if key.isString("region") { region = members.value.node }
        }
        slot.id = try string(slot.id, document, "id")
        slot.name = try string(slot.name, document, "detail-type")
        slot.eventSource = try string(slot.eventSource, document, "source")
        slot.time = try time(moment, document, "time")
        account = try string(account, document, "account")
        region = try string(region, document, "region")
        if let position {
            slot.position = position.node
            slot.positionDocument = position.document
        }
        slot.source = sources.bus(document, account: account, region: region)
        slots.append(slot)
    }
}

extension RecordShape {
    /// What every event of a bus has.
    static let event: RecordShape = [.detail, .detailType, .source]
}
