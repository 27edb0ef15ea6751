// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Records as [CloudEvents 1.0.2](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md), in structured mode.
///
/// | kind | source | type | subject | data |
/// |---|---|---|---|---|
/// | change | the stream's or table's ARN | `com.amazonaws.dynamodb.insert`, `.modify`, `.remove` | `Products#{"Id":5}` | the plain record |
/// | log | the log group's ARN | `com.amazonaws.logs.event` | the log stream | the plain record |
/// | message | the queue's ARN | `com.amazonaws.sqs.message` | | the body |
/// | event | the event's own source | its detail-type | | the detail |
///
/// `id` and `time` are the record's. Of an ARN those parts are empty that the envelope does not tell.
extension RecordRenderer {
    mutating func cloudEvent(
        _ envelope: Envelope, _ storage: RecordBatch.Storage, _ index: Int, into writer: inout JSONWriter
    ) {
        let parts = storage.index
        let slot = parts.slots[index]
        let record = Record(storage: storage, index: index)
        let document = parts.documents[Int(slot.document)]
        let entry = parts.sources.entries[Int(slot.source)]
        writer.write(raw: "{\"specversion\":\"1.0\"")
        id(parts, slot, record, into: &writer)
        writer.write(raw: ",\"source\":")
        if slot.kind == .event, let source = slot.eventSource.isNone ? nil : document.view(slot.eventSource).string, !source.isEmpty {
            writer.write(string: URIReference.escaped(source))
        } else {
            writer.write(raw: uri(of: entry))
        }
        writer.write(raw: ",\"type\":")
        switch slot.kind {
        case .change:
            switch slot.operation {
            case .insert: writer.write(raw: "\"com.amazonaws.dynamodb.insert\"")
            case .modify: writer.write(raw: "\"com.amazonaws.dynamodb.modify\"")
            case .remove: writer.write(raw: "\"com.amazonaws.dynamodb.remove\"")
            case .other: writer.write(string: "com.amazonaws.dynamodb.\((record.operation?.rawValue ?? "change").lowercased())")
            case .none: writer.write(raw: "\"com.amazonaws.dynamodb.change\"")
            }
        case .log: writer.write(raw: "\"com.amazonaws.logs.event\"")
        case .message: writer.write(raw: "\"com.amazonaws.sqs.message\"")
        case .event:
            if slot.name.isNone || document.view(slot.name).textCount == 0 {
                writer.write(raw: "\"com.amazonaws.events.event\"")
            } else {
                writer.copyQuoted(document.view(slot.name))
            }
        }
        subject(slot, record, entry, document, into: &writer)
        time(slot.time, into: &writer)
        data(envelope, storage, index, slot, into: &writer)
        writer.write(byte: 0x7D)
    }

    /// The source as JSON text, with its quotes.
    private mutating func uri(of entry: SourceTable.Entry) -> JSONBytes {
        if let lastURI, lastURI.entry === entry { return lastURI.text }
        var writer = JSONWriter()
        writer.write(string: URIReference.of(entry.source))
        let text = writer.finish()
        lastURI = (entry, text)
        return text
    }

    private func subject(
        _ slot: Slot, _ record: Record, _ entry: SourceTable.Entry, _ document: JSONDocument, into writer: inout JSONWriter
    ) {
        switch slot.kind {
        case .change:
            guard !slot.keys.isNone else { return }
            writer.write(raw: ",\"subject\":")
            if !simpleSubject(document.view(slot.keys), entry, into: &writer) { writer.write(string: record.subject ?? "") }
        case .log:
            guard let stream = entry.source.logStream, !stream.isEmpty else { return }
            writer.write(raw: ",\"subject\":")
            writer.write(string: stream)
        case .message, .event: return
        }
    }

    /// The subject of an item with one key, written the plainest way, as nearly all are: `Products#{"Id":5}`.
    private func simpleSubject(_ keys: borrowing JSONView, _ entry: SourceTable.Entry, into writer: inout JSONWriter) -> Bool {
        var members = keys.members
        guard members.next() else { return false }
        let (name, value) = (members.key.node, members.value.node)
        if members.next() { return false }
        let key = keys.view(name)
        let attribute = keys.view(value)
        let type = attribute.foldedName
        guard !key.isEscaped, !attribute.isEscaped, type == 0x53 || (type == 0x4E && attribute.isPlainestNumber && attribute.textCount < 38)
        else { return false }
        // A table's name needs no escapes: letters, digits, and `_-.`
        guard entry.source.name.utf8.allSatisfy({ $0 >= 0x23 && $0 != 0x5C }) else { return false }
        writer.write(byte: 0x22)
        writer.write(raw: entry.source.name)
        writer.write(raw: "#{\\\"")
        writer.copyText(key)
        writer.write(raw: "\\\":")
        if type == 0x53 { writer.write(raw: "\\\"") }
        writer.copyFoldedText(attribute)
        if type == 0x53 { writer.write(raw: "\\\"") }
        writer.write(raw: "}\"")
        return true
    }

    private mutating func data(
        _ envelope: Envelope, _ storage: RecordBatch.Storage, _ index: Int, _ slot: Slot, into writer: inout JSONWriter
    ) {
        let parts = storage.index
        switch slot.kind {
        case .change, .log:
            writer.write(raw: ",\"datacontenttype\":\"application/json\",\"data\":")
            write(Envelope(.plain, numbers: envelope.numbers), storage, index, into: &writer)
        case .message:
            if slot.body.isNone {
                writer.write(raw: ",\"datacontenttype\":\"text/plain\",\"data\":")
                let document = parts.documents[Int(slot.messageDocument)]
                writer.copyQuoted(document.view(slot.message))
            } else {
                writer.write(raw: ",\"datacontenttype\":\"application/json\",\"data\":")
                let document = parts.documents[Int(slot.bodyDocument)]
                writer.copyLine(document.view(slot.body))
            }
        case .event:
            guard !slot.detail.isNone else { return }
            let document = parts.documents[Int(slot.document)]
            writer.write(raw: ",\"datacontenttype\":\"application/json\",\"data\":")
            writer.copyLine(document.view(slot.detail))
        }
    }
}

/// What CloudEvents call the source of a record: a URI-reference.
enum URIReference {
    /// The ARN, made up of what is known where the envelope gives none.
    static func of(_ source: RecordSource) -> String {
        if let arn = source.arn, !arn.isEmpty { return escaped(arn) }
        let (region, account) = (source.region ?? "", source.account ?? "")
        return switch source.kind {
        case .change: escaped("arn:aws:dynamodb:\(region):\(account):table/\(source.name)")
        case .log: escaped("arn:aws:logs:\(region):\(account):log-group:\(source.name)")
        case .message: escaped("arn:aws:sqs:\(region):\(account):\(source.name)")
        case .event: escaped("arn:aws:events:\(region):\(account):event-bus/\(source.name.isEmpty ? "default" : source.name)")
        }
    }

    /// What [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-2) has no place for as `%` and two digits. Nothing changes in an ARN.
    static func escaped(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                if "-._~:/?@!$&'()*+,;=".utf8.contains(byte) {
                    out.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    let digits = String(byte, radix: 16, uppercase: true)
                    out += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
                }
            }
        }
        return out
    }
}
