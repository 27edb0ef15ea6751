// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// What is packed inside a record, in base64, compressed or not: a whole document.
extension EnvelopeDecoder {
    /// `{"awslogs":{"data":"…"}}`: base64 of a gzip'd subscription document.
    mutating func decode(awslogs payload: Place, in place: Place, _ position: Place?) {
        let document = documents[Int(payload.document)]
        var data = JSONNode.none
        var members = document.view(payload.node).members
        while members.next() {
            if FieldName.data.matches(members.key) { data = members.value.node }
        }
        guard !data.isNone, document.view(data).kind == .string else {
            reject(place, RecordError(.wrongShape, "awslogs.data is not a string"), position)
            return
        }
        decode(payload: Place(document: payload.document, node: data), in: place, position: position, named: "awslogs.data")
    }

    /// Decodes a base64 payload, compressed or not, and whatever document is in it.
    private mutating func decode(payload data: Place, in place: Place, position: Place?, named name: StaticString) {
        if openPayloads == 0 { payloadBytesBefore = payloadBytes }
        nesting += 1
        openPayloads += 1
        defer {
            nesting -= 1
            openPayloads -= 1
        }
        do throws(RecordError) {
            if nesting > Self.maximumNesting { throw tooManyInside }
            let inner = try unpack(data, named: name)
            documents.append(inner)
            // Always to its end.
            _ = decode(Place(document: Int32(documents.count - 1), node: inner.root), position: position)
        } catch {
            reject(place, error, position)
        }
    }

    private mutating func unpack(_ data: Place, named name: StaticString) throws(RecordError) -> JSONDocument {
        let document = documents[Int(data.document)]
        let view = document.view(data.node)
        var packed = JSONBuffer(capacity: view.textCount)
        let isSound: Bool
        if view.isEscaped {
            var text = JSONBuffer(capacity: view.textCount)
            text.append(contentOf: view)
            isSound = packed.append(base64: text.bytes)
        } else {
            isSound = packed.append(base64: view.text)
        }
        guard isSound else { throw RecordError(.brokenPayload, "\(name) is not base64") }
        guard packed.count >= 2, Inflater.recognises(packed[0], packed[1]) else {
            payloadBytes += packed.count
            return try index(packed, named: name)
        }
        var text = JSONBuffer(memory: document.memory)
        do throws(Inflater.Failure) {
            if inflater == nil { inflater = Inflater() }
            // Payloads inside a payload share its limit: many small bombs are no less than a large one.
            let limit = max(0, limits.decompressed - (payloadBytes - payloadBytesBefore))
            try inflater?.inflateAll(packed.bytes, into: &text, limit: limit)
        } catch {
            throw RecordError(error.isTooLarge ? .tooLarge : .brokenPayload, "\(name): \(error.reason)")
        }
        payloadBytes += text.count
        return try index(text, named: name)
    }

    private func index(_ text: consuming JSONBuffer, named name: StaticString) throws(RecordError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(indexing: text, limits: limits.json)
        } catch {
            throw RecordError(.brokenJSON, "\(name), unpacked: \(error.description)")
        }
    }

    /// A Kinesis record: its data is a subscription document, gzip'd, or a change of a table that streams into Kinesis.
    ///
    /// - Parameter outer: the position of the record that it was packed in, which is the one that the source knows.
    mutating func decode(kinesis place: Place, _ outer: Place?) throws(RecordError) {
        let document = documents[Int(place.document)]
        guard let kinesis = document.view(place.node).member("kinesis"), kinesis.kind == .object else {
            throw RecordError(.wrongShape, "kinesis is not an object")
        }
        guard let data = kinesis.member("data"), data.kind == .string else { throw RecordError(.wrongShape, "kinesis.data is not a string") }
        var position = outer
        if let sequence = kinesis.member("sequenceNumber") {
            guard sequence.kind == .string else { throw RecordError(.wrongShape, "kinesis.sequenceNumber is not a string") }
            position = outer ?? Place(document: place.document, node: sequence.node)
        }
        decode(
            payload: Place(document: place.document, node: data.node), in: place, position: position, named: "kinesis.data")
    }
}
