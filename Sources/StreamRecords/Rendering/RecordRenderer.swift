// SPDX-License-Identifier: Apache-2.0

public import JSONTape

/// Writes records in an envelope. Spans of the received bytes are copied; a string, a number, an unchanged attribute is never decoded.
///
/// Keep one for many records: it owns the memory that finding the changed attributes takes.
public struct RecordRenderer: ~Copyable, Sendable {
    /// The names of the changed attributes of the record at hand, with quotes and commas.
    private var changed = JSONWriter()
    private var difference = ImageDifference()
    /// What CloudEvents call the source of the record before: records of one source come one after another.
    var lastURI: (entry: SourceTable.Entry, text: JSONBytes)?

    public init() {}

    /// Appends one record as one JSON object on one line, without the newline.
    public mutating func write(_ envelope: Envelope, _ batch: RecordBatch, at index: Int, into writer: inout JSONWriter) {
        write(envelope, batch.storage, index, into: &writer)
    }

    mutating func write(_ envelope: Envelope, _ storage: RecordBatch.Storage, _ index: Int, into writer: inout JSONWriter) {
        if envelope == .plain, let transcribed = storage.transcribed {
            let (start, end) = (Int(transcribed.offsets[index]), Int(transcribed.offsets[index + 1]))
            writer.write(raw: transcribed.lines.span.extracting(start..<end - 1))
            return
        }
        if let template = envelope.fields { return fields(template, storage, index, envelope.numbers, into: &writer) }
        let parts = storage.index
        let slot = parts.slots[index]
        switch envelope.form {
        case .typed:
            RecordRenderer.raw(parts, slot, onOneLine: true, into: &writer)
        case .cloudevents:
            cloudEvent(envelope, storage, index, into: &writer)
        case .debezium where slot.kind == .change:
            debezium(parts, slot, Record(storage: storage, index: index), envelope.numbers, into: &writer)
        case .plain, .debezium:
            let record = Record(storage: storage, index: index)
            switch slot.kind {
            case .change: change(storage, slot, record, envelope.numbers, into: &writer)
            case .log: log(parts, slot, record, into: &writer)
            case .message: message(parts, slot, record, into: &writer)
            case .event: event(parts, slot, record, into: &writer)
            }
        }
    }

    // MARK: Raw

    static func raw(_ storage: RecordIndex, _ slot: Slot, onOneLine: Bool, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.rawDocument)]
        let view = document.view(slot.raw)
        guard slot.kind == .log else {
            if onOneLine { writer.copyLine(view) } else { writer.copy(view) }
            return
        }
        // The subscription document with this event alone: all its members, with the events in the place where they were.
        let header = storage.documents[Int(slot.headerDocument)]
        var members = header.view(slot.header).members
        var first = true
        while members.next() {
            writer.write(byte: first ? 0x7B : 0x2C)
            first = false
            writer.copyName(members.key)
            if members.key.isString("logEvents") {
                writer.write(byte: 0x5B)
                writer.copyLine(view)
                writer.write(byte: 0x5D)
            } else {
                writer.copyLine(members.value)
            }
        }
        writer.write(byte: 0x7D)
    }

    // MARK: Parts that several kinds have

    func id(_ storage: RecordIndex, _ slot: Slot, _ record: Record, into writer: inout JSONWriter) {
        writer.write(raw: ",\"id\":")
        if slot.id.isNone {
            writer.write(string: record.idText)
        } else {
            let document = storage.documents[Int(slot.document)]
            writer.copyQuoted(document.view(slot.id))
        }
    }

    @inline(__always)
    func time(_ milliseconds: Int64, into writer: inout JSONWriter) {
        guard milliseconds != Slot.noTime else { return }
        writer.write(raw: ",\"time\":\"")
        writer.write(Timestamp(milliseconds: milliseconds).iso8601, count: 24)
        writer.write(byte: 0x22)
    }

    @inline(__always)
    private func quoted(_ name: StaticString, _ document: JSONDocument, _ node: JSONNode, into writer: inout JSONWriter) {
        guard !node.isNone else { return }
        writer.write(raw: name)
        writer.copyQuoted(document.view(node))
    }

    // MARK: Changes

    private mutating func change(
        _ whole: RecordBatch.Storage, _ slot: Slot, _ record: Record, _ numbers: Envelope.Numbers, into writer: inout JSONWriter
    ) {
        let storage = whole.index
        let document = storage.documents[Int(slot.document)]
        let source = storage.sources.entries[Int(slot.source)]
        let attributes = AttributeRenderer(quotesNumbers: numbers == .string, checksNumbers: slot.flags.contains(.unusualNumbers))
        writer.write(raw: "{\"kind\":\"change\"")
        id(storage, slot, record, into: &writer)
        switch slot.operation {
        case .modify: writer.write(raw: ",\"op\":\"MODIFY\"")
        case .insert: writer.write(raw: ",\"op\":\"INSERT\"")
        case .remove: writer.write(raw: ",\"op\":\"REMOVE\"")
        case .other: quoted(",\"op\":", document, slot.name, into: &writer)
        case .none: break
        }
        writer.write(raw: source.name)
        time(slot.time, into: &writer)
        quoted(",\"sequence\":", document, slot.sequence, into: &writer)
        writer.write(raw: source.place)
        if !slot.keys.isNone {
            writer.write(raw: ",\"keys\":")
            attributes.writeMap(document.view(slot.keys), into: &writer)
        }
        if !slot.old.isNone {
            writer.write(raw: ",\"old\":")
            attributes.writeMap(document.view(slot.old), into: &writer)
        }
        if !slot.new.isNone {
            writer.write(raw: ",\"new\":")
            attributes.writeMap(document.view(slot.new), into: &writer)
        }
        if slot.operation == .modify && !slot.old.isNone && !slot.new.isNone {
            writer.write(raw: ",\"changed\":[")
            changedNames(whole, slot, record.index, into: &writer)
            writer.write(byte: 0x5D)
        }
        if slot.flags.contains(.expired) { writer.write(raw: ",\"expired\":true") }
        writer.write(byte: 0x7D)
    }

    /// The names of the changed attributes, with quotes and commas.
    mutating func changedNames(_ storage: RecordBatch.Storage, _ slot: Slot, _ index: Int, into writer: inout JSONWriter) {
        if let names = storage.origins.isEmpty ? nil : storage.origins[index].changed { return writer.write(raw: names) }
        let document = storage.documents[Int(slot.document)]
        changed.removeAll()
        difference.writeNames(document.view(slot.old), document.view(slot.new), into: &changed)
        writer.write(raw: changed.bytes)
    }

    // MARK: Logs

    private func log(_ storage: RecordIndex, _ slot: Slot, _ record: Record, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.document)]
        let source = storage.sources.entries[Int(slot.source)]
        let message = document.view(slot.message)
        writer.write(raw: "{\"kind\":\"log\"")
        id(storage, slot, record, into: &writer)
        time(slot.time, into: &writer)
        writer.write(raw: source.name)
        writer.write(raw: source.place)
        writer.write(raw: ",\"message\":")
        writer.copyQuoted(message)
        if !slot.fields.isNone {
            writer.write(raw: ",\"fields\":")
            writer.copyLine(document.view(slot.fields))
        }
        _ = requestID(message, document.memory, after: ",\"request_id\":", into: &writer)
        writer.write(raw: source.function)
        writer.write(byte: 0x7D)
    }

    /// Writes the id of the execution that a line names, behind `prefix`.
    /// - Returns: whether it names one; else nothing was written.
    func requestID(
        _ message: borrowing JSONView, _ memory: JSONMemory?, after prefix: StaticString, into writer: inout JSONWriter
    ) -> Bool {
        if let place = RequestIDFinder.inText(message.rawText) {
            writer.write(raw: prefix)
            writer.write(byte: 0x22)
            writer.copyText(message, from: place, count: 36)
            writer.write(byte: 0x22)
            return true
        }
        guard RequestIDFinder.mayBeJSON(message.rawText) else { return false }
        var text = JSONBuffer(capacity: message.textCount, memory: memory)
        text.append(contentOf: message)
        guard let line = try? JSONDocument(indexing: text), let id = RequestIDFinder.requestID(in: line) else { return false }
        writer.write(raw: prefix)
        writer.copyQuoted(line.view(id))
        return true
    }

    // MARK: Messages and events

    private func message(_ storage: RecordIndex, _ slot: Slot, _ record: Record, into writer: inout JSONWriter) {
        writer.write(raw: "{\"kind\":\"message\"")
        id(storage, slot, record, into: &writer)
        time(slot.time, into: &writer)
        writer.write(raw: storage.sources.entries[Int(slot.source)].name)
        writer.write(raw: ",\"body\":")
        if slot.body.isNone {
            let document = storage.documents[Int(slot.messageDocument)]
            writer.copyQuoted(document.view(slot.message))
        } else {
            let document = storage.documents[Int(slot.bodyDocument)]
            writer.copyLine(document.view(slot.body))
        }
        writer.write(byte: 0x7D)
    }

    private func event(_ storage: RecordIndex, _ slot: Slot, _ record: Record, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.document)]
        writer.write(raw: "{\"kind\":\"event\"")
        id(storage, slot, record, into: &writer)
        time(slot.time, into: &writer)
        writer.write(raw: storage.sources.entries[Int(slot.source)].name)
        quoted(",\"source\":", document, slot.eventSource, into: &writer)
        quoted(",\"type\":", document, slot.name, into: &writer)
        if !slot.detail.isNone {
            writer.write(raw: ",\"detail\":")
            writer.copyLine(document.view(slot.detail))
        }
        writer.write(byte: 0x7D)
    }
}
