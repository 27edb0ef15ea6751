// SPDX-License-Identifier: Apache-2.0

internal import JSONTape

/// Finds the records in indexed documents, whichever envelope they came in, and notes where their parts are.
///
/// The forms are those of AWS's own pages: [DynamoDB](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html),
/// [CloudWatch Logs](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html),
/// [SQS](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html), [Kinesis](https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html),
/// [EventBridge](https://docs.aws.amazon.com/eventbridge/latest/userguide/aws-events.html),
/// [exports](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html).
struct EnvelopeDecoder: ~Copyable {
    /// About how many decompressed bytes go into one batch.
    static let payloadBudget = 8 << 20
    /// How many lists and payloads may be open at once. AWS packs a subscription into a Kinesis record, and people collect events in a list; the rest
    /// is there to fill the stack.
    private static let maximumNesting = 16

    private let offset: Int64
    private let payloadBudget: Int
    /// The first document was indexed without regard to the limit of depth, so each of its records is measured.
    private let measuresDepth: Bool
    let limits: RecordLimits
    var documents: [JSONDocument]
    var slots: [Slot] = []
    var sources = SourceTable()
    private var undecodable: [Undecodable] = []
    private var controlMessages = 0
    private var inflater: Inflater?
    /// Bytes that payloads took after decompression.
    private var payloadBytes = 0
    /// The same before the payload that is open and lies in no other one.
    private var payloadBytesBefore = 0
    /// How many records of the document were given with earlier batches, and how many have been gone past by now.
    private var given = 0
    private var passed = 0
    /// How many lists and payloads are open, how many of them are payloads, and how many objects and arrays the lists have opened.
    private var nesting = 0
    private var openPayloads = 0
    private var levels = 0
    private var logContext: LogContext?

    /// What the events of one subscription document share.
    private struct LogContext {
        var document: Int32
        var node: JSONNode
        var source: Int32
    }

    /// A place in one of the batch's documents.
    struct Place {
        var document: Int32
        var node: JSONNode
    }

    /// - Parameters:
    ///   - payloadBudget: about how many bytes payloads may take, after decompression, before the batch is full.
    ///   - measuresDepth: the document may be nested deeper than the limits allow.
    init(
        _ document: JSONDocument, offset: Int64, limits: RecordLimits, payloadBudget: Int = EnvelopeDecoder.payloadBudget, measuresDepth: Bool = false
    ) {
        self.offset = offset
        self.limits = limits
        self.payloadBudget = payloadBudget
        self.measuresDepth = measuresDepth
        documents = [document]
        slots.reserveCapacity(document.count / 1024 + 8)
    }

    consuming func finish() -> RecordBatch.Storage {
        RecordBatch.Storage(
            RecordIndex(documents: documents, slots: slots, sources: sources, json: limits.json),
            undecodable: undecodable, controlMessages: controlMessages)
    }

    /// What to do with the record that comes next.
    private enum Turn { case decode, passOver, stop }

    /// A record may be left to the next batch, and one that an earlier batch had is passed over. What comes out of a payload belongs to the record that
    /// the payload came in, which is decoded to its end: nobody could go on inside it.
    private mutating func nextTurn() -> Turn {
        if openPayloads > 0 { return .decode }
        if passed < given {
            passed += 1
            return .passOver
        }
        if payloadBytes >= payloadBudget { return .stop }
        passed += 1
        return .decode
    }

    // MARK: Documents

    /// Decodes one document.
    ///
    /// - Parameter given: how many of its records were given with earlier batches. All that is packed into one record counts as that one.
    /// - Returns: how many of them are given now, where the batch is full before the document's end.
    mutating func decode(document node: JSONNode, from given: Int) -> Int? {
        self.given = given
        passed = 0
        return decode(Place(document: 0, node: node), position: nil) ? nil : passed
    }

    /// - Returns: false where the batch is full before the end. Inside a payload it never is.
    private mutating func decode(_ place: Place, position: Place?) -> Bool {
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        // A list of documents, as people collect them in a file.
        if view.kind == .array { return decodeEach(of: place, levels: 1, position: position) }
        var members = view.members
        var records = JSONNode.none
        var payload = JSONNode.none
        var logEvents = JSONNode.none
        var fields = RecordFields()
        while members.next() {
            let key = members.key
            switch key.textCount {
            case 7 where FieldName.records.matches(key): records = members.value.node
            case 7 where FieldName.awslogs.matches(key): payload = members.value.node
            case 9 where FieldName.logEvents.matches(key): logEvents = members.value.node
            default: fields.note(key, members.value.node)
            }
        }
        let isList = !records.isNone && document.view(records).kind == .array
        if isList, nesting < Self.maximumNesting {
            return decodeEach(of: Place(document: place.document, node: records), levels: 2, position: position)
        }
        switch nextTurn() {
        case .passOver: return true
        case .stop: return false
        case .decode: break
        }
        if view.kind != .object {
            reject(place, RecordError(.unknownEnvelope, "neither an event nor a record: expected a JSON object"), position)
        } else if isList {
            reject(place, tooManyInside, position)
        } else if !records.isNone {
            reject(place, RecordError(.wrongShape, "Records is not an array"), position)
        } else if !payload.isNone {
            decode(awslogs: Place(document: place.document, node: payload), in: place, position)
        } else if !logEvents.isNone {
            decode(subscription: place, logEvents, position)
        } else {
            decode(record: place, fields, position)
        }
        return true
    }

    private var tooManyInside: RecordError { RecordError(.tooLarge, "more than \(Self.maximumNesting) events and payloads inside one another") }

    /// - Parameter levels: how many objects and arrays the list opens.
    /// - Returns: false where the batch is full before the end.
    private mutating func decodeEach(of list: Place, levels: Int, position: Place?) -> Bool {
        nesting += 1
        self.levels += levels
        defer {
            nesting -= 1
            self.levels -= levels
        }
        let document = documents[Int(list.document)]
        var elements = document.view(list.node).elements
        while elements.next() {
            if !decode(element: Place(document: list.document, node: elements.value.node), position) { return false }
        }
        return true
    }

    /// Decodes one element of `Records`, read on its own. What is given and returned is the same as for a document.
    mutating func decode(record node: JSONNode, from given: Int) -> Int? {
        self.given = given
        passed = 0
        return decode(element: Place(document: 0, node: node), nil) ? nil : passed
    }

    /// Decodes a record of this kind from what it was received as, read on its own. Whatever else it holds, it is no envelope of other records.
    mutating func decode(raw node: JSONNode, of kind: Record.Kind) {
        // A log event's is a subscription document.
        if kind == .log { _ = decode(document: node, from: 0) } else { _ = decode(record: node, from: 0) }
    }

    /// An element of a list: a record, or, in a file's list, a whole document.
    /// - Returns: false where the batch is full before its end.
    private mutating func decode(element place: Place, _ position: Place?) -> Bool {
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        let isObject = view.kind == .object
        var fields = RecordFields()
        if isObject {
            var members = view.members
            while members.next() { fields.note(members.key, members.value.node) }
            if !fields.shape.isRecord { return decode(place, position: position) }
        }
        switch nextTurn() {
        case .passOver: return true
        case .stop: return false
        case .decode: break
        }
        if isObject {
            decode(record: place, fields, position)
        } else {
            reject(place, RecordError(.wrongShape, "a record that is not a JSON object"), position)
        }
        return true
    }

    private mutating func decode(record place: Place, _ fields: RecordFields, _ position: Place?) {
        let shape = fields.shape
        do throws(RecordError) {
            let document = documents[Int(place.document)]
            let view = document.view(place.node)
            if view.endOffset - view.offset > limits.record {
                throw RecordError(.tooLarge, "a record of more than \(limits.record) bytes")
            }
            try measure(place, levels)
            if shape.contains(.dynamodb) {
                try decode(change: place, fields, position)
            } else if shape.contains(.kinesis) {
                try decode(kinesis: place, position)
            } else if shape.contains(.messageId) && shape.contains(.body) {
                try decode(message: place)
            } else if shape.contains(.detail) && shape.contains(.detailType) {
                try decode(event: place, raw: place, position)
            } else if shape.contains(.metadata) && shape.contains(.keys) {
                try decode(export: place)
            } else {
                throw RecordError(
                    .unknownEnvelope,
                    "not a record that Sluice knows: expected a DynamoDB, Kinesis or SQS record, an EventBridge event, a CloudWatch Logs subscription or an export line")
            }
        } catch {
            reject(place, error, position)
        }
    }

    // MARK: Changes

    private mutating func decode(change place: Place, _ fields: RecordFields, _ position: Place?) throws(RecordError) {
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

    /// A string that may be absent or null.
    func string(_ node: JSONNode, _ document: JSONDocument, _ name: StaticString) throws(RecordError) -> JSONNode {
        guard !node.isNone else { return .none }
        switch document.view(node).kind {
        case .string: return node
        case .null: return .none
        default: throw RecordError(.wrongShape, "\(name) is not a string")
        }
    }

    /// A moment that may be absent or null, as a number or a string, in any of the units AWS uses.
    func time(_ node: JSONNode, _ document: JSONDocument, _ name: StaticString) throws(RecordError) -> Int64 {
        guard !node.isNone else { return Slot.noTime }
        let view = document.view(node)
        switch view.kind {
        case .null:
            return Slot.noTime
        case .number, .string:
            // Ten digits are seconds, thirteen milliseconds: nearly all there are.
            if let digits = view.shortInteger {
                if view.textCount <= 11 { return digits * 1000 }
                if view.textCount <= 14 { return digits }
            }
            let text = view.number ?? view.string ?? ""
            guard let moment = Timestamp(epoch: text) ?? Timestamp(iso8601: text) else {
                throw RecordError(.wrongShape, "\(name) is no moment: \(text.prefix(40))")
            }
            return moment.milliseconds
        default:
            throw RecordError(.wrongShape, "\(name) is neither a number nor a string")
        }
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
    private mutating func decode(export place: Place) throws(RecordError) {
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

    // MARK: Logs

    /// `{"awslogs":{"data":"…"}}`: base64 of a gzip'd subscription document.
    private mutating func decode(awslogs payload: Place, in place: Place, _ position: Place?) {
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

    /// A subscription document.
    private mutating func decode(subscription place: Place, _ logEvents: JSONNode, _ position: Place?) {
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
        logContext = LogContext(document: Int32(documents.count - 1), node: document.root, source: sources.log(header))
    }

    /// Decodes one element of `logEvents`, read on its own.
    mutating func decode(logEvent node: JSONNode) {
        guard let logContext else { return }
        if LogHeader(documents[Int(logContext.document)])?.isControlMessage == true {
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

    // MARK: Kinesis

    /// A Kinesis record: its data is a subscription document, gzip'd, or a change of a table that streams into Kinesis.
    ///
    /// - Parameter outer: the position of the record that it was packed in, which is the one that the source knows.
    private mutating func decode(kinesis place: Place, _ outer: Place?) throws(RecordError) {
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

    // MARK: What is no record

    /// - Parameter levels: how many objects and arrays are open around the place.
    private func measure(_ place: Place, _ levels: Int) throws(RecordError) {
        guard measuresDepth, place.document == 0 else { return }
        let document = documents[0]
        if Self.isDeeper(document.view(place.node), than: limits.json.maximumDepth - levels) {
            throw RecordError(.tooLarge, "nested too deeply: more than \(limits.json.maximumDepth) objects and arrays open at once")
        }
    }

    private static func isDeeper(_ view: borrowing JSONView, than levels: Int) -> Bool {
        switch view.kind {
        case .object:
            if levels <= 0 { return true }
            var members = view.members
            while members.next() { if isDeeper(members.value, than: levels - 1) { return true } }
            return false
        case .array:
            if levels <= 0 { return true }
            var elements = view.elements
            while elements.next() { if isDeeper(elements.value, than: levels - 1) { return true } }
            return false
        default:
            return false
        }
    }

    private mutating func reject(_ place: Place, _ error: RecordError, _ position: Place?) {
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        undecodable.append(
            Undecodable(
                error: error, rawBytes: document.copy(of: view.offset..<view.endOffset),
                offset: place.document == 0 ? offset + Int64(view.offset) : offset,
                position: self.position(of: place, position)))
    }

    /// What the source must be told about a record that could not be decoded, as far as that can be read.
    private func position(of place: Place, _ given: Place?) -> Position? {
        if let given {
            let document = documents[Int(given.document)]
            return document.view(given.node).string.map { Position(kind: .sequenceNumber, text: $0) }
        }
        let document = documents[Int(place.document)]
        let view = document.view(place.node)
        if let sequence = view.member("dynamodb")?.member("SequenceNumber")?.string { return Position(kind: .sequenceNumber, text: sequence) }
        if let sequence = view.member("kinesis")?.member("sequenceNumber")?.string { return Position(kind: .sequenceNumber, text: sequence) }
        if let id = view.member("messageId")?.string { return Position(kind: .messageID, text: id) }
        return nil
    }
}
