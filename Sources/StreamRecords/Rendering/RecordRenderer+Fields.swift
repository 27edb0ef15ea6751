// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Records as objects of fields that a template picks.
extension RecordRenderer {
    mutating func fields(
        _ template: FieldTemplate, _ storage: RecordBatch.Storage, _ index: Int, _ numbers: Envelope.Numbers, into writer: inout JSONWriter
    ) {
        var separator: UInt8 = 0x7B
        for field in template.fields {
            let start = writer.count
            writer.write(byte: separator)
            writer.write(raw: field.prefix)
            let isThere: Bool
            switch field.content {
            case .constant(let value):
                value.write(into: &writer)
                isThere = true
            case .fields(let inner):
                fields(inner, storage, index, numbers, into: &writer)
                isThere = true
            case .path(let path): isThere = write(path, storage, index, numbers, into: &writer)
            }
            if isThere { separator = 0x2C } else { writer.truncate(to: start) }
        }
        if separator == 0x7B { writer.write(byte: separator) }
        writer.write(byte: 0x7D)
    }

    /// Writes what a path leads to, as the plain envelope does.
    /// - Returns: whether the record has it; else nothing that counts was written.
    private mutating func write(
        _ path: RecordPath, _ storage: RecordBatch.Storage, _ index: Int, _ numbers: Envelope.Numbers, into writer: inout JSONWriter
    ) -> Bool {
        let parts = storage.index
        let slot = parts.slots[index]
        guard path.root.kinds.contains(slot.kind) else { return false }
        let document = parts.documents[Int(slot.document)]
        let record = Record(storage: storage, index: index)
        let source = parts.sources.entries[Int(slot.source)].source
        switch path.root {
        case .kind: return text(slot.kind.rawValue, into: &writer)
        case .id: return text(record.idText, into: &writer)
        case .time: return text(record.time?.description, into: &writer)
        case .op: return text(record.operation?.rawValue, into: &writer)
        case .table, .group, .queue, .bus: return text(source.name.isEmpty ? nil : source.name, into: &writer)
        case .stream: return text(source.logStream, into: &writer)
        case .region: return text(source.region, into: &writer)
        case .account: return text(source.account, into: &writer)
        case .sequence: return copy(slot.sequence, document, into: &writer)
        case .source: return copy(slot.eventSource, document, into: &writer)
        case .type: return copy(slot.name, document, into: &writer)
        case .keys: return attribute(path, slot.keys, slot, document, numbers, into: &writer)
        case .old: return attribute(path, slot.old, slot, document, numbers, into: &writer)
        case .new: return attribute(path, slot.new, slot, document, numbers, into: &writer)
        case .changed:
            guard slot.operation == .modify, !slot.old.isNone, !slot.new.isNone else { return false }
            writer.write(byte: 0x5B)
            changedNames(storage, slot, index, into: &writer)
            writer.write(byte: 0x5D)
            return true
        case .expired:
            guard slot.flags.contains(.expired) else { return false }
            writer.write(raw: "true")
            return true
        case .fields: return value(path, slot.fields, document, into: &writer)
        case .detail: return value(path, slot.detail, document, into: &writer)
        case .body:
            if slot.body.isNone {
                guard path.parts.isEmpty else { return false }
                return copy(slot.message, parts.documents[Int(slot.messageDocument)], into: &writer)
            }
            return value(path, slot.body, parts.documents[Int(slot.bodyDocument)], into: &writer)
        case .message:
            if path.parts.isEmpty { return copy(slot.message, document, into: &writer) }
            guard let inner = RecordRenderer.json(of: document.view(slot.message)) else { return false }
            return value(path, inner.root, inner, into: &writer)
        case .requestID: return requestID(document.view(slot.message), document.memory, after: "", into: &writer)
        case .function: return text(parts.sources.entries[Int(slot.source)].functionName, into: &writer)
        }
    }

    /// The document that a log line is, where it is a JSON object or list.
    static func json(of message: borrowing JSONView) -> JSONDocument? {
        var text = JSONBuffer(capacity: message.textCount)
        text.append(contentOf: message)
        guard let document = try? JSONDocument(indexing: text) else { return nil }
        let kind = document.view(document.root).kind
        return kind == .object || kind == .array ? document : nil
    }

    private func text(_ text: String?, into writer: inout JSONWriter) -> Bool {
        guard let text else { return false }
        writer.write(string: text)
        return true
    }

    private func copy(_ node: JSONNode, _ document: JSONDocument, into writer: inout JSONWriter) -> Bool {
        guard !node.isNone else { return false }
        writer.copyQuoted(document.view(node))
        return true
    }

    private func attribute(
        _ path: RecordPath, _ image: JSONNode, _ slot: Slot, _ document: JSONDocument, _ numbers: Envelope.Numbers,
        into writer: inout JSONWriter
    ) -> Bool {
        guard !image.isNone else { return false }
        let attributes = AttributeRenderer(quotesNumbers: numbers == .string, checksNumbers: slot.flags.contains(.unusualNumbers))
        if path.parts.isEmpty {
            attributes.writeMap(document.view(image), into: &writer)
            return true
        }
        guard let node = PathSearch.attribute(path, from: 0, in: document.view(image)) else { return false }
        attributes.writeValue(document.view(node), into: &writer)
        return true
    }

    private func value(_ path: RecordPath, _ node: JSONNode, _ document: JSONDocument, into writer: inout JSONWriter) -> Bool {
        guard !node.isNone, let found = PathSearch.value(path, from: 0, in: document.view(node)) else { return false }
        writer.copyLine(document.view(found))
        return true
    }
}
