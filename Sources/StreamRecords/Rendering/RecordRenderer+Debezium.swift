// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Changes as the value of a Debezium change event, written by its JSON converter without schemas.
///
/// - `op` is `c` for INSERT, `u` for MODIFY, `d` for REMOVE. A record that shows an item without telling what happened to it (a line of an
///   export with new images only) is `r`, a read; `source.snapshot` is then `true`.
/// - `before` and `after` are the images, null where there was no item. Of an image that the stream does not carry, the keys stand there:
///   that is what Debezium does where a database tells no more.
/// - `ts_ms` is the change's own time, as in `source`: the same record gives the same bytes whenever it is rendered.
extension RecordRenderer {
    func debezium(_ storage: RecordIndex, _ slot: Slot, _ record: Record, _ numbers: Envelope.Numbers, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.document)]
        let entry = storage.sources.entries[Int(slot.source)]
        let attributes = AttributeRenderer(quotesNumbers: numbers == .string, checksNumbers: slot.flags.contains(.unusualNumbers))
        let isRead = slot.operation == .none || slot.operation == .other || (slot.operation == .insert && slot.name.isNone)

        writer.write(raw: "{\"before\":")
        if slot.operation == .insert || isRead {
            writer.write(raw: "null")
        } else {
            image(slot.old, or: slot.keys, document, attributes, into: &writer)
        }
        writer.write(raw: ",\"after\":")
        if slot.operation == .remove {
            writer.write(raw: "null")
        } else {
            image(slot.new, or: slot.keys, document, attributes, into: &writer)
        }

        writer.write(raw: ",\"source\":{\"version\":\"1\",\"connector\":\"dynamodb\",\"name\":\"sluice\",\"ts_ms\":")
        milliseconds(slot.time, into: &writer)
        writer.write(raw: isRead ? ",\"snapshot\":\"true\",\"db\":" : ",\"snapshot\":\"false\",\"db\":")
        writer.write(string: entry.source.account ?? "")
        writer.write(raw: ",\"sequence\":")
        if slot.sequence.isNone {
            writer.write(raw: "null")
        } else {
            writer.write(raw: "\"[\\\"")
            writer.copyText(document.view(slot.sequence))
            writer.write(raw: "\\\"]\"")
        }
        writer.write(raw: entry.name.count == 0 ? ",\"table\":\"\"" : "")
        writer.write(raw: entry.name)
        if let region = entry.source.region, !region.isEmpty {
            writer.write(raw: ",\"region\":")
            writer.write(string: region)
        }
        writer.write(raw: ",\"event_id\":")
        if slot.id.isNone { writer.write(string: record.idText) } else { writer.copyQuoted(document.view(slot.id)) }
        if slot.flags.contains(.expired) { writer.write(raw: ",\"expired\":true") }

        writer.write(raw: "},\"op\":\"")
        if isRead {
            writer.write(byte: UInt8(ascii: "r"))
        } else {
            switch slot.operation {
            case .insert: writer.write(byte: UInt8(ascii: "c"))
            case .remove: writer.write(byte: UInt8(ascii: "d"))
            default: writer.write(byte: UInt8(ascii: "u"))
            }
        }
        writer.write(raw: "\",\"ts_ms\":")
        milliseconds(slot.time, into: &writer)
        writer.write(raw: ",\"transaction\":null}")
    }

    private func image(
        _ node: JSONNode, or keys: JSONNode, _ document: JSONDocument, _ attributes: AttributeRenderer, into writer: inout JSONWriter
    ) {
        if !node.isNone {
            attributes.writeMap(document.view(node), into: &writer)
        } else if !keys.isNone {
            attributes.writeMap(document.view(keys), into: &writer)
        } else {
            writer.write(raw: "null")
        }
    }

    private func milliseconds(_ time: Int64, into writer: inout JSONWriter) {
        if time == Slot.noTime { writer.write(raw: "null") } else { writer.write(int: time) }
    }
}
