// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Writes a record as AWS would have sent it if it had known nothing of what must not be seen.
///
/// Members that come twice are treated alike, and those of a shape in which a path leads nowhere are left out.
struct RecordRedactor {
    private let redaction: Redaction
    private let values: ValueRedactor
    private let rules: [RecordPath.Root: RedactionPaths]

    init(_ redaction: Redaction) {
        self.redaction = redaction
        values = ValueRedactor(key: redaction.key)
        rules = Dictionary(grouping: redaction.rules, by: \.path.root).mapValues { RedactionPaths($0) }
    }

    private func paths(_ root: RecordPath.Root) -> RedactionPaths { rules[root] ?? RedactionPaths([]) }

    func write(_ storage: RecordIndex, _ slot: Slot, into writer: inout JSONWriter) {
        switch slot.kind {
        case .change where redaction.touchesItems: change(storage, slot, into: &writer)
        case .log where !paths(.message).isEmpty || !paths(.fields).isEmpty: log(storage, slot, into: &writer)
        case .message:
            let paths = bodyPaths(storage, slot)
            if paths.isEmpty { RecordRenderer.raw(storage, slot, onOneLine: true, into: &writer) } else { message(storage, slot, paths, into: &writer) }
        case .event where !paths(.detail).isEmpty: event(storage, slot, into: &writer)
        default: RecordRenderer.raw(storage, slot, onOneLine: true, into: &writer)
        }
    }

    /// Whether something may be hidden of what an id is made of where the source gives none.
    func hidesPartsOfID(_ storage: RecordIndex, _ slot: Slot) -> Bool {
        switch slot.kind {
        case .change:
            guard redaction.touchesItems, !slot.keys.isNone else { return false }
            let document = storage.documents[Int(slot.document)]
            let keys = imagePaths(document, slot).keys
            var members = document.view(slot.keys).members
            while members.next() {
                if values.mayHide(members.value, keys.inside(members.key)) { return true }
            }
            return false
        case .log: return !paths(.message).isEmpty
        case .message: return !paths(.body).isEmpty
        case .event: return !paths(.detail).isEmpty
        }
    }

    /// Copies an object; `replace` writes the members that it wants to be others, or leaves them out, and says so.
    private func copy(
        _ object: borrowing JSONView, into writer: inout JSONWriter, replace: (borrowing JSONView, borrowing JSONView, inout JSONWriter) -> Bool
    ) {
        var members = object.members
        var separator: UInt8 = 0x7B
        while members.next() {
            let start = writer.count
            writer.write(byte: separator)
            if replace(members.key, members.value, &writer) {
                // A member may also be left out.
                if writer.count == start + 1 { writer.truncate(to: start) } else { separator = 0x2C }
                continue
            }
            separator = 0x2C
            writer.copyName(members.key)
            writer.copyLine(members.value)
        }
        if separator == 0x7B { writer.write(byte: separator) }
        writer.write(byte: 0x7D)
    }

    // MARK: Changes

    private func change(_ storage: RecordIndex, _ slot: Slot, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.document)]
        let images = imagePaths(document, slot)
        let raw = document.view(slot.raw)
        // In exports the images stand at the top.
        guard raw.member("dynamodb") != nil else { return self.images(raw, images, into: &writer) }
        copy(raw, into: &writer) { key, value, writer in
            guard FieldName.dynamodb.matches(key) else { return false }
            if value.kind != .object { return true }
            writer.copyName(key)
            self.images(value, images, into: &writer)
            return true
        }
    }

    private struct ImagePaths {
        var keys: RedactionPaths
        var old: RedactionPaths
        var new: RedactionPaths
    }

    private func images(_ object: borrowing JSONView, _ paths: ImagePaths, into writer: inout JSONWriter) {
        copy(object, into: &writer) { key, value, writer in
            let inner: RedactionPaths
            if FieldName.keys.matches(key) {
                inner = paths.keys
            } else if FieldName.newImage.matches(key) {
                inner = paths.new
            } else if FieldName.oldImage.matches(key) {
                inner = paths.old
            } else {
                return false
            }
            if inner.isEmpty || value.kind == .null { return false }
            if value.kind != .object { return true }
            writer.copyName(key)
            self.values.writeMap(value, inner, into: &writer)
            return true
        }
    }

    /// The paths of each image; those of the key attributes count in all of them, since their values stand in all of them.
    private func imagePaths(_ document: JSONDocument, _ slot: Slot) -> ImagePaths {
        var all = ImagePaths(keys: whole(.keys, document, slot.keys), old: whole(.old, document, slot.old), new: whole(.new, document, slot.new))
        guard !slot.keys.isNone else { return all }
        var shared: [RedactionPaths.Open] = []
        var members = document.view(slot.keys).members
        while members.next() {
            let key = members.key
            let inner = RedactionPaths(open: all.keys.open + all.old.open + all.new.open).inside(key)
            if !inner.isEmpty { shared += inner.behind(key.string ?? "").open }
        }
        all.keys.open = shared + all.keys.open
        all.old.open = shared + all.old.open
        all.new.open = shared + all.new.open
        return all
    }

    /// The paths of an image. One to the image as a whole is one to each of its attributes.
    private func whole(_ root: RecordPath.Root, _ document: JSONDocument, _ node: JSONNode) -> RedactionPaths {
        var paths = paths(root)
        paths.open = paths.open.map { $0.rule.path.parts.isEmpty ? RedactionPaths.Open(rule: RedactionPaths.rule("*", $0.rule), done: 0) : $0 }
        return paths
    }

    // MARK: Logs

    private func log(_ storage: RecordIndex, _ slot: Slot, into writer: inout JSONWriter) {
        let header = storage.documents[Int(slot.headerDocument)]
        let document = storage.documents[Int(slot.rawDocument)]
        let (message, fields) = (paths(.message), paths(.fields))
        copy(header.view(slot.header), into: &writer) { key, _, writer in
            guard FieldName.logEvents.matches(key) else { return false }
            writer.copyName(key)
            writer.write(byte: 0x5B)
            self.copy(document.view(slot.raw), into: &writer) { key, value, writer in
                if FieldName.message.matches(key), let text = self.values.text(value, message) {
                    writer.copyName(key)
                    writer.write(raw: text)
                    return true
                }
                guard FieldName.extractedFields.matches(key), !fields.isEmpty, value.kind != .null else { return false }
                if value.kind != .object { return true }
                let each = RedactionPaths(open: fields.open.map {
                    $0.rule.path.parts.isEmpty ? RedactionPaths.Open(rule: RedactionPaths.rule("*", $0.rule), done: 0) : $0
                })
                writer.copyName(key)
                self.values.write(value, each, into: &writer)
                return true
            }
            writer.write(byte: 0x5D)
            return true
        }
    }

    // MARK: Messages and events

    /// The paths of a message's body. A body that may be an event, and cannot be read as one, is a message: what is to be hidden of an event is
    /// hidden of it.
    private func bodyPaths(_ storage: RecordIndex, _ slot: Slot) -> RedactionPaths {
        var all = paths(.body)
        let detail = paths(.detail)
        guard !detail.isEmpty, slot.messageDocument == slot.document else { return all }
        let isJSON = !slot.body.isNone
        let document = storage.documents[Int(isJSON ? slot.bodyDocument : slot.document)]
        let body = document.view(isJSON ? slot.body : slot.message)
        let mayBeEvent: Bool
        switch body.kind {
        case .string:
            mayBeEvent = ValueRedactor.beginsAsJSON(body.string ?? "")
        case .object:
            var fields = RecordFields()
            var members = body.members
            while members.next() { fields.note(members.key, members.value.node) }
            mayBeEvent = fields.shape.contains(.event)
        default:
            mayBeEvent = false
        }
        if mayBeEvent { all.open += detail.behind("detail").open }
        return all
    }

    /// The attributes that a sender gives a message repeat parts of its body more often than not, and no path leads into them: they are
    /// withheld, whatever of the body is to be hidden.
    private func message(_ storage: RecordIndex, _ slot: Slot, _ paths: RedactionPaths, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.messageDocument)]
        let text = values.text(document.view(slot.message), paths)
        guard slot.messageDocument != slot.document else { return queued(storage, slot, body: text, into: &writer) }
        // A notification of SNS: what was published is a text in the text of the body.
        var notification = JSONWriter()
        copy(document.view(document.root), into: &notification) { key, value, writer in
            guard key.isString("Message"), let text else {
                // By the signature, which is one of the text too, a guess could be checked.
                return key.isString("Subject") || key.isString("MessageAttributes") || key.isString("Signature")
            }
            writer.copyName(key)
            writer.write(raw: text)
            return true
        }
        queued(storage, slot, body: RecordRedactor.quoted(notification), into: &writer)
    }

    private func event(_ storage: RecordIndex, _ slot: Slot, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.document)]
        let detail = paths(.detail)
        let isQueued = slot.rawDocument != slot.document
        var event = JSONWriter()
        let root = isQueued ? document.root : slot.raw
        copy(document.view(root), into: &event) { key, value, writer in
            guard FieldName.detail.matches(key) else { return false }
            writer.copyName(key)
            // An event without a detail would be none.
            if detail.method == .removed { writer.write(raw: "{}") } else { self.values.write(value, detail, into: &writer) }
            return true
        }
        if isQueued { queued(storage, slot, body: RecordRedactor.quoted(event), into: &writer) } else { writer.write(raw: event.bytes) }
    }

    /// A queue's message without its sender's attributes, and with another body where there is one. What would show a right guess at the body
    /// that it came with goes: its checksum, and its deduplication id, which is the body's SHA-256 where the queue deduplicates by content.
    private func queued(_ storage: RecordIndex, _ slot: Slot, body: [UInt8]?, into writer: inout JSONWriter) {
        let document = storage.documents[Int(slot.rawDocument)]
        copy(document.view(slot.raw), into: &writer) { key, value, writer in
            if key.isString("messageAttributes") || key.isString("md5OfMessageAttributes") { return true }
            guard let body else { return false }
            if FieldName.body.matches(key) {
                writer.copyName(key)
                writer.write(raw: body)
                return true
            }
            if FieldName.attributes.matches(key) && value.kind == .object {
                writer.copyName(key)
                self.copy(value, into: &writer) { name, _, _ in name.isString("MessageDeduplicationId") }
                return true
            }
            return key.isString("md5OfBody")
        }
    }

    private static func quoted(_ writer: borrowing JSONWriter) -> [UInt8] {
        Array(JSONValue.string(String(decoding: writer.array, as: UTF8.self)).text.utf8)
    }
}

extension RedactionPaths {
    /// The same rule for an attribute of this name.
    static func rule(_ name: String, _ rule: Redaction.Rule) -> Redaction.Rule {
        Redaction.Rule(RecordPath(rule.path.root, name: name), rule.method, unchecked: ())
    }
}
