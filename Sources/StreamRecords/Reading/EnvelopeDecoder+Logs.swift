// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Log events of CloudWatch Logs subscriptions.
extension EnvelopeDecoder {
    /// A subscription document.
    mutating func decode(subscription place: Place, _ logEvents: JSONNode, _ position: Place?) {
        let document = documents[Int(place.document)]
        guard let header = LogHeader(document, place.node) else {
            reject(place, RecordError(.wrongShape, "logGroup, logStream and owner must be strings"), position)
            return
        }
        if header.isControlMessage {
            controlMessages += 1
            return
        }
        guard document.view(logEvents).kind == .array else {
            reject(place, RecordError(.wrongShape, "logEvents is not an array"), position)
            return
        }
        do throws(RecordError) {
            // What stands around the events becomes a part of each.
            var members = document.view(place.node).members
            while members.next() {
                if members.value.node != logEvents { try measure(Place(document: place.document, node: members.value.node), levels + 1) }
            }
        } catch {
            reject(place, error, position)
            return
        }
        let context = LogContext(document: place.document, node: place.node, source: sources.log(header))
        logContext = context
        var elements = document.view(logEvents).elements
        while elements.next() { decode(logEvent: Place(document: place.document, node: elements.value.node), context, position) }
    }

    /// Makes ready for the events of a document that is read element by element.
    mutating func begin(logHeader document: JSONDocument) {
        guard let header = LogHeader(document) else { return }
        documents.append(document)
        logContext = LogContext(
            document: Int32(documents.count - 1), node: document.root, source: sources.log(header), isControlMessage: header.isControlMessage)
    }

    /// Decodes one element of `logEvents`, read on its own.
    mutating func decode(logEvent node: JSONNode) {
        guard let logContext else { return }
        if logContext.isControlMessage {
            controlMessages += 1
            return
        }
        decode(logEvent: Place(document: 0, node: node), logContext, nil)
    }

    private mutating func decode(logEvent place: Place, _ context: LogContext, _ position: Place?) {
        let document = documents[Int(place.document)]
        var slot = Slot(kind: .log, document: place.document, raw: place.node)
        slot.header = context.node
        slot.headerDocument = context.document
        slot.source = context.source
        if let position {
            slot.position = position.node
            slot.positionDocument = position.document
        }
        do throws(RecordError) {
            let view = document.view(place.node)
            guard view.kind == .object else { throw RecordError(.wrongShape, "a log event that is not a JSON object") }
            if view.endOffset - view.offset > limits.record { throw RecordError(.tooLarge, "a log event of more than \(limits.record) bytes") }
            try measure(place, levels + 2)
            var moment = JSONNode.none
            var members = view.members
            while members.next() {
                let key = members.key
                if FieldName.id.matches(key) {
                    slot.id = members.value.node
                } else if FieldName.message.matches(key) {
                    slot.message = members.value.node
                } else if FieldName.timestamp.matches(key) {
                    moment = members.value.node
                } else if FieldName.extractedFields.matches(key) {
                    slot.fields = members.value.node
                }
            }
            slot.id = try string(slot.id, document, "logEvents.id")
            slot.message = try string(slot.message, document, "logEvents.message")
            guard !slot.message.isNone else { throw RecordError(.wrongShape, "a log event without a message") }
            if !slot.fields.isNone {
                switch document.view(slot.fields).kind {
                case .object: break
                case .null: slot.fields = .none
                default: throw RecordError(.wrongShape, "logEvents.extractedFields is not an object")
                }
            }
            slot.time = try time(moment, document, "logEvents.timestamp")
            slots.append(slot)
        } catch {
            reject(place, error, position)
        }
    }
}
